//! The price path: the finest bars given, and where the bars of slower clocks end on it.
//!
//! A *boundary* `b` is the instant before path bar `b` opens; what closes with path bar `b - 1`, or in the gap behind
//! it, has closed by then.

use std::borrow::Cow;

use bars::Bars;
use kernel::Side;

use crate::search::{highest, lowest};

/// The path as plain slices, cut where the run ends.
#[derive(Clone, Debug)]
pub struct Path<'a> {
    pub time_ms: &'a [i64],
    pub open: &'a [f64],
    pub high: &'a [f64],
    pub low: &'a [f64],
    pub close: &'a [f64],
    /// At each bar's close: the mark price where the data has it, else the close.
    pub mark: Cow<'a, [f64]>,
    /// Bars whose mark price the data has.
    pub marked: usize,
    pub bar_ms: i64,
    times: Times,
    /// The latest boundary of `look_ahead`, and whether it followed closely on the one before.
    looked_at: usize,
    close_by: bool,
    /// Bars that were read ahead.
    ahead: usize,
}

/// Bars to read ahead at the least.
const AHEAD: usize = 64;
/// Values in a cache line.
const LINE: usize = 8;

impl<'a> Path<'a> {
    #[must_use]
    pub fn new(bars: &'a Bars, to_ms: Option<i64>) -> Path<'a> {
        let end = to_ms.map_or(bars.len(), |to| bars.open_time.partition_point(|&t| t < to));
        let close = &bars.close[..end];
        let series = bars.series("mark_price").map(|s| &s[..end]);
        let marked = series.map_or(0, |s| s.iter().filter(|m| m.is_finite()).count());
        let mark = match series {
            None => Cow::Borrowed(close),
            Some(marks) if marked == end => Cow::Borrowed(marks),
            Some(marks) => Cow::Owned(
                marks.iter().zip(close).map(|(&m, &c)| if m.is_finite() { m } else { c }).collect(),
            ),
        };
        Path {
            time_ms: &bars.open_time[..end],
            open: &bars.open[..end],
            high: &bars.high[..end],
            low: &bars.low[..end],
            close,
            mark,
            marked,
            bar_ms: bars.timeframe.ms(),
            times: Times::of(&bars.open_time[..end], bars.timeframe.ms()),
            looked_at: 0,
            close_by: false,
            ahead: 0,
        }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.time_ms.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.time_ms.is_empty()
    }

    #[must_use]
    #[inline]
    pub fn open_ms(&self, bar: usize) -> i64 {
        self.times.at(self.time_ms, bar)
    }

    #[must_use]
    #[inline]
    pub fn close_ms(&self, bar: usize) -> i64 {
        self.open_ms(bar) + self.bar_ms
    }

    /// Where looks follow closely on one another, reads the next bars in a row: each look would be a cache miss in
    /// every column that it reads, and a row of misses costs little more than one.
    pub fn look_ahead(&mut self, boundary: usize) {
        let close_by = boundary - self.looked_at < AHEAD;
        self.looked_at = boundary;
        if !close_by || !self.close_by {
            self.close_by = close_by;
            return;
        }
        let end = (boundary + 2 * AHEAD).min(self.len());
        if self.ahead >= (boundary + AHEAD).min(self.len()) {
            return;
        }
        let mut seen = 0;
        for bar in (self.ahead.max(boundary)..end).step_by(LINE) {
            seen ^= self.open[bar].to_bits() ^ self.close[bar].to_bits();
        }
        std::hint::black_box(seen);
        self.ahead = end;
    }

    /// The first boundary at or after this time.
    #[must_use]
    pub fn boundary_at(&self, time_ms: i64) -> usize {
        self.time_ms.partition_point(|&t| t < time_ms)
    }
}

/// How to find the opening time of a bar.
#[derive(Clone, Copy, Debug)]
enum Times {
    /// No bar is missing: it follows from the first one's, without a look at the column, which is seldom in the cache.
    Counted {
        first_ms: i64,
        bar_ms: i64,
    },
    Listed,
}

impl Times {
    /// Times rise by whole bars, so none is missing where the last one is as many bars behind the first as it should.
    fn of(open_ms: &[i64], bar_ms: i64) -> Times {
        match (open_ms.first(), open_ms.last()) {
            (Some(&first_ms), Some(&last_ms))
                if last_ms - first_ms == (open_ms.len() as i64 - 1) * bar_ms =>
            {
                Times::Counted { first_ms, bar_ms }
            }
            _ => Times::Listed,
        }
    }

    #[inline]
    fn at(self, open_ms: &[i64], bar: usize) -> i64 {
        match self {
            Times::Counted { first_ms, bar_ms } => first_ms + bar as i64 * bar_ms,
            Times::Listed => open_ms[bar],
        }
    }
}

/// The bars of one clock on the path.
#[derive(Clone, Debug)]
pub struct ClockOnPath<'a> {
    pub open_ms: &'a [i64],
    times: Times,
    pub close: &'a [f64],
    pub bar_ms: i64,
    /// The boundary by which each bar has closed; `None` when the clock's bars are the path's.
    ends: Option<Vec<u32>>,
    /// Bars that close before the run ends.
    pub len: usize,
    /// The first bar that may be evaluated.
    pub first: usize,
}

impl<'a> ClockOnPath<'a> {
    #[must_use]
    pub fn new(bars: &'a Bars, path: &Path<'_>, to_ms: Option<i64>) -> ClockOnPath<'a> {
        let open_ms = &bars.open_time[..];
        let bar_ms = bars.timeframe.ms();
        let limit = to_ms.map_or(bars.len(), |to| open_ms.partition_point(|&t| t + bar_ms <= to));
        let same = bar_ms == path.bar_ms;
        let ends = (!same).then(|| ends(&open_ms[..limit], bar_ms, path.time_ms));
        let len = match &ends {
            Some(_) => limit,
            None => path.len(),
        };
        let times = Times::of(open_ms, bar_ms);
        ClockOnPath { open_ms, times, close: &bars.close[..], bar_ms, ends, len, first: 0 }
    }

    /// The boundary by which this bar has closed.
    #[must_use]
    pub fn boundary_of(&self, bar: usize) -> usize {
        match &self.ends {
            None => bar + 1,
            Some(ends) => ends[bar] as usize,
        }
    }

    /// How many bars have closed by this boundary.
    #[must_use]
    pub fn closed_by(&self, boundary: usize) -> usize {
        match &self.ends {
            None => boundary.min(self.len),
            Some(ends) => ends.partition_point(|&end| end as usize <= boundary),
        }
    }

    /// The bar that closes at just this boundary.
    #[must_use]
    pub fn closing_at(&self, boundary: usize) -> Option<usize> {
        let bar = self.closed_by(boundary).checked_sub(1)?;
        (self.boundary_of(bar) == boundary).then_some(bar)
    }

    /// The first boundary at or after `boundary` at which a bar closes; `end` when there is none before it.
    #[must_use]
    pub fn next_boundary(&self, boundary: usize, end: usize) -> usize {
        let bar = self.closed_by(boundary.saturating_sub(1));
        if bar < self.len { self.boundary_of(bar).min(end) } else { end }
    }

    #[must_use]
    #[inline]
    pub fn close_ms(&self, bar: usize) -> i64 {
        self.times.at(self.open_ms, bar) + self.bar_ms
    }
}

/// For each slow bar the first path bar that opens at or after its close.
fn ends(open_ms: &[i64], bar_ms: i64, path_ms: &[i64]) -> Vec<u32> {
    let mut next = 0;
    open_ms
        .iter()
        .map(|&open| {
            while next < path_ms.len() && path_ms[next] < open + bar_ms {
                next += 1;
            }
            next as u32
        })
        .collect()
}

/// How far the price went while a position was held: whole path bars up to `scanned`.
#[derive(Clone, Copy, Debug)]
pub struct Extremes {
    pub low: f64,
    pub high: f64,
    scanned: usize,
}

impl Extremes {
    /// From the fill on, before bar `first` is looked at.
    #[must_use]
    pub fn new(price: f64, first: usize) -> Extremes {
        Extremes { low: price, high: price, scanned: first }
    }

    /// Takes in the bars before `end`.
    pub fn advance(&mut self, path: &Path<'_>, end: usize) {
        if end > self.scanned {
            self.low = lowest(&path.low[self.scanned..end], self.low);
            self.high = highest(&path.high[self.scanned..end], self.high);
            self.scanned = end;
        }
    }

    /// Against and in favour of a position of this side.
    #[must_use]
    pub fn worst_and_best(&self, side: Side) -> (f64, f64) {
        match side {
            Side::Long => (self.low, self.high),
            Side::Short => (self.high, self.low),
        }
    }

    pub fn include(&mut self, price: f64) {
        self.low = if price < self.low { price } else { self.low };
        self.high = if price > self.high { price } else { self.high };
    }
}
