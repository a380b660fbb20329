//! Mean and spread of the last n inputs, without cancellation: exact on flat windows, at any price level.

use serde::{Deserialize, Serialize};

/// Two stacks as in `sliding`, whose parts are joined by Chan's rule. The sums of each part are taken about
/// one of its own inputs, so that a spread is known to about n rounding errors of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Moments {
    /// Before `at`: inputs of this chunk. From `at` on: means of the chunk before, each to its end, as
    /// distances to `older_origin`.
    ring: Vec<f64>,
    /// Beside each mean: the sum of squared distances to it.
    squares: Vec<f64>,
    /// One over each count of inputs.
    inverse: Vec<f64>,
    at: usize,
    /// The first input of this chunk, and sums of distances to it.
    origin: f64,
    older_origin: f64,
    sum: f64,
    sum_squares: f64,
    seen: usize,
}

impl Moments {
    #[must_use]
    pub fn new(length: usize) -> Moments {
        Moments {
            ring: vec![0.0; length + 1],
            squares: vec![0.0; length + 1],
            inverse: (0..=length).map(|count| 1.0 / count as f64).collect(),
            at: 0,
            origin: 0.0,
            older_origin: 0.0,
            sum: 0.0,
            sum_squares: 0.0,
            seen: 0,
        }
    }

    /// Whether the window holds `length` inputs.
    #[must_use]
    pub fn full(&self) -> bool {
        self.seen + 1 == self.ring.len()
    }

    /// Mean and sum of squared distances to it; missing until the window is full.
    #[inline]
    pub fn push(&mut self, x: f64) -> (f64, f64) {
        let (mut mean, mut squares) = ([0.0], [0.0]);
        self.run(&[x], &mut mean, &mut squares);
        (mean[0], squares[0])
    }

    /// Mean and sum of squared distances to it, of the window that ends at each input; missing until it is
    /// full.
    pub fn run(&mut self, inputs: &[f64], means: &mut [f64], squares: &mut [f64]) {
        let length = self.ring.len() - 1;
        let missing = (length - 1 - self.seen.min(length - 1)).min(inputs.len());
        let mut done = 0;
        while done < inputs.len() {
            let count = (length - self.at).min(inputs.len() - done);
            let chunk = done..done + count;
            self.run_chunk(&inputs[chunk.clone()], &mut means[chunk.clone()], &mut squares[chunk]);
            done += count;
        }
        self.seen = (self.seen + inputs.len()).min(length);
        means[..missing].fill(f64::NAN);
        squares[..missing].fill(f64::NAN);
    }

    /// Inputs of one chunk.
    fn run_chunk(&mut self, inputs: &[f64], means: &mut [f64], squares: &mut [f64]) {
        let (length, at, count) = (self.ring.len() - 1, self.at, inputs.len());
        if at == 0 {
            self.origin = inputs[0];
        }
        let (origin, mut sum, mut sum_squares) = (self.origin, self.sum, self.sum_squares);
        // Between means, both as distances: a difference of means at a high level would keep only their
        // rounding.
        let gap = self.older_origin - origin;
        let per_length = self.inverse[length];
        let inverse = &self.inverse[at + 1..=at + count];
        let older_means = &self.ring[at + 1..=at + count];
        let older_squares = &self.squares[at + 1..=at + count];
        let (means, squares) = (&mut means[..count], &mut squares[..count]);
        for i in 0..count {
            let distance = inputs[i] - origin;
            sum += distance;
            sum_squares += distance * distance;
            let newer = (at + i + 1) as f64;
            let older = (length - at - i - 1) as f64;
            let offset = sum * inverse[i];
            let spread = sum_squares - sum * offset;
            let apart = gap + older_means[i] - offset;
            let share = older * per_length;
            means[i] = origin + (offset + apart * share);
            squares[i] = greater(spread, 0.0) + older_squares[i] + apart * apart * newer * share;
        }
        self.ring[at..at + count].copy_from_slice(inputs);
        (self.sum, self.sum_squares) = (sum, sum_squares);
        self.at = at + count;
        if self.at == length {
            self.turn();
        }
    }

    #[inline(never)]
    fn turn(&mut self) {
        let length = self.ring.len() - 1;
        let origin = self.ring[length - 1];
        let (mut sum, mut sum_squares) = (0.0, 0.0);
        for i in (0..length).rev() {
            let distance = self.ring[i] - origin;
            sum += distance;
            sum_squares += distance * distance;
            let offset = sum * self.inverse[length - i];
            self.ring[i] = offset;
            self.squares[i] = greater(sum_squares - sum * offset, 0.0);
        }
        self.older_origin = origin;
        self.at = 0;
        self.sum = 0.0;
        self.sum_squares = 0.0;
    }
}

#[inline]
fn greater(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_two_passes_over_each_window_at_any_level() {
        for level in [0.0, 100.0, 1e9] {
            for length in [1, 2, 5, 20] {
                let mut moments = Moments::new(length);
                let xs: Vec<f64> = (0..300_u32).map(|i| level + f64::from(i * i % 41) * 0.5).collect();
                for (t, &x) in xs.iter().enumerate() {
                    let (mean, squares) = moments.push(x);
                    if t + 1 < length {
                        assert!(!moments.full());
                        continue;
                    }
                    let window = &xs[t + 1 - length..=t];
                    let exact = window.iter().map(|x| x - level).sum::<f64>() / length as f64;
                    let spread: f64 = window.iter().map(|x| (x - level - exact) * (x - level - exact)).sum();
                    assert!((mean - level - exact).abs() <= 1e-14 * (level + 20.0));
                    assert!(
                        (squares - spread).abs() <= 1e-6 * (level * 1e-9) + 1e-10 * spread.max(1.0),
                        "{squares} {spread}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_flat_window_has_no_spread() {
        let mut moments = Moments::new(7);
        for t in 0..40 {
            let (mean, squares) = moments.push(if t < 10 { 3.3 } else { 1234.567 });
            if t >= 17 {
                assert_eq!((mean, squares), (1234.567, 0.0));
            }
        }
    }
}
