//! Kaufman adaptive moving average.

use serde::{Deserialize, Serialize};

use super::kvo::fast_below_slow;
use crate::kernel::{State, Wide, run_wide};
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup};
use crate::types::Type;
use crate::wide::{GROUP, LANES_MAX, Vector};
use crate::window::amounts::Amounts;
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::lag::Lag;
use crate::window::rolling::Read;

pub static KAMA: Builtin = Builtin {
    name: "kama",
    kind: Kind::Indicator,
    category: "average",
    summary: "Kaufman adaptive moving average",
    formula: "n = length; change = |x[t] - x[t-n]|; path = sum of the last n |x[t] - x[t-1]|\n\
              efficiency = change / path, 1 when the path is 0\n\
              sc = (efficiency * (2 / (fast + 1) - 2 / (slow + 1)) + 2 / (slow + 1))^2\n\
              value += sc * (x - value), starting from the n-th input",
    source: "TA-Lib KAMA, whose `fast` and `slow` are fixed at 2 and 30",
    edge_cases: "A missing input is skipped. Where the price does not move the efficiency counts as 1, as \
                 in TA-Lib.",
    inputs: &[Input::Source],
    params: &[
        Param::int("length", 2, 100_000, 10, "number of bars over which the efficiency is measured"),
        Param::int("fast", 1, 100_000, 2, "length of the average when the price runs straight"),
        Param::int(
            "slow",
            1,
            100_000,
            30,
            "length of the average when the price goes nowhere; more than `fast`",
        ),
    ],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: |p| fast_below_slow(p, 1, 2),
    warmup,
    first,
    make: |p| Box::new(Kama::new(p.length(0), p.length(1), p.length(2))),
};

fn first(p: &Params) -> usize {
    p.length(0)
}

fn warmup(p: &Params, w: Warmup) -> usize {
    // At half the efficiency of a random walk, 1 / sqrt(n); where the price goes nowhere it forgets more slowly.
    let weight = |length: usize| 2.0 / (length as f64 + 1.0);
    let (fast, slow) = (weight(p.length(1)), weight(p.length(2)));
    let sc = 0.5 / libm::sqrt(p.length(0) as f64) * (fast - slow) + slow;
    p.length(0) + 1 + w.smoothing(sc * sc)
}

/// What is followed is the distance of the average from the input, `keep * (distance - move)` with `keep = 1 - sc`: it
/// is small, and 0 where the price stands still.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kama {
    ago: Lag,
    before: Lag,
    path: Amounts<1>,
    slow: f64,
    /// The weight of the fast average less that of the slow one.
    spread: f64,
    length: usize,
    seen: usize,
    /// The distance before this group.
    base: f64,
    group: Group,
}

/// A distance below this is 0: numbers near the least ones are slow.
const LEAST: f64 = 1e-290;

/// What the bars of a group make of the distance before it: `kept` times it less `lost`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Group {
    bars: usize,
    kept: f64,
    lost: f64,
}

impl Group {
    const NEW: Group = Group { bars: 0, kept: 1.0, lost: 0.0 };

    #[inline(always)]
    fn add(&mut self, step: f64, weight: f64) {
        let keep = 1.0 - weight;
        self.kept *= keep;
        self.lost = keep * (self.lost + step);
        self.bars += 1;
    }

    #[inline(always)]
    fn distance(&self, base: f64) -> f64 {
        self.kept * base - self.lost
    }
}

#[inline(always)]
fn settled(distance: f64) -> f64 {
    if distance.abs() < LEAST { 0.0 } else { distance }
}

/// Puts distances in the place of the weights of the first `count` of `LANES` groups; gives the next group's base.
#[inline(always)]
fn distances<V: Vector>(
    mut base: f64,
    weights: &mut [[f64; GROUP]],
    steps: &[[f64; GROUP]],
    count: usize,
) -> f64 {
    let (mut kept, mut lost) = (V::rows(weights), V::rows(steps));
    let (mut kept_before, mut lost_before) = (V::splat(1.0), V::splat(0.0));
    for (kept, lost) in kept.iter_mut().zip(&mut lost) {
        let keep = V::splat(1.0).sub(*kept);
        *kept = kept_before.mul(keep);
        *lost = keep.mul(lost_before.add(*lost));
        (kept_before, lost_before) = (*kept, *lost);
    }
    let (kept_ends, lost_ends) = (kept_before.lanes(), lost_before.lanes());
    let mut bases = [0.0; LANES_MAX];
    for group in 0..count {
        bases[group] = base;
        base = settled(kept_ends[group] * base - lost_ends[group]);
    }
    let bases = V::of_lanes(&bases);
    for (kept, lost) in kept.iter_mut().zip(lost) {
        *kept = kept.mul(bases).sub(lost);
    }
    V::groups(kept, weights);
    base
}

impl Kama {
    #[must_use]
    pub fn new(length: usize, fast: usize, slow: usize) -> Kama {
        let weight = |length: usize| 2.0 / (length as f64 + 1.0);
        Kama {
            ago: Lag::new(length),
            before: Lag::new(1),
            path: Amounts::new(length),
            slow: weight(slow),
            spread: weight(fast) - weight(slow),
            length,
            seen: 0,
            base: 0.0,
            group: Group::NEW,
        }
    }

    /// Groups of eight bars, so that a bar does not wait for the one before; `out` holds the weights.
    #[inline(always)]
    fn follow<V: Vector>(&mut self, x: &[f64], steps: &[f64], out: &mut [f64]) {
        let head = ((GROUP - self.group.bars) % GROUP).min(out.len());
        let (out_head, out) = out.split_at_mut(head);
        let ((x_head, x), (steps_head, steps)) = (x.split_at(head), steps.split_at(head));
        self.follow_singly(x_head, steps_head, out_head);
        let (groups, out_rest) = out.as_chunks_mut::<GROUP>();
        let ((x, x_rest), (steps, steps_rest)) = (x.as_chunks::<GROUP>(), steps.as_chunks::<GROUP>());
        let (mut tiles, steps_tiles) = (groups.chunks_exact_mut(V::LANES), steps.chunks_exact(V::LANES));
        let steps = steps_tiles.remainder();
        for (tile, steps) in tiles.by_ref().zip(steps_tiles) {
            self.base = distances::<V>(self.base, tile, steps, V::LANES);
        }
        let rest = tiles.into_remainder();
        if !rest.is_empty() {
            let mut tile = [[[0.0; GROUP]; LANES_MAX]; 2];
            tile[0][..rest.len()].copy_from_slice(rest);
            tile[1][..rest.len()].copy_from_slice(steps);
            let [weights, steps] = &mut tile;
            self.base = distances::<V>(self.base, weights, steps, rest.len());
            rest.copy_from_slice(&weights[..rest.len()]);
        }
        for (distance, x) in groups.as_flattened_mut().iter_mut().zip(x.as_flattened()) {
            *distance += x;
        }
        self.follow_singly(x_rest, steps_rest, out_rest);
    }

    #[inline(always)]
    fn follow_singly(&mut self, x: &[f64], steps: &[f64], out: &mut [f64]) {
        for ((slot, x), step) in out.iter_mut().zip(x).zip(steps) {
            self.group.add(*step, *slot);
            let distance = self.group.distance(self.base);
            *slot = x + distance;
            if self.group.bars == GROUP {
                (self.group, self.base) = (Group::NEW, settled(distance));
            }
        }
    }

    /// The steps from bar to bar, and in `out` the weights of the newest inputs of this chunk; missing in the first
    /// `length` bars.
    #[inline(always)]
    fn weigh(&mut self, x: &[f64], steps: &mut [f64], out: &mut [f64]) {
        let mut changes = [0.0; CHUNK];
        let changes = &mut changes[..x.len()];
        self.before.run_with(x, steps, |x, before| x - before);
        for (change, step) in changes.iter_mut().zip(&*steps) {
            *change = step.abs();
        }
        self.ago.run_with(x, out, |x, ago| (x - ago).abs());
        let (spread, slow) = (self.spread, self.slow);
        self.path.run([changes], [out], |Read { sums: [path], .. }, [change]| {
            let ratio = change / path;
            let efficiency = if path > change { ratio } else { 1.0 };
            let weight = efficiency * spread + slow;
            [weight * weight]
        });
    }
}

impl State for Kama {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Kama {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            let mut steps = [0.0; CHUNK];
            let steps = &mut steps[..x.len()];
            self.weigh(x, steps, out);
            let start = (self.length - self.seen).min(x.len());
            self.seen += start;
            // They count for where groups begin: callers mostly give whole groups.
            self.group.bars = (self.group.bars + start) % GROUP;
            out[..start].fill(f64::NAN);
            self.follow::<V>(&x[start..], &steps[start..], &mut out[start..]);
        });
    }
}
