//! The mean of the last n inputs: no drift, and soon exactly the input where all are equal.

use serde::{Deserialize, Serialize};

use super::finite::CHUNK;
use super::lag::{Lag, sums};
use super::quad::Quad;

/// A running sum of distances to a recent input, summed anew every two windows; when depends on the count of inputs
/// alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mean {
    window: Lag,
    length: usize,
    /// Inputs seen, up to the length.
    seen: usize,
    /// Inputs until the sum is made anew.
    left: usize,
    origin: f64,
    sum: Quad,
}

impl Mean {
    #[must_use]
    pub fn new(length: usize) -> Mean {
        Mean { window: Lag::new(length), length, seen: 0, left: 0, origin: 0.0, sum: Quad::default() }
    }

    /// One input; missing until `length` inputs were seen.
    #[inline]
    pub fn step(&mut self, x: f64) -> f64 {
        let mut value = [0.0];
        self.run(&[x], &mut value);
        value[0]
    }

    /// Replaces each input by the mean of the window that ends there; missing until the window is full.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        let mut inputs = [0.0; CHUNK];
        for piece in values.chunks_mut(CHUNK) {
            let inputs = &mut inputs[..piece.len()];
            inputs.copy_from_slice(piece);
            self.run(inputs, piece);
        }
    }

    /// As [`Mean::run_in_place`], from one slice to another of the same length.
    pub fn run(&mut self, inputs: &[f64], out: &mut [f64]) {
        let filling = (self.length - self.seen).min(inputs.len());
        if filling > 0 {
            self.seen += filling;
            out[..filling].fill(f64::NAN);
            if self.seen == self.length {
                out[filling - 1] = self.renew(&inputs[..filling]);
            }
        }
        let share = 1.0 / self.length as f64;
        let mut done = filling;
        while done < inputs.len() {
            let count = self.left.min(inputs.len() - done);
            let origin = self.origin;
            for (part, old) in self.window.pieces(inputs, done..done + count) {
                let mean = |sum: f64| origin + sum * share;
                self.sum.run(&inputs[part.clone()], old, &mut out[part], |sums| sums.map(mean));
            }
            done += count;
            self.left -= count;
            if self.left == 0 {
                self.renew(&inputs[..done]);
            }
        }
        self.window.keep(inputs);
    }

    /// Makes the sum anew, as it is after these inputs, and gives the mean.
    #[inline(never)]
    fn renew(&mut self, inputs: &[f64]) -> f64 {
        self.origin = inputs[inputs.len() - 1];
        let [sum] = sums([self.window.window(inputs)], [self.origin], |_, distance| distance);
        self.sum = Quad::new(sum);
        self.left = (2 * self.length).max(128);
        self.origin + sum / self.length as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_mean_of_each_window_at_any_level_and_is_exact_on_flat_ones() {
        for level in [0.0, 1e9] {
            for length in [1, 2, 5, 20, 100] {
                let mut xs: Vec<f64> = (0..500_u32).map(|i| level + f64::from(i * i % 41) * 0.5).collect();
                xs.extend([1.1; 600]);
                let mut means = xs.clone();
                Mean::new(length).run_in_place(&mut means);
                let mut stepped = Mean::new(length);
                for t in 0..xs.len() {
                    assert_eq!(stepped.step(xs[t]).to_bits(), means[t].to_bits());
                    if t + 1 < length {
                        assert!(means[t].is_nan());
                        continue;
                    }
                    let exact = xs[t + 1 - length..=t].iter().map(|x| x - level).sum::<f64>() / length as f64;
                    assert!((means[t] - level - exact).abs() <= 4e-15 * (level + 20.0), "{length} {t}");
                    if t >= 500 + 3 * length.max(64) {
                        assert_eq!(means[t], 1.1);
                    }
                }
            }
        }
    }

    /// Prices in cents: the exact sums are whole numbers.
    #[test]
    fn does_not_drift_in_ten_million_bars() {
        const LENGTH: usize = 50;
        let mut mean = Mean::new(LENGTH);
        let mut window = std::collections::VecDeque::new();
        let (mut cents, mut sum) = (4_000_000_i64, 0_i64);
        let mut worst = 0.0_f64;
        let mut random = 1_u64;
        for _ in 0..10_000_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            cents = (cents + (random >> 50) as i64 % 2001 - 1000).clamp(1000, 10_000_000);
            window.push_back(cents);
            sum += cents;
            if window.len() > LENGTH {
                sum -= window.pop_front().unwrap_or(0);
            }
            let value = mean.step(cents as f64 / 100.0);
            if window.len() == LENGTH {
                worst = worst.max((value - sum as f64 / (100.0 * LENGTH as f64)).abs());
            }
        }
        assert!(worst < 1e-9, "{worst:e}");
    }
}
