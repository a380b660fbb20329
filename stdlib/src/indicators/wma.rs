//! Linearly weighted moving average.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::Type;
use crate::window::finite::finite_runs;
use crate::window::mean::Line;

pub static WMA: Builtin = Builtin {
    name: "wma",
    kind: Kind::Indicator,
    category: "average",
    summary: "Linearly weighted moving average",
    formula: "n = length\n\
              value = (n * x[t] + (n - 1) * x[t-1] + ... + 1 * x[t-n+1]) / (n * (n + 1) / 2)",
    source: "TA-Lib WMA",
    edge_cases: "A missing input is skipped. Exactly the price on flat bars.",
    inputs: &[Input::Source],
    params: &[Param::int(
        "length",
        1,
        100_000,
        20,
        "number of bars; weight `length` for the newest, 1 for the oldest",
    )],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(Wma::new(p.length(0))),
};

fn first(p: &Params) -> usize {
    p.length(0) - 1
}

fn warmup(p: &Params, _: Warmup) -> usize {
    p.length(0)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Wma {
    line: Line,
}

impl Wma {
    #[must_use]
    pub fn new(length: usize) -> Wma {
        Wma { line: Line::weighted(length) }
    }

    /// The average after each finite input, to a slice of the same length; missing until the window is full.
    pub fn run(&mut self, inputs: &[f64], out: &mut [f64]) {
        self.line.run(inputs, out);
    }

    /// Replaces each finite input by the average after it; missing until the window is full.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        self.line.run_in_place(values);
    }
}

impl State for Wma {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| Wma::run(self, x, out));
    }
}
