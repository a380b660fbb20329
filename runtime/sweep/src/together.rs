//! Several Plays over the same bars, their common columns computed once.

use backtest::{BacktestError, Options, RunResult};
use bars::Bars;
use bytecode::Program;
use bytecode::verify::MAX_REGISTERS;
use engine::{Columns, Keep};

use crate::fuse::{Fused, Places};
use crate::variant::View;

/// One Play's result, or why it has none; and the bars of its exec clock.
pub type Ran = Result<(RunResult, Bars), BacktestError>;

/// Runs each program; results are those of a run of it alone.
#[must_use]
pub fn together(programs: &[Program], bars: &Bars, options: &Options) -> Vec<Ran> {
    let all: Vec<&Program> = programs.iter().collect();
    let sound = programs.iter().all(|program| bytecode::verify(program).is_ok());
    let shared = sound
        .then(|| fuse(&all))
        .flatten()
        .and_then(|(program, places)| Some((columns(&program, bars).ok()?, places)));
    match shared {
        Some((columns, places)) => programs
            .iter()
            .zip(&places)
            .map(|(program, places)| run(program, &columns, places, bars, options))
            .collect(),
        // One of them cannot run on these bars, or they are too large together: each for itself says which.
        None => programs.iter().map(|program| alone(program, bars, options)).collect(),
    }
}

fn fuse(programs: &[&Program]) -> Option<(Program, Vec<Places>)> {
    let mut fused = Fused::new(programs)?;
    let places = programs
        .iter()
        .map(|program| fused.add(program, &Keep::Run.registers(program)))
        .collect::<Option<Vec<Places>>>()?;
    (fused.registers() <= MAX_REGISTERS).then(|| (fused.into_program(), places))
}

fn alone(program: &Program, bars: &Bars, options: &Options) -> Ran {
    // only what is verified may be taken apart
    bytecode::verify(program).map_err(engine::EngineError::Program)?;
    let (fused, places) = fuse(&[program]).ok_or(BacktestError::NoBars)?;
    run(program, &columns(&fused, bars)?, &places[0], bars, options)
}

fn columns(program: &Program, bars: &Bars) -> Result<Columns, BacktestError> {
    Ok(engine::run(program, bars, &engine::Options { keep: Keep::Exports, ..engine::Options::default() })?)
}

fn run(program: &Program, columns: &Columns, places: &Places, bars: &Bars, options: &Options) -> Ran {
    let view = View::new(program, columns, places);
    let result = backtest::run(program, &view, bars, options)?;
    Ok((result, columns.clock(places.clock(program.exec)).bars.clone()))
}
