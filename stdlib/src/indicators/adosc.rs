//! Chaikin oscillator.

use serde::{Deserialize, Serialize};

use crate::indicators::ad::{PRICES_AND_VOLUME, run_flows};
use crate::indicators::kvo::fast_below_slow;
use crate::kernel::{State, Wide, run_wide};
use crate::params::{Param, Params};
use crate::signature::{Builtin, Kind, Output, Outputs, Warmup};
use crate::types::{Range, Type, Unit};
use crate::wide::Vector;
use crate::window::cascade::{Cascade, Smoothing};

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

/// The averages themselves, which are as high as the line, are not needed. The line is ahead of an average that keeps
/// `k` of itself by `k * s`, where `s = k * s + flow`; and the lead over one average less that over another is a sum of
/// sums: `a / (1 - a z) - b / (1 - b z) = (a - b) / ((1 - a z) (1 - b z))`, `z` being the bar before.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Adosc {
    sums: Cascade<2, 1>,
    started: bool,
    /// Bars until the first value.
    waits: usize,
}

impl Adosc {
    fn new(p: &Params) -> Adosc {
        let [fast, slow] = [0, 1].map(|k| Smoothing::decaying_sum(p.length(k)));
        // The slow average lags behind the line by more.
        let sums = Cascade::of_changes([fast, slow]).scaled(slow.keep() - fast.keep());
        Adosc { sums, started: false, waits: p.length(1) - 1 }
    }
}

impl State for Adosc {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Adosc {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_flows(inputs, outputs[0], |flows| {
            // Both averages begin with the first value of the line.
            if !self.started {
                (self.started, flows[0]) = (true, 0.0);
            }
            self.sums.run_in_place([flows]);
            let missing = self.waits.min(flows.len());
            self.waits -= missing;
            flows[..missing].fill(f64::NAN);
        });
    }
}
