//! The report as text, in the order that users of other backtesters know.

use std::collections::BTreeMap;
use std::fmt::Write;

use backtest::{ActionFunnel, CaseFunnel, Grade, StopReason};
use data::format_time;

use crate::Run;
use crate::metrics::Metrics;

/// Of a long list of exit reasons, misses or warnings, this many are shown.
const SHOWN: usize = 8;

#[must_use]
pub fn text(run: &Run<'_>) -> String {
    let metrics = Metrics::of(run.result, run.exec_bars);
    let mut out = String::new();
    heading(&mut out, run);
    figures(&mut out, run, &metrics);
    if run.result.trades.is_empty() {
        out.push_str("\nNo trade happened. The funnel says why:\n");
    }
    funnel(&mut out, &run.result.funnel);
    fidelity(&mut out, run);
    warnings(&mut out, run);
    out
}

fn line(out: &mut String, name: &str, value: impl std::fmt::Display) {
    let _ = writeln!(out, "  {name:<28}{value}");
}

fn heading(out: &mut String, run: &Run<'_>) {
    let (result, data) = (run.result, run.certificate);
    let _ = writeln!(out, "{} on {} {}", result.play, result.symbol, result.exec);
    line(out, "Start", format_time(result.span.from_ms));
    line(out, "End", format_time(result.span.to_ms));
    line(out, "Bars evaluated", result.span.bars);
    line(out, "Data", format!("{} bars of {}, {}", data.rows, data.timeframe, data.files.join(", ")));
    if data.gaps.count > 0 {
        line(out, "Gaps in the data", format!("{} ({} bars)", data.gaps.count, data.gaps.bars_missing));
    }
    for missing in &result.missing_bars {
        let short = missing.needed - missing.have;
        line(
            out,
            "Not enough data",
            format!("{}: {short} bars more are needed to warm up ({} of {})", missing.timeframe, missing.have, missing.needed),
        );
    }
    match result.stop_reason {
        StopReason::EndOfData => {}
        StopReason::MaxDrawdown { time_ms } => {
            line(out, "Stopped", format!("drawdown limit reached at {}", format_time(time_ms)));
        }
    }
}

fn figures(out: &mut String, run: &Run<'_>, m: &Metrics) {
    let (t, r) = (&m.trades, &m.returns);
    out.push('\n');
    line(out, "Equity final [USDT]", money(m.final_equity));
    line(out, "Net profit [USDT]", money(m.net_profit));
    line(out, "Return [%]", money(m.net_return_pct));
    line(out, "Buy & hold [%]", or_none(m.buy_and_hold_pct));
    line(out, "CAGR [%]", or_none(r.cagr_pct));
    line(out, "Volatility (ann.) [%]", or_none(r.volatility_pct));
    line(out, "Sharpe", or_none(r.sharpe));
    line(out, "Sortino", or_none(r.sortino));
    line(out, "Calmar", or_none(r.calmar));
    line(out, "Max. drawdown [%]", money(m.max_drawdown_pct));
    line(out, "Max. drawdown [days]", money(m.max_drawdown_days));
    line(out, "Time in market [%]", or_none(m.time_in_market_pct));
    line(out, "Exposure [%]", or_none(m.exposure_pct));
    out.push('\n');
    line(out, "Trades", format!("{} ({} long, {} short)", t.trades, t.long.trades, t.short.trades));
    line(out, "Win rate [%]", or_none(t.win_rate_pct));
    line(out, "Profit factor", or_none(t.profit_factor));
    line(out, "Expectancy [USDT]", or_none(t.expectancy));
    line(out, "Average win / loss [USDT]", format!("{} / {}", or_none(t.average_win), or_none(t.average_loss)));
    line(out, "Best / worst trade [USDT]", format!("{} / {}", or_none(t.largest_win), or_none(t.largest_loss.map(|l| -l))));
    line(out, "Wins / losses in a row", format!("{} / {}", t.consecutive_wins_max, t.consecutive_losses_max));
    line(out, "Average bars held", or_none(t.bars_held_average));
    line(out, "Fees [USDT]", money(t.fees));
    line(out, "Funding [USDT]", money(t.funding));
    if !run.result.trades.is_empty() {
        line(out, "Exits", exits(run));
    }
}

fn exits(run: &Run<'_>) -> String {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for trade in &run.result.trades {
        *count.entry(trade.exit_reason.as_str()).or_default() += 1;
    }
    count.iter().map(|(reason, n)| format!("{reason} {n}")).collect::<Vec<_>>().join(", ")
}

fn money(x: f64) -> String {
    format!("{x:.2}")
}

fn or_none(x: Option<f64>) -> String {
    x.map_or_else(|| "-".into(), money)
}

fn funnel(out: &mut String, actions: &[ActionFunnel]) {
    for action in actions {
        for case in &action.cases {
            one_case(out, &action.action, case);
        }
    }
}

fn one_case(out: &mut String, action: &str, case: &CaseFunnel) {
    let share = |n: usize| if case.bars == 0 { 0.0 } else { n as f64 / case.bars as f64 * 100.0 };
    let _ = writeln!(out, "\n{action} (line {}), {} bars:", case.place.line, case.bars);
    if case.conjuncts.len() > 1 {
        for conjunct in &case.conjuncts {
            let alone = conjunct.held.map_or_else(|| "position".into(), |n| format!("{n} ({:.2} %)", share(n)));
            let _ = writeln!(out, "  {alone:>18}, with those above {:>8}   {}", conjunct.prefix, conjunct.text);
        }
    }
    if let Some(held) = case.held {
        let _ = writeln!(out, "  {:>18} the condition held", format!("{held} ({:.2} %)", share(held)));
    }
    let blocked = &case.blocked;
    let reasons = [
        (blocked.earlier_case, "an earlier case was taken"),
        (blocked.position, "no position to act on, or one in the way"),
        (blocked.pending_order, "a limit entry was waiting"),
        (blocked.side, "the policy allows the other side only"),
        (blocked.exit_mode, "exit_mode turns signal exits off"),
    ];
    for (count, why) in reasons.iter().filter(|(count, _)| *count > 0) {
        let _ = writeln!(out, "  {count:>18} not acted on: {why}");
    }
    for (refusal, count) in blocked.refused.iter().filter(|(_, count)| *count > 0) {
        let _ = writeln!(out, "  {count:>18} refused: {}", refusal.words());
    }
    if case.sent > 0 {
        let _ = writeln!(out, "  {:>18} entries sent, {} filled, {} not filled", case.sent, case.filled, case.unfilled);
    }
    if case.exits > 0 {
        let _ = writeln!(out, "  {:>18} exits ordered", case.exits);
    }
    if let Some(miss) = &case.nearest {
        let _ = writeln!(out, "  nearest miss: {}, {} of {} held", format_time(miss.time_ms), miss.held, miss.of);
        for failed in miss.failed.iter().take(SHOWN) {
            let values = match (failed.left, failed.right) {
                (Some(left), Some(right)) => format!(" ({left:.6} against {right:.6})"),
                (Some(left), None) => format!(" ({left:.6})"),
                _ => String::new(),
            };
            let _ = writeln!(out, "    failed: {}{values}", failed.text);
        }
    }
}

fn fidelity(out: &mut String, run: &Run<'_>) {
    out.push_str("\nFidelity\n");
    for line in &run.result.fidelity.lines {
        let grade = match line.grade {
            Grade::Exact => "exact",
            Grade::Approximated => "approximated",
            Grade::NotModelled => "not modelled",
        };
        let _ = writeln!(out, "  {grade:<14}{:<20}{}", line.topic, line.why);
    }
}

fn warnings(out: &mut String, run: &Run<'_>) {
    if run.warnings.is_empty() {
        return;
    }
    out.push_str("\nWarnings\n");
    for warning in run.warnings.iter().take(SHOWN) {
        let _ = writeln!(out, "  {warning}");
    }
    if run.warnings.len() > SHOWN {
        let _ = writeln!(out, "  and {} more (result.json has all)", run.warnings.len() - SHOWN);
    }
}
