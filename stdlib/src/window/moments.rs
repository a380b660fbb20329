//! Mean and spread of the last n inputs, without cancellation: exact on flat windows, at any price level.

use serde::{Deserialize, Serialize};

/// Two stacks as in `sliding`, whose parts are joined by Chan's rule. The sums of each part are taken about one of
/// its own inputs, so that a spread is known to about n rounding errors of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Moments {
    /// Before `at`: inputs of this chunk. From `at` on: means of the chunk before, each to its end.
    ring: Vec<f64>,
    /// Beside each mean: the sum of squared distances to it.
    squares: Vec<f64>,
    at: usize,
    /// The first input of this chunk, and sums of distances to it.
    origin: f64,
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
            at: 0,
            origin: 0.0,
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

    /// Mean and sum of squared distances to it; meaningful once the window is full.
    #[inline]
    pub fn push(&mut self, x: f64) -> (f64, f64) {
        let length = self.ring.len() - 1;
        let at = self.at;
        if at == 0 {
            self.origin = x;
        }
        let distance = x - self.origin;
        self.sum += distance;
        self.sum_squares += distance * distance;
        let newer = (at + 1) as f64;
        let older = (length - at - 1) as f64;
        let offset = self.sum / newer;
        let spread = self.sum_squares - self.sum * offset;
        let mean = self.origin + offset;
        let apart = self.ring[at + 1] - mean;
        let share = older / length as f64;
        let joined = (mean + apart * share, spread.max(0.0) + self.squares[at + 1] + apart * apart * newer * share);
        self.ring[at] = x;
        self.at = at + 1;
        if self.at == length {
            self.turn();
        }
        self.seen += usize::from(self.seen < length);
        joined
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
            let offset = sum / (length - i) as f64;
            self.ring[i] = origin + offset;
            self.squares[i] = (sum_squares - sum * offset).max(0.0);
        }
        self.at = 0;
        self.sum = 0.0;
        self.sum_squares = 0.0;
    }
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
                    assert!((squares - spread).abs() <= 1e-6 * (level * 1e-9) + 1e-10 * spread.max(1.0), "{squares} {spread}");
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
