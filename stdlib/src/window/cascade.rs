//! Exponential averages of averages, all in one loop.

use serde::{Deserialize, Serialize};

/// The most averages in a row.
const STAGES: usize = 6;
/// With more averages in a row there is enough to do while one waits for its last value: bars go one by one.
const PAIRED: usize = 4;
/// Inputs between two choices of the origin.
const RENEWAL: usize = 64;
/// What decays below this is 0: numbers near the least ones are slow.
const LEAST: f64 = 1e-290;

/// `N` averages in a row of each of `K` columns, each seeded with the mean of its first inputs.
///
/// Sums are kept, not averages, of distances to a recent input: `s = keep * s + x`, and the input of the next is `s`;
/// the average of a stage is its sum times its gain. With few stages two bars are written from one state, so that a bar
/// waits only for the one two before it. Where pairs begin and when origins change depends on the count of inputs
/// alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cascade<const N: usize, const K: usize> {
    lengths: [usize; STAGES],
    keep: [f64; STAGES],
    /// Whether distances are to a recent input, not to 0.
    moving: bool,
    /// Of each stage: its average over its sum.
    gains: [f64; STAGES],
    /// Inputs seen, until all seeds are made.
    seen: usize,
    /// Whether the last input was the first of a pair.
    odd: bool,
    /// Inputs until the origin changes.
    left: usize,
    origin: [f64; 2],
    /// After the last pair; averages while seeds grow.
    sums: [[f64; 2]; STAGES],
    /// What came into each stage with the first of a pair.
    came: [[f64; 2]; STAGES],
}

impl<const N: usize, const K: usize> Cascade<N, K> {
    /// Weight `2 / (length + 1)` for the newest, in all stages.
    #[must_use]
    pub fn new(length: usize) -> Cascade<N, K> {
        Cascade::of([length; N])
    }

    fn of(each: [usize; N]) -> Cascade<N, K> {
        let mut lengths = [1; STAGES];
        lengths[..N].copy_from_slice(&each);
        let alphas = lengths.map(|length| 2.0 / (length as f64 + 1.0));
        let mut gain = 1.0;
        let gains = alphas.map(|alpha| {
            gain *= alpha;
            gain
        });
        Cascade {
            lengths,
            keep: alphas.map(|alpha| 1.0 - alpha),
            moving: true,
            gains,
            seen: 0,
            odd: false,
            left: 0,
            origin: [0.0; 2],
            sums: [[0.0; 2]; STAGES],
            came: [[0.0; 2]; STAGES],
        }
    }

    /// For inputs that may go to 0 and stay there: their averages are then small, not differences.
    #[must_use]
    pub fn of_changes(lengths: [usize; N]) -> Cascade<N, K> {
        Cascade { moving: false, ..Cascade::of(lengths) }
    }

    /// What the sums of each stage are to be multiplied by.
    #[must_use]
    pub fn gains(&self) -> [f64; N] {
        std::array::from_fn(|stage| self.gains[stage])
    }

    /// Takes finite inputs and gives `write` the place of each, the origins, and the sums of distances to them.
    /// Returns how many inputs came before all seeds were made; `write` does not get those.
    #[inline]
    pub fn run(
        &mut self,
        inputs: [&[f64]; K],
        mut write: impl FnMut(usize, [f64; K], &[[f64; K]; N]),
    ) -> usize {
        let count = inputs[0].len();
        let mut done = 0;
        let needed = self.lengths.iter().map(|n| n - 1).sum::<usize>() + 1;
        while self.seen < needed && done < count {
            self.fill(inputs.map(|column| column[done]));
            done += 1;
        }
        if self.seen < needed {
            return count;
        }
        let mut missing = 0;
        if self.left == 0 && done > 0 {
            missing = done - 1;
            let last = inputs.map(|column| column[missing]);
            self.settle(last);
            write(missing, std::array::from_fn(|k| self.origin[k]), &self.state());
        }
        while done < count {
            let end = done + self.left.min(count - done);
            self.run_between(inputs.map(|column| &column[..end]), done, &mut write);
            self.left -= end - done;
            done = end;
            if self.left == 0 {
                self.renew(inputs.map(|column| column[end - 1]));
            }
        }
        missing
    }

    /// Inputs from `at` on, up to the next change of the origin.
    #[inline]
    fn run_between(
        &mut self,
        inputs: [&[f64]; K],
        mut at: usize,
        write: &mut impl FnMut(usize, [f64; K], &[[f64; K]; N]),
    ) {
        let end = inputs[0].len();
        if self.odd && at < end {
            self.step(inputs.map(|column| column[at]), at, write);
            at += 1;
        }
        if N > PAIRED {
            self.run_singly(inputs, at, write);
            return;
        }
        let keep: [f64; N] = std::array::from_fn(|stage| self.keep[stage]);
        let keep_twice = keep.map(|keep| keep * keep);
        let origin: [f64; K] = std::array::from_fn(|k| self.origin[k]);
        let mut sums = self.state();
        let pairs = (end - at) / 2;
        let columns = inputs.map(|column| &column[at..at + 2 * pairs]);
        for pair in 0..pairs {
            let mut first: [f64; K] = std::array::from_fn(|k| columns[k][2 * pair] - origin[k]);
            let mut second: [f64; K] = std::array::from_fn(|k| columns[k][2 * pair + 1] - origin[k]);
            let mut between = sums;
            for stage in 0..N {
                for k in 0..K {
                    let sum = sums[stage][k];
                    let next = keep_twice[stage] * sum + (keep[stage] * first[k] + second[k]);
                    first[k] += keep[stage] * sum;
                    second[k] = next;
                    between[stage][k] = first[k];
                    sums[stage][k] = next;
                }
            }
            write(at + 2 * pair, origin, &between);
            write(at + 2 * pair + 1, origin, &sums);
        }
        for (slot, sums) in self.sums.iter_mut().zip(&sums) {
            slot[..K].copy_from_slice(sums);
        }
        if at + 2 * pairs < end {
            self.step(inputs.map(|column| column[end - 1]), end - 1, write);
        }
    }

    /// The same for many stages: bar by bar.
    #[allow(clippy::needless_range_loop, clippy::manual_memcpy, reason = "columns and stages side by side")]
    #[inline]
    fn run_singly(
        &mut self,
        inputs: [&[f64]; K],
        from: usize,
        write: &mut impl FnMut(usize, [f64; K], &[[f64; K]; N]),
    ) {
        let keep: [f64; N] = std::array::from_fn(|stage| self.keep[stage]);
        let origin: [f64; K] = std::array::from_fn(|k| self.origin[k]);
        let mut sums = self.state();
        let end = inputs[0].len();
        let inputs = inputs.map(|column| &column[..end]);
        for at in from..end {
            let mut comes: [f64; K] = std::array::from_fn(|k| inputs[k][at] - origin[k]);
            for stage in 0..N {
                for k in 0..K {
                    comes[k] += keep[stage] * sums[stage][k];
                    sums[stage][k] = comes[k];
                }
            }
            write(at, origin, &sums);
        }
        for (slot, sums) in self.sums.iter_mut().zip(&sums) {
            slot[..K].copy_from_slice(sums);
        }
    }

    /// One input; the same bits as in pairs.
    #[inline]
    #[allow(clippy::needless_range_loop, reason = "several arrays share the stage")]
    fn step(&mut self, x: [f64; K], at: usize, write: &mut impl FnMut(usize, [f64; K], &[[f64; K]; N])) {
        let origin: [f64; K] = std::array::from_fn(|k| self.origin[k]);
        let mut after = [[0.0; K]; N];
        let mut comes: [f64; K] = std::array::from_fn(|k| x[k] - origin[k]);
        for (stage, after) in after.iter_mut().enumerate() {
            let keep = self.keep[stage];
            let keep_twice = keep * keep;
            for k in 0..K {
                let sum = self.sums[stage][k];
                if self.odd {
                    comes[k] = keep_twice * sum + (keep * self.came[stage][k] + comes[k]);
                    self.sums[stage][k] = comes[k];
                } else {
                    self.came[stage][k] = comes[k];
                    comes[k] += keep * sum;
                }
                after[k] = comes[k];
            }
        }
        self.odd = !self.odd;
        write(at, origin, &after);
    }

    fn state(&self) -> [[f64; K]; N] {
        std::array::from_fn(|stage| std::array::from_fn(|k| self.sums[stage][k]))
    }

    /// While seeds grow: each stage has its first input when the one before has its seed.
    #[inline(never)]
    fn fill(&mut self, x: [f64; K]) {
        for (k, x) in x.into_iter().enumerate() {
            if self.seen == 0 && self.moving {
                self.origin[k] = x;
            }
            let mut comes = x - self.origin[k];
            let mut count = self.seen + 1;
            for stage in 0..N {
                let n = self.lengths[stage];
                let average = &mut self.sums[stage][k];
                *average += if count <= n { comes } else { (1.0 - self.keep[stage]) * (comes - *average) };
                if count < n {
                    break;
                }
                if count == n {
                    *average /= n as f64;
                }
                comes = *average;
                count -= n - 1;
            }
        }
        self.seen += 1;
    }

    /// All seeds are made: from averages to sums.
    fn settle(&mut self, newest: [f64; K]) {
        for (sums, gain) in self.sums.iter_mut().zip(self.gains) {
            *sums = sums.map(|average| average / gain);
        }
        self.renew(newest);
    }

    #[inline(never)]
    fn renew(&mut self, newest: [f64; K]) {
        for (k, newest) in newest.into_iter().enumerate() {
            let origin = if self.moving { newest } else { 0.0 };
            let moved = self.origin[k] - origin;
            self.origin[k] = origin;
            for (sums, gain) in self.sums.iter_mut().zip(self.gains) {
                let sum = sums[k] + moved / gain;
                sums[k] = if sum.abs() < LEAST { 0.0 } else { sum };
            }
        }
        self.left = RENEWAL;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_plain_recurrence_whatever_the_cut() {
        let xs: Vec<f64> = (0..500_u32).map(|i| 100.0 + f64::from(i * i % 37)).collect();
        for length in [1, 2, 5, 14] {
            let n = length as f64;
            let alpha = 2.0 / (n + 1.0);
            let mut plain = xs.clone();
            for stage in 0..3 {
                let start = stage * (length - 1);
                let mut y = plain[start..start + length].iter().sum::<f64>() / n;
                plain[start + length - 1] = y;
                for value in &mut plain[start + length..] {
                    y += alpha * (*value - y);
                    *value = y;
                }
            }
            let run = |cuts: usize| {
                let mut cascade = Cascade::<3, 1>::new(length);
                let gain = cascade.gains()[2];
                let mut out = vec![f64::NAN; xs.len()];
                for (part, slots) in xs.chunks(cuts).zip(out.chunks_mut(cuts)) {
                    cascade.run([part], |at, [origin], sums| slots[at] = origin + gain * sums[2][0]);
                }
                out
            };
            let whole = run(xs.len());
            let first = 3 * (length - 1);
            assert!(whole[..first].iter().all(|y| y.is_nan()));
            for cuts in [1, 2, 3, 7, 64, 101] {
                let bits = |ys: &[f64]| ys.iter().map(|y| y.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&run(cuts)[first..]), bits(&whole[first..]), "length {length}, cuts {cuts}");
            }
            for t in first..xs.len() {
                assert!((whole[t] - plain[t]).abs() < 1e-11, "length {length}, bar {t}");
            }
        }
    }
}
