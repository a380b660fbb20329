//! Chaikin oscillator.

use serde::{Deserialize, Serialize};

use crate::indicators::ad::{PRICES_AND_VOLUME, run_flows};
use crate::indicators::kvo::fast_below_slow;
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Kind, Output, Outputs, Warmup};
use crate::types::{Range, Type, Unit};

pub static ADOSC: Builtin = Builtin {
    name: "adosc",
    kind: Kind::Indicator,
    category: "volume",
    summary: "Chaikin oscillator: fast less slow average of the accumulation/distribution line",
    formula: "value = ema(ad, fast) - ema(ad, slow), both averages beginning with the first ad",
    source: "TA-Lib ADOSC (Marc Chaikin)",
    edge_cases: "Goes to 0 without volume. A bar with a missing price or volume is skipped.",
    inputs: PRICES_AND_VOLUME,
    params: &[
        Param::int("fast", 1, 100_000, 3, "number of bars of the fast average"),
        Param::int("slow", 2, 100_000, 10, "number of bars of the slow average"),
    ],
    outputs: Outputs::Fixed(&[Output::primary("value", VOLUME, "the oscillator, in volume")]),
    check: |p| fast_below_slow(p, 0, 1),
    warmup,
    first: |p| p.length(1) - 1,
    make: |p| Box::new(Adosc::new(p)),
};

const VOLUME: Type = Type::Float { unit: Unit::Volume, range: Range::ANY };

fn warmup(p: &Params, w: Warmup) -> usize {
    p.length(1) + w.smoothing(2.0 / (p.length(1) as f64 + 1.0))
}

/// How many bars are written from one.
const GROUP: usize = 4;
/// What decays below this is 0: numbers near the least ones are slow.
const LEAST: f64 = 1e-290;

/// How far the line is ahead of each of its averages, `lead = keep * (lead + flow)`: the averages themselves, which are
/// as high as the line, are not needed. Four bars at a time are written from one; where a group begins depends on the
/// count of bars alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Adosc {
    /// Of the fast and the slow average: what is kept after 1 to 4 bars.
    powers: [[f64; 2]; GROUP],
    /// The leads before this group, and what the group added so far.
    base: [f64; 2],
    partial: [f64; 2],
    phase: usize,
    started: bool,
    /// Bars until the first value.
    waits: usize,
}

impl Adosc {
    fn new(p: &Params) -> Adosc {
        let keep = [0, 1].map(|k| (p.length(k) as f64 - 1.0) / (p.length(k) as f64 + 1.0));
        let mut powers = [keep; GROUP];
        for i in 1..GROUP {
            powers[i] = [keep[0] * powers[i - 1][0], keep[1] * powers[i - 1][1]];
        }
        Adosc { powers, base: [0.0; 2], partial: [0.0; 2], phase: 0, started: false, waits: p.length(1) - 1 }
    }

    /// Replaces each flow by the value after it.
    fn follow(&mut self, flows: &mut [f64]) {
        let head = ((GROUP - self.phase) % GROUP).min(flows.len());
        let (head, rest) = flows.split_at_mut(head);
        head.iter_mut().for_each(|slot| *slot = self.step(*slot));
        let powers = self.powers;
        let mut base = self.base;
        let (groups, rest) = rest.as_chunks_mut::<GROUP>();
        for group in groups {
            let mut partial = [0.0; 2];
            let mut leads = [[0.0; 2]; GROUP];
            for i in 0..GROUP {
                for side in 0..2 {
                    partial[side] = powers[0][side] * (partial[side] + group[i]);
                    leads[i][side] = powers[i][side] * base[side] + partial[side];
                }
            }
            *group = leads.map(|[fast, slow]| slow - fast);
            base = settled(leads[GROUP - 1]);
        }
        self.base = base;
        rest.iter_mut().for_each(|slot| *slot = self.step(*slot));
    }

    #[inline]
    fn step(&mut self, flow: f64) -> f64 {
        let lead: [f64; 2] = std::array::from_fn(|side| {
            self.partial[side] = self.powers[0][side] * (self.partial[side] + flow);
            self.powers[self.phase][side] * self.base[side] + self.partial[side]
        });
        self.phase += 1;
        if self.phase == GROUP {
            (self.phase, self.partial, self.base) = (0, [0.0; 2], settled(lead));
        }
        lead[1] - lead[0]
    }
}

#[inline]
fn settled(lead: [f64; 2]) -> [f64; 2] {
    lead.map(|lead| if lead.abs() < LEAST { 0.0 } else { lead })
}

impl State for Adosc {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_flows(inputs, outputs[0], |flows| {
            // Both averages begin with the first value of the line.
            if !self.started {
                (self.started, flows[0]) = (true, 0.0);
            }
            self.follow(flows);
            let missing = self.waits.min(flows.len());
            self.waits -= missing;
            flows[..missing].fill(f64::NAN);
        });
    }
}
