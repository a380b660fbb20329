//! How many bars ago the greatest of the last n inputs came.

use serde::{Deserialize, Serialize};

use super::finite::CHUNK;
use crate::wide::{self, LANES_MAX, Vector, Work};

/// The age in bars of the greatest of the last `length` inputs, the most recent of equals; give `-x` for
/// the least. In chunks, or over windows of 2, 4, 8... inputs, as in `sliding`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Age {
    /// As in `Sliding`.
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

    fn length(&self) -> usize {
        self.ring.len() - 1
    }

    /// Bars since the extreme: 0 when it is `x` itself.
    #[inline]
    pub fn push(&mut self, x: f64) -> usize {
        let at = self.at;
        let newer = x >= self.prefix;
        self.prefix = if newer { x } else { self.prefix };
        self.prefix_place = if newer { at } else { self.prefix_place };
        let old = self.length() + at - self.place[at + 1] as usize;
        let age = if self.prefix >= self.ring[at + 1] { at - self.prefix_place } else { old };
        self.ring[at] = x;
        self.at += 1;
        if self.at == self.length() {
            self.turn();
        }
        age
    }

    /// Replaces each input by the bars since the extreme.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        for piece in values.chunks_mut(CHUNK) {
            if piece.len() >= self.length() {
                wide::run(Doubling { window: self, values: piece });
            } else {
                piece.iter_mut().for_each(|value| *value = self.push(*value) as f64);
            }
        }
    }

    #[inline(never)]
    fn turn(&mut self) {
        let mut best = f64::NEG_INFINITY;
        let mut place = 0;
        for i in (0..self.length()).rev() {
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

    /// What the window before the next input holds, all but its oldest, and then these values, each with its place
    /// among them: see `Sliding`. The last values begin the ring anew.
    #[inline(always)]
    fn unroll(&mut self, values: &[f64], all: &mut [f64], places: &mut [f64]) {
        let (length, at) = (self.length(), self.at);
        let suffixes = length - 1 - at;
        all[..suffixes].copy_from_slice(&self.ring[at + 1..length]);
        all[suffixes..length - 1].copy_from_slice(&self.ring[..at]);
        all[length - 1..][..values.len()].copy_from_slice(values);
        for (i, place) in places.iter_mut().enumerate() {
            *place = i as f64;
        }
        for (place, &of) in places.iter_mut().zip(&self.place[at + 1..length]) {
            *place = f64::from(of) - (at + 1) as f64;
        }
        self.ring[..length].copy_from_slice(&values[values.len() - length..]);
        self.turn();
    }
}

struct Doubling<'a> {
    window: &'a mut Age,
    /// At least a window of them, and at most a chunk.
    values: &'a mut [f64],
}

impl Work for Doubling<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let (length, count) = (self.window.length(), self.values.len());
        let (mut folds, mut twice) = (&mut Folds::new(), &mut Folds::new());
        self.window.unroll(self.values, &mut folds.values, &mut folds.places);
        let mut width = 1;
        while 2 * width <= length {
            twice.join::<V>(folds, width, count + length - 2 * width);
            (folds, twice, width) = (twice, folds, 2 * width);
        }
        twice.join::<V>(folds, length - width, count);
        for (i, (value, place)) in self.values.iter_mut().zip(&twice.places).enumerate() {
            *value = (i + length - 1) as f64 - place;
        }
    }
}

const SIZE: usize = 2 * CHUNK + LANES_MAX;

/// The greatest values of windows, the later of equals, and where they lie.
struct Folds {
    values: [f64; SIZE],
    places: [f64; SIZE],
}

impl Folds {
    fn new() -> Folds {
        Folds { values: [0.0; SIZE], places: [0.0; SIZE] }
    }

    /// `count` of them, or a few more, each of one here and one so many places ahead.
    #[inline(always)]
    fn join<V: Vector>(&mut self, of: &Folds, ahead: usize, count: usize) {
        let whole = count.next_multiple_of(V::LANES);
        let later =
            (of.values[ahead..].chunks_exact(V::LANES)).zip(of.places[ahead..].chunks_exact(V::LANES));
        let here = of.values.chunks_exact(V::LANES).zip(of.places.chunks_exact(V::LANES));
        let values = self.values[..whole].chunks_exact_mut(V::LANES);
        let slots = values.zip(self.places[..whole].chunks_exact_mut(V::LANES));
        for ((slots, here), later) in slots.zip(here).zip(later) {
            let (value, later_value) = (V::load(here.0), V::load(later.0));
            let newer = later_value.at_least(value);
            V::pick(newer, later_value, value).store(slots.0);
            V::pick(newer, V::load(later.1), V::load(here.1)).store(slots.1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_that_of_the_greatest_whatever_the_cut() {
        // With ties.
        let xs: Vec<f64> = (0..400_u64).map(|i| ((i * i * 7919 + i * 104_729) % 23) as f64 - 11.0).collect();
        for length in [1, 2, 3, 7, 26, 64, 300] {
            for cut in [1, 13, 70, 400] {
                let mut ages = xs.clone();
                let mut window = Age::new(length);
                ages.chunks_mut(cut).for_each(|part| window.run_in_place(part));
                for t in 0..xs.len() {
                    let window = &xs[(t + 1).saturating_sub(length)..=t];
                    let top = window.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let age = window.iter().rev().position(|&x| x == top).map(|age| age as f64);
                    assert_eq!(Some(ages[t]), age, "{length} {cut} {t}");
                }
            }
        }
    }
}
