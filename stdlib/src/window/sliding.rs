//! The sum or extreme of the last n inputs, without subtraction: no drift, and an exact 0 for a window of
//! zeros.
//!
//! Inputs are cut into chunks of n. Within a chunk the window is a suffix of the chunk before, folded once
//! when that chunk was full, and a prefix of this one, folded as it grows. Two operations an input; what is
//! computed depends only on the count of inputs. Extremes of many inputs and a short window are folded over windows
//! of 2, 4, 8... inputs instead, several at a time: the order does not matter to them.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use super::finite::CHUNK;
use crate::wide::{self, LANES_MAX, Vector, Work};

/// An associative way to join two values, neither of them -0.
pub trait Fold: Clone + Send + Sync + 'static {
    const EMPTY: f64;
    /// Whether the order of values and how often they come does not matter.
    const EXTREME: bool;
    fn join<V: Vector>(a: V, b: V) -> V;
}

#[derive(Clone, Debug)]
pub struct Sum;

#[derive(Clone, Debug)]
pub struct Max;

#[derive(Clone, Debug)]
pub struct Min;

impl Fold for Sum {
    const EMPTY: f64 = 0.0;
    const EXTREME: bool = false;
    #[inline(always)]
    fn join<V: Vector>(a: V, b: V) -> V {
        a.add(b)
    }
}

impl Fold for Max {
    const EMPTY: f64 = f64::NEG_INFINITY;
    const EXTREME: bool = true;
    #[inline(always)]
    fn join<V: Vector>(a: V, b: V) -> V {
        a.greater(b)
    }
}

impl Fold for Min {
    const EMPTY: f64 = f64::INFINITY;
    const EXTREME: bool = true;
    #[inline(always)]
    fn join<V: Vector>(a: V, b: V) -> V {
        a.lesser(b)
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
        let x = unsigned(x);
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

    /// Writes the fold of the window that ends at each input; missing until the window is full.
    pub fn run(&mut self, inputs: &[f64], out: &mut [f64]) {
        let missing = (self.length() - 1 - self.seen.min(self.length() - 1)).min(out.len());
        for (inputs, out) in inputs.chunks(CHUNK).zip(out.chunks_mut(CHUNK)) {
            if F::EXTREME && inputs.len() >= self.length() {
                wide::run(Doubling { window: self, inputs, out });
            } else {
                out.copy_from_slice(inputs);
                self.in_chunks(out);
            }
        }
        out[..missing].fill(f64::NAN);
    }

    /// Replaces each value by the fold of the window that ends there.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        let mut inputs = [0.0; CHUNK];
        for piece in values.chunks_mut(CHUNK) {
            let inputs = &mut inputs[..piece.len()];
            inputs.copy_from_slice(piece);
            self.run(inputs, piece);
        }
    }

    fn in_chunks(&mut self, values: &mut [f64]) {
        let mut done = 0;
        while done < values.len() {
            let count = (self.length() - self.at).min(values.len() - done);
            let chunk = &mut values[done..done + count];
            let ring = &mut self.ring[self.at..=self.at + count];
            let mut prefix = self.prefix;
            for i in 0..chunk.len().min(ring.len() - 1) {
                let x = unsigned(chunk[i]);
                prefix = F::join(prefix, x);
                chunk[i] = F::join(prefix, ring[i + 1]);
                ring[i] = x;
            }
            self.prefix = prefix;
            self.advance(count);
            done += count;
        }
    }

    /// What the window before the next input holds, all but its oldest, and then these inputs. Suffixes stand for
    /// their oldest input: a window that reaches beyond their end holds the rest of them too. The last inputs begin the
    /// ring anew.
    #[inline(always)]
    fn unroll(&mut self, inputs: &[f64], all: &mut [f64]) {
        let (length, at) = (self.length(), self.at);
        let (past, new) = all.split_at_mut(length - 1);
        past[..length - 1 - at].copy_from_slice(&self.ring[at + 1..length]);
        past[length - 1 - at..].copy_from_slice(&self.ring[..at]);
        for (slot, &x) in new.iter_mut().zip(inputs) {
            *slot = unsigned(x);
        }
        self.ring[..length].copy_from_slice(&new[inputs.len() - length..inputs.len()]);
        self.seen = length;
        self.turn();
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

/// Folds of windows of two, four, eight... inputs, each from two of half its length.
struct Doubling<'a, F: Fold> {
    window: &'a mut Sliding<F>,
    /// At least a window of them, and at most a chunk.
    inputs: &'a [f64],
    out: &'a mut [f64],
}

impl<F: Fold> Work for Doubling<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let (length, count) = (self.window.length(), self.out.len());
        let folds = &mut Folds([F::EMPTY; SIZE]).0;
        self.window.unroll(self.inputs, folds);
        let mut width = 1;
        while 2 * width <= length {
            let whole = (count + length - 2 * width).next_multiple_of(V::LANES);
            for at in (0..whole).step_by(V::LANES) {
                joined::<V, F>(folds, at, width).store(&mut folds[at..]);
            }
            width *= 2;
        }
        let mut groups = self.out.chunks_exact_mut(V::LANES);
        let mut at = 0;
        for slots in groups.by_ref() {
            joined::<V, F>(folds, at, length - width).store(slots);
            at += V::LANES;
        }
        let rest = groups.into_remainder();
        if !rest.is_empty() {
            rest.copy_from_slice(&joined::<V, F>(folds, at, length - width).lanes()[..rest.len()]);
        }
    }
}

const SIZE: usize = 2 * CHUNK + LANES_MAX;

/// Where vectors lie within lines of the cache.
#[repr(align(64))]
struct Folds([f64; SIZE]);

/// Each value from one place on joined with the one so many places ahead.
#[inline(always)]
fn joined<V: Vector, F: Fold>(values: &[f64; SIZE], at: usize, ahead: usize) -> V {
    F::join(V::load(&values[at..]), V::load(&values[at + ahead..]))
}

/// The same number, 0 for -0: so that equal numbers have the same bits.
#[inline(always)]
pub(super) fn unsigned(x: f64) -> f64 {
    x + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fixed sequence with ties and zeros of both signs.
    fn inputs() -> Vec<f64> {
        let sign = |i: u64| if i.is_multiple_of(3) { -1.0 } else { 1.0 };
        (0..400_u64).map(|i| sign(i) * (((i * i * 7919 + i * 104_729) % 23) as f64 - 11.0)).collect()
    }

    #[test]
    fn equals_folding_each_window() {
        for length in [1, 2, 3, 7, 50] {
            let (mut sum, mut max) = (Sliding::<Sum>::new(length), Sliding::<Max>::new(length));
            let mut in_place = inputs();
            Sliding::<Min>::new(length).run_in_place(&mut in_place);
            let xs = inputs();
            for t in 0..xs.len() {
                let window = &xs[(t + 1).saturating_sub(length)..=t];
                let top = window.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                assert_eq!(sum.push(xs[t]), window.iter().sum::<f64>());
                assert_eq!(max.push(xs[t]), top);
                assert_eq!(max.full(), t + 1 >= length);
                if t + 1 >= length {
                    assert_eq!(in_place[t], window.iter().copied().fold(f64::INFINITY, f64::min));
                } else {
                    assert!(in_place[t].is_nan());
                }
            }
        }
    }

    fn every_cut_gives_the_same_bits<F: Fold>() {
        let xs: Vec<f64> = inputs().iter().map(|x| x * 0.1).collect();
        let bits = |values: &[f64]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        for length in [1, 9, 16, 100, 300] {
            let mut stepped = Sliding::<F>::new(length);
            let step = |&x: &f64| {
                let value = stepped.push(x);
                if stepped.full() { value } else { f64::NAN }
            };
            let steps = bits(&xs.iter().map(step).collect::<Vec<_>>());
            for cut in [1, 7, 31, 120, 400] {
                let mut window = Sliding::<F>::new(length);
                let mut out = vec![0.0; xs.len()];
                xs.chunks(cut).zip(out.chunks_mut(cut)).for_each(|(xs, out)| window.run(xs, out));
                assert_eq!(bits(&out), steps, "{length} {cut}");
            }
        }
    }

    #[test]
    fn any_cut_gives_the_same_bits() {
        every_cut_gives_the_same_bits::<Sum>();
        every_cut_gives_the_same_bits::<Max>();
        every_cut_gives_the_same_bits::<Min>();
    }
}
