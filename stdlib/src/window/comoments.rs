//! Means, spreads and joint spread of the last n pairs of inputs, without cancellation.

use serde::{Deserialize, Serialize};

/// Two stacks as in `sliding`, whose parts are joined by Chan's rule; see `moments`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CoMoments {
    /// Before `at`: pairs of this chunk. From `at` on: the part from there to the end of the chunk before, its means
    /// as distances to `older_origin`.
    ring: Vec<Part>,
    /// One over each count of pairs.
    inverse: Vec<f64>,
    at: usize,
    /// The first pair of this chunk.
    origin: [f64; 2],
    older_origin: [f64; 2],
    sums: Part,
    seen: usize,
}

/// Means, and sums of squared and joint distances to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub x: f64,
    pub y: f64,
    pub xx: f64,
    pub yy: f64,
    pub xy: f64,
}

impl Part {
    #[inline]
    fn add(&mut self, dx: f64, dy: f64) {
        self.x += dx;
        self.y += dy;
        self.xx += dx * dx;
        self.yy += dy * dy;
        self.xy += dx * dy;
    }

    /// Of `1 / share` pairs, whose sums of distances to an origin these are; the means stay distances to it.
    #[inline]
    fn settled(self, share: f64) -> Part {
        let (x, y) = (self.x * share, self.y * share);
        Part {
            x,
            y,
            xx: (self.xx - self.x * x).max(0.0),
            yy: (self.yy - self.y * y).max(0.0),
            xy: self.xy - self.x * y,
        }
    }

    #[inline]
    fn joined(self, newer: f64, other: Part, share: f64, gap: [f64; 2]) -> Part {
        let (dx, dy) = (gap[0] + other.x - self.x, gap[1] + other.y - self.y);
        let weight = newer * share;
        Part {
            x: self.x + dx * share,
            y: self.y + dy * share,
            xx: self.xx + other.xx + dx * dx * weight,
            yy: self.yy + other.yy + dy * dy * weight,
            xy: self.xy + other.xy + dx * dy * weight,
        }
    }
}

impl CoMoments {
    #[must_use]
    pub fn new(length: usize) -> CoMoments {
        CoMoments {
            ring: vec![Part::default(); length + 1],
            inverse: (0..=length).map(|count| 1.0 / count as f64).collect(),
            at: 0,
            origin: [0.0; 2],
            older_origin: [0.0; 2],
            sums: Part::default(),
            seen: 0,
        }
    }

    /// One pair; nothing until the window is full.
    #[inline]
    pub fn push(&mut self, x: f64, y: f64) -> Option<Part> {
        let length = self.ring.len() - 1;
        let at = self.at;
        if at == 0 {
            self.origin = [x, y];
        }
        self.sums.add(x - self.origin[0], y - self.origin[1]);
        let newer = (at + 1) as f64;
        let share = (length - at - 1) as f64 * self.inverse[length];
        let gap = [self.older_origin[0] - self.origin[0], self.older_origin[1] - self.origin[1]];
        let mut part = self.sums.settled(self.inverse[at + 1]).joined(newer, self.ring[at + 1], share, gap);
        part.x += self.origin[0];
        part.y += self.origin[1];
        self.ring[at] = Part { x, y, ..Part::default() };
        self.at = at + 1;
        if self.at == length {
            self.turn();
        }
        self.seen += usize::from(self.seen < length);
        (self.seen == length).then_some(part)
    }

    #[inline(never)]
    fn turn(&mut self) {
        let length = self.ring.len() - 1;
        let origin = [self.ring[length - 1].x, self.ring[length - 1].y];
        let mut sums = Part::default();
        for (slot, count) in self.ring[..length].iter_mut().rev().zip(1..) {
            sums.add(slot.x - origin[0], slot.y - origin[1]);
            *slot = sums.settled(self.inverse[count]);
        }
        self.older_origin = origin;
        self.at = 0;
        self.sums = Part::default();
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
                    let Some(part) = window.push(x, y) else {
                        assert!(t + 1 < length);
                        continue;
                    };
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
