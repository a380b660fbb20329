//! What a machine reads: the bars of its clock, and what slower clocks have computed.

use std::ops::Range;

use bytecode::{BoolReg, ClockId, NumReg};
use stdlib::Field;

/// Columns of one clock's bars from the first on, all of one length: finite numbers, or NaN where missing.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    pub open_time: &'a [i64],
    pub open: &'a [f64],
    pub high: &'a [f64],
    pub low: &'a [f64],
    pub close: &'a [f64],
    pub volume: &'a [f64],
    /// In the order of `Program::series`.
    pub series: &'a [&'a [f64]],
}

impl<'a> Source<'a> {
    /// A bar without anything but its opening time.
    #[must_use]
    pub fn times(open_time: &'a [i64]) -> Source<'a> {
        Source { open_time, open: &[], high: &[], low: &[], close: &[], volume: &[], series: &[] }
    }

    /// These bars alone, without the series.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Source<'a> {
        Source {
            open_time: &self.open_time[range.clone()],
            open: &self.open[range.clone()],
            high: &self.high[range.clone()],
            low: &self.low[range.clone()],
            close: &self.close[range.clone()],
            volume: &self.volume[range],
            series: &[],
        }
    }

    /// The column that holds this field as it is; `None` for one that must be computed.
    #[must_use]
    pub fn column(&self, field: Field) -> Option<&'a [f64]> {
        match field {
            Field::Open => Some(self.open),
            Field::High => Some(self.high),
            Field::Low => Some(self.low),
            Field::Close => Some(self.close),
            Field::Volume => Some(self.volume),
            Field::Hl2 | Field::Hlc3 | Field::Ohlc4 | Field::Hlcc4 | Field::Time => None,
        }
    }
}

/// Whether the field is a column of the bars as it is.
#[must_use]
pub fn is_column(field: Field) -> bool {
    !matches!(field, Field::Hl2 | Field::Hlc3 | Field::Ohlc4 | Field::Hlcc4 | Field::Time)
}

/// Registers of slower clocks, one value for each of that clock's bars so far (or for the latest alone).
pub trait Slower {
    /// Opening times of the bars that the columns of this clock hold.
    fn open_time(&self, clock: ClockId) -> &[i64];
    fn num(&self, reg: NumReg) -> &[f64];
    /// Known and true, 64 bars a word.
    fn bits(&self, reg: BoolReg) -> (&[u64], &[u64]);
}

/// For code that has no slower clock.
#[derive(Clone, Copy, Debug)]
pub struct NoSlower;

impl Slower for NoSlower {
    fn open_time(&self, _: ClockId) -> &[i64] {
        &[]
    }

    fn num(&self, _: NumReg) -> &[f64] {
        &[]
    }

    fn bits(&self, _: BoolReg) -> (&[u64], &[u64]) {
        (&[], &[])
    }
}
