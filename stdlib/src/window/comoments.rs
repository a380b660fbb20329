//! Means, spreads and joint spread of the last n pairs of inputs.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::finite::CHUNK;
use super::lag::{Lag, sums};
use super::moments::{LOST, extent, greater};
use super::quad::Quad;
use crate::wide::{self, Vector, Work};

/// Pairs between two renewals, at least; twice the window for long ones.
const PERIOD: usize = 256;
/// Fewer pairs go one by one.
const FEW: usize = 8;

/// Running sums of distances to a recent pair, of their squares and of their products; see `moments`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CoMoments {
    x: Lag,
    y: Lag,
    length: usize,
    /// Pairs seen, up to the length.
    seen: usize,
    /// Pairs until the sums are made anew.
    left: usize,
    origin: [f64; 2],
    /// x, y, xx, yy, xy.
    sums: [Quad; 5],
    /// The greatest sums xx and yy since the sums were made anew.
    peaks: [f64; 2],
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

    const MISSING: Part = Part { x: f64::NAN, y: f64::NAN, xx: f64::NAN, yy: f64::NAN, xy: f64::NAN };
}

impl CoMoments {
    #[must_use]
    pub fn new(length: usize) -> CoMoments {
        CoMoments {
            x: Lag::new(length),
            y: Lag::new(length),
            length,
            seen: 0,
            left: 0,
            origin: [0.0; 2],
            sums: [Quad::default(); 5],
            peaks: [0.0; 2],
        }
    }

    /// Writes `map` of the window that ends at each pair, of missing figures until the window is full.
    #[inline]
    pub fn run(&mut self, x: &[f64], y: &[f64], out: &mut [f64], map: impl Fn(Part) -> f64) {
        wide::run(Run { window: self, pairs: [x, y], out, map });
    }

    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, [x, y]: [&[f64]; 2], out: &mut [f64], map: impl Fn(Part) -> f64) {
        let mut columns = [[0.0; CHUNK]; 5];
        let mut done = 0;
        while done < out.len() {
            let end = done + self.left.min(out.len() - done).min(CHUNK);
            if end - done < FEW || !self.stretch::<V>([x, y], done..end, &mut columns, out, &map) {
                for at in done..end.max(done + 1) {
                    out[at] = map(self.step([&x[..=at], &y[..=at]]));
                }
            }
            done = end.max(done + 1);
        }
        self.x.keep(x);
        self.y.keep(y);
    }

    /// The last of these pairs, none of which the window keeps yet.
    fn step(&mut self, [x, y]: [&[f64]; 2]) -> Part {
        if self.seen < self.length {
            self.seen += 1;
            return if self.seen == self.length { self.renew([x, y]) } else { Part::MISSING };
        }
        let at = x.len() - 1;
        let old = [self.x.before(x, at), self.y.before(y, at)];
        let mut sums = changes([x[at], y[at]], old, self.origin);
        for (value, sum) in sums.iter_mut().zip(&mut self.sums) {
            *value = sum.add(*value);
        }
        self.peaks = [greater(self.peaks[0], sums[2]), greater(self.peaks[1], sums[3])];
        let part = Part::of(sums, self.origin, 1.0 / self.length as f64);
        if (part.xx < LOST * self.peaks[0]) | (part.yy < LOST * self.peaks[1]) {
            return self.renew([x, y]);
        }
        self.left -= 1;
        if self.left == 0 {
            self.renew([x, y]);
        }
        part
    }

    /// The same for pairs up to the next renewal, unless one of them must renew the sums: then nothing is taken.
    #[inline(always)]
    fn stretch<V: Vector>(
        &mut self,
        [x, y]: [&[f64]; 2],
        part: Range<usize>,
        columns: &mut [[f64; CHUNK]; 5],
        out: &mut [f64],
        map: impl Fn(Part) -> f64,
    ) -> bool {
        let (n, start, end, origin) = (part.len(), part.start, part.end, self.origin);
        let [sx, sy, xx, yy, xy] = columns.each_mut().map(|column| &mut column[..n]);
        self.x.ago_from(x, start, sx);
        self.y.ago_from(y, start, sy);
        let (new_x, new_y, out) = (&x[part.clone()], &y[part.clone()], &mut out[part]);
        for t in 0..n {
            [sx[t], sy[t], xx[t], yy[t], xy[t]] = changes([new_x[t], new_y[t]], [sx[t], sy[t]], origin);
        }
        let mut sums = self.sums;
        for (sum, column) in sums.iter_mut().zip([&mut *sx, &mut *sy, &mut *xx, &mut *yy, &mut *xy]) {
            sum.in_place::<V>(column);
        }
        let peaks = [greater(self.peaks[0], extent::<V>(xx)[1]), greater(self.peaks[1], extent::<V>(yy)[1])];
        let (floors, share, mut lost) = (peaks.map(|peak| LOST * peak), 1.0 / self.length as f64, false);
        for t in 0..n {
            let part = Part::of([sx[t], sy[t], xx[t], yy[t], xy[t]], origin, share);
            lost |= (part.xx < floors[0]) | (part.yy < floors[1]);
            out[t] = map(part);
        }
        if lost {
            return false;
        }
        (self.sums, self.peaks) = (sums, peaks);
        self.left -= n;
        if self.left == 0 {
            self.renew([&x[..end], &y[..end]]);
        }
        true
    }

    /// Makes the sums anew, as they are after these pairs.
    #[inline(never)]
    fn renew(&mut self, [x, y]: [&[f64]; 2]) -> Part {
        self.origin = [x[x.len() - 1], y[y.len() - 1]];
        let of = |_, [dx, dy]: [f64; 2]| [dx, dy, dx * dx, dy * dy, dx * dy];
        let sums = sums([self.x.window(x), self.y.window(y)], self.origin, of);
        self.sums = sums.map(Quad::new);
        self.peaks = [sums[2], sums[3]];
        self.left = (2 * self.length).max(PERIOD);
        Part::of(sums, self.origin, 1.0 / self.length as f64)
    }
}

struct Run<'a, F> {
    window: &'a mut CoMoments,
    pairs: [&'a [f64]; 2],
    out: &'a mut [f64],
    map: F,
}

impl<F: Fn(Part) -> f64> Work for Run<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        self.window.run_wide::<V>(self.pairs, self.out, self.map);
    }
}

/// What the pair adds to the five sums where it takes the place of the old one.
#[inline(always)]
fn changes([x, y]: [f64; 2], [old_x, old_y]: [f64; 2], origin: [f64; 2]) -> [f64; 5] {
    let (dx, dy) = (x - origin[0], y - origin[1]);
    let (ex, ey) = (old_x - origin[0], old_y - origin[1]);
    let (cx, cy) = (x - old_x, y - old_y);
    [cx, cy, cx * (dx + ex), cy * (dy + ey), dx * dy - ex * ey]
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
                    let part = window.step([&[x], &[y]]);
                    window.x.keep(&[x]);
                    window.y.keep(&[y]);
                    assert_eq!(part.x.is_nan(), t + 1 < length);
                    if part.x.is_nan() {
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
