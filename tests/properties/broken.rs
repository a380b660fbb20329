//! Damaged Plays and damaged programs: what is wrong is told, and what is accepted runs. Nothing panics.

use backtest::Options;
use bytecode::Program;
use diagnostics::render;

use crate::case::Case;
use crate::config;
use crate::plays::{Dice, random_play};
use crate::ways::same_run;

/// Magic and version, then the checksum, then what it is of.
const CHECKSUM_AT: usize = 12;
const BODY_AT: usize = 44;
/// Bars that a damaged program runs over.
const BARS: usize = 500;
const MUTANTS: usize = 40;

/// Whatever is accepted runs and trades, whether or not the host skips bars, in machine code too.
#[test]
fn a_damaged_program_is_refused_or_runs() {
    let seeds: Vec<u64> = (0..u64::from(config().cases)).collect();
    let counts = tests::on_all_cores(&seeds, |&seed| {
        let case = Case::new(seed);
        let bytes = case.program.encode();
        let mut dice = Dice::new(!seed);
        let damaged = (0..MUTANTS).filter_map(|_| Program::decode(&damaged(&bytes, &mut dice)).ok());
        let damaged: Vec<Program> = damaged.collect();
        let sound: Vec<&Program> = damaged.iter().filter(|p| bytecode::verify(p).is_ok()).collect();
        let traded = sound.iter().filter(|program| trades(program, &case, seed)).count();
        (damaged.len(), sound.len(), traded)
    });
    let sum = |of: fn(&(usize, usize, usize)) -> usize| counts.iter().map(of).sum::<usize>();
    let (decoded, sound, traded) = (sum(|c| c.0), sum(|c| c.1), sum(|c| c.2));
    assert!(
        decoded > sound && sound > traded && traded > 0,
        "{decoded} decoded, {sound} accepted, {traded} traded"
    );
}

/// Some bytes are others, and the checksum fits again.
fn damaged(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut mutant = bytes.to_vec();
    for _ in 0..1 + dice.below(3) {
        let at = BODY_AT + dice.below(mutant.len() - BODY_AT);
        mutant[at] = if dice.chance(50) { dice.below(256) as u8 } else { mutant[at] ^ (1 << dice.below(8)) };
    }
    let checksum = *blake3::hash(&mutant[BODY_AT..]).as_bytes();
    mutant[CHECKSUM_AT..BODY_AT].copy_from_slice(&checksum);
    mutant
}

fn trades(program: &Program, case: &Case, seed: u64) -> bool {
    assert!(!bytecode::disasm(program).is_empty());
    let bars = case.bars.slice(0..BARS.min(case.bars.len()));
    // a series that the bars lack, or a timeframe that they cannot build, is an answer too
    let run = |skip, native| {
        backtest::backtest(program, &bars, &Options { skip, native, ..Options::default() }).ok()
    };
    let (skipping, bar_by_bar, compiled) =
        (run(true, None), run(false, None), run(true, Some(&jit::ALWAYS as &'static dyn engine::Native)));
    let (Some(skipping), Some(bar_by_bar), Some(compiled)) = (skipping, bar_by_bar, compiled) else {
        return false;
    };
    for other in [&bar_by_bar, &compiled] {
        same_run(&skipping, other)
            .unwrap_or_else(|e| panic!("seed {seed}: {e}\n{}", bytecode::disasm(program)));
    }
    !skipping.trades.is_empty()
}

/// Every phase ends, what is said can be printed, and there is a program where there is no error.
#[test]
fn a_damaged_text_is_told() {
    let seeds: Vec<u64> = (0..u64::from(config().cases) * 4).collect();
    let failures = tests::on_all_cores(&seeds, |&seed| {
        let mut dice = Dice::new(seed);
        let text = damaged_text(random_play(&mut dice), &mut dice);
        let c = driver::compile("play.yml", &text, &driver::Options::default());
        let silent = c.diagnostics.iter().any(|d| render::human(&c.sources, d, false).is_empty());
        if let Ok(once) = syntax::format::format(&text)
            && syntax::format::format(&once).ok().as_ref() != Some(&once)
        {
            return Some(format!("seed {seed}: the layout changes a second time\n{text}"));
        }
        (silent || (c.program.is_none() && !c.has_errors())).then(|| format!("seed {seed}:\n{text}"))
    });
    tests::all_hold(&failures.into_iter().flatten().collect::<Vec<_>>());
}

/// Parts are left out, doubled, moved, or replaced by what has a meaning somewhere else.
fn damaged_text(text: String, dice: &mut Dice) -> String {
    const PARTS: [&str; 18] = [
        "{",
        "}",
        "[",
        "]",
        ": ",
        "\"",
        "'",
        "- ",
        "\n",
        "\t",
        "${share}",
        "and",
        "crosses above",
        "[0.618]",
        "within",
        "&a ",
        "*a",
        "é",
    ];
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..1 + dice.below(4) {
        let at = dice.below(chars.len());
        let end = (at + 1 + dice.below(12)).min(chars.len());
        match dice.below(4) {
            0 => drop(chars.drain(at..end)),
            1 => {
                let part = chars[at..end].to_vec();
                let to = dice.below(chars.len());
                drop(chars.splice(to..to, part));
            }
            2 => drop(chars.splice(at..end, dice.pick(&PARTS).chars())),
            _ => drop(chars.splice(at..at, dice.pick(&PARTS).chars())),
        }
    }
    chars.into_iter().collect()
}
