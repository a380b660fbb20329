//! Mean and spread of the last n inputs: exact on flat windows, at any price level.

use super::rolling::{Read, Rolling, Sums, greater};

/// A spread below this part of what the sum of squares has been is mostly rounding.
pub(super) const LOST: f64 = 1e-5;

/// Sums of distances to a recent input and of their squares; made anew about the newest input, which is then in the
/// window.
pub type Moments = Rolling<Squares, 1, 2, 1>;

#[derive(Clone, Copy, Debug)]
pub struct Squares;

impl Sums<1, 2, 1> for Squares {
    const LOST: f64 = LOST;
    const PEAKS: [usize; 1] = [1];

    #[inline(always)]
    fn origin(newest: [f64; 1]) -> [f64; 1] {
        newest
    }

    #[inline(always)]
    fn terms([d]: [f64; 1]) -> [f64; 2] {
        [d, d * d]
    }

    #[inline(always)]
    fn changes([x]: [f64; 1], [old]: [f64; 1], [origin]: [f64; 1]) -> [f64; 2] {
        let change = x - old;
        [change, change * ((x - origin) + (old - origin))]
    }

    #[inline(always)]
    fn figures(sums: [f64; 2], share: f64) -> [f64; 1] {
        [spread(sums, share)]
    }
}

/// The sum of squared distances to the mean.
#[inline(always)]
fn spread([sum, squares]: [f64; 2], share: f64) -> f64 {
    greater(squares - sum * (sum * share), 0.0)
}

impl Moments {
    /// Replaces what `out` holds by what `map` makes of the mean of the window that ends at each input, of the sum of
    /// squared distances to it, and of what it holds; missing until the window is full.
    #[inline]
    pub fn run_with<const O: usize>(
        &mut self,
        inputs: &[f64],
        out: [&mut [f64]; O],
        map: impl Fn(f64, f64, [f64; O]) -> [f64; O],
    ) {
        let share = 1.0 / self.length() as f64;
        self.run([inputs], out, |Read { origin: [origin], sums }, held| {
            map(origin + sums[0] * share, spread(sums, share), held)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and sum of squares after each input, one by one.
    fn step(moments: &mut Moments, x: f64) -> (f64, f64) {
        let [mut mean, mut squares] = [[0.0], [0.0]];
        moments.run_with(&[x], [&mut mean, &mut squares], |mean, squares, _| [mean, squares]);
        (mean[0], squares[0])
    }

    #[test]
    fn equals_two_passes_over_each_window_at_any_level() {
        for level in [0.0, 100.0, 1e9] {
            for length in [1, 2, 5, 20] {
                let mut moments = Moments::new(length);
                let xs: Vec<f64> = (0..300_u32).map(|i| level + f64::from(i * i % 41) * 0.5).collect();
                for (t, &x) in xs.iter().enumerate() {
                    let (mean, squares) = step(&mut moments, x);
                    if t + 1 < length {
                        assert!(mean.is_nan());
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
            let (mean, squares) = step(&mut moments, if t < 10 { 3.3 } else { 1234.567 });
            if t >= 17 {
                assert_eq!((mean, squares), (1234.567, 0.0));
            }
        }
    }
}
