//! The mean of the last n inputs: no drift, and exactly the input where all n are equal.

use serde::{Deserialize, Serialize};

/// Two stacks as in `sliding`, over distances to one input of each chunk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mean {
    /// Before `at`: inputs of this chunk. From `at` on: sums of distances to `older_origin`, each to the end of the
    /// chunk before.
    ring: Vec<f64>,
    at: usize,
    /// The first input of this chunk, and the sum of distances to it.
    origin: f64,
    prefix: f64,
    older_origin: f64,
    /// Inputs seen, up to the length.
    seen: usize,
}

impl Mean {
    #[must_use]
    pub fn new(length: usize) -> Mean {
        Mean { ring: vec![0.0; length + 1], at: 0, origin: 0.0, prefix: 0.0, older_origin: 0.0, seen: 0 }
    }

    fn length(&self) -> usize {
        self.ring.len() - 1
    }

    /// One input; missing until `length` inputs were seen.
    #[inline]
    pub fn step(&mut self, x: f64) -> f64 {
        let mut value = [x];
        self.run_in_place(&mut value);
        value[0]
    }

    /// Replaces each input by the mean of the window that ends there; missing until the window is full.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        let length = self.length();
        let missing = (length - 1 - self.seen.min(length - 1)).min(values.len());
        let share = 1.0 / length as f64;
        let mut done = 0;
        while done < values.len() {
            let count = (length - self.at).min(values.len() - done);
            let chunk = &mut values[done..done + count];
            if self.at == 0 {
                self.origin = chunk[0];
            }
            let (origin, gap) = (self.origin, self.older_origin - self.origin);
            let mut older = (length - self.at) as f64;
            let mut prefix = self.prefix;
            let ring = &mut self.ring[self.at..=self.at + count];
            for i in 0..chunk.len().min(ring.len() - 1) {
                let x = chunk[i];
                older -= 1.0;
                prefix += x - origin;
                chunk[i] = origin + (prefix + (ring[i + 1] + older * gap)) * share;
                ring[i] = x;
            }
            self.prefix = prefix;
            self.at += count;
            if self.at == length {
                self.turn();
            }
            done += count;
        }
        self.seen = (self.seen + values.len()).min(length);
        values[..missing].fill(f64::NAN);
    }

    /// The chunk is full: sums to its end take the place of its inputs.
    #[inline(never)]
    fn turn(&mut self) {
        let length = self.length();
        let origin = self.ring[length - 1];
        let mut suffix = 0.0;
        for slot in self.ring[..length].iter_mut().rev() {
            suffix += *slot - origin;
            *slot = suffix;
        }
        self.older_origin = origin;
        self.at = 0;
        self.prefix = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_mean_of_each_window_at_any_level_and_is_exact_on_flat_ones() {
        for level in [0.0, 1e9] {
            for length in [1, 2, 5, 20] {
                let mut xs: Vec<f64> = (0..200_u32).map(|i| level + f64::from(i * i % 41) * 0.5).collect();
                xs.extend([1.1; 60]);
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
                    assert!((means[t] - level - exact).abs() <= 1e-15 * (level + 20.0), "{length} {t}");
                    if t >= 200 + length - 1 {
                        assert_eq!(means[t], 1.1);
                    }
                }
            }
        }
    }
}
