//! What the host reads of an engine's columns.

use bars::{Bars, Bitmap};
use bytecode::{BoolReg, ClockId, NumReg};

/// Bars and market-stage values by clock and register.
pub trait Signals {
    fn bars(&self, clock: ClockId) -> &Bars;
    /// Bars of this clock before which nothing is evaluated.
    fn ready(&self, clock: ClockId) -> usize;
    fn num(&self, reg: NumReg) -> Option<&[f64]>;
    fn bool(&self, reg: BoolReg) -> Option<&Bitmap>;
}

impl Signals for engine::Columns {
    fn bars(&self, clock: ClockId) -> &Bars {
        &self.clock(clock).bars
    }

    fn ready(&self, clock: ClockId) -> usize {
        self.clock(clock).ready
    }

    fn num(&self, reg: NumReg) -> Option<&[f64]> {
        engine::Columns::num(self, reg)
    }

    fn bool(&self, reg: BoolReg) -> Option<&Bitmap> {
        engine::Columns::bool(self, reg)
    }
}
