//! The fastest clock in blocks: for hosts that take each block while it is in the cache and keep nothing of it.

use std::ops::Range;

use bars::Bars;
use bytecode::{BoolReg, NumReg, Program};
use interpreter::machine::Kept;
use interpreter::{Layout, Machine};

use crate::columns::Columns;
use crate::error::EngineError;
use crate::run::{self, Options};

/// A program at work: the slower clocks are done, the fastest goes on block by block.
pub struct Blocks<'p> {
    program: &'p Program,
    columns: Columns,
    machine: Machine,
    block_bars: usize,
    /// The block at hand.
    bars: Range<usize>,
}

impl<'p> Blocks<'p> {
    /// Runs the slower clocks as [`run::run`] does. The fastest is the last of the program; it is kept nowhere.
    ///
    /// # Errors
    /// As [`run::run`].
    pub fn new(program: &'p Program, bars: &Bars, options: &Options) -> Result<Blocks<'p>, EngineError> {
        let mut columns = run::begin(program, bars)?;
        let kept = options.keep.registers(program);
        let fastest = program.clocks.len() - 1;
        for clock in 0..fastest {
            run::whole(program, clock, bars, options, &kept, &mut columns)?;
        }
        let own = run::own_bars(program, fastest, bars)?;
        let section = &program.market[fastest];
        let block_bars = options.block_bars.max(1);
        let layout = Layout { kept: &kept, bars: None, block_bars };
        let plan = run::plan(program, fastest, options, &kept, own.len());
        let machine = Machine::planned(program, section, &layout, plan);
        columns.push_clock(own, program.clocks[fastest].warmup_bars);
        columns.find_ready();
        Ok(Blocks { program, columns, machine, block_bars, bars: 0..0 })
    }

    /// The bars of every clock, and what is kept of the slower ones.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Computes the next block and tells its bars; `None` after the last.
    pub fn advance(&mut self) -> Option<Range<usize>> {
        let own = &self.columns.clocks.last()?.bars;
        self.bars = self.bars.end..own.len().min(self.bars.end + self.block_bars);
        if self.bars.is_empty() {
            return None;
        }
        let series = run::series(self.program, own);
        self.machine.run(&run::source(own, &series), self.bars.clone(), &self.columns);
        Some(self.bars.clone())
    }

    /// Where a condition of the fastest clock is true in the block at hand, its first bar in the lowest bit of the
    /// first word; bits behind the block are 0. `None` for any other register.
    #[must_use]
    #[inline]
    pub fn truth(&self, reg: BoolReg) -> Option<&[u64]> {
        self.machine.truth(reg)?.get(..self.bars.len().div_ceil(64))
    }

    /// A kept number of the fastest clock over the block at hand, NaN where it is missing. `None` for any other
    /// register.
    #[must_use]
    #[inline]
    pub fn numbers(&self, reg: NumReg) -> Option<&[f64]> {
        let own = &self.columns.clocks.last()?.bars;
        let column = match self.machine.latest(reg, self.bars.len())? {
            Kept::Values(values) => return Some(values),
            Kept::Field(field) => run::source(own, &[]).column(field)?,
            Kept::Series(series) => run::series_of(own, &self.program.series[usize::from(series)])?,
        };
        column.get(self.bars.clone())
    }
}
