//! The sum of the last n amounts, none of them negative: no drift, and an exact 0 for a window of zeros.

use serde::{Deserialize, Serialize};

use super::lag::{Lag, sums};
use super::moments::{extent, greater};
use super::quad::Quad;
use crate::wide::{self, Vector, Work};

/// A sum below this part of what it has been is mostly rounding.
const LOST: f64 = 1e-4;

/// A running sum, made anew every two windows or 256 amounts, and wherever it is small beside what it has been since:
/// it is known to about 1e-10 of itself. When it is made anew depends on the amounts and their count alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Amounts {
    window: Lag,
    length: usize,
    /// Amounts seen, up to the length.
    seen: usize,
    /// Amounts until the sum is made anew.
    left: usize,
    sum: Quad,
    /// The greatest sum since it was made anew.
    peak: f64,
}

impl Amounts {
    #[must_use]
    pub fn new(length: usize) -> Amounts {
        Amounts { window: Lag::new(length), length, seen: 0, left: 0, sum: Quad::default(), peak: 0.0 }
    }

    /// The sum after each amount; missing until `length` amounts were seen.
    pub fn run(&mut self, amounts: &[f64], out: &mut [f64]) {
        wide::run(Run { window: self, amounts, out });
    }

    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, amounts: &[f64], out: &mut [f64]) {
        self.window.join(amounts, out, |amount, old| amount - old);
        let filling = (self.length - self.seen).min(amounts.len());
        if filling > 0 {
            self.seen += filling;
            out[..filling].fill(f64::NAN);
            if self.seen == self.length {
                out[filling - 1] = self.renew(&amounts[..filling]);
            }
        }
        let mut done = filling;
        while done < amounts.len() {
            let end = done + self.left.min(amounts.len() - done);
            if !self.stretch::<V>(&mut out[done..end]) {
                for at in done..end {
                    out[at] = self.step(&amounts[..=at]);
                }
            } else if self.left == 0 {
                self.renew(&amounts[..end]);
            }
            done = end;
        }
        self.window.keep(amounts);
    }

    /// The last of these amounts, none of which the window keeps yet.
    fn step(&mut self, amounts: &[f64]) -> f64 {
        let at = amounts.len() - 1;
        let sum = self.sum.add(amounts[at] - self.window.before(amounts, at));
        self.peak = greater(self.peak, sum);
        self.left -= 1;
        if sum < LOST * self.peak {
            return self.renew(amounts);
        }
        if self.left == 0 {
            self.renew(amounts);
        }
        sum
    }

    /// The same for amounts up to the next renewal, in place of what each adds to the sum; unless the sum must be made
    /// anew on the way: then nothing is taken.
    #[inline(always)]
    fn stretch<V: Vector>(&mut self, changes: &mut [f64]) -> bool {
        let mut sum = self.sum;
        sum.in_place::<V>(changes);
        let [least, greatest] = extent::<V>(changes);
        let peak = greater(self.peak, greatest);
        if least < LOST * peak {
            return false;
        }
        (self.sum, self.peak) = (sum, peak);
        self.left -= changes.len();
        true
    }

    /// Makes the sum anew, as it is after these amounts.
    #[inline(never)]
    fn renew(&mut self, amounts: &[f64]) -> f64 {
        let [sum] = sums([self.window.window(amounts)], [0.0], |_, amount| amount);
        (self.sum, self.peak, self.left) = (Quad::new(sum), sum, (2 * self.length).max(256));
        sum
    }
}

struct Run<'a> {
    window: &'a mut Amounts,
    amounts: &'a [f64],
    out: &'a mut [f64],
}

impl Work for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        self.window.run_wide::<V>(self.amounts, self.out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Amounts of very different sizes, and zeros.
    fn amounts() -> Vec<f64> {
        let size = |i: u32| [1.0, 1e9, 1e-9, 0.0][(i / 70 % 4) as usize];
        (0..2_000_u32).map(|i| size(i) * (f64::from(i * i % 41) + 0.1)).collect()
    }

    #[test]
    fn equals_the_sum_of_each_window_whatever_the_cut() {
        let xs = amounts();
        for length in [1, 2, 7, 20, 100] {
            let mut whole = vec![0.0; xs.len()];
            Amounts::new(length).run(&xs, &mut whole);
            for cut in [1, 13, 150] {
                let mut parts = vec![0.0; xs.len()];
                let mut sum = Amounts::new(length);
                xs.chunks(cut).zip(parts.chunks_mut(cut)).for_each(|(xs, out)| sum.run(xs, out));
                for t in 0..xs.len() {
                    assert!(parts[t].to_bits() == whole[t].to_bits() || t + 1 < length, "{length} {cut} {t}");
                }
            }
            for t in 0..xs.len() {
                assert_eq!(whole[t].is_nan(), t + 1 < length);
                if t + 1 >= length {
                    let exact: f64 = xs[t + 1 - length..=t].iter().sum();
                    assert!((whole[t] - exact).abs() <= 1e-9 * exact, "{length} {t}: {} {exact}", whole[t]);
                }
            }
        }
    }
}
