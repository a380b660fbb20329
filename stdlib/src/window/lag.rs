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

    /// The inputs that are kept, oldest first; missing ones where there were none yet.
    #[must_use]
    pub fn kept(&self) -> (&[f64], &[f64]) {
        let (newer, older) = self.ring.split_at(self.at);
        (older, newer)
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
        let bars = self.ring.len();
        if inputs.len() < bars {
            for (slot, &x) in out.iter_mut().zip(inputs) {
                *slot = self.push(x);
            }
            return;
        }
        let (newer, older) = self.ring.split_at(self.at);
        out[..older.len()].copy_from_slice(older);
        out[older.len()..bars].copy_from_slice(newer);
        let (shown, kept) = inputs.split_at(inputs.len() - bars);
        out[bars..].copy_from_slice(shown);
        self.ring.copy_from_slice(kept);
        self.at = 0;
    }
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
            for (start, end) in [(0, 2), (2, 3), (3, 20), (20, 24), (24, 24), (24, 40)] {
                lag.run(&xs[start..end], &mut out[start..end]);
            }
            assert!(out[..bars].iter().all(|x| x.is_nan()));
            assert_eq!(out[bars..], xs[..xs.len() - bars]);
        }
    }
}
