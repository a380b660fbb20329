//! The sweep itself: variants in groups that fit the memory, each group's columns computed in one go, then each
//! variant's trades; groups at work on all threads, rows handed on in order.

use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, Ordering};

use backtest::{EquityDetail, Signals};
use bars::Bars;
use bytecode::verify::MAX_REGISTERS;
use bytecode::{Debug, Program};
use engine::{Columns, EngineError, Keep};
use rayon::prelude::*;

use crate::fuse::{Fused, Places};
use crate::quick;
use crate::row::{Outcome, Row};
use crate::space::Space;
use crate::variant::View;

/// Makes the program of a variant from its values, or says why there is none.
pub type Compile<'a> = dyn Fn(&[f64]) -> Result<Program, String> + Sync + 'a;

/// What all variants have in common.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The finest there are.
    pub bars: &'a Bars,
    /// `equity` is not looked at: a row needs the daily curve.
    pub options: &'a backtest::Options,
    pub detail: Detail,
    /// What columns and results may take; the bars themselves are not in it.
    pub memory_bytes: usize,
    pub threads: usize,
    /// Stops the sweep at the next variant when it is set.
    pub stop: &'a AtomicBool,
}

/// How much is found out about each variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// All figures, and the hash of the trades.
    Full,
    /// Return, final equity and number of trades: much faster for Plays that trade on signals alone.
    Return,
}

#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(
        "{have_mib} MiB are too few for these bars and {threads} threads: allow {needed_mib} MiB, or fewer threads"
    )]
    TooLittleMemory { have_mib: usize, needed_mib: usize, threads: usize },
    #[error("the threads cannot be started: {0}")]
    Threads(String),
}

/// Bars an op runs over at once: the rows of many variants' values at one time are to stay in the cache.
const BLOCK_BARS: usize = 512;
/// Variants compiled and fused at once at the most: a group ends before it holds up the next rows too long.
const GROUP_MAX: usize = 1024;
/// What a compiled variant takes, about.
const PROGRAM_BYTES: usize = 16 << 10;
/// What a backtest takes for each path bar at the most: a trade on every fourth bar.
const RESULT_BYTES_A_BAR: usize = 200;

/// Runs the variants from `first` on and hands on their rows in order, until all are done, `sink` breaks or `stop` is
/// set. Which rows come, and what is in them, depends on neither threads nor memory.
///
/// # Errors
/// When nothing can run on these bars, or the memory does not do.
pub fn run(
    space: &Space,
    first: u64,
    compile: &Compile<'_>,
    setup: &Setup<'_>,
    sink: &mut dyn FnMut(Vec<Row>) -> ControlFlow<()>,
) -> Result<(), SweepError> {
    let share = share(setup)?;
    let threads = setup.threads.max(1);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|e| SweepError::Threads(e.to_string()))?;
    let left = space.len().saturating_sub(first);
    let group = left.div_ceil(threads as u64).clamp(1, GROUP_MAX as u64);
    let mut next = first;
    while next < space.len() && !setup.stop.load(Ordering::Relaxed) {
        let starts = (0..threads as u64).map(|n| next + n * group).filter(|&start| start < space.len());
        let groups: Vec<Range<u64>> = starts.map(|start| start..(start + group).min(space.len())).collect();
        next = groups.last().map_or(space.len(), |last| last.end);
        let work = |variants: &Range<u64>| part(space, variants.clone(), compile, setup, share);
        let done: Vec<Result<Vec<Row>, SweepError>> = pool.install(|| groups.par_iter().map(work).collect());
        for (rows, variants) in done.into_iter().zip(groups) {
            let rows = rows?;
            let whole = rows.len() as u64 == variants.end - variants.start;
            if sink(rows).is_break() || !whole {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The memory that one thread's columns may take.
fn share(setup: &Setup<'_>) -> Result<usize, SweepError> {
    let threads = setup.threads.max(1);
    let result = setup.bars.len() * RESULT_BYTES_A_BAR;
    // Two conditions and eight numbers of one variant must fit in any case.
    let least = setup.bars.len() * 66 + (1 << 20);
    let share = (setup.memory_bytes / threads).saturating_sub(result);
    if share < least {
        let mib = |bytes: usize| bytes.div_ceil(1 << 20);
        let needed_mib = mib((least + result) * threads);
        let have_mib = setup.memory_bytes >> 20;
        return Err(SweepError::TooLittleMemory { have_mib, needed_mib, threads });
    }
    Ok(share)
}

/// Rows of some variants, fewer when the sweep is stopped.
fn part(
    space: &Space,
    variants: Range<u64>,
    compile: &Compile<'_>,
    setup: &Setup<'_>,
    share: usize,
) -> Result<Vec<Row>, SweepError> {
    let mut rows = Vec::with_capacity((variants.end - variants.start) as usize);
    let mut at = variants.start;
    while at < variants.end {
        let group = Group::gather(space, at..variants.end, compile, setup, share);
        at += group.members.len() as u64;
        group.run(space, setup, &mut rows)?;
        if setup.stop.load(Ordering::Relaxed) {
            break;
        }
    }
    Ok(rows)
}

/// Variants whose columns are computed together.
struct Group {
    first: u64,
    members: Vec<Result<(Program, Places), String>>,
    fused: Option<Fused>,
}

impl Group {
    /// As many as the memory allows.
    fn gather(
        space: &Space,
        variants: Range<u64>,
        compile: &Compile<'_>,
        setup: &Setup<'_>,
        share: usize,
    ) -> Group {
        let mut group = Group { first: variants.start, members: Vec::new(), fused: None };
        let (mut taken, mut largest, mut most_registers) = (0, 0, 0);
        for variant in variants {
            let program = match compile(&space.values(variant)) {
                Ok(program) => program,
                Err(why) => {
                    group.members.push(Err(why));
                    continue;
                }
            };
            if group.fused.is_none() {
                group.fused = Fused::new(&[&program]);
            }
            let Some(fused) = &mut group.fused else { break };
            let registers = fused.registers();
            let Some(places) = fused.add(&program) else { break };
            let bytes = fused.column_bytes(setup.bars.len(), setup.bars.timeframe);
            let bytes = bytes + fused.row_bytes(BLOCK_BARS);
            let bytes = bytes + (group.members.len() + 1) * PROGRAM_BYTES;
            largest = largest.max(bytes.saturating_sub(taken));
            most_registers = most_registers.max(fused.registers() - registers);
            taken = bytes;
            group.members.push(Ok((slim(program), places)));
            let is_full = taken + largest > share || fused.registers() + most_registers > MAX_REGISTERS;
            if is_full || setup.stop.load(Ordering::Relaxed) {
                break;
            }
        }
        group
    }

    fn run(self, space: &Space, setup: &Setup<'_>, rows: &mut Vec<Row>) -> Result<(), SweepError> {
        let columns = match self.fused {
            Some(fused) => {
                let native = setup.options.native;
                let engine = engine::Options { block_bars: BLOCK_BARS, keep: Keep::Exports, native };
                Some(engine::run(&fused.into_program(), setup.bars, &engine)?)
            }
            None => None,
        };
        for (variant, member) in (self.first..).zip(self.members) {
            if setup.stop.load(Ordering::Relaxed) {
                break;
            }
            let outcome = match (member, &columns) {
                (Ok((program, places)), Some(columns)) => trade(&program, columns, &places, setup),
                (Ok(_), None) => Outcome::Refused("nothing was computed".into()),
                (Err(why), _) => Outcome::Refused(why),
            };
            rows.push(Row { variant, values: space.values(variant), outcome });
        }
        Ok(())
    }
}

/// Without what only people read.
fn slim(mut program: Program) -> Program {
    program.debug = Debug::default();
    program.exports = Vec::new();
    program.market.iter_mut().for_each(|section| section.ops = Vec::new());
    program
}

fn trade(program: &Program, columns: &Columns, places: &Places, setup: &Setup<'_>) -> Outcome {
    let view = View::new(program, columns, places);
    if setup.detail == Detail::Return
        && let Some(settled) = quick::settle(program, &view, setup.bars, setup.options)
    {
        return Outcome::of_return(settled.initial_equity, settled.final_equity, settled.trades);
    }
    let options = backtest::Options {
        equity: EquityDetail::Daily,
        excursions: setup.detail == Detail::Full,
        journal: false,
        ..setup.options.clone()
    };
    match backtest::run(program, &view, setup.bars, &options) {
        Ok(result) if setup.detail == Detail::Return => {
            Outcome::of_return(result.initial_equity, result.final_equity, result.trades.len())
        }
        Ok(result) => Outcome::of(&result, view.bars(program.exec)),
        Err(error) => Outcome::Refused(error.to_string()),
    }
}
