//! Plain and linearly weighted sums of the last n inputs: weighted averages and least-squares lines.

use serde::{Deserialize, Serialize};

/// Two stacks as in `sliding`, over distances to one input of each chunk: no drift, and exact on flat windows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    /// Before `at`: inputs of this chunk. From `at` on: sums of distances to `older_origin`, each to the end of the
    /// chunk before.
    ring: Vec<f64>,
    /// Beside each sum: the sum with weights 1, 2, 3 ...
    weighted: Vec<f64>,
    at: usize,
    origin: f64,
    prefix: f64,
    prefix_weighted: f64,
    older_origin: f64,
    seen: usize,
}

/// Sums over a full window of n inputs, of their distances to `origin`.
#[derive(Clone, Copy, Debug)]
pub struct Sums {
    pub origin: f64,
    pub sum: f64,
    /// With weight 1 for the oldest and n for the newest.
    pub weighted: f64,
}

impl Line {
    #[must_use]
    pub fn new(length: usize) -> Line {
        Line {
            ring: vec![0.0; length + 1],
            weighted: vec![0.0; length + 1],
            at: 0,
            origin: 0.0,
            prefix: 0.0,
            prefix_weighted: 0.0,
            older_origin: 0.0,
            seen: 0,
        }
    }

    #[must_use]
    pub fn length(&self) -> usize {
        self.ring.len() - 1
    }

    /// Replaces each input by `map` of the window that ends there; missing until the window is full.
    #[inline]
    pub fn run_in_place(&mut self, values: &mut [f64], map: impl Fn(Sums) -> f64) {
        let length = self.length();
        let missing = (length - 1 - self.seen.min(length - 1)).min(values.len());
        let mut done = 0;
        while done < values.len() {
            let count = (length - self.at).min(values.len() - done);
            let chunk = &mut values[done..done + count];
            if self.at == 0 {
                self.origin = chunk[0];
            }
            let (origin, gap) = (self.origin, self.older_origin - self.origin);
            let mut older = (length - self.at) as f64;
            let mut newer = self.at as f64;
            let (mut prefix, mut prefix_weighted) = (self.prefix, self.prefix_weighted);
            let ring = &mut self.ring[self.at..=self.at + count];
            let weighted = &self.weighted[self.at..=self.at + count];
            for i in 0..chunk.len().min(ring.len() - 1).min(weighted.len() - 1) {
                let x = chunk[i];
                older -= 1.0;
                newer += 1.0;
                let distance = x - origin;
                prefix += distance;
                prefix_weighted += newer * distance;
                let sum = prefix + (ring[i + 1] + older * gap);
                let steps = 0.5 * older * (older + 1.0);
                chunk[i] = map(Sums {
                    origin,
                    sum,
                    weighted: prefix_weighted + older * prefix + (weighted[i + 1] + steps * gap),
                });
                ring[i] = x;
            }
            self.prefix = prefix;
            self.prefix_weighted = prefix_weighted;
            self.at += count;
            if self.at == length {
                self.turn();
            }
            done += count;
        }
        self.seen = (self.seen + values.len()).min(length);
        values[..missing].fill(f64::NAN);
    }

    #[inline(never)]
    fn turn(&mut self) {
        let length = self.length();
        let origin = self.ring[length - 1];
        let (mut sum, mut weighted) = (0.0, 0.0);
        for (slot, beside) in self.ring[..length].iter_mut().zip(&mut self.weighted[..length]).rev() {
            sum += *slot - origin;
            weighted += sum;
            *slot = sum;
            *beside = weighted;
        }
        self.older_origin = origin;
        self.at = 0;
        self.prefix = 0.0;
        self.prefix_weighted = 0.0;
    }
}

/// The least-squares line through n points, one bar apart.
#[derive(Clone, Copy, Debug)]
pub struct Fit {
    /// Per bar.
    pub slope: f64,
    pub mean: f64,
    /// At the newest bar.
    pub end: f64,
}

/// What a fit over n points needs, computed once.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Fitter {
    /// `1 / n`
    share: f64,
    /// The mean of the weights 1 to n.
    middle: f64,
    /// One over the sum of squared distances of the weights to their mean.
    inverse_squares: f64,
    reach: f64,
}

impl Fitter {
    /// For n of at least 2.
    #[must_use]
    pub fn new(length: usize) -> Fitter {
        let n = length as f64;
        Fitter {
            share: 1.0 / n,
            middle: 0.5 * (n + 1.0),
            inverse_squares: 12.0 / (n * (n * n - 1.0)),
            reach: 0.5 * (n - 1.0),
        }
    }

    #[inline]
    #[must_use]
    pub fn fit(self, sums: Sums) -> Fit {
        let slope = (sums.weighted - self.middle * sums.sum) * self.inverse_squares;
        let offset = sums.sum * self.share;
        Fit { slope, mean: sums.origin + offset, end: sums.origin + (offset + slope * self.reach) }
    }

    /// The sum of squares that the slope explains.
    #[inline]
    #[must_use]
    pub fn explained(self, slope: f64) -> f64 {
        slope * slope / self.inverse_squares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_sums_of_each_window_whatever_the_cut() {
        let xs: Vec<f64> = (0..300_u32).map(|i| 1e6 + f64::from(i * i % 41) * 0.5).collect();
        for length in [1, 2, 3, 14] {
            let n = length as f64;
            let average = |s: Sums| s.origin + s.weighted / (n * (n + 1.0) / 2.0);
            let mut whole = xs.clone();
            Line::new(length).run_in_place(&mut whole, average);
            let mut line = Line::new(length);
            for t in 0..xs.len() {
                let mut one = [xs[t]];
                line.run_in_place(&mut one, average);
                assert_eq!(one[0].to_bits(), whole[t].to_bits());
                if t + 1 >= length {
                    let window = &xs[t + 1 - length..=t];
                    let exact: f64 = window.iter().zip(1_u32..).map(|(x, k)| (x - 1e6) * f64::from(k)).sum();
                    assert!((whole[t] - 1e6 - exact / (n * (n + 1.0) / 2.0)).abs() < 1e-9);
                }
            }
        }
    }

    #[test]
    fn a_straight_line_is_its_own_fit() {
        let mut line = Line::new(5);
        let fitter = Fitter::new(5);
        let mut slopes: Vec<f64> = (0..30).map(|t| 100.0 + 0.5 * f64::from(t)).collect();
        let mut ends = slopes.clone();
        line.clone().run_in_place(&mut ends, |s| fitter.fit(s).end);
        line.run_in_place(&mut slopes, |s| fitter.fit(s).slope);
        for t in 4..30 {
            assert_eq!(slopes[t], 0.5);
            assert_eq!(ends[t], 100.0 + 0.5 * t as f64);
        }
    }
}
