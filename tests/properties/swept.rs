//! Sweeps beside runs of each variant alone: other engines, other columns, other equity curves, the same bits.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64};

use backtest::Options;
use driver::params::Parameter;
use driver::settings::{Setting, compile_with};
use driver::variants::Variants;
use sweep::row::RETURN_FIGURES;
use sweep::{Axis, Detail, FIGURES, Outcome, Row, Setup, Space};

use crate::case::Case;
use crate::plays::Dice;
use crate::ways;

/// Columns of several programs computed as one: by itself, with its own variants, with a Play that it has nothing to
/// do with.
pub fn together(case: &Case, dice: &mut Dice) -> Result<(), String> {
    let other = Case::new(dice.below(1 << 30) as u64);
    let variants = Variants::new("play.yml", case.text.as_bytes(), driver::Options::default());
    let mut programs = vec![case.program.clone()];
    programs.extend(values(&variants.parameters).iter().filter_map(|values| {
        let pairs: Vec<(&Parameter, f64)> = variants.parameters.iter().zip(values.iter().copied()).collect();
        variants.program(&pairs).ok()
    }));
    // the bars carry the series of this Play alone
    let carries = |name: &String| case.bars.series(name).is_some();
    if other.program.series.iter().all(carries) {
        programs.push(other.program);
    }
    ways::fused(&programs[..1], &case.bars, &case.options)?;
    ways::fused(&programs, &case.bars, &case.options)
}

/// A sweep over the Play's open numbers, in full and for the return alone, on either engine.
pub fn sweep(case: &Case, dice: &mut Dice) -> Result<(), String> {
    let variants = Variants::new("play.yml", case.text.as_bytes(), driver::Options::default());
    let axes =
        variants.parameters.iter().map(|p| Axis { name: p.path.clone(), values: p.values().collect() });
    let space = Space::new(axes.collect()).map_err(|e| e.to_string())?;
    let expected: Vec<Outcome> =
        (0..space.len()).map(|variant| outcome(case, &space, variant)).collect::<Result<_, _>>()?;
    for detail in [Detail::Full, Detail::Return] {
        for native in [None, Some(&jit::ALWAYS as &'static dyn engine::Native)] {
            let options = Options { native, ..case.options.clone() };
            let rows = rows(case, &variants, &space, (detail, &options), 1 + dice.below(2))?;
            if rows.len() != expected.len() {
                return Err(format!("{} rows of {}", rows.len(), expected.len()));
            }
            for (row, expected) in rows.iter().zip(&expected) {
                same_outcome(detail, &row.outcome, expected)
                    .map_err(|e| format!("variant {} ({:?}), {detail:?}: {e}", row.variant, row.values))?;
            }
        }
    }
    Ok(())
}

/// All combinations; generated Plays have few.
fn values(parameters: &[Parameter]) -> Vec<Vec<f64>> {
    parameters.iter().fold(vec![Vec::new()], |all, parameter| {
        let longer = |before: &Vec<f64>| {
            let before = before.clone();
            parameter.values().map(move |value| [&before[..], &[value]].concat()).collect::<Vec<_>>()
        };
        all.iter().flat_map(longer).collect()
    })
}

/// As `playvm run --set` does it: the text compiled anew, an engine of its own, every point of the equity curve.
fn outcome(case: &Case, space: &Space, variant: u64) -> Result<Outcome, String> {
    let values = space.values(variant);
    let settings: Vec<Setting> =
        space.axes.iter().zip(values).map(|(a, value)| Setting { name: a.name.clone(), value }).collect();
    let compiled = compile_with("play.yml", &case.text, &driver::Options::default(), &settings)
        .map_err(|e| e.to_string())?;
    let Some(program) = compiled.program else { return Ok(Outcome::Refused(String::new())) };
    let columns =
        engine::run(&program, &case.bars, &engine::Options::default()).map_err(|e| e.to_string())?;
    let result = backtest::run(&program, &columns, &case.bars, &case.options).map_err(|e| e.to_string())?;
    Ok(Outcome::of(&result, &columns.clock(program.exec).bars))
}

fn rows(
    case: &Case,
    variants: &Variants,
    space: &Space,
    (detail, options): (Detail, &Options),
    threads: usize,
) -> Result<Vec<Row>, String> {
    let setup = Setup {
        bars: &case.bars,
        options,
        detail,
        memory_bytes: 256 << 20,
        threads,
        stop: &AtomicBool::new(false),
        done: &AtomicU64::new(0),
    };
    let compile = |values: &[f64]| {
        let pairs: Vec<(&Parameter, f64)> = variants.parameters.iter().zip(values.iter().copied()).collect();
        variants.program(&pairs)
    };
    let mut all = Vec::new();
    let done = sweep::run(space, 0, &compile, &setup, &mut |rows| {
        all.extend(rows);
        ControlFlow::Continue(())
    });
    done.map(|()| all).map_err(|e| e.to_string())
}

fn same_outcome(detail: Detail, ours: &Outcome, alone: &Outcome) -> Result<(), String> {
    let (ours, alone) = match (ours, alone) {
        (Outcome::Refused(_), Outcome::Refused(_)) => return Ok(()),
        (
            Outcome::Ran { figures, trades_hash, stopped },
            Outcome::Ran { figures: f, trades_hash: t, stopped: s },
        ) => {
            if detail == Detail::Full && (trades_hash, stopped) != (t, s) {
                return Err("other trades".into());
            }
            (figures, f)
        }
        (ours, alone) => return Err(format!("{ours:?}, alone {alone:?}")),
    };
    for ((figure, x), y) in FIGURES.iter().zip(ours).zip(alone) {
        let is_known = detail == Detail::Full || RETURN_FIGURES.contains(&figure.name);
        let same =
            if is_known { x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan()) } else { x.is_nan() };
        if !same {
            return Err(format!("{} is {x}, alone {y}", figure.name));
        }
    }
    Ok(())
}
