//! Whatever the Play and the bars: no look into the future, one result for every way to run it, round trips.
//!
//! The Plays are those of `plays/` and random ones; `PROPTEST_CASES` says how many.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

mod disorder;
mod format;
mod plays;
mod ways;

use backtest::{Options, RunResult};
use bars::Bars;
use bytecode::Program;
use data::sample::{SampleOptions, generate};
use plays::{Dice, random_play};
use proptest::prelude::*;
use tests::{files, program, root, sample_of};

/// Cases in an ordinary run: each compiles a Play and runs it several times.
const CASES: u32 = 48;

fn config() -> ProptestConfig {
    config_of(CASES)
}

fn config_of(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|v| v.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(cases), failure_persistence: None, ..ProptestConfig::default() }
}

/// A random Play with the bars of a random market, days of minutes long.
fn case(seed: u64) -> (String, Program, Bars) {
    let mut dice = Dice::new(seed);
    let text = random_play(&mut dice);
    let program = program(&format!("seed {seed}"), &text);
    let patterns =
        ["trend", "range", "crash", "volatile", "trending_with_gaps", "liquidity_sweep", "squeeze"];
    let options =
        SampleOptions { seed, bars: 200 + dice.below(300), ..SampleOptions::new(dice.pick(&patterns)) };
    let bars = generate(&options).expect("the pattern exists");
    (text, program, with_gaps(&bars, &mut dice))
}

/// Some minutes are missing, alone and in rows: nothing may rest on bars being evenly spaced.
fn with_gaps(bars: &Bars, dice: &mut Dice) -> Bars {
    let mut keep = vec![true; bars.len()];
    for _ in 0..dice.below(4) {
        let (at, length) = (dice.below(bars.len()), 1 + dice.below(90));
        keep[at..(at + length).min(bars.len())].fill(false);
    }
    fn kept<T: Copy>(values: &[T], keep: &[bool]) -> Vec<T> {
        values.iter().zip(keep).filter(|(_, keep)| **keep).map(|(value, _)| *value).collect()
    }
    Bars {
        timeframe: bars.timeframe,
        open_time: kept(&bars.open_time, &keep).into(),
        open: kept(&bars.open, &keep).into(),
        high: kept(&bars.high, &keep).into(),
        low: kept(&bars.low, &keep).into(),
        close: kept(&bars.close, &keep).into(),
        volume: kept(&bars.volume, &keep).into(),
        series: Vec::new(),
    }
}

fn backtest(program: &Program, bars: &Bars, skip: bool) -> RunResult {
    let options = Options { skip, ..Options::default() };
    backtest::backtest(program, bars, &options).expect("minutes give every timeframe")
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_output_depends_on_the_future(seed: u64) {
        let (text, program, bars) = case(seed);
        let cut = Dice::new(!seed).below(bars.len());
        ways::causal(&program, &bars, cut).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
    }

    #[test]
    fn blocks_of_any_size_give_the_same_bits(seed: u64) {
        let (text, program, bars) = case(seed);
        ways::blocks(&program, &bars).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
    }

    #[test]
    fn bar_by_bar_with_restores_gives_the_same_bits(seed: u64) {
        let (text, program, bars) = case(seed);
        ways::live(&program, &bars, &mut Dice::new(!seed))
            .map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
    }

    #[test]
    fn machine_code_gives_the_same_bits(seed: u64) {
        let (text, program, bars) = case(seed);
        ways::machine_code(&program, &bars).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
    }

    #[test]
    fn skipping_changes_nothing(seed: u64) {
        let (text, program, bars) = case(seed);
        ways::same_run(&backtest(&program, &bars, true), &backtest(&program, &bars, false))
            .map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
    }

    #[test]
    fn a_program_is_the_same_after_its_file(seed: u64) {
        let (text, program, bars) = case(seed);
        let bytes = program.encode();
        let read = Program::decode(&bytes).expect("its own bytes");
        prop_assert_eq!(&read, &program, "{}", text);
        prop_assert_eq!(read.encode(), bytes);
        prop_assert_eq!(read.hash(), program.hash());
        ways::same_run(&backtest(&read, &bars, true), &backtest(&program, &bars, true))
            .map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
    }
}

#[test]
fn the_example_plays_keep_all_of_this() {
    let plays = files(&root().join("plays"), "yml");
    let failures = tests::on_all_cores(&plays, |path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let program = program(&name, &std::fs::read_to_string(path).expect("it was listed"));
        let bars = sample_of(&program);
        let all = [
            ways::causal(&program, &bars, bars.len() * 2 / 3 + 7),
            ways::blocks(&program, &bars),
            ways::machine_code(&program, &bars),
            ways::live(&program, &bars, &mut Dice::new(1)),
            ways::same_run(&backtest(&program, &bars, true), &backtest(&program, &bars, false)),
        ];
        all.into_iter().filter_map(Result::err).map(|e| format!("{name}: {e}")).collect::<Vec<_>>()
    });
    tests::all_hold(&failures.concat());
}

/// The cases above are worth nothing if they say nothing: most must trade, in all three spellings of conditions, with
/// many built-ins, on several clocks.
#[test]
fn random_plays_are_various() {
    let cases: Vec<u64> = (0..150).collect();
    let runs = tests::on_all_cores(&cases, |&seed| {
        let (text, program, bars) = case(seed);
        let trades = backtest(&program, &bars, true).trades.len();
        let builtins: Vec<String> = program.calls.iter().map(|c| c.builtin.clone()).collect();
        (text, program.clocks.len(), builtins, trades)
    });
    let trading = runs.iter().filter(|r| r.3 > 0).count();
    assert!(trading * 2 > runs.len(), "{trading} of {} trade", runs.len());
    let clocks = runs.iter().filter(|r| r.1 > 1).count();
    assert!(clocks * 3 > runs.len(), "{clocks} of {} have several clocks", runs.len());
    let mut builtins: Vec<&String> = runs.iter().flat_map(|r| &r.2).collect();
    builtins.sort_unstable();
    builtins.dedup();
    assert!(builtins.len() > 60, "{} built-ins: {builtins:?}", builtins.len());
    for spelling in ["{lhs: ", "[\"", "\"("] {
        assert!(runs.iter().any(|r| r.0.contains(spelling)), "no condition spelled {spelling}");
    }
}
