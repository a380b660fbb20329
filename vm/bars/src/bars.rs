//! Bars of one period as columns.

use std::ops::Range;

use crate::column::Column;
use crate::timeframe::Timeframe;

/// Bars in strictly increasing order of opening time, each aligned to the timeframe; there may be gaps.
/// A bar closes at `open_time + timeframe`. High and low enclose open and close. All columns have the same length.
#[derive(Clone, Debug)]
pub struct Bars {
    pub timeframe: Timeframe,
    /// Opening times, ms UTC.
    pub open_time: Column<i64>,
    pub open: Column<f64>,
    pub high: Column<f64>,
    pub low: Column<f64>,
    pub close: Column<f64>,
    /// Base-currency volume; NaN where unknown.
    pub volume: Column<f64>,
    /// Further series of the same length, such as `mark_price`, `funding_rate`, `open_interest`; sorted by name.
    pub series: Vec<Series>,
}

/// A named column beside the bars: the value known at the bar's close, missing = NaN.
#[derive(Clone, Debug)]
pub struct Series {
    pub name: String,
    pub values: Column<f64>,
}

impl Bars {
    #[must_use]
    pub fn len(&self) -> usize {
        self.open_time.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.open_time.is_empty()
    }

    #[must_use]
    pub fn close_time_ms(&self, bar: usize) -> i64 {
        self.open_time[bar] + self.timeframe.ms()
    }

    /// The bars of this range, sharing the columns.
    ///
    /// # Panics
    /// When the range does not lie within the bars, as slicing does.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Bars {
        let part = |column: &Column<f64>| column.slice(range.clone());
        Bars {
            timeframe: self.timeframe,
            open_time: self.open_time.slice(range.clone()),
            open: part(&self.open),
            high: part(&self.high),
            low: part(&self.low),
            close: part(&self.close),
            volume: part(&self.volume),
            series: self
                .series
                .iter()
                .map(|s| Series { name: s.name.clone(), values: part(&s.values) })
                .collect(),
        }
    }

    /// The bars that open at or after `from_ms` and before `to_ms`.
    #[must_use]
    pub fn between(&self, from_ms: i64, to_ms: i64) -> Bars {
        let first = self.open_time.partition_point(|&t| t < from_ms);
        let end = self.open_time.partition_point(|&t| t < to_ms);
        self.slice(first..end.max(first))
    }

    #[must_use]
    pub fn series(&self, name: &str) -> Option<&Column<f64>> {
        self.series.iter().find(|s| s.name == name).map(|s| &s.values)
    }
}
