//! The corpus as sweeps: its lengths opened to search, and its Plays fused by the dozen. Every lane is, to the bit,
//! what a run of that variant alone gives.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64};

use backtest::{Options, RunResult};
use bars::Bars;
use bytecode::Program;
use driver::variants::Variants;
use sweep::{Axis, Detail, FIGURES, Outcome, Setup, Space};
use tests::{all_hold, on_all_cores, program};

use crate::{name, right_plays_and_bars};

/// Lengths that are opened in each Play, and variants that are tried of it.
const OPENED: usize = 4;
const TRIED: u64 = 3;

#[test]
fn lanes_of_opened_plays_are_single_runs() {
    let Some((plays, data)) = right_plays_and_bars() else { return };
    let checked = on_all_cores(&plays, |path| {
        let text = opened(&std::fs::read_to_string(path).expect("it was listed"));
        let variants = Variants::new(&name(path), text.as_bytes(), driver::Options::default());
        data.each_ref().map(|bars| lanes(path, &variants, bars))
    });
    let failures: Vec<String> = checked.iter().flatten().filter_map(|c| c.as_ref().err().cloned()).collect();
    all_hold(&failures);
    let ran: usize = checked.iter().flatten().flatten().sum();
    assert!(ran > plays.len() * 4, "only {ran} variants of {} Plays ran", plays.len());
}

/// `length: 14` may also be something near.
fn opened(text: &str) -> String {
    let mut left = OPENED;
    let line = |line: &str| {
        let found = line.split_once("length: ").filter(|_| left > 0 && !line.trim_start().starts_with('#'));
        let Some((head, rest)) = found else { return format!("{line}\n") };
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let Ok(length) = rest[..digits].parse::<u32>() else { return format!("{line}\n") };
        left -= 1;
        let near = format!("{{choices: [{length}, {}, {}]}}", length + 1, length + 5);
        format!("{head}length: {near}{}\n", &rest[digits..])
    };
    text.lines().map(line).collect()
}

/// How many variants ran.
fn lanes(path: &Path, variants: &Variants, bars: &Bars) -> Result<usize, String> {
    let axis = |p: &driver::params::Parameter| Axis { name: p.path.clone(), values: p.values().collect() };
    let space = Space::new(variants.parameters.iter().map(axis).collect()).and_then(|s| s.sampled(TRIED, 7));
    let space = space.map_err(|e| format!("{}: {e}", name(path)))?;
    let values = |values: &[f64]| variants.parameters.iter().zip(values.iter().copied()).collect::<Vec<_>>();
    let mut ran = 0;
    for detail in [Detail::Full, Detail::Return] {
        let (stop, options) = (AtomicBool::new(false), Options::default());
        let setup = Setup {
            bars,
            options: &options,
            detail,
            memory_bytes: 256 << 20,
            threads: 1,
            stop: &stop,
            done: &AtomicU64::new(0),
        };
        let mut rows = Vec::new();
        let swept = sweep::run(&space, 0, &|v| variants.program(&values(v)), &setup, &mut |more| {
            rows.extend(more);
            ControlFlow::Continue(())
        });
        swept.map_err(|e| format!("{}: {e}", name(path)))?;
        for row in &rows {
            let made = variants.program(&values(&row.values));
            if made != variants.compiled(&values(&row.values)) {
                return Err(format!(
                    "{}: {:?} is another program than the compiler's",
                    name(path),
                    row.values
                ));
            }
            let alone = made.map_or_else(Outcome::Refused, |program| alone(&program, bars, detail));
            if !is_same(&row.outcome, &alone) {
                let what = (&row.values, &row.outcome, alone);
                return Err(format!("{}, {detail:?}: {what:?}", name(path)));
            }
            ran += usize::from(matches!(row.outcome, Outcome::Ran { .. }));
        }
    }
    Ok(ran)
}

fn single(program: &Program, bars: &Bars) -> Result<(RunResult, Bars), String> {
    let columns = engine::run(program, bars, &engine::Options::default()).map_err(|e| e.to_string())?;
    let result = backtest::run(program, &columns, bars, &Options::default()).map_err(|e| e.to_string())?;
    Ok((result, columns.clock(program.exec).bars.clone()))
}

fn alone(program: &Program, bars: &Bars, detail: Detail) -> Outcome {
    match (single(program, bars), detail) {
        (Ok((result, exec)), Detail::Full) => Outcome::of(&result, &exec),
        (Ok((result, _)), Detail::Return) => {
            Outcome::of_return(result.initial_equity, result.final_equity, result.trades.len())
        }
        (Err(why), _) => Outcome::Refused(why),
    }
}

fn is_same(a: &Outcome, b: &Outcome) -> bool {
    match (a, b) {
        (
            Outcome::Ran { figures: x, trades_hash: g, stopped: s },
            Outcome::Ran { figures: y, trades_hash: h, stopped: t },
        ) => {
            let bits = |figures: &[f64]| -> Vec<u64> {
                figures.iter().map(|f| if f.is_nan() { 0 } else { f.to_bits() }).collect()
            };
            assert_eq!(x.len(), FIGURES.len());
            (bits(x), g, s) == (bits(y), h, t)
        }
        (a, b) => a == b,
    }
}

#[test]
fn plays_fused_by_the_dozen_are_single_runs() {
    let Some((plays, data)) = right_plays_and_bars() else { return };
    let dozens: Vec<&[PathBuf]> = plays.chunks(12).collect();
    let failures = on_all_cores(&dozens, |dozen| {
        let programs: Vec<Program> = dozen
            .iter()
            .map(|path| program(&name(path), &std::fs::read_to_string(path).expect("it was listed")))
            .collect();
        let mut failures = Vec::new();
        for bars in &data {
            let together = sweep::together(&programs, bars, &Options::default());
            for ((path, program), ran) in dozen.iter().zip(&programs).zip(together) {
                let hashes = |(r, _): &(RunResult, Bars)| {
                    (r.trades_hash(), r.decisions_hash(), r.final_equity.to_bits(), r.equity.equity.len())
                };
                let (ours, own) = (ran.map_err(|e| e.to_string()), single(program, bars));
                if ours.as_ref().map(hashes) != own.as_ref().map(hashes) {
                    failures.push(format!("{} is another among others", name(path)));
                }
            }
        }
        failures
    });
    all_hold(&failures.concat());
}
