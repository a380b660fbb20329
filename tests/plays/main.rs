//! The example Plays: each compiles without a word, trades on its own sample, shows its idea, and does what its
//! expectation in `plays/expected` says.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

use std::fmt::Write;
use std::path::Path;

use backtest::{Options, RunResult, Trade};
use kernel::{ExitReason, Side};
use tests::{all_hold, compile_clean, files, golden, root, sample_of};

/// Fewer trades show nothing.
const TRADES_MIN: usize = 5;

/// Whether a run contains what it should.
type Shown = fn(&RunResult) -> bool;

/// What a Play is an example of, as something that its run must contain.
const SHOWS: &[(&str, Shown)] = &[
    ("bollinger_fade", |r| traded(r, Side::Long) && traded(r, Side::Short)),
    ("cases_and_metadata", |r| {
        r.metadata.len() == r.trades.len() && r.metadata.iter().all(|m| m.values.len() == 3)
    }),
    ("donchian_breakout", |r| left_by(r, ExitReason::TrailingStop)),
    ("ema_trend", |r| left_by(r, ExitReason::Signal)),
    ("liquidity_sweep", |r| left_by(r, ExitReason::TakeProfit) && left_by(r, ExitReason::StopLoss)),
    ("macd_momentum", |r| traded(r, Side::Long) && left_by(r, ExitReason::Signal)),
    ("rsi_reversion", |r| left_by(r, ExitReason::Signal)),
    ("scale_out", |r| r.trades.iter().any(|t| t.fills >= 3)),
    ("search_parameters", |r| left_by(r, ExitReason::Signal)),
    ("short_breakdown", |r| !traded(r, Side::Long) && left_by(r, ExitReason::TakeProfit)),
    ("squeeze_breakout", |r| traded(r, Side::Long) && traded(r, Side::Short)),
    ("stoch_limit_scalper", |r| r.fills.iter().filter(|f| f.exit.is_none()).all(|f| f.maker)),
    ("supertrend_follow", |r| {
        r.trades.windows(2).any(|t| t[0].exit_time == t[1].entry_time && t[0].side != t[1].side)
    }),
    ("swing_structure", |r| r.trades.iter().all(|t| t.stop < t.entry_price)),
    ("volume_climax", |r| left_by(r, ExitReason::Signal)),
    // `last_price` fires within the bar: a fill that is not at a 5-minute open
    ("vwap_pullback", |r| r.trades.iter().any(|t| t.entry_time % 300_000 != 0)),
];

fn traded(result: &RunResult, side: Side) -> bool {
    result.trades.iter().any(|t| t.side == side)
}

fn left_by(result: &RunResult, reason: ExitReason) -> bool {
    result.trades.iter().any(|t| t.exit_reason == reason)
}

#[test]
fn every_play_shows_its_idea_and_gives_what_is_expected() {
    let plays: Vec<_> = files(&root().join("plays"), "yml");
    assert!(plays.len() >= 12, "there are {} Plays", plays.len());
    let failures = tests::on_all_cores(&plays, |path| check(path).err());
    all_hold(&failures.into_iter().flatten().collect::<Vec<_>>());
}

#[test]
fn every_expectation_has_its_play() {
    let orphans = files(&root().join("plays/expected"), "txt");
    let orphans =
        orphans.iter().filter(|p| !root().join("plays").join(name(p)).with_extension("yml").exists());
    all_hold(&orphans.map(|p| format!("{}: no such Play", p.display())).collect::<Vec<_>>());
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn check(path: &Path) -> Result<(), String> {
    let name = name(path);
    let text = std::fs::read_to_string(path).expect("it was listed");
    if !text.starts_with("# ") {
        return Err(format!("{name}: the first line is a comment on the idea"));
    }
    let program = compile_clean(&name, &text)?;
    let result = backtest::backtest(&program, &sample_of(&program), &Options::default())
        .map_err(|e| format!("{name}: {e}"))?;
    if result.trades.len() < TRADES_MIN {
        return Err(format!("{name}: {} trades show nothing", result.trades.len()));
    }
    let Some((_, shown)) = SHOWS.iter().find(|(play, _)| *play == name) else {
        return Err(format!("{name}: what does it show? (the table SHOWS)"));
    };
    if !shown(&result) {
        return Err(format!("{name}: its run does not show what it is an example of"));
    }
    golden(&root().join("plays/expected").join(format!("{name}.txt")), &summary(&result))
}

fn summary(result: &RunResult) -> String {
    let trades = &result.trades;
    let count = |keep: &dyn Fn(&Trade) -> bool| trades.iter().filter(|t| keep(t)).count();
    let mut reasons: Vec<ExitReason> = trades.iter().map(|t| t.exit_reason).collect();
    reasons.sort_by_key(|r| *r as u8);
    reasons.dedup();
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        writeln!(text, "{name:<24}{value}").expect("writing to a String never fails");
    };
    line("bars evaluated", result.span.bars.to_string());
    line("trades", trades.len().to_string());
    line(
        "long / short",
        format!("{} / {}", count(&|t| t.side == Side::Long), count(&|t| t.side == Side::Short)),
    );
    line("wins", count(&|t| t.net_pnl > 0.0).to_string());
    line("net profit", format!("{:.4}", result.final_equity - result.initial_equity));
    line("fees", format!("{:.4}", trades.iter().map(|t| t.fees).sum::<f64>()));
    for reason in reasons {
        line(&format!("left by {reason:?}"), count(&|t| t.exit_reason == reason).to_string());
    }
    line("decisions", hex(result.decisions_hash()));
    line("trades hash", hex(result.trades_hash()));
    text
}

fn hex(hash: [u8; 32]) -> String {
    hash.iter().map(|b| format!("{b:02x}")).collect()
}
