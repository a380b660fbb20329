//! The sweep itself: variants in groups that fit the memory, each group's columns computed in one go, then each
//! variant's trades; groups at work on all threads, rows handed on in order.

use std::iter::Peekable;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use backtest::{EquityDetail, Signals};
use bars::Bars;
use bytecode::verify::MAX_REGISTERS;
use bytecode::{Debug, Program};
use engine::{Columns, EngineError, Keep, RegSet};
use rayon::prelude::*;

use crate::crossing::Crossing;
use crate::fuse::Fused;
use crate::quick::{self, Member};
use crate::row::{Outcome, Row};
use crate::space::Space;
use crate::terms::Market;
use crate::turns::BLOCK_BARS;
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
    /// Counts variants as they are done, for who watches; their rows come later, in order.
    pub done: &'a AtomicU64,
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
    let work = Work { space, compile, setup, share: share(setup)?, market: Market::new(setup.bars) };
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
        let done: Vec<Result<Vec<Row>, SweepError>> =
            pool.install(|| groups.par_iter().map(|part| work.part(part.clone())).collect());
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

/// What all groups have in common.
struct Work<'a> {
    space: &'a Space,
    compile: &'a Compile<'a>,
    setup: &'a Setup<'a>,
    share: usize,
    market: Market<'a>,
}

/// Variants whose columns are computed together.
struct Group {
    members: Members,
    fused: Option<Fused>,
    /// They are settled block by block.
    is_simple: bool,
}

impl Work<'_> {
    /// Rows of some variants, fewer when the sweep is stopped.
    fn part(&self, variants: Range<u64>) -> Result<Vec<Row>, SweepError> {
        let first = variants.start;
        let mut rows = Vec::with_capacity((variants.end - first) as usize);
        let mut variants = variants.peekable();
        while variants.peek().is_some() && !self.setup.stop.load(Ordering::Relaxed) {
            self.group(&mut variants, self.setup.detail, &mut rows)?;
        }
        // rows are handed on in order, so that behind one that is missing there is none
        let whole = rows.iter().zip(first..).take_while(|(row, variant)| row.variant == *variant).count();
        rows.truncate(whole);
        Ok(rows)
    }

    /// As many of the next variants as the memory allows and are of one kind, with their rows.
    fn group(
        &self,
        variants: &mut Peekable<impl Iterator<Item = u64>>,
        detail: Detail,
        rows: &mut Vec<Row>,
    ) -> Result<(), SweepError> {
        let group = self.gather(variants, detail);
        let Some(fused) = group.fused else {
            let refused = |(variant, member): (u64, Result<_, String>)| {
                self.row(variant, Outcome::Refused(member.err().unwrap_or_default()))
            };
            rows.extend(group.members.into_iter().map(refused));
            return Ok(());
        };
        let fused = fused.into_program();
        if group.is_simple {
            self.settle(&fused, group.members, rows)
        } else {
            self.trade(&fused, group.members, rows)
        }
    }

    fn row(&self, variant: u64, outcome: Outcome) -> Row {
        self.setup.done.fetch_add(1, Ordering::Relaxed);
        Row { variant, values: self.space.values(variant), outcome }
    }

    fn gather(&self, variants: &mut Peekable<impl Iterator<Item = u64>>, detail: Detail) -> Group {
        let Setup { bars, options, .. } = *self.setup;
        let mut group = Group { members: Vec::new(), fused: None, is_simple: false };
        let (mut taken, mut largest, mut most_registers) = (0, 0, 0);
        while let Some(&variant) = variants.peek() {
            let program = match (self.compile)(&self.space.values(variant)) {
                Ok(program) => program,
                Err(why) => {
                    group.members.push((variant, Err(why)));
                    variants.next();
                    continue;
                }
            };
            let is_simple = detail == Detail::Return && quick::is_simple(&program, bars, options);
            if group.fused.is_none() {
                group.fused = Fused::new(&[&program]);
                group.is_simple = is_simple;
            }
            let Some(fused) = group.fused.as_mut().filter(|_| group.is_simple == is_simple) else { break };
            let registers = fused.registers();
            let crossing = if is_simple { quick::crossing(&program) } else { None };
            let Some(places) = fused.add(&program, &read(&program, crossing)) else { break };
            let crossing = crossing.and_then(|crossing| crossing.placed(&places));
            let bytes = if is_simple { fused.slower_bytes(bars) } else { fused.column_bytes(bars) };
            let bytes = bytes + fused.row_bytes(BLOCK_BARS);
            let bytes = bytes + (group.members.len() + 1) * PROGRAM_BYTES;
            largest = largest.max(bytes.saturating_sub(taken));
            most_registers = most_registers.max(fused.registers() - registers);
            taken = bytes;
            let member = Member { program: slim(program), places, crossing };
            group.members.push((variant, Ok(member)));
            variants.next();
            let is_full = taken + largest > self.share || fused.registers() + most_registers > MAX_REGISTERS;
            if is_full || self.setup.stop.load(Ordering::Relaxed) {
                break;
            }
        }
        group
    }

    /// Block by block; what must be left to the host is done once more.
    fn settle(&self, fused: &Program, members: Members, rows: &mut Vec<Row>) -> Result<(), SweepError> {
        let Setup { bars, options, .. } = *self.setup;
        let simple = members.iter().filter_map(|(_, member)| member.as_ref().ok());
        let mut settled = quick::settle(fused, simple, self.market, bars, options)?.into_iter();
        let mut left = Vec::new();
        let first = rows.len();
        for (variant, member) in members {
            let outcome = match member.map(|_| settled.next().flatten()) {
                Ok(Some(s)) => Outcome::of_return(s.initial_equity, s.final_equity, s.trades),
                Ok(None) => {
                    left.push(variant);
                    continue;
                }
                Err(why) => Outcome::Refused(why),
            };
            rows.push(self.row(variant, outcome));
        }
        let mut left = left.into_iter().peekable();
        while left.peek().is_some() {
            self.group(&mut left, Detail::Full, rows)?;
            if self.setup.stop.load(Ordering::Relaxed) {
                break;
            }
        }
        rows[first..].sort_by_key(|row| row.variant);
        Ok(())
    }

    fn trade(&self, fused: &Program, members: Members, rows: &mut Vec<Row>) -> Result<(), SweepError> {
        let native = self.setup.options.native;
        let engine = engine::Options { block_bars: BLOCK_BARS, keep: Keep::Exports, native };
        let columns = engine::run(fused, self.setup.bars, &engine)?;
        for (variant, member) in members {
            let outcome = match member {
                Ok(member) => trade(&member, &columns, self.setup),
                Err(why) => Outcome::Refused(why),
            };
            rows.push(self.row(variant, outcome));
            if self.setup.stop.load(Ordering::Relaxed) {
                break;
            }
        }
        Ok(())
    }
}

type Members = Vec<(u64, Result<Member, String>)>;

/// What is read of a variant: two numbers of a crossing, otherwise what a backtest reads.
fn read(program: &Program, crossing: Option<Crossing>) -> RegSet {
    let Some(Crossing { over, under }) = crossing else { return Keep::Run.registers(program) };
    let mut read = Keep::Across.registers(program);
    read.insert(over);
    read.insert(under);
    read
}

/// Without what only people read.
fn slim(mut program: Program) -> Program {
    program.debug = Debug::default();
    program.exports = Vec::new();
    program.market.iter_mut().for_each(|section| section.ops = Vec::new());
    program
}

fn trade(member: &Member, columns: &Columns, setup: &Setup<'_>) -> Outcome {
    let Member { program, places, .. } = member;
    let view = View::new(program, columns, places);
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
