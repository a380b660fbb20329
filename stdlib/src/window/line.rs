//! Plain and linearly weighted sums of the last n inputs: weighted averages and least-squares lines.

use serde::{Deserialize, Serialize};

use super::finite::CHUNK;
use super::lag::{Lag, sums};

/// How many windows are written from one.
const GROUP: usize = 4;

/// Running sums of distances to a recent input, summed anew every two windows or 128 bars.
///
/// Four bars at a time are written from one, so that a bar does not wait for the one before it. Where groups begin and
/// when sums are made anew depends on the count of inputs alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    window: Lag,
    length: usize,
    /// Inputs seen, up to the length.
    seen: usize,
    /// Inputs until the sums are made anew.
    left: usize,
    origin: f64,
    /// The sums before this group, and what the group added so far.
    sum: f64,
    weighted: f64,
    partial_sum: f64,
    partial_weighted: f64,
    phase: usize,
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
            window: Lag::new(length),
            length,
            seen: 0,
            left: 0,
            origin: 0.0,
            sum: 0.0,
            weighted: 0.0,
            partial_sum: 0.0,
            partial_weighted: 0.0,
            phase: 0,
        }
    }

    /// Replaces each input by `map` of the window that ends there; missing until the window is full.
    #[inline]
    pub fn run_in_place(&mut self, values: &mut [f64], map: impl Fn(Sums) -> f64) {
        let mut inputs = [0.0; CHUNK];
        for piece in values.chunks_mut(CHUNK) {
            let inputs = &mut inputs[..piece.len()];
            inputs.copy_from_slice(piece);
            self.run(inputs, piece, &map);
        }
    }

    /// As [`Line::run_in_place`], from one slice to another of the same length.
    #[inline]
    pub fn run(&mut self, inputs: &[f64], out: &mut [f64], map: impl Fn(Sums) -> f64) {
        self.window.ago(inputs, out);
        let filling = (self.length - self.seen).min(inputs.len());
        if filling > 0 {
            self.seen += filling;
            out[..filling].fill(f64::NAN);
            if self.seen == self.length {
                self.renew(&inputs[..filling]);
                out[filling - 1] = map(Sums { origin: self.origin, sum: self.sum, weighted: self.weighted });
            }
        }
        let mut done = filling;
        while done < inputs.len() {
            let count = self.left.min(inputs.len() - done);
            self.run_between(&inputs[done..done + count], &mut out[done..done + count], &map);
            done += count;
            self.left -= count;
            if self.left == 0 {
                self.renew(&inputs[..done]);
            }
        }
        self.window.keep(inputs);
    }

    /// Inputs of a full window up to the next renewal; `out` holds what leaves.
    #[inline]
    fn run_between(&mut self, inputs: &[f64], out: &mut [f64], map: impl Fn(Sums) -> f64) {
        let head = ((GROUP - self.phase) % GROUP).min(out.len());
        for (slot, &x) in out[..head].iter_mut().zip(inputs) {
            *slot = map(self.add(x, *slot));
        }
        let (origin, n) = (self.origin, self.length as f64);
        let (mut sum, mut weighted) = (self.sum, self.weighted);
        let mut groups = out[head..].chunks_exact_mut(GROUP);
        let input_groups = inputs[head..].chunks_exact(GROUP);
        let rest = input_groups.remainder();
        for (group, x) in (&mut groups).zip(input_groups) {
            let p1 = x[0] - group[0];
            let p2 = p1 + (x[1] - group[1]);
            let p3 = p2 + (x[2] - group[2]);
            let p4 = p3 + (x[3] - group[3]);
            let q1 = n * (x[0] - origin);
            let q2 = q1 + (n * (x[1] - origin) - p1);
            let q3 = q2 + (n * (x[2] - origin) - p2);
            let q4 = q3 + (n * (x[3] - origin) - p3);
            let after =
                |p: f64, q: f64, i: f64| Sums { origin, sum: sum + p, weighted: weighted + (q - i * sum) };
            let last = after(p4, q4, 4.0);
            group[0] = map(after(p1, q1, 1.0));
            group[1] = map(after(p2, q2, 2.0));
            group[2] = map(after(p3, q3, 3.0));
            group[3] = map(last);
            (sum, weighted) = (last.sum, last.weighted);
        }
        (self.sum, self.weighted) = (sum, weighted);
        for (slot, &x) in groups.into_remainder().iter_mut().zip(rest) {
            *slot = map(self.add(x, *slot));
        }
    }

    /// `x` comes, `old` goes: every weight falls by 1.
    #[inline]
    fn add(&mut self, x: f64, old: f64) -> Sums {
        let newest = self.length as f64 * (x - self.origin);
        (self.partial_sum, self.partial_weighted) = if self.phase == 0 {
            (x - old, newest)
        } else {
            (self.partial_sum + (x - old), self.partial_weighted + (newest - self.partial_sum))
        };
        self.phase += 1;
        let sums = Sums {
            origin: self.origin,
            sum: self.sum + self.partial_sum,
            weighted: self.weighted + (self.partial_weighted - self.phase as f64 * self.sum),
        };
        if self.phase == GROUP {
            self.phase = 0;
            (self.sum, self.weighted) = (sums.sum, sums.weighted);
        }
        sums
    }

    /// Makes the sums anew, as they are after these inputs.
    #[inline(never)]
    fn renew(&mut self, inputs: &[f64]) {
        self.origin = inputs[inputs.len() - 1];
        let of = |place: f64, [distance]: [f64; 1]| [distance, place * distance];
        [self.sum, self.weighted] = sums([self.window.window(inputs)], [self.origin], of);
        self.phase = 0;
        self.left = (2 * self.length).max(128);
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
        let xs: Vec<f64> = (0..500_u32).map(|i| 1e6 + f64::from(i * i % 41) * 0.5).collect();
        for length in [1, 2, 3, 14, 100] {
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
