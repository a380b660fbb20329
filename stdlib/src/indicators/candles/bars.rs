//! A stretch of bars as columns, with the averages that "long", "short" or "near" are measured by.

/// Bars kept before the stretch: four that a pattern may look back at, and ten before those for their
/// averages.
pub const HISTORY: usize = 16;
/// Bars of one stretch.
pub const STRETCH: usize = 128;

/// Which means a pattern reads.
pub const NOTHING: u8 = 0;
pub const BODY: u8 = 1;
pub const RANGE: u8 = 2;
pub const SHADOWS: u8 = 4;
pub const FIVE: u8 = 8;

pub const SIZE: usize = HISTORY + STRETCH;

/// The first `HISTORY` are the bars before; unknown ones are missing, and no test holds on them.
pub type Column = [f64; SIZE];

/// A stretch: prices, and the means over the ten (five) bars before each bar.
#[derive(Clone, Copy)]
pub struct Bars<'a> {
    pub open: &'a Column,
    pub high: &'a Column,
    pub low: &'a Column,
    pub close: &'a Column,
    pub means: &'a Means,
}

/// Of bodies, ranges, shadows, and of the ranges of five bars.
pub struct Means {
    body: Column,
    range: Column,
    shadows: Column,
    range5: Column,
}

impl Means {
    #[must_use]
    pub fn new() -> Means {
        let missing = [f64::NAN; SIZE];
        Means { body: missing, range: missing, shadows: missing, range5: missing }
    }

    /// Fills these means of `count` bars and of those that patterns look back at; prices are open, high, low, close.
    pub fn measure(&mut self, [open, high, low, close]: [&Column; 4], means: u8, count: usize) {
        // Never beyond the columns: known here, no place needs a test.
        let end = (HISTORY + count).min(SIZE);
        let mut of = [0.0; SIZE];
        let (open, high, low, close) = (&open[..end], &high[..end], &low[..end], &close[..end]);
        if means & BODY != 0 {
            for t in 0..end {
                of[t] = (close[t] - open[t]).abs();
            }
            tens_before(&of, end, &mut self.body);
        }
        if means & SHADOWS != 0 {
            for t in 0..end {
                let white = close[t] >= open[t];
                let (top, bottom) = if white { (close[t], open[t]) } else { (open[t], close[t]) };
                of[t] = (high[t] - top) + (bottom - low[t]);
            }
            tens_before(&of, end, &mut self.shadows);
        }
        if means & (RANGE | FIVE) != 0 {
            for t in 0..end {
                of[t] = high[t] - low[t];
            }
        }
        if means & RANGE != 0 {
            tens_before(&of, end, &mut self.range);
        }
        if means & FIVE != 0 {
            fives_before(&of, end, &mut self.range5);
        }
    }
}

impl Bars<'_> {
    #[inline]
    #[must_use]
    pub fn at(&self, t: usize) -> Bar<'_> {
        Bar { bars: self, t }
    }
}

/// Means of the ten values before each place, from place 10 on, always added in the same order.
fn tens_before(of: &Column, end: usize, means: &mut Column) {
    let mut pairs = [0.0; SIZE];
    let end = end.min(SIZE);
    for t in 1..end {
        pairs[t] = of[t - 1] + of[t];
    }
    for t in 10..end {
        let sum = pairs[t - 9] + ((pairs[t - 7] + pairs[t - 5]) + (pairs[t - 3] + pairs[t - 1]));
        means[t] = sum * 0.1;
    }
}

/// The same for five values.
fn fives_before(of: &Column, end: usize, means: &mut Column) {
    for t in 10..end.min(SIZE) {
        means[t] = (of[t - 5] + ((of[t - 4] + of[t - 3]) + (of[t - 2] + of[t - 1]))) * 0.2;
    }
}

/// Whether all tests hold. All are computed, whatever the others say: without branches several bars are tested at a
/// time, and colours, which come at random, cost nothing.
#[inline(always)]
pub fn all<const N: usize>(tests: [bool; N]) -> bool {
    tests.into_iter().fold(true, |on, test| on & test)
}

/// One of two tests, without a branch.
#[inline(always)]
pub fn either(first: bool, then: bool, otherwise: bool) -> bool {
    (first & then) | (!first & otherwise)
}

/// The value of a pattern, 0 without it.
#[inline(always)]
pub fn score(on: bool, value: i32) -> i32 {
    if on { value } else { 0 }
}

/// One bar, seen from which the bars before it can be reached.
#[derive(Clone, Copy)]
pub struct Bar<'a> {
    bars: &'a Bars<'a>,
    t: usize,
}

/// The words of candlestick charting, with TA-Lib's default settings.
impl<'a> Bar<'a> {
    #[inline(always)]
    pub fn ago(self, bars: usize) -> Bar<'a> {
        Bar { t: self.t - bars, ..self }
    }

    #[inline(always)]
    pub fn open(self) -> f64 {
        self.bars.open[self.t]
    }

    #[inline(always)]
    pub fn high(self) -> f64 {
        self.bars.high[self.t]
    }

    #[inline(always)]
    pub fn low(self) -> f64 {
        self.bars.low[self.t]
    }

    #[inline(always)]
    pub fn close(self) -> f64 {
        self.bars.close[self.t]
    }

    /// Closes at or above its open.
    #[inline(always)]
    pub fn white(self) -> bool {
        self.close() >= self.open()
    }

    #[inline(always)]
    pub fn black(self) -> bool {
        !self.white()
    }

    /// 1 when white, -1 when black.
    #[inline(always)]
    pub fn sign(self) -> i32 {
        if self.white() { 1 } else { -1 }
    }

    #[inline(always)]
    pub fn body(self) -> f64 {
        (self.close() - self.open()).abs()
    }

    /// Upper end of the body.
    #[inline(always)]
    pub fn top(self) -> f64 {
        if self.close() > self.open() { self.close() } else { self.open() }
    }

    /// Lower end of the body.
    #[inline(always)]
    pub fn bottom(self) -> f64 {
        if self.close() < self.open() { self.close() } else { self.open() }
    }

    #[inline(always)]
    pub fn upper(self) -> f64 {
        self.high() - self.top()
    }

    #[inline(always)]
    pub fn lower(self) -> f64 {
        self.bottom() - self.low()
    }

    /// The body is longer than the ten before it on average.
    #[inline(always)]
    pub fn long(self) -> bool {
        self.body() > self.bars.means.body[self.t]
    }

    #[inline(always)]
    pub fn short(self) -> bool {
        self.body() < self.bars.means.body[self.t]
    }

    #[inline(always)]
    pub fn not_long(self) -> bool {
        self.body() <= self.bars.means.body[self.t]
    }

    /// The greatest body of a doji: a tenth of the ten ranges before, on average.
    #[inline(always)]
    pub fn doji_size(self) -> f64 {
        0.1 * self.bars.means.range[self.t]
    }

    #[inline(always)]
    pub fn doji(self) -> bool {
        self.body() <= self.doji_size()
    }

    /// What a shadow must be below to count as very short.
    #[inline(always)]
    pub fn sliver(self) -> f64 {
        0.1 * self.bars.means.range[self.t]
    }

    #[inline(always)]
    pub fn no_upper(self) -> bool {
        self.upper() < self.sliver()
    }

    #[inline(always)]
    pub fn no_lower(self) -> bool {
        self.lower() < self.sliver()
    }

    /// What a shadow must be below to count as short: half of the two shadows of the ten bars before, on
    /// average.
    #[inline(always)]
    pub fn short_shadow(self) -> f64 {
        self.bars.means.shadows[self.t] / 2.0
    }

    #[inline(always)]
    pub fn long_upper(self) -> bool {
        self.upper() > self.body()
    }

    #[inline(always)]
    pub fn long_lower(self) -> bool {
        self.lower() > self.body()
    }

    /// Distances, in parts of the five ranges before, on average.
    #[inline(always)]
    pub fn near(self) -> f64 {
        0.2 * self.bars.means.range5[self.t]
    }

    #[inline(always)]
    pub fn far(self) -> f64 {
        0.6 * self.bars.means.range5[self.t]
    }

    #[inline(always)]
    pub fn equal(self) -> f64 {
        0.05 * self.bars.means.range5[self.t]
    }

    /// The price equals `level` but for this bar's measure of equality.
    #[inline(always)]
    pub fn equals(self, level: f64, price: f64) -> bool {
        (price <= level + self.equal()) & (price >= level - self.equal())
    }

    /// A gap between the bodies.
    #[inline(always)]
    pub fn body_gaps_up(self, from: Bar<'_>) -> bool {
        self.bottom() > from.top()
    }

    #[inline(always)]
    pub fn body_gaps_down(self, from: Bar<'_>) -> bool {
        self.top() < from.bottom()
    }

    /// A gap between the shadows.
    #[inline(always)]
    pub fn gaps_up(self, from: Bar<'_>) -> bool {
        self.low() > from.high()
    }

    #[inline(always)]
    pub fn gaps_down(self, from: Bar<'_>) -> bool {
        self.high() < from.low()
    }
}
