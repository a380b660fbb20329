//! What the page's template shows, as texts.

use askama::Template;
use backtest::{CaseFunnel, StopReason};
use data::format_time;

use super::chart::Chart;
use super::months::Year;
use super::{curve, histogram, months, script_json};
use crate::figures::{Figure, Group, Tone, groups};
use crate::manifest::Manifest;
use crate::metrics::Metrics;
use crate::returns::daily_equity;
use crate::settings::Settings;
use crate::words::{count, money, share};
use crate::{Run, explain, result_json, words};

#[derive(Template)]
#[template(path = "report.html")]
pub struct Page<'a> {
    style: &'static str,
    chart_script: &'static str,
    table_script: &'static str,
    play: &'a str,
    symbol: &'a str,
    exec: String,
    from: String,
    to: String,
    bars: String,
    notices: Vec<String>,
    no_trades: Vec<String>,
    tiles: Vec<Figure>,
    equity_svg: String,
    histogram_svg: String,
    exits: Vec<Exit>,
    years: Vec<Year>,
    groups: Vec<Group>,
    few_days: bool,
    trades: usize,
    trades_text: String,
    chart_note: String,
    chart_json: String,
    actions: Vec<ActionView<'a>>,
    fidelity: Vec<(&'static str, &'static str, &'a str)>,
    settings: Vec<(&'static str, String)>,
    certificate: Vec<(&'static str, String)>,
    warnings: &'a [String],
    hashes: Vec<(&'static str, String)>,
}

struct Exit {
    reason: &'static str,
    trades: String,
    win_rate: String,
    net: Figure,
}

struct ActionView<'a> {
    name: &'a str,
    line: u32,
    cases: Vec<CaseView<'a>>,
    /// What `else` came to.
    otherwise: String,
}

struct CaseView<'a> {
    emits: String,
    text: &'a str,
    line: u32,
    bars: String,
    warm: String,
    stages: Vec<StageView<'a>>,
    outcome: Vec<(String, String)>,
    nearest: String,
    failed: Vec<(&'a str, String)>,
}

struct StageView<'a> {
    text: &'a str,
    held: String,
    held_share: String,
    prefix: String,
    prefix_share: String,
    /// Length of the bars, percent.
    held_width: String,
    prefix_width: String,
}

impl<'a> Page<'a> {
    pub fn of(run: &Run<'a>) -> Page<'a> {
        let result = run.result;
        let metrics = Metrics::of(result, run.exec_bars);
        let skip = 1.min(result.equity.time_ms.len());
        let days = daily_equity(&result.equity.time_ms[skip..], &result.equity.equity[skip..]);
        let chart = Chart::of(run);
        let lines = result.fidelity.lines.iter();
        Page {
            style: include_str!("../../templates/report.css"),
            chart_script: include_str!("../../templates/chart.js"),
            table_script: include_str!("../../templates/table.js"),
            play: &result.play,
            symbol: &result.symbol,
            exec: result.exec.to_string(),
            from: format_time(result.span.from_ms),
            to: format_time(result.span.to_ms),
            bars: count(result.span.bars),
            notices: notices(run),
            no_trades: explain::no_trades(run),
            tiles: tiles(&metrics),
            equity_svg: curve::equity_svg(&result.equity, result.initial_equity),
            histogram_svg: histogram::trades_svg(&result.trades),
            exits: exits(&metrics),
            years: months::table(result.initial_equity, &days),
            groups: groups(&metrics),
            few_days: metrics.returns.annualised_says_little(),
            trades: result.trades.len(),
            trades_text: count(result.trades.len()),
            chart_note: chart.note(run),
            chart_json: script_json(&chart),
            actions: actions(run),
            fidelity: lines.map(|l| (explain::grade(l.grade), l.topic, l.why.as_str())).collect(),
            settings: Settings::of(&run.program.policy).rows(),
            certificate: certificate(run),
            warnings: run.warnings,
            hashes: hashes(run),
        }
    }
}

/// What must be known before any figure is read.
fn notices(run: &Run<'_>) -> Vec<String> {
    let mut notices = Vec::new();
    if let StopReason::MaxDrawdown { time_ms } = run.result.stop_reason {
        notices.push(format!("Stopped at {}: the drawdown limit was reached.", format_time(time_ms)));
    }
    if !run.result.trades.is_empty() {
        // Without trades they are the first reason for that.
        notices.extend(explain::missing_bars(run));
    }
    let gaps = &run.certificate.gaps;
    if gaps.count > 0 {
        let (gaps, bars) = (count(gaps.count), count(gaps.bars_missing));
        notices.push(format!("The data has {gaps} gaps with {bars} bars missing."));
    }
    let open = run.result.trades.iter().filter(|t| t.exit_reason == kernel::ExitReason::Open).count();
    if open > 0 {
        notices.push("The last trade is still open: it is marked at the last close.".into());
    }
    notices
}

fn tiles(m: &Metrics) -> Vec<Figure> {
    let figure = |name, value: Option<f64>, unit: &str, tone| Figure {
        name,
        value: value.map_or_else(|| "-".into(), |v| format!("{}{unit}", money(v))),
        tone,
    };
    let t = &m.trades;
    vec![
        figure("Return", Some(m.net_return_pct), " %", Tone::of(m.net_return_pct)),
        figure("Net profit, USDT", Some(m.net_profit), "", Tone::of(m.net_profit)),
        figure("Buy & hold", m.buy_and_hold_pct, " %", Tone::Plain),
        figure("Max. drawdown", Some(m.max_drawdown_pct), " %", Tone::Plain),
        figure("Sharpe ratio", m.returns.sharpe, "", Tone::Plain),
        figure("Profit factor", t.profit_factor, "", Tone::Plain),
        figure("Win rate", t.win_rate_pct, " %", Tone::Plain),
        Figure { name: "Trades", value: count(t.trades), tone: Tone::Plain },
    ]
}

fn exits(m: &Metrics) -> Vec<Exit> {
    let one = |e: &crate::trade_figures::ExitFigures| Exit {
        reason: e.reason.as_str(),
        trades: count(e.trades),
        win_rate: e.win_rate_pct.map_or_else(|| "-".into(), money),
        net: Figure { name: "", value: money(e.net_profit), tone: Tone::of(e.net_profit) },
    };
    m.trades.exits.iter().map(one).collect()
}

fn actions<'a>(run: &Run<'a>) -> Vec<ActionView<'a>> {
    let view = |(block, action): (u16, &'a backtest::ActionFunnel)| ActionView {
        name: &action.action,
        line: action.place.line,
        cases: action.cases.iter().map(case).collect(),
        otherwise: result_json::otherwise(run, block).map_or_else(String::new, |other| {
            let emits = other.emits.join(", ");
            format!(
                "else {emits}: {} entries sent, {} filled, {} exits ordered",
                other.sent, other.filled, other.exits
            )
        }),
    };
    (0_u16..).zip(&run.result.funnel).map(view).collect()
}

fn case(of: &CaseFunnel) -> CaseView<'_> {
    let width = |part: usize| {
        let share = if of.bars == 0 { 0.0 } else { part as f64 / of.bars as f64 * 100.0 };
        format!("{share:.2}")
    };
    let stages = of.conjuncts.iter().map(|c| StageView {
        text: &c.text,
        held: c.held.map_or_else(|| "position".into(), count),
        held_share: c.held.map_or_else(String::new, |held| share(held, of.bars)),
        prefix: count(c.prefix),
        prefix_share: share(c.prefix, of.bars),
        held_width: width(c.held.unwrap_or(0)),
        prefix_width: width(c.prefix),
    });
    let mut outcome: Vec<(String, String)> = Vec::new();
    if let Some(held) = of.held {
        outcome.push((
            count(held),
            format!("bars on which the whole condition held ({})", share(held, of.bars)),
        ));
    }
    outcome
        .extend(explain::blocked(of).into_iter().map(|(n, why)| (count(n), format!("not acted on: {why}"))));
    if of.sent > 0 {
        let rest = if of.unfilled > 0 { format!(", {} not", of.unfilled) } else { String::new() };
        outcome.push((count(of.sent as usize), format!("entries sent, {} filled{rest}", of.filled)));
    }
    if of.exits > 0 {
        outcome.push((count(of.exits as usize), "exits ordered".into()));
    }
    let nearest = of.nearest.as_ref();
    CaseView {
        emits: of.emits.iter().copied().map(words::action).collect::<Vec<_>>().join(", "),
        text: &of.text,
        line: of.place.line,
        bars: count(of.bars),
        warm: of.warm.map_or_else(String::new, |warm| format!(", known on {}", count(warm))),
        stages: stages.collect(),
        outcome,
        nearest: nearest.map_or_else(String::new, |miss| {
            format!("Nearest miss: {}, {} of {} held.", format_time(miss.time_ms), miss.held, miss.of)
        }),
        failed: nearest.map_or_else(Vec::new, |miss| {
            miss.failed.iter().map(|f| (f.text.as_str(), explain::values(f))).collect()
        }),
    }
}

/// The certificate in its own words, as names and values.
fn certificate(run: &Run<'_>) -> Vec<(&'static str, String)> {
    let c = run.certificate;
    let mut rows = vec![
        ("Files", c.files.join(", ")),
        ("Bars", format!("{} of {}", count(c.rows), c.timeframe)),
        ("From", format_time(c.first_open_ms)),
        ("To", format_time(c.last_close_ms)),
        ("Rows read", count(c.rows_read)),
        (
            "Gaps",
            match c.gaps.count {
                0 => "none".into(),
                n => format!("{}, {} bars missing", count(n), count(c.gaps.bars_missing)),
            },
        ),
    ];
    let longest = c.gaps.largest.iter().take(5);
    rows.extend(longest.map(|g| {
        ("", format!("{} to {}: {} bars", format_time(g.from_ms), format_time(g.to_ms), count(g.bars)))
    }));
    rows.push((
        "Order of rows",
        match c.order {
            data::certificate::Order::Sorted => "sorted".into(),
            data::certificate::Order::Reversed => "newest first; turned round".into(),
            data::certificate::Order::Unsorted => "unsorted; sorted by time".into(),
        },
    ));
    rows.extend(
        c.defects.iter().map(|d| ("Defect", format!("{} rows with {}", count(d.rows), d.kind.words()))),
    );
    let jumps = format!("{} beyond {:.2} % from close to close", count(c.jumps.count), c.jumps.threshold_pct);
    rows.push(("Jumps", if c.jumps.count == 0 { "none".into() } else { jumps }));
    let numbers = [
        ("Duplicates", c.duplicates_identical, "identical rows; one of each kept"),
        ("Volume unknown", c.volume_missing, "bars"),
        ("Dropped", c.rows_dropped, "rows (policy skip)"),
        ("Filled", c.bars_filled, "bars at the close before (policy flat)"),
    ];
    rows.extend(
        numbers.into_iter().filter(|n| n.1 > 0).map(|(name, n, what)| (name, format!("{} {what}", count(n)))),
    );
    if c.zero_volume_share > 0.0 {
        rows.push(("Zero volume", format!("{} % of the bars", money(c.zero_volume_share * 100.0))));
    }
    rows.extend(c.tick_size.map(|tick| ("Tick size", format!("{tick} (from the prices)"))));
    let series = c.series.iter();
    rows.extend(series.map(|s| ("Series", format!("{}, missing for {} bars", s.name, count(s.missing)))));
    rows.extend(c.notes.iter().map(|note| ("Note", note.clone())));
    rows
}

fn hashes(run: &Run<'_>) -> Vec<(&'static str, String)> {
    let m = Manifest::of(run);
    vec![
        ("Play", m.play_hash),
        ("Catalogue", m.catalogue_hash),
        ("Bytecode", m.bytecode_hash),
        ("Data", m.data_hash),
        ("Decisions", m.decisions_hash),
        ("Trades", m.trades_hash),
        ("Engine version", m.engine_version),
    ]
}
