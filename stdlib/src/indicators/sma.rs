//! Simple moving average.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::Type;
use crate::window::finite::finite_runs;
use crate::window::mean::Mean;

pub static SMA: Builtin = Builtin {
    name: "sma",
    kind: Kind::Indicator,
    category: "average",
    summary: "Simple moving average",
    formula: "mean of the last `length` inputs",
    source: "TA-Lib SMA",
    edge_cases: "A missing input is skipped: the mean of the last `length` values there were. Exactly the \
                 price on a market that stands still for three windows.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 1, 100_000, 20, "number of bars")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(Sma::new(p.length(0))),
};

fn first(p: &Params) -> usize {
    p.length(0) - 1
}

fn warmup(p: &Params, _: Warmup) -> usize {
    p.length(0)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sma {
    mean: Mean,
}

impl Sma {
    #[must_use]
    pub fn new(length: usize) -> Sma {
        Sma { mean: Mean::new(length) }
    }

    /// Replaces each finite input by the average after it; missing until the window is full.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        self.mean.run_in_place(values);
    }
}

impl State for Sma {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            self.mean.run(x, out);
        });
    }
}
