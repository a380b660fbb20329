//! Exponential forgetting with a seed: Wilder's averages and sums of distances and volumes.

use serde::{Deserialize, Serialize};

use crate::wide::{self, GROUP, Vector, Work};
use crate::window::groups::{self, Grouped};

/// `y = keep * y + gain * x`, seeded with a sum of the first inputs.
///
/// Eight steps at a time are written from one base value, `y[i] = keep^i * base + partial[i]`, so that a
/// step does not wait for the one before. Where a group begins depends on the count of inputs alone. On a
/// constant input the result may differ from the input in the last bit; averages of prices use the `ema`
/// kernel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Decay {
    gain: f64,
    /// `keep` to the powers 1 to 8.
    powers: [f64; GROUP],
    /// Inputs that make the seed.
    seed_inputs: usize,
    /// What the sum of the seed is divided by.
    seed_divisor: f64,
    seen: usize,
    base: f64,
    partial: f64,
    phase: usize,
}

impl Decay {
    fn new(gain: f64, keep: f64, seed_inputs: usize, seed_divisor: f64) -> Decay {
        let mut powers = [keep; GROUP];
        for i in 1..GROUP {
            powers[i] = keep * powers[i - 1];
        }
        Decay { gain, powers, seed_inputs, seed_divisor, seen: 0, base: 0.0, partial: 0.0, phase: 0 }
    }

    /// Wilder's average: weight `1 / length`, seeded with the mean of the first `length` inputs.
    #[must_use]
    pub fn wilder(length: usize) -> Decay {
        let n = length as f64;
        Decay::new(1.0 / n, (n - 1.0) / n, length, n)
    }

    /// Wilder's sum: `s = s - s / length + x`, seeded with the sum of the first `length - 1` inputs.
    #[must_use]
    pub fn wilder_sum(length: usize) -> Decay {
        let n = length as f64;
        Decay::new(1.0, (n - 1.0) / n, length - 1, 1.0)
    }

    /// Weight `2 / (length + 1)`, seeded with the mean of the first `length` inputs.
    #[must_use]
    pub fn exponential(length: usize) -> Decay {
        let n = length as f64;
        Decay::new(2.0 / (n + 1.0), (n - 1.0) / (n + 1.0), length, n)
    }

    /// One input; missing while the seed grows.
    #[inline]
    pub fn step(&mut self, x: f64) -> f64 {
        if self.seen < self.seed_inputs {
            return self.seed(x);
        }
        let scaled = self.gain * x;
        self.partial = if self.phase == 0 { scaled } else { self.powers[0] * self.partial + scaled };
        let y = self.powers[self.phase] * self.base + self.partial;
        self.phase += 1;
        if self.phase == GROUP {
            self.phase = 0;
            self.base = y;
        }
        y
    }

    /// Replaces each input by the value after it.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        if values.len() < GROUP {
            values.iter_mut().for_each(|value| *value = self.step(*value));
        } else {
            wide::run(InPlace(self, values));
        }
    }

    /// The same within wide work.
    #[inline(always)]
    pub fn in_place<V: Vector>(&mut self, values: &mut [f64]) {
        let mut at = 0;
        while at < values.len() && (self.seen < self.seed_inputs || self.phase != 0) {
            values[at] = self.step(values[at]);
            at += 1;
        }
        let (groups, rest) = values[at..].as_chunks_mut::<GROUP>();
        self.base = groups::run::<V, _>(Steps { gain: self.gain, powers: self.powers }, self.base, groups);
        for value in rest {
            *value = self.step(*value);
        }
    }

    #[inline(never)]
    fn seed(&mut self, x: f64) -> f64 {
        self.seen += 1;
        self.base += x;
        if self.seen < self.seed_inputs {
            return f64::NAN;
        }
        self.base /= self.seed_divisor;
        self.base
    }
}

struct InPlace<'a>(&'a mut Decay, &'a mut [f64]);

impl Work for InPlace<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        self.0.in_place::<V>(self.1);
    }
}

#[derive(Clone, Copy)]
struct Steps {
    gain: f64,
    powers: [f64; GROUP],
}

impl Grouped for Steps {
    #[inline(always)]
    fn open<V: Vector>(&self, rows: &mut [V; GROUP]) -> V {
        let (gain, keep) = (V::splat(self.gain), V::splat(self.powers[0]));
        for row in rows.iter_mut() {
            *row = gain.mul(*row);
        }
        for i in 1..GROUP {
            rows[i] = rows[i].add(keep.mul(rows[i - 1]));
        }
        rows[0]
    }

    #[inline(always)]
    fn value<V: Vector>(&self, at: usize, base: V, _: V, partial: V) -> V {
        V::splat(self.powers[at]).mul(base).add(partial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_plain_recurrence() {
        let xs: Vec<f64> = (0..500_u32).map(|i| f64::from(i * i % 37) + 0.25).collect();
        for length in [1, 2, 14] {
            let n = length as f64;
            let mut values = xs.clone();
            Decay::wilder(length).run_in_place(&mut values);
            let mut y = xs[..length].iter().sum::<f64>() / n;
            assert!((values[length - 1] - y).abs() < 1e-12);
            for t in length..xs.len() {
                y = (y * (n - 1.0) + xs[t]) / n;
                assert!((values[t] - y).abs() < 1e-12, "length {length}, bar {t}: {} against {y}", values[t]);
            }
        }
    }

    #[test]
    fn any_cut_gives_the_same_bits() {
        let xs: Vec<f64> = (0..100_u32).map(|i| f64::from(i * 31 % 17) * 0.3).collect();
        let mut whole = xs.clone();
        Decay::exponential(9).run_in_place(&mut whole);
        let mut stepped = Decay::exponential(9);
        for (x, y) in xs.iter().zip(&whole) {
            assert_eq!(stepped.step(*x).to_bits(), y.to_bits());
        }
    }
}
