//! The yardstick's scenarios S1, S2 and S4 as Plays: trades and returns of its table, to the last digit it shows.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64};

use backtest::{EquityDetail, Options, RunResult, Trade};
use bars::{Bars, Timeframe, resample};
use bytecode::{ExportColumn, Program};
use driver::params::Parameter;
use driver::variants::Variants;
use engine::{Columns, Keep};
use kernel::ExitReason;
use sweep::{Axis, Detail, Setup, Space};
use tests::{load, program, python, root, shared, slow};

/// Scenario, trades, return.
type Row = (&'static str, usize, &'static str);

/// Days of bars, and for each scenario its trades and its return.
const TABLE: [(u32, [Row; 3]); 2] = [
    (90, [("s1", 2_922, "-0.93608898"), ("s2", 181, "0.62907955"), ("s4", 277, "-0.17535338")]),
    (730, [("s1", 23_993, "-1.00000000"), ("s2", 1_436, "-0.78617522"), ("s4", 2_091, "-0.90529054")]),
];

#[test]
fn scenarios_over_90_days_give_the_table() {
    gives(TABLE[0]);
}

#[test]
fn scenarios_over_730_days_give_the_table() {
    if slow() {
        gives(TABLE[1]);
    } else {
        eprintln!("skipped: two years of minutes take a while; PLAY_SLOW=1 runs them");
    }
}

/// All variants of S3, settled block by block: trades of all of them, and the best return.
#[test]
fn the_sweep_over_90_days_gives_the_table() {
    sweeps(90, 1_553_538, "-0.52856547");
}

#[test]
fn the_sweep_over_730_days_gives_the_table() {
    if slow() {
        sweeps(730, 12_927_634, "-0.99958671");
    } else {
        eprintln!("skipped: two years of minutes take a while; PLAY_SLOW=1 runs them");
    }
}

fn sweeps(days: u32, trades: u64, best: &str) {
    let Some(bars) = made(days) else { return };
    let play = std::fs::read(root().join("tests/hosts/bench/s3.yml")).expect("it is there");
    let variants = Variants::new("s3.yml", &play, driver::Options::default());
    let axis = |p: &Parameter| Axis { name: p.path.clone(), values: p.values().collect() };
    let space = Space::new(variants.parameters.iter().map(axis).collect()).expect("few");
    let (stop, options) = (AtomicBool::new(false), Options::default());
    let detail = Detail::Return;
    let setup = Setup {
        bars: &bars,
        options: &options,
        detail,
        memory_bytes: 1 << 30,
        threads: 1,
        stop: &stop,
        done: &AtomicU64::new(0),
    };
    let compile = |values: &[f64]| {
        variants.program(&variants.parameters.iter().zip(values.iter().copied()).collect::<Vec<_>>())
    };
    let mut rows = Vec::new();
    let swept = sweep::run(&space, 0, &compile, &setup, &mut |more| {
        rows.extend(more);
        ControlFlow::Continue(())
    });
    swept.expect("it runs");
    let figure = |name: &str| sweep::find_figure(name).expect("a figure");
    let all: f64 = rows.iter().map(|row| row.figure(figure("trades"))).sum();
    let top = rows.iter().map(|row| row.figure(figure("net_return_pct"))).fold(f64::NEG_INFINITY, f64::max);
    assert_eq!((rows.len(), all as u64, format!("{:.8}", top / 100.0).as_str()), (1000, trades, best));
}

fn gives((days, scenarios): (u32, [Row; 3])) {
    let Some(bars) = made(days) else { return };
    for (name, trades, change) in scenarios {
        let (_, _, result) = run(&text(name), &bars);
        let found = format!("{:.8}", result.final_equity / result.initial_equity - 1.0);
        assert_eq!((result.trades.len(), found.as_str()), (trades, change), "{name} over {days} days");
    }
}

/// The table's S2 tests stops from the bar after the entry, ours from the fill on (X3). Beside a plain loop in either
/// form: the loop from the fill on gives our trades one by one, and whatever differs from the other follows from a
/// trade whose level is touched within its entry bar. In a minute no price goes that far, so that the table's trades
/// are ours; in an hour it does.
#[test]
fn s2_differs_only_by_stops_from_the_fill_on() {
    let Some(minutes) = made(90) else { return };
    assert_eq!(s2_parted(&text("s2"), &minutes), 0);
    let hours = resample(&minutes, Timeframe::parse("1h").expect("a timeframe")).expect("a multiple");
    let slower =
        text("s2").replace("low_tf: 1m, med_tf: 15m, high_tf: 1h", "low_tf: 1h, med_tf: 4h, high_tf: D");
    assert!(s2_parted(&slower, &hours) > 0, "no hour touches a level of its own entry");
}

/// How many trades end in their entry bar and would not if stops were tested from the next bar on.
fn s2_parted(text: &str, bars: &Bars) -> usize {
    let (program, columns, result) = run(text, bars);
    let fires = signals(&program, &columns);
    let ours = bracket(bars, &fires, result.span.from_ms, true);
    assert_eq!(ours.len(), result.trades.len());
    for (plain, trade) in ours.iter().zip(&result.trades) {
        let closed = trade.exit_reason != ExitReason::Open;
        let times = (bars.open_time[plain.entry], plain.exit.map(|bar| bars.open_time[bar]));
        assert_eq!(times, (trade.entry_time, closed.then_some(trade.exit_time)));
        assert!((plain.price / trade.exit_price - 1.0).abs() < 1e-9, "{plain:?} {trade:?}");
    }
    parted(&ours, &bracket(bars, &fires, result.span.from_ms, false))
}

/// Trades of the same entry that end otherwise, each because its entry bar touches a level; a trade that only one of
/// the two has stands between such a trade and the next one that they have in common.
fn parted(ours: &[Bracket], later: &[Bracket]) -> usize {
    let (mut ours, mut later) = (ours.iter().peekable(), later.iter().peekable());
    let (mut count, mut in_step) = (0, true);
    loop {
        let alone = match (ours.peek(), later.peek()) {
            (None, None) => return count,
            (Some(o), Some(l)) if o.entry == l.entry => {
                in_step = o == l;
                assert!(
                    in_step || o.exit == Some(o.entry),
                    "{o:?} and {l:?} part without a touch in the entry bar"
                );
                count += usize::from(!in_step);
                ours.next();
                later.next();
                continue;
            }
            (Some(o), Some(l)) if o.entry > l.entry => later.next(),
            (Some(_), _) => ours.next(),
            (None, Some(_)) => later.next(),
        };
        assert!(!in_step, "{alone:?} has no counterpart");
    }
}

fn signals(program: &Program, columns: &Columns) -> Vec<bool> {
    let export = program.exports.iter().find(|e| e.name == "entry_long").expect("conditions are exported");
    let ExportColumn::Bool(reg) = export.column else { panic!("a condition is true or false") };
    let column = columns.bool(reg).expect("exports are kept");
    (0..column.len()).map(|bar| column.get(bar) == Some(true)).collect()
}

/// A trade of the plain loop: bars of entry and exit, price of the exit (the last close when open).
#[derive(Debug, PartialEq)]
struct Bracket {
    entry: usize,
    exit: Option<usize>,
    price: f64,
}

fn bracket(bars: &Bars, fires: &[bool], start_ms: i64, from_the_fill: bool) -> Vec<Bracket> {
    let mut trades = Vec::new();
    let mut bar = bars.open_time.partition_point(|&t| t < start_ms);
    while bar + 1 < bars.len() {
        if !fires[bar] {
            bar += 1;
            continue;
        }
        let entry = bar + 1;
        let (stop, target) = (bars.open[entry] * 0.98, bars.open[entry] * 1.04);
        let first = if from_the_fill { entry } else { entry + 1 };
        let hit = (first..bars.len()).find(|&i| bars.low[i] <= stop || bars.high[i] >= target);
        let price = hit.map_or(bars.close[bars.len() - 1], |i| {
            if bars.low[i] <= stop { stop.min(bars.open[i]) } else { target.max(bars.open[i]) }
        });
        trades.push(Bracket { entry, exit: hit, price });
        // the close of the bar that left is the first at which a signal can enter again
        bar = hit.unwrap_or(bars.len());
    }
    trades
}

fn text(name: &str) -> String {
    let path = root().join("tests/hosts/bench").join(name).with_extension("yml");
    std::fs::read_to_string(path).expect("part of the project")
}

fn run(text: &str, bars: &Bars) -> (Program, Columns, RunResult) {
    let program = program("scenario", text);
    let keep = engine::Options { keep: Keep::Exports, ..engine::Options::default() };
    let columns = engine::run(&program, bars, &keep).expect("the bars fit");
    let options = Options { equity: EquityDetail::Daily, ..Options::default() };
    let result = backtest::run(&program, &columns, bars, &options).expect("the bars fit");
    let sum: f64 = result.trades.iter().map(|t: &Trade| t.net_pnl).sum();
    assert!((sum - (result.final_equity - result.initial_equity)).abs() < 1e-6, "money is kept");
    (program, columns, result)
}

/// Bars of the yardstick's script, kept among the build's files.
fn made(days: u32) -> Option<Bars> {
    let script = shared("bench/make_bars.py")?;
    let python = python()?;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(format!("bars_{days}d.parquet"));
    if !path.exists() {
        // tests run beside each other: whoever is first renames, the others overwrite with the same bytes
        let part = folder.join(format!("bars_{days}d.{:?}.part", std::thread::current().id()));
        let made = Command::new(python).arg(script).arg(&part).args(["--days", &days.to_string()]).output();
        let made = made.expect("python was found before");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        std::fs::rename(&part, &path).expect("one folder");
    }
    Some(load(&path))
}
