//! Bars of one period as columns.

use crate::column::Column;
use crate::timeframe::Timeframe;

/// Bars in strictly increasing order of opening time, each aligned to the timeframe; there may be gaps.
/// A bar closes at `open_time + timeframe`. All columns have the same length.
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

    #[must_use]
    pub fn series(&self, name: &str) -> Option<&Column<f64>> {
        self.series.iter().find(|s| s.name == name).map(|s| &s.values)
    }
}
