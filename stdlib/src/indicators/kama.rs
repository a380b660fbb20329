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
    /// The average before this group.
    base: f64,
    group: Group,
}

/// How many bars are written from one average.
const GROUP: usize = 4;

/// What the bars of a group make of the average before it: with distances to the first of them, `kept` times the
/// average plus `gained`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Group {
    bars: usize,
    origin: f64,
    kept: f64,
    gained: f64,
}

impl Group {
    #[inline]
    fn add(&mut self, x: f64, weight: f64) {
        if self.bars == 0 {
            *self = Group { bars: 0, origin: x, kept: 1.0, gained: 0.0 };
        }
        let keep = 1.0 - weight;
        self.kept *= keep;
        self.gained = keep * self.gained + weight * (x - self.origin);
        self.bars += 1;
    }

    #[inline]
    fn value(&self, base: f64) -> f64 {
        self.origin + (self.kept * (base - self.origin) + self.gained)
    }
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
            group: Group::default(),
        }
    }

    /// Four bars at a time, so that a bar does not wait for the one before; `out` holds the weights.
    fn follow(&mut self, x: &[f64], out: &mut [f64]) {
        let head = ((GROUP - self.group.bars) % GROUP).min(x.len());
        for (slot, &x) in out[..head].iter_mut().zip(x) {
            *slot = self.step(x, *slot);
        }
        let mut groups = out[head..].chunks_exact_mut(GROUP);
        let inputs = x[head..].chunks_exact(GROUP);
        let rest = inputs.remainder();
        let mut base = self.base;
        for (slots, inputs) in (&mut groups).zip(inputs) {
            let mut group = Group::default();
            let mut after = [group; GROUP];
            for ((x, weight), after) in inputs.iter().zip(&*slots).zip(&mut after) {
                group.add(*x, *weight);
                *after = group;
            }
            for (slot, group) in slots.iter_mut().zip(after) {
                *slot = group.value(base);
            }
            base = slots[GROUP - 1];
        }
        self.base = base;
        for (slot, &x) in groups.into_remainder().iter_mut().zip(rest) {
            *slot = self.step(x, *slot);
        }
    }

    #[inline]
    fn step(&mut self, x: f64, weight: f64) -> f64 {
        self.group.add(x, weight);
        let value = self.group.value(self.base);
        if self.group.bars == GROUP {
            self.group.bars = 0;
            self.base = value;
        }
        value
    }

    /// The weights of the newest inputs of this chunk, in `out`; missing in the first `length` bars.
    fn weigh(&mut self, x: &[f64], out: &mut [f64]) {
        let mut moves = [0.0; CHUNK];
        let moves = &mut moves[..x.len()];
        self.before.run_with(x, moves, |x, before| (x - before).abs());
        let missing = usize::from(moves[0].is_nan());
        out[..missing].fill(f64::NAN);
        self.path.run(&moves[missing..], &mut out[missing..]);
        self.ago.run_with(x, moves, |x, ago| (x - ago).abs());
        for (slot, &change) in out.iter_mut().zip(&*moves) {
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
            self.weigh(x, out);
            let mut start = 0;
            while self.seen < self.length && start < x.len() {
                self.base = x[start];
                out[start] = f64::NAN;
                self.seen += 1;
                start += 1;
            }
            self.follow(&x[start..], &mut out[start..]);
        });
    }
}
