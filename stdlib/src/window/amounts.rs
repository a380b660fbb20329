//! Sums of the last n amounts, none of them negative, or of the sizes of n numbers: no drift, and an exact 0 for a
//! window of zeros.

use super::rolling::{Rolling, Sums};

/// `K` sums over one window. If one is small beside what it has been, all are made anew.
pub type Amounts<const K: usize> = Rolling<Plain<false>, K, K, K>;

/// The same of numbers without their signs.
pub type Sizes<const K: usize> = Rolling<Plain<true>, K, K, K>;

#[derive(Clone, Copy, Debug)]
pub struct Plain<const SIGNED: bool>;

impl<const SIGNED: bool> Plain<SIGNED> {
    #[inline(always)]
    fn amount(x: f64) -> f64 {
        if SIGNED { x.abs() } else { x }
    }
}

impl<const SIGNED: bool, const K: usize> Sums<K, K, K> for Plain<SIGNED> {
    const LOST: f64 = 1e-4;
    const PEAKS: [usize; K] = {
        let mut places = [0; K];
        let mut k = 0;
        while k < K {
            places[k] = k;
            k += 1;
        }
        places
    };

    #[inline(always)]
    fn origin(_: [f64; K]) -> [f64; K] {
        [0.0; K]
    }

    #[inline(always)]
    fn terms(amounts: [f64; K]) -> [f64; K] {
        amounts.map(Self::amount)
    }

    #[inline(always)]
    fn changes(new: [f64; K], old: [f64; K], _: [f64; K]) -> [f64; K] {
        std::array::from_fn(|k| Self::amount(new[k]) - Self::amount(old[k]))
    }

    #[inline(always)]
    fn figures(sums: [f64; K], _: f64) -> [f64; K] {
        sums
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
            Amounts::new(length).run([&xs], [&mut whole], |read, _| read.sums);
            let signed: Vec<f64> =
                xs.iter().enumerate().map(|(t, x)| if t % 3 == 0 { -x } else { *x }).collect();
            let mut sizes = vec![0.0; xs.len()];
            Sizes::new(length).run([&signed], [&mut sizes], |read, _| read.sums);
            for cut in [1, 13, 150] {
                let mut parts = vec![0.0; xs.len()];
                let mut sum = Amounts::new(length);
                for (xs, out) in xs.chunks(cut).zip(parts.chunks_mut(cut)) {
                    sum.run([xs], [out], |read, _| read.sums);
                }
                for t in 0..xs.len() {
                    assert!(parts[t].to_bits() == whole[t].to_bits() || t + 1 < length, "{length} {cut} {t}");
                }
            }
            for t in 0..xs.len() {
                assert_eq!(whole[t].is_nan(), t + 1 < length);
                assert!(sizes[t].to_bits() == whole[t].to_bits() || t + 1 < length);
                if t + 1 >= length {
                    let exact: f64 = xs[t + 1 - length..=t].iter().sum();
                    assert!((whole[t] - exact).abs() <= 1e-9 * exact, "{length} {t}: {} {exact}", whole[t]);
                }
            }
        }
    }
}
