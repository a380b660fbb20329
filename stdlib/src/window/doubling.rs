//! The sum of the last n inputs by doubling: no subtraction, so no drift, and an exact 0 for a window of zeros.
//!
//! Sums over 1, 2, 4, 8 ... inputs are each made of two of the one before, and the window of those that the bits of its
//! length name: what is added to what depends on the places in the window alone.

use serde::{Deserialize, Serialize};

use super::finite::CHUNK;
use super::lag::Lag;
use crate::wide::{self, Vector, Work};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Doubling {
    /// For the powers of 2 up to the length.
    levels: Vec<Level>,
}

/// What is done with the sums over `2^k` inputs.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Level {
    /// Where the length has this bit: those that lie before what lower bits have put together.
    part: Option<Lag>,
    /// Those that make the next sums with the newest; the highest have no next.
    before: Option<Lag>,
}

impl Doubling {
    #[must_use]
    pub fn new(length: usize) -> Doubling {
        let level = |bit: u32| {
            let inputs = 1 << bit;
            let part = (length & inputs != 0).then(|| Lag::new(length % inputs));
            Level { part, before: (2 * inputs <= length).then(|| Lag::new(inputs)) }
        };
        Doubling { levels: (0..=length.ilog2()).map(level).collect() }
    }

    /// Replaces each of at most [`CHUNK`] inputs by the sum of the window that ends there; missing until the window is
    /// full.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        if let [value] = values {
            *value = self.step(*value);
        } else {
            wide::run(InPlace(self, values));
        }
    }

    fn step(&mut self, x: f64) -> f64 {
        let (mut sum, mut window) = (x, None);
        for Level { part, before } in &mut self.levels {
            if let Some(part) = part {
                window = Some(window.map_or(sum, |newer: f64| newer + part.push(sum)));
            }
            if let Some(before) = before {
                sum += before.push(sum);
            }
        }
        window.expect("the length has a bit")
    }
}

struct InPlace<'a>(&'a mut Doubling, &'a mut [f64]);

impl Work for InPlace<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let InPlace(Doubling { levels }, values) = self;
        let count = values.len();
        let (mut sums, mut next) = ([0.0; CHUNK], [0.0; CHUNK]);
        let (mut sums, mut next) = (&mut sums[..count], &mut next[..count]);
        sums.copy_from_slice(values);
        let mut empty = true;
        for Level { part, before } in levels {
            if let Some(part) = part {
                if empty {
                    values.copy_from_slice(sums);
                } else {
                    part.run(sums, next);
                    for (newer, older) in values.iter_mut().zip(&*next) {
                        *newer += older;
                    }
                }
                empty = false;
            }
            if let Some(before) = before {
                before.run_with(sums, next, |newer, older| newer + older);
                (sums, next) = (next, sums);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_sum_of_each_window_whatever_the_cut() {
        let size = |i: u32| [1.0, 1e9, 1e-9, 0.0][(i / 70 % 4) as usize];
        let xs: Vec<f64> = (0..2_000_u32).map(|i| size(i) * (f64::from(i * i % 41) + 0.1)).collect();
        for length in [1, 2, 3, 7, 20, 100, 300] {
            let run = |cut: usize| {
                let (mut values, mut sum) = (xs.clone(), Doubling::new(length));
                values.chunks_mut(cut).for_each(|part| sum.run_in_place(part));
                values
            };
            let whole = run(CHUNK);
            for t in 0..xs.len() {
                assert_eq!(whole[t].is_nan(), t + 1 < length);
                if t + 1 >= length {
                    let exact: f64 = xs[t + 1 - length..=t].iter().sum();
                    assert!((whole[t] - exact).abs() <= 1e-14 * exact, "{length} {t}: {} {exact}", whole[t]);
                }
            }
            for cut in [1, 13, 150] {
                let parts = run(cut);
                let same = |t: usize| parts[t].to_bits() == whole[t].to_bits() || t + 1 < length;
                assert!((0..xs.len()).all(same), "length {length}, cut {cut}");
            }
        }
    }
}
