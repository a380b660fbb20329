//! Means, spreads and joint spread of the last n pairs of inputs.

use super::moments::LOST;
use super::rolling::{Read, Rolling, Sums, greater};

/// Sums of distances to a recent pair, of their squares and of their products: x, y, xx, yy, xy; see `moments`.
pub type CoMoments = Rolling<Products, 2, 5, 2>;

#[derive(Clone, Copy, Debug)]
pub struct Products;

impl Sums<2, 5, 2> for Products {
    const LOST: f64 = LOST;
    const PEAKS: [usize; 2] = [2, 3];

    #[inline(always)]
    fn origin(newest: [f64; 2]) -> [f64; 2] {
        newest
    }

    #[inline(always)]
    fn terms([dx, dy]: [f64; 2]) -> [f64; 5] {
        [dx, dy, dx * dx, dy * dy, dx * dy]
    }

    #[inline(always)]
    fn changes([x, y]: [f64; 2], [old_x, old_y]: [f64; 2], origin: [f64; 2]) -> [f64; 5] {
        let (dx, dy) = (x - origin[0], y - origin[1]);
        let (ex, ey) = (old_x - origin[0], old_y - origin[1]);
        let (cx, cy) = (x - old_x, y - old_y);
        [cx, cy, cx * (dx + ex), cy * (dy + ey), dx * dy - ex * ey]
    }

    #[inline(always)]
    fn figures(sums: [f64; 5], share: f64) -> [f64; 2] {
        let Part { xx, yy, .. } = Part::of(sums, [0.0; 2], share);
        [xx, yy]
    }
}

/// Means, and sums of squared and joint distances to them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Part {
    pub x: f64,
    pub y: f64,
    pub xx: f64,
    pub yy: f64,
    pub xy: f64,
}

impl Part {
    #[inline(always)]
    fn of([x, y, xx, yy, xy]: [f64; 5], origin: [f64; 2], share: f64) -> Part {
        let (dx, dy) = (x * share, y * share);
        Part {
            x: origin[0] + dx,
            y: origin[1] + dy,
            xx: greater(xx - x * dx, 0.0),
            yy: greater(yy - y * dy, 0.0),
            xy: xy - x * dy,
        }
    }
}

impl CoMoments {
    /// Writes `map` of the window that ends at each pair; missing until it is full.
    #[inline]
    pub fn run_with(&mut self, x: &[f64], y: &[f64], out: &mut [f64], map: impl Fn(Part) -> f64) {
        let share = 1.0 / self.length() as f64;
        self.run([x, y], [out], |Read { origin, sums }, _| [map(Part::of(sums, origin, share))]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_two_passes_over_each_window_at_any_level() {
        for (level, bound) in [(0.0, 1e-10), (1e6, 1e-9)] {
            for length in [1, 2, 7] {
                let mut window = CoMoments::new(length);
                let pairs: Vec<(f64, f64)> = (0..200_u32)
                    .map(|i| (level + f64::from(i * i % 41) * 0.5, level + f64::from(i * 7 % 23)))
                    .collect();
                for (t, &(x, y)) in pairs.iter().enumerate() {
                    let [mut xy, mut yy] = [[0.0], [0.0]];
                    window.clone().run_with(&[x], &[y], &mut yy, |part| part.yy);
                    window.run_with(&[x], &[y], &mut xy, |part| part.xy);
                    let part = Part { xy: xy[0], yy: yy[0], ..Part::default() };
                    assert_eq!(part.xy.is_nan(), t + 1 < length);
                    if part.xy.is_nan() {
                        continue;
                    }
                    let n = length as f64;
                    let last = &pairs[t + 1 - length..=t];
                    let mean = |f: fn(&(f64, f64)) -> f64| last.iter().map(|p| f(p) - level).sum::<f64>() / n;
                    let (mx, my) = (mean(|p| p.0), mean(|p| p.1));
                    let xy: f64 = last.iter().map(|p| (p.0 - level - mx) * (p.1 - level - my)).sum();
                    let yy: f64 = last.iter().map(|p| (p.1 - level - my) * (p.1 - level - my)).sum();
                    assert!(
                        (part.xy - xy).abs() < bound && (part.yy - yy).abs() < bound,
                        "{part:?} {xy} {yy}"
                    );
                }
            }
        }
    }
}
