//! Wilder's moving average.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::Type;
use crate::window::cascade::{Cascade, Smoothing};
use crate::window::finite::trusting_runs;

pub static RMA: Builtin = Builtin {
    name: "rma",
    kind: Kind::Indicator,
    category: "average",
    summary: "Wilder's moving average",
    formula: "alpha = 1 / length\n\
              value at the length-th bar = mean of the first `length` inputs\n\
              afterwards value += alpha * (x - value)",
    source: "TA-Lib RMA, TradingView ta.rma",
    edge_cases: "A missing input is skipped; the average goes on from its last value.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 1, 100_000, 14, "number of bars; weight 1 / length for the newest")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(Rma::new(p.length(0))),
};

fn first(p: &Params) -> usize {
    p.length(0) - 1
}

fn warmup(p: &Params, w: Warmup) -> usize {
    p.length(0) + w.smoothing(1.0 / p.length(0) as f64)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rma {
    average: Cascade<1, 1>,
}

impl Rma {
    #[must_use]
    pub fn new(length: usize) -> Rma {
        Rma { average: Cascade::of_prices([Smoothing::wilder(length)]) }
    }

    /// Replaces each finite input by the average after it; missing while the seed grows.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        self.average.run_in_place([values]);
    }
}

impl State for Rma {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let is_sound = |kernel: &Rma| kernel.average.is_sound();
        trusting_runs(self, inputs, outputs, is_sound, |kernel, [x], [out]| {
            kernel.average.run_from([x], [out]);
        });
    }
}
