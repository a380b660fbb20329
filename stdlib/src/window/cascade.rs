//! Exponential averages, and averages of averages, all in one loop.

use std::array::from_fn;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::each;
use super::scan::{Powers, Scan, Steps, origin_at, powers, whole_groups};
use crate::wide::{self, GROUP, Group, Vector, Work};

/// Inputs between two choices of the origin; whole groups.
const RENEWAL: usize = 256;
/// What decays below this is 0: numbers near the least ones are slow.
const LEAST: f64 = 1e-290;

/// How an average forgets, and what it begins with.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Smoothing {
    /// What a bar leaves of it.
    keep: f64,
    /// The average over the sum `s = keep * s + x`.
    gain: f64,
    seed_inputs: usize,
    /// What the sum of the seed is divided by.
    seed_divisor: f64,
}

impl Smoothing {
    /// Weight `2 / (length + 1)` for the newest, seeded with the mean of the first `length` inputs.
    #[must_use]
    pub fn exponential(length: usize) -> Smoothing {
        let n = length as f64;
        let (keep, gain) = ((n - 1.0) / (n + 1.0), 2.0 / (n + 1.0));
        Smoothing { keep, gain, seed_inputs: length, seed_divisor: n }
    }

    /// Wilder's average: weight `1 / length`, seeded with the mean of the first `length` inputs.
    #[must_use]
    pub fn wilder(length: usize) -> Smoothing {
        let n = length as f64;
        Smoothing { keep: (n - 1.0) / n, gain: 1.0 / n, seed_inputs: length, seed_divisor: n }
    }

    /// Wilder's sum: `s = s - s / length + x`, seeded with the sum of the first `length - 1` inputs, or the first
    /// alone.
    #[must_use]
    pub fn wilder_sum(length: usize) -> Smoothing {
        let n = length as f64;
        let seed_inputs = (length - 1).max(1);
        Smoothing { keep: (n - 1.0) / n, gain: 1.0, seed_inputs, seed_divisor: 1.0 }
    }

    /// The sum itself, `s = keep * s + x` with what the exponential average of this length keeps, from 0 on.
    #[must_use]
    pub fn decaying_sum(length: usize) -> Smoothing {
        let keep = Smoothing::exponential(length).keep;
        Smoothing { keep, gain: 1.0, seed_inputs: 0, seed_divisor: 1.0 }
    }

    /// What a bar leaves of the sum.
    #[must_use]
    pub fn keep(&self) -> f64 {
        self.keep
    }
}

/// `N` averages in a row of each of `K` columns; the result is the last one, a weighted sum of all, or what the first
/// of two is of the second.
///
/// Sums are kept, not averages: `s = keep * s + x`, and the input of the next is `s`; the average of a stage is its sum
/// times its gain. Where groups begin and when origins change depends on the count of inputs alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cascade<const N: usize, const K: usize> {
    #[serde(with = "each")]
    stages: [Stage<K>; N],
    /// Whether sums are of distances to a recent input, not to 0.
    moving: bool,
    reading: Reading,
    /// Inputs seen, until all seeds are made.
    seeding: Option<usize>,
    /// Inputs since the origin changed, or since the first.
    at: usize,
    #[serde(with = "each")]
    origin: [f64; K],
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Stage<const K: usize> {
    smoothing: Smoothing,
    powers: Powers,
    /// Its average over its sum, and its part of the result over its sum.
    gain: f64,
    weight: f64,
    /// The base is the average while seeds grow.
    #[serde(with = "each")]
    scans: [Scan; K],
}

/// What the result is made of: the parts of the averages.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Reading {
    Last,
    Sum,
    Ratio,
}

impl Reading {
    #[inline(always)]
    fn join(self, before: f64, part: f64) -> f64 {
        let least = |x: f64| if x > LEAST { x } else { LEAST };
        match self {
            Reading::Last => part,
            Reading::Sum => before + part,
            Reading::Ratio => least(before) / least(part),
        }
    }

    /// The same of eight bars.
    #[inline(always)]
    fn join_groups<G: Group>(self, before: G, part: G) -> G {
        let least = |x: G| x.greater(G::splat(LEAST));
        match self {
            Reading::Last => part,
            Reading::Sum => before.add(part),
            Reading::Ratio => least(before).over(least(part)),
        }
    }
}

impl<const K: usize> Cascade<2, K> {
    /// For inputs that are not negative: the first average over the second, 1 where both are nothing.
    #[must_use]
    pub fn ratio(smoothing: [Smoothing; 2]) -> Cascade<2, K> {
        Cascade { reading: Reading::Ratio, ..Cascade::of_changes(smoothing).weighted([1.0, 1.0]) }
    }
}

impl<const N: usize, const K: usize> Cascade<N, K> {
    /// For inputs on a level of their own: an average is exactly the input where that does not change.
    #[must_use]
    pub fn of_prices(smoothing: [Smoothing; N]) -> Cascade<N, K> {
        let mut gain = 1.0;
        let stages = smoothing.map(|smoothing| {
            gain *= smoothing.gain;
            let powers = powers(smoothing.keep);
            Stage { smoothing, powers, gain, weight: 0.0, scans: [Scan::default(); K] }
        });
        let seeding = (smoothing[0].seed_inputs > 0).then_some(0);
        let (reading, origin) = (Reading::Last, [origin_at(0.0); K]);
        Cascade { stages, moving: true, reading, seeding, at: 0, origin }.scaled(1.0)
    }

    /// For inputs that may go to 0 and stay there: their averages are then small, not differences.
    #[must_use]
    pub fn of_changes(smoothing: [Smoothing; N]) -> Cascade<N, K> {
        Cascade { moving: false, ..Cascade::of_prices(smoothing) }
    }

    /// The result is the sum of the averages with these weights, which are 1 together.
    #[must_use]
    pub fn weighted(mut self, weights: [f64; N]) -> Cascade<N, K> {
        for (stage, weight) in self.stages.iter_mut().zip(weights) {
            stage.weight = weight * stage.gain;
        }
        Cascade { reading: Reading::Sum, ..self }
    }

    /// The result is so many times the last average, of inputs that are not measured from an origin.
    #[must_use]
    pub fn scaled(mut self, times: f64) -> Cascade<N, K> {
        let last = &mut self.stages[N - 1];
        last.weight = times * last.gain;
        self
    }

    /// Goes on from this value instead of a seed.
    #[must_use]
    pub fn starting(self, value: f64) -> Cascade<N, K> {
        Cascade { seeding: None, origin: [origin_at(value); K], ..self }
    }

    /// Whether seeds are made and all inputs were finite: what was not stays in the sums for good.
    #[must_use]
    #[inline]
    pub fn is_sound(&self) -> bool {
        self.seeding.is_none() && self.stages.iter().flat_map(|stage| &stage.scans).all(Scan::is_finite)
    }

    /// One finite input a column; missing while seeds grow.
    #[inline]
    pub fn step(&mut self, inputs: [f64; K]) -> [f64; K] {
        if let Some(seen) = self.seeding {
            return self.seed(seen, inputs);
        }
        let values = self.advance(inputs);
        if self.at == RENEWAL {
            self.renew(inputs);
        }
        values
    }

    /// Replaces each finite input by the value after it, missing while seeds grow; inputs that are missing before the
    /// first stay so. Gives the number of missing ones.
    pub fn run_in_place(&mut self, columns: [&mut [f64]; K]) -> usize {
        self.run::<false>(InPlace, columns, |values| values[0])
    }

    /// The same of inputs that are elsewhere, or made on the way: nothing has to wait for them before.
    #[inline]
    pub fn run_from(&mut self, inputs: impl Input<K>, columns: [&mut [f64]; K]) -> usize {
        self.run::<false>(inputs, columns, |values| values[0])
    }

    /// As `run_in_place`, but the first column takes what `join` makes of the values of all, while the next ones are
    /// averaged.
    #[inline]
    pub fn run_joined(&mut self, columns: [&mut [f64]; K], join: impl Fn([f64; K]) -> f64 + Copy) -> usize {
        self.run::<true>(InPlace, columns, join)
    }

    #[inline]
    fn run<const JOINS: bool>(
        &mut self,
        inputs: impl Input<K>,
        mut columns: [&mut [f64]; K],
        join: impl Fn([f64; K]) -> f64 + Copy,
    ) -> usize {
        let count = columns[0].len();
        let mut done = 0;
        if self.seeding == Some(0) {
            // They count for where groups begin: most callers then have theirs begin there too.
            done = (0..count).find(|&t| !inputs.at(&columns, t)[0].is_nan()).unwrap_or(count);
            columns.iter_mut().for_each(|column| column[..done].fill(f64::NAN));
            self.at = (self.at + done) % RENEWAL;
        }
        let mut missing = done;
        while self.seeding.is_some() && done < count {
            self.step_at::<JOINS>(inputs, &mut columns, done, join);
            done += 1;
            missing = done - usize::from(self.seeding.is_none());
        }
        while done < count {
            let end = count.min(done + RENEWAL - self.at);
            let newest = inputs.at(&columns, end - 1);
            let groups = whole_groups(self.at, end - done);
            let (from, to) = (done + groups.start, done + groups.end);
            (done..from).for_each(|t| self.step_at::<JOINS>(inputs, &mut columns, t, join));
            if from < to {
                let columns = columns.each_mut().map(|column| column[from..to].as_chunks_mut().0);
                let inputs = inputs.cut(from..to);
                wide::run(Groups::<_, _, JOINS, N, K> { cascade: self, inputs, columns, join });
                self.at += to - from;
            }
            (to..end).for_each(|t| self.step_at::<JOINS>(inputs, &mut columns, t, join));
            if self.at == RENEWAL {
                self.renew(newest);
            }
            done = end;
        }
        missing
    }

    #[inline]
    fn step_at<const JOINS: bool>(
        &mut self,
        inputs: impl Input<K>,
        columns: &mut [&mut [f64]; K],
        t: usize,
        join: impl Fn([f64; K]) -> f64,
    ) {
        let mut values = self.step(inputs.at(columns, t));
        if JOINS {
            values[0] = join(values);
        }
        for (column, value) in columns.iter_mut().zip(values) {
            column[t] = value;
        }
    }

    #[inline]
    fn advance(&mut self, inputs: [f64; K]) -> [f64; K] {
        let place = self.at;
        self.at += 1;
        from_fn(|k| {
            let mut comes = inputs[k] - self.origin[k];
            let mut joined = 0.0;
            for (at, stage) in self.stages.iter_mut().enumerate() {
                comes = stage.scans[k].step(place, comes, &stage.powers);
                let part = stage.weight * comes;
                joined = if at == 0 { part } else { self.reading.join(joined, part) };
            }
            self.origin[k] + joined
        })
    }

    /// While seeds grow: each stage has its first input when the one before has its seed.
    #[inline(never)]
    fn seed(&mut self, seen: usize, inputs: [f64; K]) -> [f64; K] {
        if seen == 0 && self.moving {
            self.origin = inputs.map(origin_at);
        }
        let mut made = false;
        for (k, x) in inputs.into_iter().enumerate() {
            let mut comes = x - self.origin[k];
            let mut count = seen + 1;
            made = true;
            for stage in &mut self.stages {
                let Smoothing { keep, seed_inputs, seed_divisor, .. } = stage.smoothing;
                let average = &mut stage.scans[k].base;
                *average += if count <= seed_inputs { comes } else { (1.0 - keep) * (comes - *average) };
                if count < seed_inputs {
                    made = false;
                    break;
                }
                if count == seed_inputs {
                    *average /= seed_divisor;
                }
                comes = *average;
                count -= seed_inputs - 1;
            }
        }
        self.at = (self.at + 1) % RENEWAL;
        self.seeding = (!made).then_some(seen + 1);
        if made { self.settle() } else { [f64::NAN; K] }
    }

    /// All seeds are made: from averages to sums.
    fn settle(&mut self) -> [f64; K] {
        let before = self.at + GROUP - 1;
        from_fn(|k| {
            let parts = self.stages.iter_mut().map(|stage| {
                let sum = stage.scans[k].base / stage.gain;
                stage.scans[k] = Scan::after(before, sum);
                stage.weight * sum
            });
            let joined = parts.reduce(|joined, part| self.reading.join(joined, part));
            self.origin[k] + joined.unwrap_or(0.0)
        })
    }

    #[inline(never)]
    fn renew(&mut self, newest: [f64; K]) {
        self.at = 0;
        for (k, newest) in newest.into_iter().enumerate() {
            let before = self.origin[k];
            if self.moving {
                self.origin[k] = origin_at(newest);
            }
            for Stage { gain, scans, .. } in &mut self.stages {
                let base = &mut scans[k].base;
                if self.moving {
                    *base += (before - self.origin[k]) / *gain;
                }
                if base.abs() < LEAST {
                    *base = 0.0;
                }
            }
        }
    }
}

/// Where the inputs of `K` columns are read.
pub trait Input<const K: usize>: Copy {
    /// At one bar.
    fn at(self, columns: &[&mut [f64]; K], t: usize) -> [f64; K];
    /// At these bars alone, which are whole groups.
    fn cut(self, bars: Range<usize>) -> Self;
    /// At a group of bars, of column `k`, which holds `held` there; `#[inline(always)]`.
    fn group<G: Group>(self, k: usize, held: &[f64; GROUP], group: usize) -> G;
}

/// Where the results are written.
#[derive(Clone, Copy)]
struct InPlace;

impl<const K: usize> Input<K> for InPlace {
    #[inline(always)]
    fn at(self, columns: &[&mut [f64]; K], t: usize) -> [f64; K] {
        from_fn(|k| columns[k][t])
    }

    fn cut(self, _: Range<usize>) -> InPlace {
        self
    }

    #[inline(always)]
    fn group<G: Group>(self, _: usize, held: &[f64; GROUP], _: usize) -> G {
        G::of(held)
    }
}

impl<const K: usize> Input<K> for [&[f64]; K] {
    #[inline(always)]
    fn at(self, _: &[&mut [f64]; K], t: usize) -> [f64; K] {
        self.map(|column| column[t])
    }

    fn cut(self, bars: Range<usize>) -> Self {
        self.map(|column| &column[bars.clone()])
    }

    #[inline(always)]
    fn group<G: Group>(self, k: usize, _: &[f64; GROUP], group: usize) -> G {
        G::of(&self[k].as_chunks().0[group])
    }
}

/// Whole groups up to the next change of the origin.
struct Groups<'a, F, I, const JOINS: bool, const N: usize, const K: usize> {
    cascade: &'a mut Cascade<N, K>,
    inputs: I,
    columns: [&'a mut [[f64; GROUP]]; K],
    join: F,
}

impl<F, I, const JOINS: bool, const N: usize, const K: usize> Work for Groups<'_, F, I, JOINS, N, K>
where
    F: Fn([f64; K]) -> f64,
    I: Input<K>,
{
    type Output = ();

    #[allow(clippy::needless_range_loop, reason = "stages and columns side by side")]
    #[inline(always)]
    fn run<V: Vector>(self) {
        let Cascade { reading, moving, .. } = *self.cascade;
        let stages = &mut self.cascade.stages;
        let steps: [Steps<V::Group>; N] = from_fn(|stage| Steps::new(&stages[stage].powers));
        let weights: [V::Group; N] = from_fn(|stage| V::Group::splat(stages[stage].weight));
        let mut bases: [[V::Group; K]; N] =
            from_fn(|stage| from_fn(|k| V::Group::splat(stages[stage].scans[k].base)));
        let origins: [V::Group; K] = from_fn(|k| V::Group::splat(self.cascade.origin[k]));
        // What a group has become in a stage waits there for the next round: in a round no stage needs another.
        let mut waiting = [[[V::Group::splat(0.0); 2]; K]; N];
        let count = self.columns[0].len();
        for round in 0..count + N - 1 {
            for stage in (0..N).rev() {
                let group = round.wrapping_sub(stage);
                if group >= count {
                    continue;
                }
                let mut values = [[0.0; GROUP]; K];
                for k in 0..K {
                    let slots = &mut self.columns[k][group];
                    let [comes, joined] = if stage == 0 {
                        let input: V::Group = self.inputs.group(k, slots, group);
                        [input.sub(origins[k]); 2]
                    } else {
                        waiting[stage - 1][k]
                    };
                    let sums = steps[stage].run(comes, &mut bases[stage][k]);
                    let last = stage + 1 == N;
                    let joined = if !last && reading == Reading::Last {
                        joined
                    } else if stage == 0 {
                        weights[stage].mul(sums)
                    } else {
                        reading.join_groups(joined, weights[stage].mul(sums))
                    };
                    if !last {
                        waiting[stage][k] = [sums, joined];
                        continue;
                    }
                    // The origin is -0 else.
                    let value = if moving { origins[k].add(joined) } else { joined }.values();
                    if JOINS {
                        values[k] = value;
                    } else {
                        *slots = value;
                    }
                }
                if JOINS && stage + 1 == N {
                    self.columns[0][group] = from_fn(|i| (self.join)(values.map(|value| value[i])));
                }
            }
        }
        for stage in 0..N {
            for k in 0..K {
                stages[stage].scans[k].base = bases[stage][k].values()[0];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(xs: &[f64], length: usize, stages: usize) -> Vec<f64> {
        let n = length as f64;
        let mut values = xs.to_vec();
        for stage in 0..stages {
            let start = stage * (length - 1);
            let mut y = values[start..start + length].iter().sum::<f64>() / n;
            values[..start + length - 1].fill(f64::NAN);
            values[start + length - 1] = y;
            for value in &mut values[start + length..] {
                y += 2.0 / (n + 1.0) * (*value - y);
                *value = y;
            }
        }
        values
    }

    #[test]
    fn follows_the_plain_recurrence_whatever_the_cut() {
        let xs: Vec<f64> = (0..900_u32).map(|i| 100.0 + f64::from(i * i % 37)).collect();
        for length in [1, 2, 5, 14] {
            let cascade = Cascade::<3, 1>::of_prices([Smoothing::exponential(length); 3]);
            let cascade = cascade.weighted([2.0, -4.0, 3.0]);
            let [one, two, three] = [1, 2, 3].map(|stages| plain(&xs, length, stages));
            let run = |cut: usize| {
                let (mut values, mut cascade) = (xs.clone(), cascade.clone());
                let missing: usize = values.chunks_mut(cut).map(|part| cascade.run_in_place([part])).sum();
                assert_eq!(missing, 3 * (length - 1));
                values
            };
            let whole = run(xs.len());
            for t in 0..xs.len() {
                let expected = 2.0 * one[t] - 4.0 * two[t] + 3.0 * three[t];
                assert_eq!(whole[t].is_nan(), three[t].is_nan());
                assert!(three[t].is_nan() || (whole[t] - expected).abs() < 1e-11, "length {length}, bar {t}");
            }
            for cut in [1, 2, 3, 7, 64, 101] {
                let bits = |ys: &[f64]| ys.iter().map(|y| y.to_bits()).collect::<Vec<_>>();
                let first = 3 * (length - 1);
                assert_eq!(bits(&run(cut)[first..]), bits(&whole[first..]), "length {length}, cut {cut}");
            }
        }
    }

    #[test]
    fn wilders_average_and_sum_follow_the_plain_recurrence() {
        let xs: Vec<f64> = (0..500_u32).map(|i| f64::from(i * i % 37) + 0.25).collect();
        for length in [1, 2, 14] {
            let n = length as f64;
            let (mut averages, mut sums) = (xs.clone(), xs.clone());
            let average = Cascade::<1, 1>::of_changes([Smoothing::wilder(length)]);
            average.clone().run_in_place([&mut averages]);
            Cascade::of_changes([Smoothing::wilder_sum(length)]).run_in_place([&mut sums]);
            let mut s = xs[..length - 1].iter().sum::<f64>();
            let mut y = (s + xs[length - 1]) / n;
            assert!((averages[length - 1] - y).abs() < 1e-12);
            assert!(length < 2 || (sums[length - 2] - s).abs() < 1e-12);
            s = s - s / n + xs[length - 1];
            for t in length..xs.len() {
                y = (y * (n - 1.0) + xs[t]) / n;
                s = s - s / n + xs[t];
                assert!((averages[t] - y).abs() < 1e-12, "length {length}, bar {t}");
                assert!((sums[t] - s).abs() < 1e-11, "length {length}, bar {t}");
            }
        }
    }

    #[test]
    fn a_constant_is_its_own_average_and_nothing_averages_to_nothing() {
        let mut values = [0.1; 600];
        Cascade::<2, 1>::of_prices([Smoothing::exponential(7); 2]).run_in_place([&mut values]);
        assert!(values[12..].iter().all(|y| *y == 0.1));
        let mut values = [0.0; 20_000];
        values[0] = 1.0;
        Cascade::<1, 1>::of_changes([Smoothing::wilder(7)]).run_in_place([&mut values]);
        assert_eq!(values[19_999], 0.0);
    }
}
