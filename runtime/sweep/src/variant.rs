//! One variant's view of the columns that all share.

use backtest::Signals;
use bars::{Bars, Bitmap};
use bytecode::{BoolReg, ClockId, NumReg, Program};
use engine::Columns;

use crate::fuse::Places;

/// What a variant's backtest reads: its own registers, wherever they are.
#[derive(Debug)]
pub struct View<'a> {
    columns: &'a Columns,
    places: &'a Places,
    /// By clock.
    ready: Vec<usize>,
}

impl<'a> View<'a> {
    #[must_use]
    pub fn new(program: &Program, columns: &'a Columns, places: &'a Places) -> View<'a> {
        let warmups: Vec<u32> = program.clocks.iter().map(|c| c.warmup_bars).collect();
        View { columns, places, ready: columns.ready_after(&warmups) }
    }
}

impl Signals for View<'_> {
    fn bars(&self, clock: ClockId) -> &Bars {
        &self.columns.clock(clock).bars
    }

    fn ready(&self, clock: ClockId) -> usize {
        self.ready[usize::from(clock.0)]
    }

    fn num(&self, reg: NumReg) -> Option<&[f64]> {
        self.columns.num(self.places.num(reg)?)
    }

    fn bool(&self, reg: BoolReg) -> Option<&Bitmap> {
        self.columns.bool(self.places.bool(reg)?)
    }
}
