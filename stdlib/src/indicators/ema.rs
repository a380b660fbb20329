//! Exponential moving average.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::Type;
use crate::window::cascade::{Cascade, Smoothing};
use crate::window::finite::trusting_runs;

pub static EMA: Builtin = Builtin {
    name: "ema",
    kind: Kind::Indicator,
    category: "average",
    summary: "Exponential moving average",
    formula: "alpha = 2 / (length + 1)\n\
              value at the length-th bar = mean of the first `length` inputs\n\
              afterwards value += alpha * (x - value)",
    source: "TA-Lib EMA",
    edge_cases: "A missing input is skipped; the average goes on from its last value.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 1, 100_000, 20, "number of bars; weight 2 / (length + 1) for the newest")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(Ema::new(p.length(0))),
};

fn first(p: &Params) -> usize {
    p.length(0) - 1
}

fn warmup(p: &Params, w: Warmup) -> usize {
    forgets(p.length(0), w)
}

/// Inputs until such an average has forgotten its seed.
#[must_use]
pub fn forgets(length: usize, w: Warmup) -> usize {
    length + w.smoothing(2.0 / (length as f64 + 1.0))
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ema {
    average: Cascade<1, 1>,
}

impl Ema {
    #[must_use]
    pub fn new(length: usize) -> Ema {
        Ema { average: Cascade::of_prices([Smoothing::exponential(length)]) }
    }

    /// Replaces each finite input by the average after it; missing while the seed grows.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        self.average.run_in_place([values]);
    }
}

impl State for Ema {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let is_sound = |kernel: &Ema| kernel.average.is_sound();
        trusting_runs(self, inputs, outputs, is_sound, |kernel, [x], [out]| {
            kernel.average.run_from([x], [out]);
        });
    }
}
