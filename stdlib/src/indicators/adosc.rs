//! Chaikin oscillator.

use serde::{Deserialize, Serialize};

use crate::indicators::ad::{Ad, PRICES_AND_VOLUME};
use crate::indicators::kvo::fast_below_slow;
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Kind, Output, Outputs, Warmup};
use crate::types::{Range, Type, Unit};
use crate::window::decay::Decay;
use crate::window::finite::CHUNK;

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

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Adosc {
    ad: Ad,
    fast: Decay,
    slow: Decay,
    /// Bars until the first value.
    waits: usize,
}

impl Adosc {
    fn new(p: &Params) -> Adosc {
        Adosc {
            ad: Ad::default(),
            fast: Decay::unseeded(p.length(0)),
            slow: Decay::unseeded(p.length(1)),
            waits: p.length(1) - 1,
        }
    }
}

impl State for Adosc {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        self.ad.run_then(inputs, outputs[0], |out| {
            let mut slow = [0.0; CHUNK];
            let slow = &mut slow[..out.len()];
            slow.copy_from_slice(out);
            self.slow.run_in_place(slow);
            self.fast.run_in_place(out);
            for (value, slow) in out.iter_mut().zip(slow) {
                *value -= *slow;
            }
            let missing = self.waits.min(out.len());
            self.waits -= missing;
            out[..missing].fill(f64::NAN);
        });
    }
}
