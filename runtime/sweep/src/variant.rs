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

/// By clock of the program: the bars before which nothing of it is evaluated.
#[must_use]
pub fn ready(program: &Program, columns: &Columns, places: &Places) -> Vec<usize> {
    let mut warmups = vec![0; columns.clocks.len()];
    for (clock, own) in places.clocks().iter().zip(&program.clocks) {
        warmups[usize::from(clock.0)] = own.warmup_bars;
    }
    let ready = columns.ready_after(&warmups);
    places.clocks().iter().map(|clock| ready[usize::from(clock.0)]).collect()
}

impl<'a> View<'a> {
    #[must_use]
    pub fn new(program: &Program, columns: &'a Columns, places: &'a Places) -> View<'a> {
        View { columns, places, ready: ready(program, columns, places) }
    }
}

impl Signals for View<'_> {
    fn bars(&self, clock: ClockId) -> &Bars {
        &self.columns.clock(self.places.clock(clock)).bars
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
