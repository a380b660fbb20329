//! The report as text, in the order that users of other backtesters know.

use std::fmt::Write;

use backtest::{CaseFunnel, StopReason};
use data::format_time;

use crate::metrics::Metrics;
use crate::words::{count, share};
use crate::{Run, explain, figures, result_json};

/// Of a long list of warnings or misses, this many are shown.
const SHOWN: usize = 8;
/// Longer conditions are cut: result.json has them whole.
const TEXT_MAX: usize = 76;

#[must_use]
pub fn text(run: &Run<'_>) -> String {
    let metrics = Metrics::of(run.result, run.exec_bars);
    let mut out = String::new();
    heading(&mut out, run);
    for group in figures::groups(&metrics) {
        title(&mut out, group.title);
        for figure in group.figures {
            let _ = writeln!(out, "  {:<32}{:>16}", figure.name, figure.value);
        }
    }
    if metrics.returns.annualised_says_little() {
        let _ = writeln!(
            out,
            "\n  Annual figures come from {} days only: they say little.",
            metrics.returns.days
        );
    }
    exits(&mut out, &metrics);
    no_trades(&mut out, run);
    funnel(&mut out, run);
    fidelity(&mut out, run);
    warnings(&mut out, run);
    out
}

fn title(out: &mut String, title: &str) {
    let _ = writeln!(out, "\n{title}");
}

fn line(out: &mut String, name: &str, value: impl std::fmt::Display) {
    let _ = writeln!(out, "  {name:<18}{value}");
}

fn heading(out: &mut String, run: &Run<'_>) {
    let (result, data) = (run.result, run.certificate);
    let _ = writeln!(out, "{} on {} {} (backtest)", result.play, result.symbol, result.exec);
    line(out, "Start", format_time(result.span.from_ms));
    line(out, "End", format_time(result.span.to_ms));
    line(out, "Evaluated", format!("{} bars of {}", count(result.span.bars), result.exec));
    line(
        out,
        "Data",
        format!("{} bars of {} from {}", count(data.rows), data.timeframe, data.files.join(", ")),
    );
    if data.gaps.count > 0 {
        let (gaps, bars) = (count(data.gaps.count), count(data.gaps.bars_missing));
        line(out, "Gaps", format!("{gaps}, {bars} bars missing"));
    }
    for missing in explain::missing_bars(run) {
        line(out, "Warm-up", missing);
    }
    if let StopReason::MaxDrawdown { time_ms } = result.stop_reason {
        line(out, "Stopped", format!("at {}: the drawdown limit was reached", format_time(time_ms)));
    }
}

fn exits(out: &mut String, metrics: &Metrics) {
    if metrics.trades.exits.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{:<34}{:>16}{:>20}", "Exits", "trades", "net profit [USDT]");
    for exit in &metrics.trades.exits {
        let net = crate::words::money(exit.net_profit);
        let _ = writeln!(out, "  {:<32}{:>16}{:>20}", exit.reason.as_str(), count(exit.trades), net);
    }
}

fn no_trades(out: &mut String, run: &Run<'_>) {
    let reasons = explain::no_trades(run);
    if !reasons.is_empty() {
        title(out, "No trade happened");
        reasons.iter().for_each(|reason| {
            let _ = writeln!(out, "  {reason}");
        });
    }
}

/// Of every action: on how many bars each condition held, and what became of the rest.
#[must_use]
pub fn funnel_text(run: &Run<'_>) -> String {
    let mut out = String::new();
    funnel(&mut out, run);
    out
}

fn funnel(out: &mut String, run: &Run<'_>) {
    if run.result.funnel.is_empty() {
        return;
    }
    title(out, "Funnel (bars on which each condition held, alone and with those above it)");
    for (block, action) in (0_u16..).zip(&run.result.funnel) {
        for case in &action.cases {
            one_case(out, &action.action, case);
        }
        if let Some(other) = result_json::otherwise(run, block) {
            let (sent, filled, exits) = (other.sent, other.filled, other.exits);
            let _ = writeln!(
                out,
                "  {} else: {sent} entries sent, {filled} filled, {exits} exits",
                action.action
            );
        }
    }
}

fn one_case(out: &mut String, action: &str, case: &CaseFunnel) {
    let _ = writeln!(out, "  {action} (line {}), {} bars", case.place.line, count(case.bars));
    for (at, conjunct) in case.conjuncts.iter().enumerate() {
        let (alone, part) = match conjunct.held {
            Some(held) => (count(held), share(held, case.bars)),
            None => ("-".into(), "position".into()),
        };
        let prefix = count(conjunct.prefix);
        let (text, bound) = (shortened(&conjunct.text), explain::bound(&case.conjuncts, at));
        let _ = writeln!(out, "  {alone:>10} {part:>10} {prefix:>10}  {text}{bound}");
    }
    let row = |out: &mut String, number: String, words: &str| {
        let _ = writeln!(out, "  {number:>10} {:>21}  {words}", "");
    };
    if let Some(held) = case.held.filter(|_| case.conjuncts.len() > 1) {
        row(out, count(held), "= all held");
    }
    for (bars, why) in explain::blocked(case) {
        row(out, count(bars), &format!("not acted on: {why}"));
    }
    if case.sent > 0 {
        let rest = if case.unfilled > 0 { format!(", {} not", case.unfilled) } else { String::new() };
        row(out, count(case.sent as usize), &format!("entries sent, {} filled{rest}", case.filled));
    }
    if case.exits > 0 {
        row(out, count(case.exits as usize), "exits ordered");
    }
    let Some(miss) = &case.nearest else { return };
    row(
        out,
        format!("{} of {}", miss.held, miss.of),
        &format!("nearest miss, on {}", format_time(miss.time_ms)),
    );
    for failed in miss.failed.iter().take(SHOWN) {
        let values = explain::values(failed);
        let with = if values.is_empty() { values } else { format!(" ({values})") };
        row(out, String::new(), &format!("  failed: {}{with}", shortened(&failed.text)));
    }
}

/// Cut at a character, not within one.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(TEXT_MAX) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.into(),
    }
}

fn fidelity(out: &mut String, run: &Run<'_>) {
    title(out, "Fidelity");
    for line in &run.result.fidelity.lines {
        let _ = writeln!(out, "  {:<14}{:<20}{}", explain::grade(line.grade), line.topic, line.why);
    }
}

fn warnings(out: &mut String, run: &Run<'_>) {
    if run.warnings.is_empty() {
        return;
    }
    title(out, "Warnings");
    for warning in run.warnings.iter().take(SHOWN) {
        let _ = writeln!(out, "  {warning}");
    }
    if run.warnings.len() > SHOWN {
        let _ = writeln!(out, "  and {} more (result.json has all)", run.warnings.len() - SHOWN);
    }
}
