//! Six strategies trade by trade against backtesting.py, which we did not write.
//!
//! Both see bars of the exec period only, take the same indicators (TA-Lib's there, ours here), and begin at the same
//! bar: the first that our warm-up lets us evaluate. What had to be settled so that the two say the same:
//!
//! - A position still open at the end is marked there, not closed, and the peer does not list it. Nor do we compare it.
//! - The peer sets stops when it places the order, from a price the strategy names. Ours start from the fill (X2), so
//!   its strategy is told the next open, which is the fill. With the close, as its users do, a gap would move the stop.
//! - The peer sells and buys whole units of what is left after the fee; hence a quantity step of 1 on a large account.
//! - An exit and an entry on one signal bar (`sma_both_sides`): the peer's strategy closes and does not reverse at
//!   once, as `allow_flip: false` says here (X6). Both sides then wait for the next signal.
//! - Within a bar both test the stop before the target, from the entry bar on, and fill at the open beyond the
//!   level (X3).
//! - The peer times a stop by its bar's opening; so do we where the path has no finer bars than the exec period.

use backtest::{Options, RunResult, Trade};
use bars::{Bars, Timeframe, resample};
use data::sample::{SampleOptions, generate};
use kernel::{ExitReason, Side};
use tests::{all_hold, files, load, program, python, root, shared};

use crate::oracle::{self, PeerTrade};

const TOLERANCE: f64 = 1e-9;

#[test]
fn six_strategies_agree_with_backtesting_py_on_sample_bars() {
    let minutes =
        generate(&SampleOptions { bars: 4_000, ..SampleOptions::new("volatile") }).expect("a pattern");
    compare(&minutes, 10);
}

#[test]
fn six_strategies_agree_with_backtesting_py_on_real_bars() {
    let Some(path) = shared("data/btc-perp-1m-2022-01.parquet") else { return };
    compare(&load(&path), 10);
}

fn compare(minutes: &Bars, trades_min: usize) {
    let Some(python) = python() else { return };
    let quarter_hour = Timeframe::parse("15m").expect("15m is a timeframe");
    let bars = resample(minutes, quarter_hour).expect("15 is a multiple of 1");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let csv = folder.path().join("bars.csv");
    oracle::write_csv(&csv, &bars);
    let plays = files(&root().join("tests/hosts/peers"), "yml");
    assert_eq!(plays.len(), 6);
    let failures = tests::on_all_cores(&plays, |path| {
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let program = program(&name, &std::fs::read_to_string(path).expect("it was listed"));
        let ours = backtest::backtest(&program, &bars, &Options::default()).expect("the bars fit");
        let script = root().join("tests/oracles/peer_backtesting.py");
        let from = ours.span.from_ms.to_string();
        let csv = oracle::ask(&python, &script, &[&csv.display().to_string(), &name, &from]);
        differences(&name, &ours, &oracle::trades(&csv), trades_min)
    });
    all_hold(&failures.concat());
}

fn differences(name: &str, ours: &RunResult, peer: &[PeerTrade], trades_min: usize) -> Vec<String> {
    let closed: Vec<&Trade> = ours.trades.iter().filter(|t| t.exit_reason != ExitReason::Open).collect();
    let mut found = Vec::new();
    if closed.len() < trades_min || closed.len() != peer.len() {
        found.push(format!("{name}: {} trades, the peer has {}", closed.len(), peer.len()));
    }
    let pairs = closed.iter().zip(peer);
    let wrong = pairs.filter(|(ours, peer)| !same(ours, peer)).take(3);
    found.extend(wrong.map(|(ours, peer)| format!("{name}: ours {ours:#?}\npeer {peer:#?}")));
    found
}

fn same(ours: &Trade, peer: &PeerTrade) -> bool {
    let signed = if ours.side == Side::Long { ours.qty } else { -ours.qty };
    // a profit is a difference of two large sums, so its scale is that of the position
    let value = ours.qty * ours.entry_price;
    ours.entry_time == peer.entry_time
        && ours.exit_time == peer.exit_time
        && near(ours.entry_price, peer.entry_price, peer.entry_price)
        && near(ours.exit_price, peer.exit_price, peer.exit_price)
        && near(signed, peer.qty, peer.qty)
        && near(ours.fees, peer.fees, peer.fees)
        && near(ours.net_pnl, peer.net_pnl, value)
}

fn near(ours: f64, peer: f64, scale: f64) -> bool {
    (ours - peer).abs() <= TOLERANCE * scale.abs()
}
