//! Running sums over the last n inputs that are known to about 1e-10 of themselves: what amounts, moments and
//! co-moments are made from.
//!
//! The sums are made anew every two windows or 256 inputs, and wherever what is read from them is small beside what
//! they have been since. Where groups begin depends on the count of inputs alone; when sums are made anew, on the
//! inputs too.

use std::array::from_fn;
use std::marker::PhantomData;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::each;
use super::finite::leading_missing;
use super::lag::{Lag, sums};
use super::scan::{Scan, total, whole_groups};
use crate::wide::{self, GROUP, Group, Vector, Work};

/// Inputs between two renewals, at least; twice the window for long ones.
const PERIOD: usize = 256;
/// Inputs that are worked on at once: while the values of one tile are divided, the next is added up.
const TILE: usize = 4 * GROUP;

/// What is summed up over `N` inputs a bar: `K` sums, from which `G` figures are read that rounding could drown.
pub trait Sums<const N: usize, const K: usize, const G: usize>: Clone + Send + Sync + 'static {
    /// A figure below this part of its peak is mostly rounding.
    const LOST: f64;
    /// The sums, none of them negative, whose peaks the figures stand beside.
    const PEAKS: [usize; G];
    /// Where distances are measured from, when the sums are made anew after this input.
    fn origin(newest: [f64; N]) -> [f64; N];
    /// What an input at these distances adds to the sums.
    fn terms(distances: [f64; N]) -> [f64; K];
    /// What the new inputs add in the place of the old ones.
    fn changes(new: [f64; N], old: [f64; N], origin: [f64; N]) -> [f64; K];
    /// `share` is 1 over the length.
    fn figures(sums: [f64; K], share: f64) -> [f64; G];
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Rolling<S, const N: usize, const K: usize, const G: usize> {
    #[serde(with = "each")]
    windows: [Lag; N],
    length: usize,
    /// Inputs seen, up to the length.
    seen: usize,
    /// Inputs since the last renewal by count, or since the first.
    at: usize,
    #[serde(with = "each")]
    origin: [f64; N],
    #[serde(with = "each")]
    sums: [Scan; K],
    /// Since the sums were made anew.
    #[serde(with = "each")]
    peaks: [f64; G],
    of: PhantomData<S>,
}

/// The sums after an input, and where their distances are measured from.
#[derive(Clone, Copy, Debug)]
pub struct Read<const N: usize, const K: usize> {
    pub origin: [f64; N],
    pub sums: [f64; K],
}

impl<S: Sums<N, K, G>, const N: usize, const K: usize, const G: usize> Rolling<S, N, K, G> {
    #[must_use]
    pub fn new(length: usize) -> Self {
        Rolling {
            windows: from_fn(|_| Lag::new(length)),
            length,
            seen: 0,
            at: 0,
            origin: [0.0; N],
            sums: [Scan::default(); K],
            peaks: [0.0; G],
            of: PhantomData,
        }
    }

    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// Replaces what `out` holds by what `map` makes of the sums and of it; missing until `length` inputs were seen.
    /// Inputs may be missing before the first.
    #[inline]
    pub fn run<const O: usize>(
        &mut self,
        inputs: [&[f64]; N],
        mut out: [&mut [f64]; O],
        map: impl Fn(Read<N, K>, [f64; O]) -> [f64; O],
    ) {
        if out[0].len() == 1 {
            let values = self.push(inputs.map(|column| column[0])).map(|read| map(read, held(&out, 0)));
            put(&mut out, 0, values.unwrap_or([f64::NAN; O]));
        } else {
            wide::run(Block { rolling: self, inputs, out, map });
        }
    }

    /// One input.
    fn push(&mut self, new: [f64; N]) -> Option<Read<N, K>> {
        let mut windows = self.windows.iter_mut();
        let old = new.map(|x| windows.next().map_or(x, |window| window.push(x)));
        if self.seen == self.length {
            return Some(self.step(new, old, [&[]; N]));
        }
        self.seen += usize::from(self.seen > 0 || !new[0].is_nan());
        self.at = (self.at + 1) % self.period();
        (self.seen == self.length).then(|| {
            self.origin = S::origin(new);
            self.renew([&[]; N])
        })
    }

    fn period(&self) -> usize {
        (2 * self.length).max(PERIOD).next_multiple_of(GROUP)
    }

    /// The sums after an input to a full window, which keeps none of these yet.
    #[inline]
    fn step(&mut self, new: [f64; N], old: [f64; N], inputs: [&[f64]; N]) -> Read<N, K> {
        let mut sums = S::changes(new, old, self.origin);
        for (value, sum) in sums.iter_mut().zip(&mut self.sums) {
            *value = sum.add(self.at, *value);
        }
        let read = Read { origin: self.origin, sums };
        self.at += 1;
        let mut lost = false;
        let figures = S::figures(sums, 1.0 / self.length as f64);
        for ((peak, of), figure) in self.peaks.iter_mut().zip(S::PEAKS).zip(figures) {
            *peak = greater(*peak, sums[of]);
            lost |= figure < S::LOST * *peak;
        }
        if !lost && self.at < self.period() {
            return read;
        }
        self.at %= self.period();
        self.origin = S::origin(new);
        let anew = self.renew(inputs);
        if lost { anew } else { read }
    }

    /// Makes the sums anew, as they are after these inputs.
    #[inline(never)]
    fn renew(&mut self, inputs: [&[f64]; N]) -> Read<N, K> {
        let windows = from_fn(|n| self.windows[n].window(inputs[n]));
        let sums = sums(windows, self.origin, |_, distances| S::terms(distances));
        self.sums = sums.map(|sum| Scan::after(self.at + GROUP - 1, sum));
        self.peaks = S::PEAKS.map(|of| sums[of]);
        Read { origin: self.origin, sums }
    }

    #[inline(always)]
    fn run_wide<V: Vector, const O: usize>(
        &mut self,
        inputs: [&[f64]; N],
        out: &mut [&mut [f64]; O],
        map: &impl Fn(Read<N, K>, [f64; O]) -> [f64; O],
    ) {
        let count = out[0].len();
        let mut done = 0;
        if self.seen < self.length {
            done = self.fill(inputs);
            let full = self.seen == self.length;
            out.iter_mut().for_each(|column| column[..done - usize::from(full)].fill(f64::NAN));
            if full {
                self.origin = S::origin(inputs.map(|column| column[done - 1]));
                let read = self.renew(inputs.map(|column| &column[..done]));
                let values = map(read, held(out, done - 1));
                put(out, done - 1, values);
            }
        }
        while done < count {
            let end = count.min(done + self.period() - self.at);
            let groups = whole_groups(self.at, end - done);
            let (mut from, to) = (done + groups.start, done + groups.end);
            self.run_singly(inputs, done..from, out, map);
            while from < to {
                let whole = to - from >= TILE;
                let next = from + if whole { TILE } else { GROUP };
                let taken = if whole {
                    self.tile::<V, TILE, O>(inputs, from, out, map)
                } else {
                    self.tile::<V, GROUP, O>(inputs, from, out, map)
                };
                if !taken {
                    self.run_singly(inputs, from..next, out, map);
                } else if self.at == self.period() {
                    self.at = 0;
                    self.origin = S::origin(inputs.map(|column| column[next - 1]));
                    self.renew(inputs.map(|column| &column[..next]));
                }
                from = next;
            }
            self.run_singly(inputs, to..end, out, map);
            done = end;
        }
        for (window, column) in self.windows.iter_mut().zip(inputs) {
            window.keep(column);
        }
    }

    /// Inputs until the window is full; gives their number. Missing ones count for where groups begin: most callers
    /// then have theirs begin there too.
    fn fill(&mut self, inputs: [&[f64]; N]) -> usize {
        let missing = if self.seen == 0 { leading_missing(inputs[0]) } else { 0 };
        let count = inputs[0].len().min(missing + self.length - self.seen);
        self.seen += count - missing;
        self.at = (self.at + count) % self.period();
        count
    }

    fn run_singly<const O: usize>(
        &mut self,
        inputs: [&[f64]; N],
        bars: Range<usize>,
        out: &mut [&mut [f64]; O],
        map: &impl Fn(Read<N, K>, [f64; O]) -> [f64; O],
    ) {
        for bar in bars {
            let old = from_fn(|n| self.windows[n].before(inputs[n], bar));
            let read = self.step(inputs.map(|column| column[bar]), old, inputs.map(|column| &column[..=bar]));
            let values = map(read, held(out, bar));
            put(out, bar, values);
        }
    }

    /// Whole groups before the next renewal by count, unless the sums must be made anew on the way: then nothing is
    /// taken.
    #[allow(clippy::needless_range_loop, reason = "columns side by side")]
    #[inline(always)]
    fn tile<V: Vector, const BARS: usize, const O: usize>(
        &mut self,
        inputs: [&[f64]; N],
        start: usize,
        out: &mut [&mut [f64]; O],
        map: &impl Fn(Read<N, K>, [f64; O]) -> [f64; O],
    ) -> bool {
        let new: [&[f64; BARS]; N] = from_fn(|n| part(&inputs[n][start..]));
        let mut copies = [[0.0; BARS]; N];
        let old: [&[f64; BARS]; N] = match start.checked_sub(self.length) {
            Some(ago) => from_fn(|n| part(&inputs[n][ago..])),
            None => {
                for ((copy, window), column) in copies.iter_mut().zip(&self.windows).zip(inputs) {
                    window.ago_from(column, start, copy);
                }
                copies.each_ref()
            }
        };
        let (origin, share) = (self.origin, 1.0 / self.length as f64);
        let mut columns = [[0.0; BARS]; K];
        for t in 0..BARS {
            let changes = S::changes(new.map(|column| column[t]), old.map(|column| column[t]), origin);
            for k in 0..K {
                columns[k][t] = changes[k];
            }
        }
        let mut sums = self.sums;
        for (sum, column) in sums.iter_mut().zip(&mut columns) {
            let mut base = V::Group::splat(sum.base);
            for group in column.as_chunks_mut().0 {
                *group = total(V::Group::of(group), &mut base).values();
            }
            sum.base = base.values()[0];
        }
        let peaks = from_fn(|g| greatest::<V>(self.peaks[g], &columns[S::PEAKS[g]]));
        let mut lost = false;
        for t in 0..BARS {
            let figures = S::figures(columns.each_ref().map(|column| column[t]), share);
            for g in 0..G {
                lost |= figures[g] < S::LOST * peaks[g];
            }
        }
        if lost {
            return false;
        }
        // In arrays of their own, which nothing else points to: several bars are then read at a time.
        let mut values: [[f64; BARS]; O] = out.each_ref().map(|column| *part(&column[start..]));
        for t in 0..BARS {
            let read = Read { origin, sums: columns.each_ref().map(|column| column[t]) };
            let new = map(read, values.each_ref().map(|column| column[t]));
            for o in 0..O {
                values[o][t] = new[o];
            }
        }
        for (column, values) in out.iter_mut().zip(values) {
            column[start..start + BARS].copy_from_slice(&values);
        }
        (self.sums, self.peaks) = (sums, peaks);
        self.at += BARS;
        true
    }
}

#[inline(always)]
fn part<const BARS: usize>(values: &[f64]) -> &[f64; BARS] {
    values.first_chunk().expect("a tile is within the block")
}

#[inline(always)]
fn held<const O: usize>(out: &[&mut [f64]; O], bar: usize) -> [f64; O] {
    out.each_ref().map(|column| column[bar])
}

#[inline(always)]
fn put<const O: usize>(out: &mut [&mut [f64]; O], bar: usize, values: [f64; O]) {
    for (column, value) in out.iter_mut().zip(values) {
        column[bar] = value;
    }
}

#[inline(always)]
pub(super) fn greater(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// The greatest of whole groups and of the peak before.
#[inline(always)]
fn greatest<V: Vector>(peak: f64, values: &[f64]) -> f64 {
    let groups = values.as_chunks().0.iter().map(V::Group::of);
    let [a, b, c, d, e, f, g, h] = groups.fold(V::Group::splat(peak), |top, x| x.greater(top)).values();
    greater(greater(greater(a, b), greater(c, d)), greater(greater(e, f), greater(g, h)))
}

struct Block<'a, 'b, S, F, const N: usize, const K: usize, const G: usize, const O: usize> {
    rolling: &'a mut Rolling<S, N, K, G>,
    inputs: [&'a [f64]; N],
    out: [&'b mut [f64]; O],
    map: F,
}

impl<S, F, const N: usize, const K: usize, const G: usize, const O: usize> Work
    for Block<'_, '_, S, F, N, K, G, O>
where
    S: Sums<N, K, G>,
    F: Fn(Read<N, K>, [f64; O]) -> [f64; O],
{
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(mut self) {
        self.rolling.run_wide::<V, O>(self.inputs, &mut self.out, &self.map);
    }
}
