//! The input some bars ago.

use std::array::from_fn;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A delay line; missing for the first `bars` inputs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lag {
    ring: Vec<f64>,
    at: usize,
}

impl Lag {
    #[must_use]
    pub fn new(bars: usize) -> Lag {
        Lag { ring: vec![f64::NAN; bars], at: 0 }
    }

    /// Takes the newest input and gives the one `bars` inputs before it.
    #[inline]
    pub fn push(&mut self, x: f64) -> f64 {
        let Some(slot) = self.ring.get_mut(self.at) else { return x };
        let old = std::mem::replace(slot, x);
        self.at += 1;
        if self.at == self.ring.len() {
            self.at = 0;
        }
        old
    }

    /// Writes `join(input, the one some bars ago)` for each input, to a slice of the same length.
    #[inline(always)]
    pub fn run_with(&mut self, inputs: &[f64], out: &mut [f64], join: impl Fn(f64, f64) -> f64) {
        self.join(inputs, out, join);
        self.keep(inputs);
    }

    /// As `push` for each input, from one slice to another of the same length.
    pub fn run(&mut self, inputs: &[f64], out: &mut [f64]) {
        self.ago(inputs, out);
        self.keep(inputs);
    }

    /// What `run_with` writes; nothing is taken.
    #[inline(always)]
    pub fn join(&self, inputs: &[f64], out: &mut [f64], mut join: impl FnMut(f64, f64) -> f64) {
        for (part, before) in self.pieces(inputs, 0..inputs.len()) {
            for ((slot, &x), &ago) in out[part.clone()].iter_mut().zip(&inputs[part]).zip(before) {
                *slot = join(x, ago);
            }
        }
    }

    /// What `run` writes; nothing is taken.
    pub fn ago(&self, inputs: &[f64], out: &mut [f64]) {
        self.ago_from(inputs, 0, out);
    }

    /// The same for as many inputs as `out` has places, from `start` on.
    pub fn ago_from(&self, inputs: &[f64], start: usize, out: &mut [f64]) {
        for (part, before) in self.pieces(inputs, start..start + out.len()) {
            out[part.start - start..part.end - start].copy_from_slice(before);
        }
    }

    /// The inputs some bars before those of `places`, none of which is taken yet: up to three slices, each with the
    /// places it belongs to.
    #[inline(always)]
    pub fn pieces<'a>(
        &'a self,
        inputs: &'a [f64],
        places: Range<usize>,
    ) -> impl Iterator<Item = (Range<usize>, &'a [f64])> {
        let (newer, older) = self.ring.split_at(self.at);
        let mut end = 0;
        [older, newer, inputs].into_iter().filter_map(move |piece| {
            let begin = end;
            end += piece.len();
            let part = places.start.max(begin)..places.end.min(end);
            (!part.is_empty()).then(|| (part.clone(), &piece[part.start - begin..part.end - begin]))
        })
    }

    /// The input some bars before the one at `place`; none of these is taken yet.
    #[inline]
    #[must_use]
    pub fn before(&self, inputs: &[f64], place: usize) -> f64 {
        let bars = self.ring.len();
        if place >= bars {
            return inputs[place - bars];
        }
        let at = self.at + place;
        self.ring[if at < bars { at } else { at - bars }]
    }

    /// What would be kept after these inputs, oldest first.
    #[must_use]
    pub fn window<'a>(&'a self, inputs: &'a [f64]) -> [&'a [f64]; 3] {
        let (bars, count) = (self.ring.len(), inputs.len());
        if count >= bars {
            return [&inputs[count - bars..], &[], &[]];
        }
        let (newer, older) = self.ring.split_at(self.at);
        if count < older.len() {
            [&older[count..], newer, inputs]
        } else {
            [&newer[count - older.len()..], inputs, &[]]
        }
    }

    /// Takes the inputs.
    pub fn keep(&mut self, inputs: &[f64]) {
        let (bars, count) = (self.ring.len(), inputs.len());
        if count >= bars {
            self.ring.copy_from_slice(&inputs[count - bars..]);
            self.at = 0;
            return;
        }
        let first = count.min(bars - self.at);
        self.ring[self.at..self.at + first].copy_from_slice(&inputs[..first]);
        self.ring[..count - first].copy_from_slice(&inputs[first..]);
        self.at = if self.at + count < bars { self.at + count } else { count - first };
    }
}

const LANES: usize = 4;

/// Sums over windows of one length: of what `of` makes of each place, 1 for the oldest, and the distances there to the
/// origins. Added in four lanes by place, so that the bits do not depend on how a window lies in its pieces.
#[inline]
pub fn sums<const N: usize, const K: usize>(
    windows: [[&[f64]; 3]; N],
    origins: [f64; N],
    of: impl Fn(f64, [f64; N]) -> [f64; K],
) -> [f64; K] {
    let mut sums = Lanes { lanes: [[0.0; LANES]; K], places: [1.0, 2.0, 3.0, 4.0], origins, of };
    let length = windows[0].iter().map(|piece| piece.len()).sum();
    if windows[0][0].len() == length {
        let groups = windows.map(|[all, ..]| all.as_chunks::<LANES>());
        for at in 0..length / LANES {
            sums.add(groups.map(|(groups, _)| groups[at]));
        }
        if length % LANES > 0 {
            let last =
                |(_, rest): (_, &[f64]), origin| from_fn(|lane| rest.get(lane).copied().unwrap_or(origin));
            sums.add(from_fn(|n| last(groups[n], origins[n])));
        }
    } else {
        for start in (0..length).step_by(LANES) {
            sums.add(from_fn(|n| group(windows[n], start, origins[n])));
        }
    }
    sums.lanes.map(|[a, b, c, d]| (a + b) + (c + d))
}

struct Lanes<const N: usize, const K: usize, F> {
    lanes: [[f64; LANES]; K],
    places: [f64; LANES],
    origins: [f64; N],
    of: F,
}

impl<const N: usize, const K: usize, F: Fn(f64, [f64; N]) -> [f64; K]> Lanes<N, K, F> {
    #[allow(clippy::needless_range_loop, reason = "lanes side by side")]
    #[inline(always)]
    fn add(&mut self, groups: [[f64; LANES]; N]) {
        for lane in 0..LANES {
            let terms = (self.of)(self.places[lane], from_fn(|n| groups[n][lane] - self.origins[n]));
            for k in 0..K {
                self.lanes[k][lane] += terms[k];
            }
            self.places[lane] += LANES as f64;
        }
    }
}

/// Four values of a window in pieces from one place on, the origin beyond its end.
#[inline(never)]
fn group(window: [&[f64]; 3], start: usize, origin: f64) -> [f64; LANES] {
    let mut at = start;
    for piece in window {
        if at < piece.len() {
            if let Some(group) = piece[at..].first_chunk() {
                return *group;
            }
            break;
        }
        at -= piece.len();
    }
    let mut values = window.into_iter().flatten().skip(start);
    from_fn(|_| values.next().copied().unwrap_or(origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_whatever_the_cut() {
        let xs: Vec<f64> = (0..40).map(f64::from).collect();
        for bars in [0, 1, 5] {
            let mut lag = Lag::new(bars);
            let mut out = vec![0.0; xs.len()];
            for (start, end) in [(0, 2), (2, 3), (3, 20), (20, 24), (24, 24), (24, 27), (27, 40)] {
                lag.run(&xs[start..end], &mut out[start..end]);
            }
            assert!(out[..bars].iter().all(|x| x.is_nan()));
            assert_eq!(out[bars..], xs[..xs.len() - bars]);
        }
    }

    #[test]
    fn sums_do_not_depend_on_where_the_ring_begins() {
        for bars in [1, 3, 8, 21] {
            let xs: Vec<f64> = (0..100_u32).map(|i| f64::from(i * i % 37) * 0.1).collect();
            let mut whole = Lag::new(bars);
            whole.keep(&xs);
            let mut stepped = Lag::new(bars);
            let of = |place: f64, [d]: [f64; 1]| [d, place * d];
            let [sum, weighted] = sums([whole.window(&[])], [1.0], of);
            for (t, &x) in xs.iter().enumerate() {
                assert_eq!(stepped.before(&xs[t..], 0).to_bits(), stepped.clone().push(x).to_bits());
                assert_eq!([sum, weighted], sums([stepped.window(&xs[t..])], [1.0], of));
                stepped.push(x);
            }
            let kept = &xs[100 - bars..];
            assert!((sum - kept.iter().map(|x| x - 1.0).sum::<f64>()).abs() < 1e-12);
            let exact: f64 = kept.iter().zip(1_u32..).map(|(x, place)| f64::from(place) * (x - 1.0)).sum();
            assert!((weighted - exact).abs() < 1e-10);
        }
    }
}
