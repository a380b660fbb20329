//! Where an anchored indicator begins: at the last pivot, or the last pair of pivots, of a swing structure.

use serde::{Deserialize, Serialize};

use crate::params::Param;
use crate::signature::Input;

/// Bars that can be looked back to when a pivot becomes known.
pub const MEMORY: usize = 1024;

pub const SOURCE: Param = Param::choice(
    "anchor_source",
    &["swing_any", "swing_high", "swing_low", "pair_any", "pair_high", "pair_low", "manual"],
    "what it begins at: a pivot of either side, a high, a low; a completed pair of pivots, one completed \
     by a high, \
     by a low; manual: the first bar, for ever",
);
pub const AT: Param = Param::choice(
    "anchor_at",
    &["pivot", "confirmation"],
    "the bar it begins with: the pivot's own, or the one on which the pivot became known",
);

/// The four inputs that [`Anchor::event`] reads.
pub const HIGH: Input = Input::Uses { structure: "swing", output: "high_idx", optional: false };
pub const LOW: Input = Input::Uses { structure: "swing", output: "low_idx", optional: false };
pub const PAIR_HIGH: Input = Input::Uses { structure: "swing", output: "pair_high_idx", optional: false };
pub const PAIR_LOW: Input = Input::Uses { structure: "swing", output: "pair_low_idx", optional: false };

/// Notices new pivots by the change of their bar numbers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Anchor {
    highs: bool,
    lows: bool,
    pairs: bool,
    at_pivot: bool,
    /// The bar numbers last seen, high and low; missing before any.
    known: [f64; 2],
    /// Bars counted so far, with or without values.
    bars: f64,
}

impl Anchor {
    /// Indices of the words of [`SOURCE`] and [`AT`].
    #[must_use]
    pub fn new(source: usize, at: usize) -> Anchor {
        let (highs, lows, pairs) = match source {
            0 => (true, true, false),
            1 => (true, false, false),
            2 => (false, true, false),
            3 => (true, true, true),
            4 => (true, false, true),
            5 => (false, true, true),
            _ => (false, false, false),
        };
        Anchor { highs, lows, pairs, at_pivot: at == 0, known: [f64::NAN; 2], bars: 0.0 }
    }

    /// Whether it waits for a pivot; else it begins with the first bar.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.highs || self.lows
    }

    /// One bar, with the numbers of the bars of the last pivots (high, low) and pair (high, low).
    /// How many bars ago the anchor lies, when a new one became known.
    #[inline]
    pub fn event(&mut self, pivots: [f64; 2], pair: [f64; 2]) -> Option<usize> {
        let now = self.bars;
        self.bars += 1.0;
        let [high, low] = if self.pairs { pair } else { pivots };
        let new_high = high.is_finite() && high != self.known[0];
        let new_low = low.is_finite() && low != self.known[1];
        if !new_high && !new_low {
            return None;
        }
        self.known = [high, low];
        // A pair is completed by the later of its two, whichever of them is new.
        let (by_high, by_low) = if self.pairs { (high > low, high < low) } else { (new_high, new_low) };
        let high = if self.highs && by_high { high } else { f64::NAN };
        let low = if self.lows && by_low { low } else { f64::NAN };
        let pivot = high.max(low);
        if pivot.is_nan() {
            return None;
        }
        let ago = if self.at_pivot { (now - pivot).clamp(0.0, (MEMORY - 1) as f64) } else { 0.0 };
        Some(ago as usize)
    }
}

/// The last [`MEMORY`] bars, a few numbers each.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recent<const N: usize> {
    /// Column by column.
    columns: Vec<f64>,
    next: usize,
    seen: usize,
}

impl<const N: usize> Default for Recent<N> {
    fn default() -> Recent<N> {
        Recent { columns: vec![0.0; N * MEMORY], next: 0, seen: 0 }
    }
}

impl<const N: usize> Recent<N> {
    #[inline]
    pub fn push(&mut self, bar: [f64; N]) {
        for (k, x) in bar.into_iter().enumerate() {
            self.columns[k * MEMORY + self.next] = x;
        }
        self.next = (self.next + 1) % MEMORY;
        self.seen = (self.seen + 1).min(MEMORY);
    }

    /// The bar so many bars ago; 0 is the last one pushed.
    #[must_use]
    pub fn ago(&self, back: usize) -> [f64; N] {
        let at = (self.next + 2 * MEMORY - 1 - back) % MEMORY;
        std::array::from_fn(|k| self.columns[k * MEMORY + at])
    }

    /// The last `count` bars, oldest first; fewer when there are not so many.
    pub fn last(&self, count: usize) -> impl Iterator<Item = [f64; N]> + '_ {
        let count = count.min(self.seen);
        (0..count).map(move |i| {
            let at = (self.next + MEMORY - count + i) % MEMORY;
            std::array::from_fn(|k| self.columns[k * MEMORY + at])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: f64 = f64::NAN;

    #[test]
    fn a_new_pivot_is_an_event_once() {
        let mut any = Anchor::new(0, 0);
        assert_eq!(any.event([NONE, NONE], [NONE, NONE]), None);
        assert_eq!(any.event([0.0, NONE], [NONE, NONE]), Some(1));
        assert_eq!(any.event([0.0, NONE], [NONE, NONE]), None);
        assert_eq!(any.event([0.0, 2.0], [NONE, NONE]), Some(1));
        let mut highs = Anchor::new(1, 1);
        assert_eq!(highs.event([NONE, 0.0], [NONE, NONE]), None);
        assert_eq!(highs.event([1.0, 0.0], [NONE, NONE]), Some(0));
    }

    #[test]
    fn a_pair_counts_by_the_side_that_completes_it() {
        let (mut highs, mut lows) = (Anchor::new(4, 0), Anchor::new(5, 0));
        for anchor in [&mut highs, &mut lows] {
            for _ in 0..9 {
                assert_eq!(anchor.event([NONE; 2], [NONE; 2]), None);
            }
        }
        assert_eq!(highs.event([7.0, 3.0], [7.0, 3.0]), Some(2));
        assert_eq!(lows.event([7.0, 3.0], [7.0, 3.0]), None);
        assert_eq!(highs.event([7.0, 8.0], [7.0, 8.0]), None);
        assert_eq!(lows.event([7.0, 8.0], [7.0, 8.0]), Some(2));
    }

    #[test]
    fn remembers_the_last_bars_in_order() {
        let mut recent = Recent::<2>::default();
        for i in 0..MEMORY + 10 {
            recent.push([i as f64, -(i as f64)]);
        }
        let last: Vec<_> = recent.last(3).collect();
        let newest = (MEMORY + 9) as f64;
        assert_eq!(last, [[newest - 2.0, 2.0 - newest], [newest - 1.0, 1.0 - newest], [newest, -newest]]);
        assert_eq!(recent.last(MEMORY + 5).count(), MEMORY);
    }
}
