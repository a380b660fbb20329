//! Mean and spread of the last n inputs: exact on flat windows, at any price level.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::lag::{Lag, sums};
use super::quad::Quad;
use crate::wide::{self, Vector, Work};

/// Inputs between two renewals, at least; twice the window for long ones.
const PERIOD: usize = 256;
/// A spread below this part of what the sum of squares has been is mostly rounding: sums are then made anew.
pub(super) const LOST: f64 = 1e-5;
/// Fewer inputs go one by one.
const FEW: usize = 8;

/// Running sums of distances to a recent input and of their squares.
///
/// They are made anew by the count of inputs, and where the spread is small beside what the squares have been since,
/// about the newest input, which is then in the window: a spread is known to about 1e-10 of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Moments {
    window: Lag,
    length: usize,
    /// Inputs seen, up to the length.
    seen: usize,
    /// Inputs until the sums are made anew.
    left: usize,
    origin: f64,
    sum: Quad,
    squares: Quad,
    /// The greatest sum of squares since the sums were made anew.
    peak: f64,
}

impl Moments {
    #[must_use]
    pub fn new(length: usize) -> Moments {
        let (sum, squares) = (Quad::default(), Quad::default());
        Moments { window: Lag::new(length), length, seen: 0, left: 0, origin: 0.0, sum, squares, peak: 0.0 }
    }

    /// Whether the window holds `length` inputs.
    #[must_use]
    pub fn full(&self) -> bool {
        self.seen == self.length
    }

    /// Mean and sum of squared distances to it; missing until the window is full.
    pub fn push(&mut self, x: f64) -> (f64, f64) {
        let value = self.step(&[x]);
        self.window.keep(&[x]);
        value
    }

    /// Mean and sum of squared distances to it, of the window that ends at each input; missing until it is
    /// full.
    pub fn run(&mut self, inputs: &[f64], means: &mut [f64], squares: &mut [f64]) {
        wide::run(Run { window: self, inputs, means, squares });
    }

    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[f64], means: &mut [f64], squares: &mut [f64]) {
        self.window.ago(inputs, squares);
        let mut done = 0;
        while done < inputs.len() {
            let end = done + self.left.min(inputs.len() - done);
            if end - done < FEW || !self.stretch::<V>(inputs, done..end, means, squares) {
                for at in done..end.max(done + 1) {
                    (means[at], squares[at]) = self.step(&inputs[..=at]);
                }
            }
            done = end.max(done + 1);
        }
        self.window.keep(inputs);
    }

    /// The last of these inputs, none of which the window keeps yet.
    fn step(&mut self, inputs: &[f64]) -> (f64, f64) {
        let at = inputs.len() - 1;
        if !self.full() {
            self.seen += 1;
            return if self.full() { self.renew(inputs) } else { (f64::NAN, f64::NAN) };
        }
        let (change, change_of_squares) = changes(inputs[at], self.window.before(inputs, at), self.origin);
        let sum = self.sum.add(change);
        let squares = self.squares.add(change_of_squares);
        self.peak = greater(self.peak, squares);
        let (offset, spread) = spread(sum, squares, 1.0 / self.length as f64);
        if spread < LOST * self.peak {
            return self.renew(inputs);
        }
        let mean = self.origin + offset;
        self.left -= 1;
        if self.left == 0 {
            self.renew(inputs);
        }
        (mean, spread)
    }

    /// The same for inputs up to the next renewal, of which `squares` holds what they replace; unless one of them
    /// must renew the sums: then nothing is taken.
    #[inline(always)]
    fn stretch<V: Vector>(
        &mut self,
        inputs: &[f64],
        part: Range<usize>,
        means: &mut [f64],
        squares: &mut [f64],
    ) -> bool {
        let (origin, share, end) = (self.origin, 1.0 / self.length as f64, part.end);
        let (means, squares) = (&mut means[part.clone()], &mut squares[part.clone()]);
        for ((x, mean), old) in inputs[part].iter().zip(&mut *means).zip(&mut *squares) {
            (*mean, *old) = changes(*x, *old, origin);
        }
        let (mut sum, mut sum_squares) = (self.sum, self.squares);
        sum.in_place::<V>(means);
        sum_squares.in_place::<V>(squares);
        let peak = greater(self.peak, extent::<V>(squares)[1]);
        let (floor, mut lost) = (LOST * peak, false);
        for (mean, squares) in means.iter_mut().zip(squares) {
            let (offset, spread) = spread(*mean, *squares, share);
            lost |= spread < floor;
            (*mean, *squares) = (origin + offset, spread);
        }
        if lost {
            return false;
        }
        (self.sum, self.squares, self.peak) = (sum, sum_squares, peak);
        self.left -= means.len();
        if self.left == 0 {
            self.renew(&inputs[..end]);
        }
        true
    }

    /// Makes the sums anew, as they are after these inputs.
    #[inline(never)]
    fn renew(&mut self, inputs: &[f64]) -> (f64, f64) {
        self.origin = inputs[inputs.len() - 1];
        let [sum, squares] = sums([self.window.window(inputs)], [self.origin], |_, [d]| [d, d * d]);
        (self.sum, self.squares) = (Quad::new(sum), Quad::new(squares));
        self.peak = squares;
        self.left = (2 * self.length).max(PERIOD);
        let (offset, spread) = spread(sum, squares, 1.0 / self.length as f64);
        (self.origin + offset, spread)
    }
}

struct Run<'a> {
    window: &'a mut Moments,
    inputs: &'a [f64],
    means: &'a mut [f64],
    squares: &'a mut [f64],
}

impl Work for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        self.window.run_wide::<V>(self.inputs, self.means, self.squares);
    }
}

/// What `x` for `old` adds to the sum of distances and to that of their squares.
#[inline(always)]
fn changes(x: f64, old: f64, origin: f64) -> (f64, f64) {
    let change = x - old;
    (change, change * ((x - origin) + (old - origin)))
}

/// The mean, as a distance to the origin, and the sum of squared distances to it.
#[inline(always)]
fn spread(sum: f64, squares: f64, share: f64) -> (f64, f64) {
    let offset = sum * share;
    (offset, greater(squares - sum * offset, 0.0))
}

/// The least and the greatest of values that are not negative.
#[inline(always)]
pub(super) fn extent<V: Vector>(values: &[f64]) -> [f64; 2] {
    const WAYS: usize = 4;
    let (mut least, mut greatest) = ([V::splat(f64::INFINITY); WAYS], [V::splat(0.0); WAYS]);
    let mut take = |way: usize, x: V| {
        (least[way], greatest[way]) = (x.lesser(least[way]), x.greater(greatest[way]));
    };
    // Several ways, so that a value does not wait for the one before.
    let groups = values.chunks_exact(WAYS * V::LANES);
    let rest = groups.remainder().chunks_exact(V::LANES);
    for group in groups {
        for way in 0..WAYS {
            take(way, V::load(&group[way * V::LANES..]));
        }
    }
    let last = rest.remainder();
    rest.for_each(|group| take(0, V::load(group)));
    let [a, b, c, d] = least;
    let least = a.lesser(b).lesser(c.lesser(d)).lanes();
    let [a, b, c, d] = greatest;
    let greatest = a.greater(b).greater(c.greater(d)).lanes();
    [
        last.iter().chain(&least).fold(f64::INFINITY, |least, &x| if x < least { x } else { least }),
        last.iter().chain(&greatest).fold(0.0, |top, &x| greater(x, top)),
    ]
}

#[inline(always)]
pub(super) fn greater(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_two_passes_over_each_window_at_any_level() {
        for level in [0.0, 100.0, 1e9] {
            for length in [1, 2, 5, 20] {
                let mut moments = Moments::new(length);
                let xs: Vec<f64> = (0..300_u32).map(|i| level + f64::from(i * i % 41) * 0.5).collect();
                for (t, &x) in xs.iter().enumerate() {
                    let (mean, squares) = moments.push(x);
                    if t + 1 < length {
                        assert!(!moments.full());
                        continue;
                    }
                    let window = &xs[t + 1 - length..=t];
                    let exact = window.iter().map(|x| x - level).sum::<f64>() / length as f64;
                    let spread: f64 = window.iter().map(|x| (x - level - exact) * (x - level - exact)).sum();
                    assert!((mean - level - exact).abs() <= 1e-14 * (level + 20.0));
                    assert!(
                        (squares - spread).abs() <= 1e-6 * (level * 1e-9) + 1e-10 * spread.max(1.0),
                        "{squares} {spread}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_flat_window_has_no_spread() {
        let mut moments = Moments::new(7);
        for t in 0..40 {
            let (mean, squares) = moments.push(if t < 10 { 3.3 } else { 1234.567 });
            if t >= 17 {
                assert_eq!((mean, squares), (1234.567, 0.0));
            }
        }
    }
}
