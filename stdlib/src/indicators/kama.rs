//! Kaufman adaptive moving average.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::kvo::fast_below_slow;
use crate::kernel::{State, Wide, run_wide};
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup};
use crate::types::Type;
use crate::wide::{GROUP, Group, Vector};
use crate::window::amounts::Sizes;
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::lag::Lag;
use crate::window::rolling::Read;
use crate::window::scan::whole_groups;

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
    path: Sizes<1>,
    slow: f64,
    /// The weight of the fast average less that of the slow one.
    spread: f64,
    length: usize,
    seen: usize,
    distance: Distance,
}

/// `distance = keep * distance + shift` over consecutive bars, eight of them written from the distance before, as
/// [`Scan`](crate::window::scan::Scan) does where all are kept alike: what some bars make of the distance before them
/// is also to keep a part of it and to shift the rest.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Distance {
    /// Of the next bar in its group.
    place: usize,
    /// Before this group.
    base: f64,
    /// What the first of two, the second of four, the fourth of eight bars pass on: keep and shift.
    passed: [[f64; 2]; 3],
}

/// A distance below this is 0: numbers near the least ones are slow.
const LEAST: f64 = 1e-290;

/// A call, so that no bar waits for the comparison before.
#[cold]
#[inline(never)]
fn settled() -> f64 {
    0.0
}

#[inline(always)]
fn base(last: f64) -> f64 {
    if last.abs() < LEAST && last != 0.0 { settled() } else { last }
}

/// The bars of each second half take over the last of the first.
#[inline(always)]
fn take_over<G: Group, const HALF: usize>([keep, shift]: [G; 2]) -> [G; 2] {
    let kept = keep.carry_or::<HALF>(G::splat(1.0));
    [keep.mul(kept), shift.add(keep.mul(shift.carry::<HALF>()))]
}

impl Distance {
    const NONE: Distance = Distance { place: 0, base: 0.0, passed: [[0.0; 2]; 3] };

    #[inline(always)]
    fn step(&mut self, keep: f64, fall: f64) -> f64 {
        let (mut keep, mut shift) = (keep, keep * fall + 0.0);
        for (level, passed) in self.passed.iter_mut().enumerate() {
            if self.place & (1 << level) == 0 {
                *passed = [keep, shift];
            } else {
                shift += keep * passed[1];
                keep *= passed[0];
            }
        }
        let distance = shift + keep * self.base;
        self.place = (self.place + 1) % GROUP;
        if self.place == 0 {
            self.base = base(distance);
        }
        distance
    }

    /// The values of eight bars; `keep` of each, and by how much it is below the one before.
    #[inline(always)]
    fn group<G: Group>(&mut self, x: &[f64; GROUP], falls: &[f64; GROUP], keep: &mut [f64; GROUP]) {
        let keeps = G::of(keep);
        // Nothing is -0 then, and 0 more does not change it.
        let shifts = keeps.mul(G::of(falls)).add(G::splat(0.0));
        let pairs = take_over::<G, 1>([keeps, shifts]);
        let fours = take_over::<G, 2>(pairs);
        let [keeps, shifts] = take_over::<G, 4>(fours);
        *keep = G::of(x).add(shifts.add(keeps.mul(G::splat(self.base)))).values();
        // The last of them once more: so that the next group does not wait for it to be spread.
        self.base = base(shifts.values()[GROUP - 1] + keeps.values()[GROUP - 1] * self.base);
    }

    /// Replaces what is kept at each bar by the average.
    #[inline(always)]
    fn run<V: Vector>(&mut self, x: &[f64], falls: &[f64], out: &mut [f64]) {
        let groups = whole_groups(self.place, out.len());
        self.run_singly(x, falls, out, 0..groups.start);
        let (places, slots) = (groups.clone(), out[groups.clone()].as_chunks_mut().0);
        let (x_groups, fall_groups) = (x[places.clone()].as_chunks().0, falls[places].as_chunks().0);
        for ((x, falls), slots) in x_groups.iter().zip(fall_groups).zip(slots) {
            self.group::<V::Group>(x, falls, slots);
        }
        self.run_singly(x, falls, out, groups.end..out.len());
    }

    #[inline(always)]
    fn run_singly(&mut self, x: &[f64], falls: &[f64], out: &mut [f64], bars: Range<usize>) {
        for t in bars {
            out[t] = x[t] + self.step(out[t], falls[t]);
        }
    }
}

impl Kama {
    #[must_use]
    pub fn new(length: usize, fast: usize, slow: usize) -> Kama {
        let weight = |length: usize| 2.0 / (length as f64 + 1.0);
        Kama {
            ago: Lag::new(length),
            before: Lag::new(1),
            path: Sizes::new(length),
            slow: weight(slow),
            spread: weight(fast) - weight(slow),
            length,
            seen: 0,
            distance: Distance::NONE,
        }
    }

    /// How much each input is below the one before, and in `out` what is kept of the distance; missing in the first
    /// `length` bars.
    #[inline(always)]
    fn weigh(&mut self, x: &[f64], falls: &mut [f64], out: &mut [f64]) {
        self.before.run_with(x, falls, |x, before| before - x);
        self.ago.run_with(x, out, |x, ago| (x - ago).abs());
        let (spread, slow) = (self.spread, self.slow);
        self.path.run([falls], [out], |Read { sums: [path], .. }, [change]| {
            let ratio = change / path;
            let efficiency = if path > change { ratio } else { 1.0 };
            let weight = efficiency * spread + slow;
            [1.0 - weight * weight]
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
            let mut falls = [0.0; CHUNK];
            let falls = &mut falls[..x.len()];
            self.weigh(x, falls, out);
            let start = (self.length - self.seen).min(x.len());
            self.seen += start;
            // They count for where groups begin: callers mostly give whole groups.
            self.distance.place = (self.distance.place + start) % GROUP;
            out[..start].fill(f64::NAN);
            self.distance.run::<V>(&x[start..], &falls[start..], &mut out[start..]);
        });
    }
}
