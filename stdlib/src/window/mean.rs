//! Means of the last n inputs, plain or with weights that rise by the bar: averages and least-squares lines.
//! No drift, and soon exactly the input where all are equal.

use serde::{Deserialize, Serialize};

use super::finite::{CHUNK, leading_missing};
use super::lag::{Lag, sums};
use super::scan::{Scan, origin_at, total, whole_groups};
use crate::wide::{self, GROUP, Group, Vector, Work};

/// Inputs between two renewals, at least; twice the window for long ones.
const PERIOD: usize = 128;

/// The plain mean.
pub type Mean = Window<false>;
/// What also needs the sum with weight 1 for the oldest and n for the newest.
pub type Line = Window<true>;

/// Running sums of distances to a recent input, made anew every two windows or 128 inputs. Where groups begin and when
/// sums are made anew depends on the count of inputs alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Window<const LINEAR: bool> {
    window: Lag,
    length: usize,
    /// Inputs seen, up to the length.
    seen: usize,
    /// Inputs since the sums were made anew, or since the first.
    at: usize,
    origin: f64,
    plain: Scan,
    linear: Scan,
    reading: Reading,
}

/// What is written: `level * origin + (linear + tilt * plain) * scale`, where the plain sum is all there is
/// `level * origin + plain * scale`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Reading {
    level: f64,
    tilt: f64,
    scale: f64,
}

impl Mean {
    #[must_use]
    pub fn new(length: usize) -> Mean {
        Window::reading(length, Reading { level: 1.0, tilt: 0.0, scale: 1.0 / length as f64 })
    }

    /// The sum itself, for inputs of which none is much smaller than another.
    #[must_use]
    pub fn sum(length: usize) -> Mean {
        Window::reading(length, Reading { level: length as f64, tilt: 0.0, scale: 1.0 })
    }
}

impl Line {
    /// The mean with weight n for the newest and 1 for the oldest.
    #[must_use]
    pub fn weighted(length: usize) -> Line {
        let n = length as f64;
        Window::reading(length, Reading { level: 1.0, tilt: 0.0, scale: 2.0 / (n * (n + 1.0)) })
    }

    /// The least-squares line through n points, one bar apart, at the newest bar.
    #[must_use]
    pub fn end(length: usize) -> Line {
        let n = length as f64;
        let (tilt, scale) = ((n + 1.0) / -3.0, 6.0 / (n * (n + 1.0)));
        Window::reading(length, Reading { level: 1.0, tilt, scale })
    }

    /// Its slope per bar; for n of at least 2.
    #[must_use]
    pub fn slope(length: usize) -> Line {
        let n = length as f64;
        let (tilt, scale) = ((n + 1.0) / -2.0, 12.0 / (n * (n * n - 1.0)));
        Window::reading(length, Reading { level: 0.0, tilt, scale })
    }
}

impl<const LINEAR: bool> Window<LINEAR> {
    fn reading(length: usize, reading: Reading) -> Window<LINEAR> {
        let (plain, linear) = (Scan::default(), Scan::default());
        Window { window: Lag::new(length), length, seen: 0, at: 0, origin: 0.0, plain, linear, reading }
    }

    /// One input; missing until `length` inputs were seen.
    #[inline]
    pub fn step(&mut self, x: f64) -> f64 {
        let mut value = [0.0];
        self.run(&[x], &mut value);
        value[0]
    }

    /// Replaces each input by the value of the window that ends there, missing until the window is full; inputs that
    /// are missing before the first stay so.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        let mut inputs = [0.0; CHUNK];
        for piece in values.chunks_mut(CHUNK) {
            let inputs = &mut inputs[..piece.len()];
            inputs.copy_from_slice(piece);
            self.run(inputs, piece);
        }
    }

    /// The same from one slice to another of the same length.
    pub fn run(&mut self, inputs: &[f64], out: &mut [f64]) {
        // What leaves the window: as long as nothing does, it is missing.
        self.window.ago(inputs, out);
        let period = (2 * self.length).max(PERIOD).next_multiple_of(GROUP);
        let mut done = 0;
        if self.seen < self.length {
            // Missing ones count for where groups begin: most callers then have theirs begin there too.
            let missing = if self.seen == 0 { leading_missing(inputs) } else { 0 };
            done = inputs.len().min(missing + self.length - self.seen);
            self.seen += done - missing;
            self.at = (self.at + done) % period;
            if self.seen == self.length {
                out[done - 1] = self.renew(&inputs[..done]);
            }
        }
        while done < inputs.len() {
            let end = inputs.len().min(done + period - self.at);
            self.run_between(&inputs[done..end], &mut out[done..end]);
            if self.at == period {
                self.at = 0;
                self.renew(&inputs[..end]);
            }
            done = end;
        }
        self.window.keep(inputs);
    }

    /// Inputs of a full window up to the next renewal; `out` holds what leaves.
    fn run_between(&mut self, inputs: &[f64], out: &mut [f64]) {
        let groups = whole_groups(self.at, inputs.len());
        self.run_singly(&inputs[..groups.start], &mut out[..groups.start]);
        if !groups.is_empty() {
            let (inputs, out) = (&inputs[groups.clone()], &mut out[groups.clone()]);
            wide::run(Groups { window: self, inputs: inputs.as_chunks().0, out: out.as_chunks_mut().0 });
            self.at += groups.len();
        }
        self.run_singly(&inputs[groups.end..], &mut out[groups.end..]);
    }

    fn run_singly(&mut self, inputs: &[f64], out: &mut [f64]) {
        for (slot, &x) in out.iter_mut().zip(inputs) {
            let (distance, old) = (x - self.origin, *slot - self.origin);
            let plain = self.plain.add(self.at, distance - old);
            let mut linear = 0.0;
            if LINEAR {
                let change = (self.length as f64 + 1.0) * distance - old - plain;
                linear = self.linear.add(self.at, change);
            }
            self.at += 1;
            *slot = self.read(plain, linear);
        }
    }

    #[inline]
    fn read(&self, plain: f64, linear: f64) -> f64 {
        let Reading { level, tilt, scale } = self.reading;
        level * self.origin + scale * if LINEAR { linear + tilt * plain } else { plain }
    }

    /// Makes the sums anew, as they are after these inputs.
    #[inline(never)]
    fn renew(&mut self, inputs: &[f64]) -> f64 {
        self.origin = origin_at(inputs[inputs.len() - 1]);
        let (window, origin) = ([self.window.window(inputs)], [self.origin]);
        let [plain, linear] = if LINEAR {
            sums(window, origin, |place, [distance]| [distance, place * distance])
        } else {
            let [plain] = sums(window, origin, |_, distance| distance);
            [plain, 0.0]
        };
        let before = self.at + GROUP - 1;
        (self.plain, self.linear) = (Scan::after(before, plain), Scan::after(before, linear));
        self.read(plain, linear)
    }
}

/// Whole groups of a full window up to the next renewal.
struct Groups<'a, const LINEAR: bool> {
    window: &'a mut Window<LINEAR>,
    inputs: &'a [[f64; GROUP]],
    out: &'a mut [[f64; GROUP]],
}

impl<const LINEAR: bool> Work for Groups<'_, LINEAR> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let window = self.window;
        let Reading { level, tilt, scale } = window.reading;
        let (base, tilt, scale) =
            (V::Group::splat(level * window.origin), V::Group::splat(tilt), V::Group::splat(scale));
        let (origin, newest) = (V::Group::splat(window.origin), V::Group::splat(window.length as f64 + 1.0));
        let (mut plain, mut linear) =
            (V::Group::splat(window.plain.base), V::Group::splat(window.linear.base));
        let count = self.out.len();
        // The linear sums of a group are made in the round after its plain ones: in a round neither needs the other.
        let mut waiting = [V::Group::splat(0.0); 2];
        for round in 0..count + usize::from(LINEAR) {
            if LINEAR && round > 0 {
                let [sums, changes] = waiting;
                let weighted = total(changes, &mut linear);
                self.out[round - 1] = base.add(scale.mul(weighted.add(tilt.mul(sums)))).values();
            }
            if round < count {
                let (distances, old) = (
                    V::Group::of(&self.inputs[round]).sub(origin),
                    V::Group::of(&self.out[round]).sub(origin),
                );
                let sums = total(distances.sub(old), &mut plain);
                if LINEAR {
                    waiting = [sums, newest.mul(distances).sub(old).sub(sums)];
                } else {
                    self.out[round] = base.add(scale.mul(sums)).values();
                }
            }
        }
        window.plain.base = plain.values()[0];
        window.linear.base = linear.values()[0];
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

    #[test]
    fn equals_the_weighted_mean_of_each_window_whatever_the_cut() {
        let xs: Vec<f64> = (0..500_u32).map(|i| 1e6 + f64::from(i * i % 41) * 0.5).collect();
        for length in [1, 2, 3, 14, 100] {
            let n = length as f64;
            let mut whole = xs.clone();
            Line::weighted(length).run_in_place(&mut whole);
            let mut line = Line::weighted(length);
            for t in 0..xs.len() {
                assert_eq!(line.step(xs[t]).to_bits(), whole[t].to_bits());
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
        let line: Vec<f64> = (0..300).map(|t| 100.0 + 0.5 * f64::from(t)).collect();
        for length in [2, 5, 14] {
            let (mut slopes, mut ends) = (line.clone(), line.clone());
            Line::end(length).run_in_place(&mut ends);
            Line::slope(length).run_in_place(&mut slopes);
            for t in length - 1..300 {
                assert!((slopes[t] - 0.5).abs() < 1e-12, "length {length}, bar {t}");
                assert!((ends[t] - line[t]).abs() < 1e-12, "length {length}, bar {t}");
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
