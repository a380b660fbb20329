//! Whatever the Play and the bars: no look into the future, one result for every way to run it, round trips.
//!
//! The Plays are those of `plays/` and random ones; `PROPTEST_CASES` says how many.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

mod broken;
mod case;
mod coverage;
mod disorder;
mod format;
mod mistakes;
mod plays;
mod swept;
mod ways;

use backtest::{Options, RunResult};
use bars::Bars;
use bytecode::Program;
use case::Case;
use plays::Dice;
use proptest::prelude::*;
use tests::{files, program, root, sample_of};

/// Cases in an ordinary run: each compiles a Play and runs it several times.
const CASES: u32 = 48;
/// What a property test has by itself.
const USUAL_CASES: u32 = 256;

fn config() -> ProptestConfig {
    config_of(CASES)
}

/// As many cases, times what `PROPTEST_CASES` asks for beyond what is usual elsewhere: a case here is a whole Play.
fn config_of(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|v| v.parse::<u32>().ok());
    let cases = asked.map_or(cases, |asked| (cases * asked).div_ceil(USUAL_CASES));
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn backtest(program: &Program, bars: &Bars, options: &Options) -> RunResult {
    backtest::backtest(program, bars, options).expect("minutes give every timeframe")
}

/// With the Play that it happened to.
fn told(case: &Case, result: Result<(), String>) -> Result<(), TestCaseError> {
    result.map_err(|e| TestCaseError::fail(format!("{e}\n{}", case.text)))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_output_depends_on_the_future(seed: u64) {
        let case = Case::new(seed);
        let cut = Dice::new(!seed).below(case.bars.len());
        told(&case, ways::causal(&case.program, &case.bars, cut))?;
    }

    #[test]
    fn blocks_of_any_size_give_the_same_bits(seed: u64) {
        let case = Case::new(seed);
        told(&case, ways::blocks(&case.program, &case.bars))?;
    }

    #[test]
    fn bar_by_bar_with_restores_gives_the_same_bits(seed: u64) {
        let case = Case::new(seed);
        let mut dice = Dice::new(!seed);
        told(&case, ways::live(&case.program, &case.bars, &case.options, &mut || dice.below(200) == 0))?;
    }

    #[test]
    fn machine_code_gives_the_same_bits(seed: u64) {
        let case = Case::new(seed);
        told(&case, ways::machine_code(&case.program, &case.bars, &case.options))?;
    }

    #[test]
    fn skipping_changes_nothing(seed: u64) {
        let case = Case::new(seed);
        told(&case, ways::skipping(&case.program, &case.bars, &case.options))?;
    }

    #[test]
    fn money_is_kept(seed: u64) {
        let case = Case::new(seed);
        told(&case, ways::money(&backtest(&case.program, &case.bars, &case.options)))?;
    }

    #[test]
    fn fused_programs_give_the_same_bits(seed: u64) {
        let case = Case::new(seed);
        told(&case, swept::together(&case, &mut Dice::new(!seed)))?;
    }

    #[test]
    fn every_variant_of_a_sweep_is_a_run_of_it_alone(seed: u64) {
        let case = Case::new(seed);
        told(&case, swept::sweep(&case, &mut Dice::new(!seed)))?;
    }

    #[test]
    fn a_program_is_the_same_after_its_file(seed: u64) {
        let case = Case::new(seed);
        let bytes = case.program.encode();
        let read = Program::decode(&bytes).expect("its own bytes");
        prop_assert_eq!(&read, &case.program, "{}", case.text);
        prop_assert_eq!(read.encode(), bytes);
        prop_assert_eq!(read.hash(), case.program.hash());
        let run = |program| backtest(program, &case.bars, &case.options);
        told(&case, ways::same_run(&run(&read), &run(&case.program)))?;
    }
}

#[test]
fn the_example_plays_keep_all_of_this() {
    let plays = files(&root().join("plays"), "yml");
    let failures = tests::on_all_cores(&plays, |path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).expect("it was listed");
        let program = program(&name, &text);
        let bars = sample_of(&program);
        let options = Options::default();
        let case = Case { text, program, bars, options };
        let mut dice = Dice::new(1);
        let Case { program, bars, options, .. } = &case;
        let all = [
            ways::causal(program, bars, bars.len() * 2 / 3 + 7),
            ways::blocks(program, bars),
            ways::machine_code(program, bars, options),
            ways::live(program, bars, options, &mut || dice.below(200) == 0),
            ways::skipping(program, bars, options),
            ways::money(&backtest(program, bars, options)),
            swept::together(&case, &mut Dice::new(1)),
        ];
        all.into_iter().filter_map(Result::err).map(|e| format!("{name}: {e}")).collect::<Vec<_>>()
    });
    tests::all_hold(&failures.concat());
}
