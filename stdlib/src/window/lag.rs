//! The input some bars ago.

use serde::{Deserialize, Serialize};

/// A delay line; missing for the first `bars` inputs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lag {
    ring: Vec<f64>,
    at: usize,
}

impl Lag {
    #[must_use]
    pub fn new(bars: usize) -> Lag {
        Lag { ring: vec![f64::NAN; bars], at: 0 }
    }

    /// Takes the newest input and gives the one `bars` inputs before it.
    #[inline]
    pub fn push(&mut self, x: f64) -> f64 {
        let Some(slot) = self.ring.get_mut(self.at) else { return x };
        let old = std::mem::replace(slot, x);
        self.at += 1;
        if self.at == self.ring.len() {
            self.at = 0;
        }
        old
    }

    /// Writes `join(input, the one some bars ago)` for each input, to a slice of the same length.
    #[inline]
    pub fn run_with(&mut self, inputs: &[f64], out: &mut [f64], join: impl Fn(f64, f64) -> f64) {
        let bars = self.ring.len();
        if inputs.len() < bars {
            for (slot, &x) in out.iter_mut().zip(inputs) {
                *slot = join(x, self.push(x));
            }
            return;
        }
        let (newer, older) = self.ring.split_at(self.at);
        for ((slot, &x), &ago) in out.iter_mut().zip(inputs).zip(older.iter().chain(newer)) {
            *slot = join(x, ago);
        }
        for ((slot, &x), &ago) in out[bars..].iter_mut().zip(&inputs[bars..]).zip(inputs) {
            *slot = join(x, ago);
        }
        self.ring.copy_from_slice(&inputs[inputs.len() - bars..]);
        self.at = 0;
    }

    /// As `push` for each input, from one slice to another of the same length.
    pub fn run(&mut self, inputs: &[f64], out: &mut [f64]) {
        self.ago(inputs, out);
        self.keep(inputs);
    }

    /// What `run` writes; nothing is taken.
    pub fn ago(&self, inputs: &[f64], out: &mut [f64]) {
        let (newer, older) = self.ring.split_at(self.at);
        let first = older.len().min(out.len());
        out[..first].copy_from_slice(&older[..first]);
        let kept = self.ring.len().min(out.len());
        out[first..kept].copy_from_slice(&newer[..kept - first]);
        let shown = out.len() - kept;
        out[kept..].copy_from_slice(&inputs[..shown]);
    }

    /// Takes the inputs.
    pub fn keep(&mut self, inputs: &[f64]) {
        let bars = self.ring.len();
        if inputs.len() >= bars {
            self.ring.copy_from_slice(&inputs[inputs.len() - bars..]);
            self.at = 0;
            return;
        }
        let first = inputs.len().min(bars - self.at);
        self.ring[self.at..self.at + first].copy_from_slice(&inputs[..first]);
        self.ring[..inputs.len() - first].copy_from_slice(&inputs[first..]);
        self.at = if self.at + inputs.len() >= bars { inputs.len() - first } else { self.at + inputs.len() };
    }

    /// Distances of eight kept inputs to the origin, from the `start`-th oldest on; 0 beyond the newest.
    #[inline]
    fn distances(&self, start: usize, origin: f64) -> [f64; LANES] {
        let bars = self.ring.len();
        let at = if self.at + start < bars { self.at + start } else { self.at + start - bars };
        if start + LANES <= bars && at + LANES <= bars {
            return std::array::from_fn(|lane| self.ring[at + lane] - origin);
        }
        let place = |lane: usize| if at + lane < bars { at + lane } else { at + lane - bars };
        std::array::from_fn(|lane| if start + lane < bars { self.ring[place(lane)] - origin } else { 0.0 })
    }
}

const LANES: usize = 8;

/// Sums over the inputs that lags of one length keep: of what `of` makes of each place, 1 for the oldest, and the
/// distances there to the origins (of distances 0 it must make 0). Added in eight lanes by place: the bits are the
/// same wherever the rings begin.
#[inline]
pub fn sums<const N: usize, const K: usize>(
    lags: [&Lag; N],
    origins: [f64; N],
    of: impl Fn(f64, [f64; N]) -> [f64; K],
) -> [f64; K] {
    let mut lanes = [[0.0; LANES]; K];
    for start in (0..lags[0].ring.len()).step_by(LANES) {
        let distances: [[f64; LANES]; N] = std::array::from_fn(|n| lags[n].distances(start, origins[n]));
        for lane in 0..LANES {
            let terms = of((start + lane + 1) as f64, std::array::from_fn(|n| distances[n][lane]));
            for (lanes, term) in lanes.iter_mut().zip(terms) {
                lanes[lane] += term;
            }
        }
    }
    lanes.map(|[a, b, c, d, e, f, g, h]| ((a + b) + (c + d)) + ((e + f) + (g + h)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_whatever_the_cut() {
        let xs: Vec<f64> = (0..40).map(f64::from).collect();
        for bars in [0, 1, 5] {
            let mut lag = Lag::new(bars);
            let mut out = vec![0.0; xs.len()];
            for (start, end) in [(0, 2), (2, 3), (3, 20), (20, 24), (24, 24), (24, 27), (27, 40)] {
                lag.run(&xs[start..end], &mut out[start..end]);
            }
            assert!(out[..bars].iter().all(|x| x.is_nan()));
            assert_eq!(out[bars..], xs[..xs.len() - bars]);
        }
    }

    #[test]
    fn sums_do_not_depend_on_where_the_ring_begins() {
        for bars in [1, 3, 8, 21] {
            let xs: Vec<f64> = (0..100_u32).map(|i| f64::from(i * i % 37) * 0.1).collect();
            let mut whole = Lag::new(bars);
            whole.keep(&xs);
            let mut stepped = Lag::new(bars);
            xs.iter().for_each(|&x| drop(stepped.push(x)));
            let of = |place: f64, [d]: [f64; 1]| [d, place * d];
            let [sum, weighted] = sums([&whole], [1.0], of);
            assert_eq!([sum, weighted], sums([&stepped], [1.0], of));
            let kept = &xs[100 - bars..];
            assert!((sum - kept.iter().map(|x| x - 1.0).sum::<f64>()).abs() < 1e-12);
            let exact: f64 = kept.iter().zip(1_u32..).map(|(x, place)| f64::from(place) * (x - 1.0)).sum();
            assert!((weighted - exact).abs() < 1e-10);
        }
    }
}
