//! A stretch of bars as columns, and the words that patterns are told in.

use std::marker::PhantomData;

use super::means::Means;
use super::price::Price;
use crate::wide::{Mask, Vector};

/// Bars kept before the stretch: four that a pattern may look back at, and ten before those for their
/// averages.
pub const HISTORY: usize = 16;
/// Bars of one stretch.
pub const STRETCH: usize = 128;

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

impl Bars<'_> {
    /// The bars from `t` on, a lane each.
    #[inline(always)]
    #[must_use]
    pub fn at<V: Vector>(&self, t: usize) -> Bar<'_, V> {
        Bar { bars: self, t, lanes: PhantomData }
    }
}

/// Whether all tests hold. All are computed, whatever the others say: without branches several bars are tested at a
/// time, and colours, which come at random, cost nothing.
macro_rules! all {
    [$($test:expr),+ $(,)?] => { $($test)&+ };
}
pub(super) use all;

/// One of two tests, without a branch.
#[inline(always)]
pub fn either<M: Mask>(first: M, then: M, otherwise: M) -> M {
    (first & then) | (!first & otherwise)
}

/// The value of a pattern, 0 without it.
#[inline(always)]
pub fn found<V: Vector>(on: V::Mask, value: f64) -> V {
    V::pick(on, V::splat(value), V::splat(0.0))
}

/// The same above 0 where it is `bullish` and below where not.
#[inline(always)]
pub fn found_by<V: Vector>(on: V::Mask, bullish: V::Mask, value: f64) -> V {
    V::pick(on, V::pick(bullish, V::splat(value), V::splat(-value)), V::splat(0.0))
}

/// Some bars side by side, seen from which the bars before them can be reached.
#[derive(Clone, Copy)]
pub struct Bar<'a, V> {
    bars: &'a Bars<'a>,
    t: usize,
    lanes: PhantomData<V>,
}

/// The words of candlestick charting, with TA-Lib's default settings.
impl<'a, V: Vector> Bar<'a, V> {
    #[inline(always)]
    pub fn ago(self, bars: usize) -> Bar<'a, V> {
        Bar { t: self.t - bars, ..self }
    }

    #[inline(always)]
    fn load(self, column: &Column) -> Price<V> {
        Price(V::load(&column[self.t..]))
    }

    #[inline(always)]
    pub fn open(self) -> Price<V> {
        self.load(self.bars.open)
    }

    #[inline(always)]
    pub fn high(self) -> Price<V> {
        self.load(self.bars.high)
    }

    #[inline(always)]
    pub fn low(self) -> Price<V> {
        self.load(self.bars.low)
    }

    #[inline(always)]
    pub fn close(self) -> Price<V> {
        self.load(self.bars.close)
    }

    /// Closes at or above its open.
    #[inline(always)]
    pub fn white(self) -> V::Mask {
        self.close().at_least(self.open())
    }

    #[inline(always)]
    pub fn black(self) -> V::Mask {
        !self.white()
    }

    /// Of the colour of the other bar.
    #[inline(always)]
    pub fn like(self, other: Bar<'_, V>) -> V::Mask {
        !self.unlike(other)
    }

    #[inline(always)]
    pub fn unlike(self, other: Bar<'_, V>) -> V::Mask {
        self.white() ^ other.white()
    }

    #[inline(always)]
    pub fn body(self) -> Price<V> {
        (self.close() - self.open()).size()
    }

    /// Upper end of the body.
    #[inline(always)]
    pub fn top(self) -> Price<V> {
        Price(self.close().0.greater(self.open().0))
    }

    /// Lower end of the body.
    #[inline(always)]
    pub fn bottom(self) -> Price<V> {
        Price(self.close().0.lesser(self.open().0))
    }

    #[inline(always)]
    pub fn upper(self) -> Price<V> {
        self.high() - self.top()
    }

    #[inline(always)]
    pub fn lower(self) -> Price<V> {
        self.bottom() - self.low()
    }

    /// The body is longer than the ten before it on average.
    #[inline(always)]
    pub fn long(self) -> V::Mask {
        self.body().above(self.load(&self.bars.means.body))
    }

    #[inline(always)]
    pub fn short(self) -> V::Mask {
        self.body().below(self.load(&self.bars.means.body))
    }

    #[inline(always)]
    pub fn not_long(self) -> V::Mask {
        self.body().at_most(self.load(&self.bars.means.body))
    }

    /// The greatest body of a doji: a tenth of the ten ranges before, on average.
    #[inline(always)]
    pub fn doji_size(self) -> Price<V> {
        self.load(&self.bars.means.range) * 0.1
    }

    #[inline(always)]
    pub fn doji(self) -> V::Mask {
        self.body().at_most(self.doji_size())
    }

    /// What a shadow must be below to count as very short.
    #[inline(always)]
    pub fn sliver(self) -> Price<V> {
        self.load(&self.bars.means.range) * 0.1
    }

    #[inline(always)]
    pub fn no_upper(self) -> V::Mask {
        self.upper().below(self.sliver())
    }

    #[inline(always)]
    pub fn no_lower(self) -> V::Mask {
        self.lower().below(self.sliver())
    }

    /// Hardly any shadows.
    #[inline(always)]
    pub fn bare(self) -> V::Mask {
        self.no_upper() & self.no_lower()
    }

    /// What a shadow must be below to count as short: half of the two shadows of the ten bars before, on
    /// average.
    #[inline(always)]
    pub fn short_shadow(self) -> Price<V> {
        self.load(&self.bars.means.shadows) * 0.5
    }

    #[inline(always)]
    pub fn long_upper(self) -> V::Mask {
        self.upper().above(self.body())
    }

    #[inline(always)]
    pub fn long_lower(self) -> V::Mask {
        self.lower().above(self.body())
    }

    /// Distances, in parts of the five ranges before, on average.
    #[inline(always)]
    pub fn near(self) -> Price<V> {
        self.load(&self.bars.means.range5) * 0.2
    }

    #[inline(always)]
    pub fn far(self) -> Price<V> {
        self.load(&self.bars.means.range5) * 0.6
    }

    #[inline(always)]
    pub fn equal(self) -> Price<V> {
        self.load(&self.bars.means.range5) * 0.05
    }

    /// The price equals `level` but for this bar's measure of equality.
    #[inline(always)]
    pub fn equals(self, level: Price<V>, price: Price<V>) -> V::Mask {
        price.at_most(level + self.equal()) & price.at_least(level - self.equal())
    }

    /// A gap between the bodies.
    #[inline(always)]
    pub fn body_gaps_up(self, from: Bar<'_, V>) -> V::Mask {
        self.bottom().above(from.top())
    }

    #[inline(always)]
    pub fn body_gaps_down(self, from: Bar<'_, V>) -> V::Mask {
        self.top().below(from.bottom())
    }

    /// A gap between the shadows.
    #[inline(always)]
    pub fn gaps_up(self, from: Bar<'_, V>) -> V::Mask {
        self.low().above(from.high())
    }

    #[inline(always)]
    pub fn gaps_down(self, from: Bar<'_, V>) -> V::Mask {
        self.high().below(from.low())
    }
}
