//! The averages that "long", "short" or "near" are measured by.

use super::bars::{Column, HISTORY, SIZE};
use crate::wide::{self, Vector, Work};

/// Which means a pattern reads.
pub const NOTHING: u8 = 0;
pub const BODY: u8 = 1;
pub const RANGE: u8 = 2;
pub const SHADOWS: u8 = 4;
pub const FIVE: u8 = 8;

/// Of bodies, ranges, shadows, and of the ranges of five bars.
#[derive(Clone, Debug)]
pub struct Means {
    pub body: Column,
    pub range: Column,
    pub shadows: Column,
    pub range5: Column,
    /// What is averaged, and its sums of two.
    of: Column,
    pairs: Column,
}

impl Means {
    #[must_use]
    pub fn new() -> Means {
        let missing = [f64::NAN; SIZE];
        let zeros = [0.0; SIZE];
        Means { body: missing, range: missing, shadows: missing, range5: missing, of: zeros, pairs: zeros }
    }

    /// Fills these means of `count` bars and of those that patterns look back at; prices are open, high, low, close.
    #[inline]
    pub fn measure(&mut self, prices: &[&Column; 4], which: u8, count: usize) {
        wide::run(Measure { means: self, prices, which, count });
    }

    #[inline(always)]
    fn fill(&mut self, [open, high, low, close]: &[&Column; 4], means: u8, count: usize) {
        // Never beyond the columns: known here, no place needs a test.
        let end = (HISTORY + count).min(SIZE);
        let Means { body, range, shadows, range5, of, pairs } = self;
        let (open, high, low, close) = (&open[..end], &high[..end], &low[..end], &close[..end]);
        if means & BODY != 0 {
            for t in 0..end {
                of[t] = (close[t] - open[t]).abs();
            }
            tens_before(of, pairs, end, body);
        }
        if means & SHADOWS != 0 {
            for t in 0..end {
                let white = close[t] >= open[t];
                let (top, bottom) = if white { (close[t], open[t]) } else { (open[t], close[t]) };
                of[t] = (high[t] - top) + (bottom - low[t]);
            }
            tens_before(of, pairs, end, shadows);
        }
        if means & (RANGE | FIVE) != 0 {
            for t in 0..end {
                of[t] = high[t] - low[t];
            }
        }
        if means & RANGE != 0 {
            tens_before(of, pairs, end, range);
        }
        if means & FIVE != 0 {
            fives_before(of, end, range5);
        }
    }
}

struct Measure<'a> {
    means: &'a mut Means,
    /// By reference: copied, they would be read in other pieces than they were written in.
    prices: &'a [&'a Column; 4],
    which: u8,
    count: usize,
}

impl Work for Measure<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        self.means.fill(self.prices, self.which, self.count);
    }
}

/// Means of the ten values before each place, from place 10 on, always added in the same order.
#[inline(always)]
fn tens_before(of: &Column, pairs: &mut Column, end: usize, means: &mut Column) {
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
#[inline(always)]
fn fives_before(of: &Column, end: usize, means: &mut Column) {
    for t in 10..end.min(SIZE) {
        means[t] = (of[t - 5] + ((of[t - 4] + of[t - 3]) + (of[t - 2] + of[t - 1]))) * 0.2;
    }
}
