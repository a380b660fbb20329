//! `y = keep * y + x` over consecutive inputs, eight of them written from the value before: none waits for the one
//! before it.
//!
//! Of each two inputs of a group the second takes over the first, of each four the last two the second, of eight the
//! last four the fourth; then all take over the value before the group. Input by input the same products are added in
//! the same order. No input may be -0.

use std::array::from_fn;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::wide::{GROUP, Group};

/// `keep` to the powers 1 to 8.
pub type Powers = [f64; GROUP];

#[must_use]
pub fn powers(keep: f64) -> Powers {
    let mut power = 1.0;
    from_fn(|_| {
        power *= keep;
        power
    })
}

/// Where distances are measured from, so that none of them is -0.
#[must_use]
pub fn origin_at(x: f64) -> f64 {
    if x == 0.0 { -0.0 } else { x }
}

/// The whole groups among `count` inputs of which the first has this place.
#[must_use]
pub fn whole_groups(place: usize, count: usize) -> Range<usize> {
    let start = (place.wrapping_neg() % GROUP).min(count);
    start..count - (count - start) % GROUP
}

/// Between two inputs.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Scan {
    /// The value before this group.
    pub base: f64,
    /// What the first of two, the second of four, the fourth of eight inputs pass on.
    passed: [f64; 3],
}

impl Scan {
    /// After an input at this place, whatever was before.
    #[must_use]
    pub fn after(place: usize, value: f64) -> Scan {
        let mut scan = Scan::default();
        scan.add(place, value);
        scan
    }

    /// Whether all that it has taken in was finite, and what it is now.
    #[must_use]
    #[inline]
    pub fn is_finite(&self) -> bool {
        self.base.is_finite() && self.passed.iter().all(|passed| passed.is_finite())
    }

    /// The value after one input, at its place in the group.
    #[inline]
    pub fn step(&mut self, place: usize, x: f64, powers: &Powers) -> f64 {
        let place = place % GROUP;
        let mut y = x;
        for (level, passed) in self.passed.iter_mut().enumerate() {
            let half = 1 << level;
            if place & half == 0 {
                *passed = y;
            } else {
                y += powers[place & (half - 1)] * *passed;
            }
        }
        y += powers[place] * self.base;
        if place == GROUP - 1 {
            self.base = y;
        }
        y
    }

    /// The same of a plain sum.
    #[inline]
    pub fn add(&mut self, place: usize, x: f64) -> f64 {
        let y = self.add_within(place, x) + self.base;
        if place % GROUP == GROUP - 1 {
            self.base = y;
        }
        y
    }

    /// The sum from the beginning of the group on.
    #[inline]
    pub fn add_within(&mut self, place: usize, x: f64) -> f64 {
        let place = place % GROUP;
        let mut y = x;
        for (level, passed) in self.passed.iter_mut().enumerate() {
            if place & (1 << level) == 0 {
                *passed = y;
            } else {
                y += *passed;
            }
        }
        y
    }
}

/// The same for whole groups.
#[derive(Clone, Copy)]
pub struct Steps<V> {
    one: V,
    two: V,
    four: V,
    all: V,
}

impl<V: Group> Steps<V> {
    #[inline(always)]
    pub fn new(powers: &Powers) -> Steps<V> {
        let first = |n: usize| V::of(&from_fn(|i| powers[i % n]));
        Steps { one: first(1), two: first(2), four: first(4), all: V::of(powers) }
    }

    /// The values after these inputs; `base` is in all places the value before, and then the last of them.
    #[inline(always)]
    pub fn run(&self, x: V, base: &mut V) -> V {
        let y = x.add(self.one.mul(x.carry::<1>()));
        let y = y.add(self.two.mul(y.carry::<2>()));
        let y = y.add(self.four.mul(y.carry::<4>()));
        let y = y.add(self.all.mul(*base));
        *base = y.last();
        y
    }
}

/// As `Steps::run` of a plain sum.
#[inline(always)]
pub fn total<V: Group>(x: V, base: &mut V) -> V {
    let y = total_within(x);
    let sums = y.add(*base);
    // The last of them once more: so that the next group does not wait for it to be spread.
    *base = y.last().add(*base);
    sums
}

/// As `Scan::add_within`, of a whole group.
#[inline(always)]
pub fn total_within<V: Group>(x: V) -> V {
    let y = x.add(x.carry::<1>());
    let y = y.add(y.carry::<2>());
    y.add(y.carry::<4>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_plain_recurrence_from_any_place_and_in_groups() {
        let xs: [f64; 48] = from_fn(|i| (i * i % 37) as f64 + 0.25);
        for keep in [0.0, 0.5, 0.9, 1.0] {
            let powers = powers(keep);
            for start in 0..GROUP {
                let mut scan = Scan::after(start, 3.0);
                let mut plain = 3.0;
                for (at, &x) in xs.iter().enumerate() {
                    plain = keep * plain + x;
                    let value = scan.step(start + 1 + at, x, &powers);
                    assert!((value - plain).abs() < 1e-11, "keep {keep}, from {start}, {at}");
                }
            }
            let mut scan = Scan::after(GROUP - 1, 3.0);
            let mut base = <[f64; GROUP]>::splat(3.0);
            let mut sum = base;
            let steps = Steps::new(&powers);
            for group in xs.as_chunks().0 {
                let values = steps.run(*group, &mut base);
                assert_eq!(values, from_fn(|i| scan.step(i, group[i], &powers)));
                if keep == 1.0 {
                    assert_eq!(values, total(*group, &mut sum));
                }
            }
        }
    }

    #[test]
    fn groups_begin_at_multiples_of_eight() {
        assert_eq!(whole_groups(0, 20), 0..16);
        assert_eq!(whole_groups(5, 20), 3..19);
        assert_eq!(whole_groups(13, 2), 2..2);
        assert!(whole_groups(1, 10).is_empty());
    }
}
