//! Finds pivot candidates: the fractal window and the ATR zigzag.

use serde::{Deserialize, Serialize};

use super::super::common::Pivot;
use crate::window::sliding::{Fold, Max, Min};

/// Candidates that are looked at together, and the most other bars of a window for that.
const STRETCH: usize = 256;
const WIDEST: usize = 128;
/// Marks of a candidate.
const HIGH: u8 = 1;
const LOW: u8 = 2;

/// Which of several equal extremes of a window is the pivot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Ties {
    Strict,
    First,
    Last,
}

/// The candidates of one bar. A fractal bar may be both.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Found {
    pub high: Option<Pivot>,
    pub low: Option<Pivot>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Finder {
    Fractal(Fractal),
    ZigZag(ZigZag),
}

/// The last left + 1 + right bars in a ring whose length is a power of two.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Fractal {
    ring: Vec<Bar>,
    ties: Ties,
    seen: usize,
    left: usize,
    right: usize,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Bar {
    bar: u64,
    high: f64,
    low: f64,
}

impl Fractal {
    pub fn new(left: usize, right: usize, ties: Ties) -> Fractal {
        let ring = vec![Bar::default(); (left + right + 1).next_power_of_two()];
        Fractal { ring, ties, seen: 0, left, right }
    }

    /// Consecutive bars from number `bar` on; gives `found` the place of each bar whose candidate is a pivot.
    pub fn run(&mut self, bar: u64, high: &[f64], low: &[f64], mut found: impl FnMut(usize, Found)) {
        let bars = high.len().min(low.len());
        let across = self.left + self.right;
        let singly = if across <= WIDEST { bars.min(across) } else { bars };
        for t in 0..singly {
            if let Some(pivots) = self.step(bar + t as u64, high[t], low[t]) {
                found(t, pivots);
            }
        }
        // From here on the whole window lies within these bars.
        for start in (singly..bars).step_by(STRETCH) {
            let end = bars.min(start + STRETCH);
            let mut sides = [0_u8; STRETCH];
            let sides = &mut sides[..end - start];
            self.mark::<Max>(&high[start - across..end], |a, b| a > b, HIGH, sides);
            self.mark::<Min>(&low[start - across..end], |a, b| a < b, LOW, sides);
            let mut places = [0_usize; STRETCH + 1];
            let mut count = 0;
            for (at, side) in sides.iter().enumerate() {
                places[count.min(STRETCH)] = at;
                count += usize::from(*side != 0);
            }
            for &at in &places[..count] {
                let t = start + at;
                let candidate = t - self.right;
                let pivot = |column: &[f64]| Pivot { level: column[candidate], bar: bar + candidate as u64 };
                let side = |of: u8, column| (sides[at] & of != 0).then(|| pivot(column));
                found(t, Found { high: side(HIGH, high), low: side(LOW, low) });
            }
        }
        let mask = self.ring.len() - 1;
        for t in singly.max(bars.saturating_sub(self.ring.len()))..bars {
            let seen = self.seen + t - singly;
            self.ring[seen & mask] = Bar { bar: bar + t as u64, high: high[t], low: low[t] };
        }
        self.seen += bars - singly;
    }

    /// Sets `side` where a value is ahead of the `left` before it and the `right` after it.
    #[inline]
    fn mark<F: Fold>(&self, values: &[f64], ahead: impl Fn(f64, f64) -> bool, side: u8, sides: &mut [u8]) {
        let (before_may_equal, after_may_equal) = (self.ties == Ties::Last, self.ties == Ties::First);
        let beats = |x: f64, other: f64, may_equal: bool| ahead(x, other) | (may_equal & (x == other));
        let mut scratch = [[[0.0; STRETCH + WIDEST]; 2]; 2];
        let [one, two] = &mut scratch;
        let before = folds::<F>(values, self.left, one);
        let after = if self.right == self.left { before } else { folds::<F>(values, self.right, two) };
        let windows = values[self.left..].iter().zip(before).zip(&after[self.left + 1..]);
        for (((&x, &before), &after), sides) in windows.zip(sides) {
            let is = beats(x, before, before_may_equal) & beats(x, after, after_may_equal);
            *sides |= if is { side } else { 0 };
        }
    }

    /// `None` when the candidate is neither: seven bars in ten, and then nothing is moved.
    #[inline]
    pub fn step(&mut self, bar: u64, high: f64, low: f64) -> Option<Found> {
        let mask = self.ring.len() - 1;
        self.ring[self.seen & mask] = Bar { bar, high, low };
        self.seen += 1;
        if self.seen <= self.left + self.right {
            return None;
        }
        let Bar { bar, high, low } = self.ring[(self.seen - 1 - self.right) & mask];
        let (is_high, is_low) = (self.is_extreme(|b| high - b.high), self.is_extreme(|b| b.low - low));
        (is_high | is_low).then(|| Found {
            high: is_high.then_some(Pivot { level: high, bar }),
            low: is_low.then_some(Pivot { level: low, bar }),
        })
    }

    /// Whether the candidate, `right` bars ago, is ahead of every other bar of the window.
    ///
    /// Looks from the candidate outwards. A bar that passes k steps is the extreme of 2k + 1 bars, and such
    /// bars lie more than k apart: a bar costs the logarithm of the window on average, whatever the prices.
    #[inline]
    fn is_extreme(&self, ahead_of: impl Fn(&Bar) -> f64) -> bool {
        let mask = self.ring.len() - 1;
        let candidate = self.seen - 1 - self.right;
        let (before_may_equal, after_may_equal) = (self.ties == Ties::Last, self.ties == Ties::First);
        let beats = |at: usize, may_equal: bool| {
            let ahead = ahead_of(&self.ring[at & mask]);
            if may_equal { ahead >= 0.0 } else { ahead > 0.0 }
        };
        let beats_both = |k: usize| {
            (k > self.left || beats(candidate - k, before_may_equal))
                & (k > self.right || beats(candidate + k, after_may_equal))
        };
        // The nearest come at random: four at once leave one guess to the processor.
        (beats_both(1) & beats_both(2)) && (3..=self.left.max(self.right)).all(beats_both)
    }
}

/// The fold of each window of this length, by the place it begins at: windows twice as wide from two, and so on.
fn folds<'a, F: Fold>(
    values: &[f64],
    length: usize,
    [from, to]: &'a mut [[f64; STRETCH + WIDEST]; 2],
) -> &'a [f64] {
    let (mut from, mut to) = (from, to);
    let (mut count, mut width) = (values.len(), 1);
    from[..count].copy_from_slice(values);
    while width < length {
        let shift = width.min(length - width);
        count -= shift;
        for ((slot, &a), &b) in to[..count].iter_mut().zip(&from[..count]).zip(&from[shift..]) {
            *slot = F::join(a, b);
        }
        (from, to) = (to, from);
        width += shift;
    }
    &from[..count]
}

/// Follows the extreme of the leg; a reversal by more than the threshold makes it a pivot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ZigZag {
    multiplier: f64,
    leg: Leg,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Leg {
    /// No bar with an ATR yet.
    Unseen,
    /// No reversal yet: both extremes are watched.
    Open {
        high: Pivot,
        low: Pivot,
    },
    Up {
        extreme: Pivot,
    },
    Down {
        extreme: Pivot,
    },
}

impl ZigZag {
    pub fn new(multiplier: f64) -> ZigZag {
        ZigZag { multiplier, leg: Leg::Unseen }
    }

    /// The extreme is moved first, then the reversal is tested, both with this bar.
    pub fn step(&mut self, bar: u64, high: f64, low: f64, atr: Option<f64>) -> Found {
        let Some(atr) = atr else { return Found::default() };
        let threshold = atr * self.multiplier;
        let (top, bottom) = (Pivot { level: high, bar }, Pivot { level: low, bar });
        match self.leg {
            Leg::Unseen => self.leg = Leg::Open { high: top, low: bottom },
            Leg::Open { high: h, low: l } => return self.open(h, l, top, bottom, threshold),
            Leg::Up { extreme } => {
                let extreme = if high > extreme.level { top } else { extreme };
                self.leg = Leg::Up { extreme };
                if low < extreme.level - threshold {
                    self.leg = Leg::Down { extreme: bottom };
                    return Found { high: Some(extreme), low: None };
                }
            }
            Leg::Down { extreme } => {
                let extreme = if low < extreme.level { bottom } else { extreme };
                self.leg = Leg::Down { extreme };
                if high > extreme.level + threshold {
                    self.leg = Leg::Up { extreme: top };
                    return Found { high: None, low: Some(extreme) };
                }
            }
        }
        Found::default()
    }

    /// The first reversal from either extreme decides; from both on one bar, the older extreme is the pivot,
    /// of two on the same bar the high.
    fn open(&mut self, h: Pivot, l: Pivot, top: Pivot, bottom: Pivot, threshold: f64) -> Found {
        let h = if top.level > h.level { top } else { h };
        let l = if bottom.level < l.level { bottom } else { l };
        let falls = bottom.level < h.level - threshold;
        let rises = top.level > l.level + threshold;
        if falls && (!rises || h.bar <= l.bar) {
            self.leg = Leg::Down { extreme: bottom };
            return Found { high: Some(h), low: None };
        }
        if rises {
            self.leg = Leg::Up { extreme: top };
            return Found { high: None, low: Some(l) };
        }
        self.leg = Leg::Open { high: h, low: l };
        Found::default()
    }
}
