//! The sum or extreme of the last n inputs, without subtraction: no drift, and an exact 0 for a window of
//! zeros.
//!
//! Inputs are cut into chunks of n. Within a chunk the window is a suffix of the chunk before, folded once
//! when that chunk was full, and a prefix of this one, folded as it grows. Two operations an input; what is
//! computed depends only on the count of inputs.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

/// An associative way to join two values.
pub trait Fold: Clone + Send + Sync + 'static {
    const EMPTY: f64;
    fn join(a: f64, b: f64) -> f64;
}

#[derive(Clone, Debug)]
pub struct Sum;

#[derive(Clone, Debug)]
pub struct Max;

#[derive(Clone, Debug)]
pub struct Min;

impl Fold for Sum {
    const EMPTY: f64 = 0.0;
    #[inline]
    fn join(a: f64, b: f64) -> f64 {
        a + b
    }
}

impl Fold for Max {
    const EMPTY: f64 = f64::NEG_INFINITY;
    #[inline]
    fn join(a: f64, b: f64) -> f64 {
        if a > b { a } else { b }
    }
}

impl Fold for Min {
    const EMPTY: f64 = f64::INFINITY;
    #[inline]
    fn join(a: f64, b: f64) -> f64 {
        if a < b { a } else { b }
    }
}

/// A fold over the last `length` inputs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Sliding<F: Fold> {
    /// Before `at`: inputs of this chunk. From `at` on: folds of the chunk before, each to its end; last an
    /// empty one.
    ring: Vec<f64>,
    at: usize,
    prefix: f64,
    /// Inputs seen, up to the length.
    seen: usize,
    fold: PhantomData<F>,
}

impl<F: Fold> Sliding<F> {
    #[must_use]
    pub fn new(length: usize) -> Sliding<F> {
        Sliding { ring: vec![F::EMPTY; length + 1], at: 0, prefix: F::EMPTY, seen: 0, fold: PhantomData }
    }

    #[must_use]
    pub fn length(&self) -> usize {
        self.ring.len() - 1
    }

    /// Whether the window holds `length` inputs.
    #[must_use]
    pub fn full(&self) -> bool {
        self.seen == self.length()
    }

    /// The fold of the inputs so far, at most the last `length`; see [`Sliding::full`].
    #[inline]
    pub fn push(&mut self, x: f64) -> f64 {
        let folded = F::join(self.prefix, x);
        let value = F::join(folded, self.ring[self.at + 1]);
        self.prefix = folded;
        self.ring[self.at] = x;
        self.at += 1;
        if self.at == self.length() {
            self.turn();
        }
        self.seen += usize::from(self.seen < self.length());
        value
    }

    /// Replaces each value by the fold of the window that ends there; missing until the window is full.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        let missing = (self.length() - 1 - self.seen.min(self.length() - 1)).min(values.len());
        let mut done = 0;
        while done < values.len() {
            let count = (self.length() - self.at).min(values.len() - done);
            let chunk = &mut values[done..done + count];
            let ring = &mut self.ring[self.at..=self.at + count];
            let mut prefix = self.prefix;
            for i in 0..chunk.len().min(ring.len() - 1) {
                let x = chunk[i];
                prefix = F::join(prefix, x);
                chunk[i] = F::join(prefix, ring[i + 1]);
                ring[i] = x;
            }
            self.prefix = prefix;
            self.advance(count);
            done += count;
        }
        values[..missing].fill(f64::NAN);
    }

    /// As [`Sliding::run_in_place`], from one slice to another of the same length.
    pub fn run(&mut self, inputs: &[f64], out: &mut [f64]) {
        let missing = (self.length() - 1 - self.seen.min(self.length() - 1)).min(out.len());
        let mut done = 0;
        while done < inputs.len() {
            let count = (self.length() - self.at).min(inputs.len() - done);
            let chunk = &inputs[done..done + count];
            if count == self.length() {
                self.whole_chunk(chunk, &mut out[done..done + count]);
                done += count;
                continue;
            }
            let mut prefix = self.prefix;
            let suffixes = &self.ring[self.at + 1..=self.at + count];
            for ((slot, &x), &suffix) in out[done..done + count].iter_mut().zip(chunk).zip(suffixes) {
                prefix = F::join(prefix, x);
                *slot = F::join(prefix, suffix);
            }
            self.prefix = prefix;
            self.ring[self.at..self.at + count].copy_from_slice(chunk);
            self.advance(count);
            done += count;
        }
        out[..missing].fill(f64::NAN);
    }

    /// The same for a chunk that is all here: its suffixes are made from the inputs, not from a copy of them.
    #[inline]
    fn whole_chunk(&mut self, chunk: &[f64], out: &mut [f64]) {
        let mut prefix = F::EMPTY;
        for ((slot, &x), &suffix) in out.iter_mut().zip(chunk).zip(&self.ring[1..]) {
            prefix = F::join(prefix, x);
            *slot = F::join(prefix, suffix);
        }
        let mut suffix = F::EMPTY;
        for (slot, &x) in self.ring[..chunk.len()].iter_mut().zip(chunk).rev() {
            suffix = F::join(x, suffix);
            *slot = suffix;
        }
        self.seen = chunk.len();
    }

    fn advance(&mut self, count: usize) {
        self.seen = (self.seen + count).min(self.length());
        self.at += count;
        if self.at == self.length() {
            self.turn();
        }
    }

    /// The chunk is full: its suffixes take the place of its inputs.
    #[inline(never)]
    fn turn(&mut self) {
        let mut suffix = F::EMPTY;
        for slot in self.ring.iter_mut().rev().skip(1) {
            suffix = F::join(*slot, suffix);
            *slot = suffix;
        }
        self.at = 0;
        self.prefix = F::EMPTY;
    }
}

/// The age in bars of the greatest of the last `length` inputs, the most recent of equals; give `-x` for
/// the least.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Age {
    /// As in [`Sliding`].
    ring: Vec<f64>,
    /// Beside each suffix: the place of its extreme in its chunk.
    place: Vec<u32>,
    at: usize,
    prefix: f64,
    prefix_place: usize,
}

impl Age {
    #[must_use]
    pub fn new(length: usize) -> Age {
        Age {
            ring: vec![f64::NEG_INFINITY; length + 1],
            place: vec![0; length + 1],
            at: 0,
            prefix: f64::NEG_INFINITY,
            prefix_place: 0,
        }
    }

    /// Bars since the extreme: 0 when it is `x` itself.
    #[inline]
    pub fn push(&mut self, x: f64) -> usize {
        let at = self.at;
        let newer = x >= self.prefix;
        self.prefix = if newer { x } else { self.prefix };
        self.prefix_place = if newer { at } else { self.prefix_place };
        let old = self.ring.len() - 1 + at - self.place[at + 1] as usize;
        let age = if self.prefix >= self.ring[at + 1] { at - self.prefix_place } else { old };
        self.ring[at] = x;
        self.at += 1;
        if self.at + 1 == self.ring.len() {
            self.turn();
        }
        age
    }

    #[inline(never)]
    fn turn(&mut self) {
        let mut best = f64::NEG_INFINITY;
        let mut place = 0;
        for i in (0..self.ring.len() - 1).rev() {
            if self.ring[i] > best {
                best = self.ring[i];
                place = i as u32;
            }
            self.ring[i] = best;
            self.place[i] = place;
        }
        self.at = 0;
        self.prefix = f64::NEG_INFINITY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fixed sequence with ties.
    fn inputs() -> Vec<f64> {
        (0..400_u64).map(|i| ((i * i * 7919 + i * 104_729) % 23) as f64 - 11.0).collect()
    }

    #[test]
    fn equals_folding_each_window() {
        for length in [1, 2, 3, 7, 50] {
            let (mut sum, mut max, mut age) =
                (Sliding::<Sum>::new(length), Sliding::<Max>::new(length), Age::new(length));
            let mut in_place = inputs();
            Sliding::<Min>::new(length).run_in_place(&mut in_place);
            let xs = inputs();
            for t in 0..xs.len() {
                let window = &xs[(t + 1).saturating_sub(length)..=t];
                let top = window.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                assert_eq!(sum.push(xs[t]), window.iter().sum::<f64>());
                assert_eq!(max.push(xs[t]), top);
                assert_eq!(Some(age.push(xs[t])), window.iter().rev().position(|&x| x == top));
                assert_eq!(max.full(), t + 1 >= length);
                if t + 1 >= length {
                    assert_eq!(in_place[t], window.iter().copied().fold(f64::INFINITY, f64::min));
                } else {
                    assert!(in_place[t].is_nan());
                }
            }
        }
    }

    #[test]
    fn any_cut_gives_the_same_bits() {
        let xs: Vec<f64> = inputs().iter().map(|x| x * 0.1).collect();
        let mut whole = vec![0.0; xs.len()];
        Sliding::<Sum>::new(9).run(&xs, &mut whole);
        let mut cut = Sliding::<Sum>::new(9);
        let mut out = vec![0.0; xs.len()];
        for (start, end) in [(0, 1), (1, 5), (5, 9), (9, 31), (31, 400)] {
            cut.run(&xs[start..end], &mut out[start..end]);
        }
        assert_eq!(
            whole.iter().map(|x| x.to_bits()).collect::<Vec<_>>(),
            out.iter().map(|x| x.to_bits()).collect::<Vec<_>>()
        );
    }
}
