//! A variant of a sweep is the same, to the bit, as a run of that variant alone.

mod common;

use backtest::{EquityDetail, Options};
use bars::Bars;
use common::{BRACKET, CROSSES, How, SIGNALS, coarse, compile, rows, sample};
use proptest::prelude::*;
use report::Metrics;
use sweep::{Axis, Detail, FIGURES, Outcome, Row, Space};

fn axis(name: &str, values: &[f64]) -> Axis {
    Axis { name: name.into(), values: values.to_vec() }
}

/// As `playvm run --set` does it: an engine and a host of its own, the whole equity curve.
fn alone(play: &str, space: &Space, variant: u64, bars: &Bars) -> Outcome {
    let program = match compile(play, &space.axes, &space.values(variant)) {
        Ok(program) => program,
        Err(why) => return Outcome::Refused(why),
    };
    let options = Options { equity: EquityDetail::Full, ..Options::default() };
    let columns = engine::run(&program, bars, &engine::Options::default()).expect("it runs");
    let result = backtest::run(&program, &columns, bars, &options).expect("it runs");
    let exec = &columns.clock(program.exec).bars;
    let m = Metrics::of(&result, exec);
    let figures = FIGURES.iter().map(|f| named(&m, f.name)).collect();
    Outcome::Ran { figures, trades_hash: Some(result.trades_hash()), stopped: Some(m.stopped) }
}

/// A figure by its name in `result.json`, found apart from the sweep's own table.
fn named(m: &Metrics, name: &str) -> f64 {
    let all = serde_json::to_value(m).expect("metrics are JSON");
    let places = [&all, &all["returns"], &all["trades"]];
    let found = places.iter().find_map(|place| place.get(name).filter(|v| !v.is_object()));
    let found = if name == "trades" { all["trades"].get("trades") } else { found };
    found.unwrap_or_else(|| panic!("no figure {name}")).as_f64().unwrap_or(f64::NAN)
}

fn assert_same(row: &Row, alone: &Outcome) {
    match (&row.outcome, alone) {
        (
            Outcome::Ran { figures: ours, trades_hash: a, stopped: s },
            Outcome::Ran { figures: theirs, trades_hash: b, stopped: t },
        ) => {
            assert_eq!((a, s), (b, t), "variant {}: {:?}", row.variant, row.values);
            for ((figure, x), y) in FIGURES.iter().zip(ours).zip(theirs) {
                let same = x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan());
                assert!(same, "{} of variant {}: {x} and {y}", figure.name, row.variant);
            }
        }
        (ours, theirs) => assert_eq!(ours, theirs, "variant {}", row.variant),
    }
}

const EVERYTHING: How = How { memory_mib: 512, threads: 1, first: 0, detail: Detail::Full };

#[test]
fn every_variant_of_a_grid() {
    let bars = sample("choppy_whipsaw", 4_000, 7);
    let axes = vec![
        axis("fast.length", &[3.0, 8.0]),
        axis("slow.length", &[15.0, 34.0]),
        axis("rsi.length", &[7.0, 14.0]),
        axis("stop_loss.value", &[1.0, 2.5]),
        axis("take_profit.value", &[1.0, 3.0]),
    ];
    let space = Space::new(axes).expect("few");
    let all = rows(BRACKET, &space, &bars, EVERYTHING).expect("it runs");
    assert_eq!(all.len(), 32);
    let mut trades = 0.0;
    let mut hashes = std::collections::BTreeSet::new();
    for row in &all {
        assert_same(row, &alone(BRACKET, &space, row.variant, &bars));
        trades += row.figure(sweep::find_figure("trades").expect("a figure"));
        if let Outcome::Ran { trades_hash, .. } = row.outcome {
            hashes.insert(trades_hash);
        }
    }
    assert!(trades > 60.0 && hashes.len() > 16, "{trades} trades, {} different", hashes.len());
}

/// Groups, threads and where it begins change nothing.
#[test]
fn rows_depend_on_neither_memory_nor_threads() {
    let bars = sample("choppy_whipsaw", 4_000, 3);
    let axes = vec![
        axis("fast.length", &[3.0, 5.0, 8.0, 12.0]),
        axis("slow.length", &[15.0, 21.0, 34.0, 55.0]),
        axis("trailing.activation_pct", &[0.0, 1.0]),
    ];
    let space = Space::new(axes).expect("few");
    let all = rows(BRACKET, &space, &bars, EVERYTHING).expect("it runs");
    for (memory_mib, threads, first) in [(4, 1, 0), (5, 2, 0), (64, 3, 0), (64, 2, 17), (6, 1, 31)] {
        let again = rows(BRACKET, &space, &bars, How { memory_mib, threads, first, detail: Detail::Full })
            .expect("it runs");
        assert_eq!(format!("{again:?}"), format!("{:?}", &all[first as usize..]), "{memory_mib} MiB");
    }
    let least = rows(BRACKET, &space, &bars, How { memory_mib: 1, threads: 4, ..EVERYTHING });
    assert!(least.expect_err("refused").to_string().contains("MiB are too few"));
}

#[test]
fn a_variant_that_is_no_play_has_a_row_that_says_so() {
    let bars = sample("choppy_whipsaw", 600, 3);
    let play = BRACKET.replace("{choices: [15, 21, 34, 55]}", "{choices: [15, 9]}");
    let refuse = |axes: &[Axis], values: &[f64]| match values {
        [length] if *length == 9.0 => Err("no nine".to_owned()),
        _ => compile(&play, axes, values),
    };
    let space = Space::new(vec![axis("slow.length", &[15.0, 9.0, 15.0])]).expect("few");
    let stop = std::sync::atomic::AtomicBool::new(false);
    let options = Options::default();
    let done = std::sync::atomic::AtomicU64::new(0);
    let setup = sweep::Setup {
        bars: &bars,
        options: &options,
        detail: Detail::Full,
        memory_bytes: 64 << 20,
        threads: 1,
        stop: &stop,
        done: &done,
    };
    let mut all = Vec::new();
    let done = sweep::run(&space, 0, &|values| refuse(&space.axes, values), &setup, &mut |rows| {
        all.extend(rows);
        std::ops::ControlFlow::Continue(())
    });
    done.expect("it runs");
    assert_eq!(all[1].outcome, Outcome::Refused("no nine".into()));
    assert_eq!(all.iter().map(|r| r.variant).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(format!("{:?}", all[0].outcome), format!("{:?}", all[2].outcome));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn random_grids(
        fast in prop::collection::btree_set(3_u32..=12, 1..4),
        slow in prop::sample::subsequence(vec![15.0, 21.0, 34.0, 55.0], 1..4),
        trend in prop::sample::subsequence(vec![10.0, 20.0], 1..=2),
        level in prop::sample::subsequence(vec![60.0, 70.0, 80.0], 1..3),
        stop in prop::sample::subsequence(vec![1.0, 1.5, 2.0, 2.5, 3.0], 1..3),
        size in prop::sample::subsequence(vec![10.0, 30.0], 1..=2),
        seed in 0_u64..1000,
        threads in 1_usize..3,
    ) {
        let bars = sample("choppy_whipsaw", 1_500, seed);
        let fast: Vec<f64> = fast.into_iter().map(f64::from).collect();
        let axes = vec![
            axis("fast.length", &fast),
            axis("slow.length", &slow),
            axis("features.trend.params.length", &trend),
            axis("entry_long.cases[0].when#1", &level),
            axis("stop_loss.value", &stop),
            axis("sizing.value", &size),
        ];
        let space = Space::new(axes).expect("few").sampled(12, seed).expect("few");
        let how = How { memory_mib: 8, threads, ..EVERYTHING };
        let all = rows(BRACKET, &space, &bars, how).expect("it runs");
        prop_assert_eq!(all.len() as u64, space.len());
        for row in &all {
            assert_same(row, &alone(BRACKET, &space, row.variant, &bars));
        }
    }
}

/// Of a sweep for the return alone these are all there is.
fn assert_same_return(row: &Row, alone: &Outcome) {
    let Outcome::Ran { figures, trades_hash: None, stopped: None } = &row.outcome else {
        panic!("{:?}", row.outcome)
    };
    let Outcome::Ran { figures: theirs, .. } = alone else { panic!("{alone:?}") };
    for ((figure, x), y) in FIGURES.iter().zip(figures).zip(theirs) {
        let known = sweep::row::RETURN_FIGURES.contains(&figure.name);
        let same = if known { x.to_bits() == y.to_bits() } else { x.is_nan() };
        assert!(same, "{} of variant {} ({:?}): {x} and {y}", figure.name, row.variant, row.values);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    /// Plays that are settled from bit to bit, Plays that are not, and Plays that liquidation or refusals stop.
    #[test]
    fn the_return_alone(
        mode in prop::sample::select(vec!["long_only", "short_only", "long_short"]),
        end in prop::sample::select(vec!["mark", "close"]),
        exits in prop::sample::select(vec![
            "{id: out, cases: [{when: \"fast crosses below slow\", emit: [{action: exit_all}]}]}",
            "{id: out, cases: [{when: \"fast < slow\", emit: [{action: exit_long}]}]}, {id: cover, cases: [{when: \"fast > slow\", emit: [{action: exit_short}]}]}",
            "{id: out, cases: [{when: \"fast < slow\", emit: [{action: exit_all, percent: 50}]}]}",
        ]),
        leverage in prop::sample::select(vec![1_u32, 3, 40]),
        stop in prop::sample::select(vec!["", "stop_loss: {type: percent, value: 2}, "]),
        minimum in prop::sample::select(vec![1.0, 9000.0]),
        slippage in prop::sample::select(vec![0.0, 3.0]),
        // so large that more margin is kept
        equity in prop::sample::select(vec![10_000, 2_100_000, 40_000_000]),
        pattern in prop::sample::select(vec!["choppy_whipsaw", "crash"]),
        seed in 0_u64..1000,
    ) {
        let play = SIGNALS
            .replace("MODE", mode)
            .replace("END", end)
            .replace("EXITS", exits)
            .replace("LEVERAGE", &leverage.to_string())
            .replace("STOP", stop)
            .replace("MINIMUM", &minimum.to_string())
            .replace("SLIPPAGE", &slippage.to_string())
            .replace("EQUITY", &equity.to_string());
        let bars = sample(pattern, 2_500, seed);
        let axes = vec![
            axis("fast.length", &[2.0, 3.0, 5.0]),
            axis("slow.length", &[8.0, 21.0, 55.0]),
            axis("sizing.value", &[95.0, 40.0]),
        ];
        let space = Space::new(axes).expect("few");
        let all = rows(&play, &space, &bars, How { detail: Detail::Return, ..EVERYTHING }).expect("it runs");
        for row in &all {
            match alone(&play, &space, row.variant, &bars) {
                Outcome::Refused(why) => prop_assert_eq!(&row.outcome, &Outcome::Refused(why)),
                ran => assert_same_return(row, &ran),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    /// Plays that only the order of two numbers moves, equal numbers among them, and entries that become too small.
    #[test]
    fn crossings_alone(
        side in prop::sample::select(vec!["long", "short"]),
        (enter, leave) in prop::sample::select(vec![
            ("fast crosses above slow", "fast crosses below slow"),
            ("fast crosses below slow", "slow crosses below fast"),
            ("slow crosses above fast", "fast crosses above slow"),
            ("close crosses above slow", "slow crosses above close"),
            ("fast crosses above slow", "close crosses below slow"),
        ]),
        end in prop::sample::select(vec!["mark", "close"]),
        minimum in prop::sample::select(vec![1.0, 7000.0]),
        slippage in prop::sample::select(vec![0.0, 3.0]),
        grid in prop::sample::select(vec![0.0, 5.0, 100.0]),
        cut in 0_usize..600,
        seed in 0_u64..1000,
    ) {
        let play = CROSSES
            .replace("SIDE", side)
            .replace("ENTER", enter)
            .replace("LEAVE", leave)
            .replace("END", end)
            .replace("MINIMUM", &minimum.to_string())
            .replace("SLIPPAGE", &slippage.to_string());
        let bars = sample("choppy_whipsaw", 2_600 - cut, seed);
        let bars = if grid > 0.0 { coarse(&bars, grid) } else { bars };
        let axes = vec![
            axis("fast.length", &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
            axis("slow.length", &[1.0, 2.0, 8.0, 21.0]),
        ];
        let space = Space::new(axes).expect("few");
        let all = rows(&play, &space, &bars, How { detail: Detail::Return, ..EVERYTHING }).expect("it runs");
        let mut trades = 0.0;
        for row in &all {
            let alone = alone(&play, &space, row.variant, &bars);
            assert_same_return(row, &alone);
            trades += row.figure(sweep::find_figure("trades").expect("a figure"));
        }
        prop_assert!(trades > 24.0, "{trades} trades");
    }
}
