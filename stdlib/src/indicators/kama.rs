//! Kaufman adaptive moving average.

use serde::{Deserialize, Serialize};

use super::kvo::fast_below_slow;
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup};
use crate::types::Type;
use crate::window::amounts::Amounts;
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::lag::Lag;

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
    path: Amounts,
    slow: f64,
    /// The weight of the fast average less that of the slow one.
    spread: f64,
    length: usize,
    seen: usize,
    /// The distance before this group.
    base: f64,
    group: Group,
}

/// How many bars are written from one distance.
const GROUP: usize = 4;
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

    #[inline]
    fn add(&mut self, step: f64, weight: f64) {
        let keep = 1.0 - weight;
        self.kept *= keep;
        self.lost = keep * (self.lost + step);
        self.bars += 1;
    }

    #[inline]
    fn distance(&self, base: f64) -> f64 {
        self.kept * base - self.lost
    }
}

#[inline]
fn settled(distance: f64) -> f64 {
    if distance.abs() < LEAST { 0.0 } else { distance }
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

    /// Four bars at a time, so that a bar does not wait for the one before; `out` holds the weights.
    fn follow(&mut self, x: &[f64], steps: &[f64], out: &mut [f64]) {
        let head = ((GROUP - self.group.bars) % GROUP).min(out.len());
        let (out_head, out) = out.split_at_mut(head);
        let ((x_head, x), (steps_head, steps)) = (x.split_at(head), steps.split_at(head));
        self.follow_singly(x_head, steps_head, out_head);
        let (out, out_rest) = out.as_chunks_mut::<GROUP>();
        let ((x, x_rest), (steps, steps_rest)) = (x.as_chunks::<GROUP>(), steps.as_chunks::<GROUP>());
        let mut base = self.base;
        for ((slots, x), steps) in out.iter_mut().zip(x).zip(steps) {
            let mut group = Group::NEW;
            let after: [Group; GROUP] = std::array::from_fn(|i| {
                group.add(steps[i], slots[i]);
                group
            });
            let distances = after.map(|group| group.distance(base));
            *slots = std::array::from_fn(|i| x[i] + distances[i]);
            base = settled(distances[GROUP - 1]);
        }
        self.base = base;
        self.follow_singly(x_rest, steps_rest, out_rest);
    }

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
    fn weigh(&mut self, x: &[f64], steps: &mut [f64], out: &mut [f64]) {
        let mut changes = [0.0; CHUNK];
        let changes = &mut changes[..x.len()];
        self.before.run_with(x, steps, |x, before| x - before);
        for (change, step) in changes.iter_mut().zip(&*steps) {
            *change = step.abs();
        }
        let missing = usize::from(steps[0].is_nan());
        out[..missing].fill(f64::NAN);
        self.path.run(&changes[missing..], &mut out[missing..]);
        self.ago.run_with(x, changes, |x, ago| (x - ago).abs());
        for (slot, &change) in out.iter_mut().zip(&*changes) {
            let path = *slot;
            let ratio = change / path;
            let efficiency = if path > change { ratio } else { 1.0 };
            let weight = efficiency * self.spread + self.slow;
            *slot = weight * weight;
        }
    }
}

impl State for Kama {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            let mut steps = [0.0; CHUNK];
            let steps = &mut steps[..x.len()];
            self.weigh(x, steps, out);
            let start = (self.length - self.seen).min(x.len());
            self.seen += start;
            out[..start].fill(f64::NAN);
            self.follow(&x[start..], &steps[start..], &mut out[start..]);
        });
    }
}
