//! Double exponential moving average.

use serde::{Deserialize, Serialize};

use super::ema::forgets;
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::Type;
use crate::window::cascade::{Cascade, Smoothing};
use crate::window::finite::finite_runs;

pub static DEMA: Builtin = Builtin {
    name: "dema",
    kind: Kind::Indicator,
    category: "average",
    summary: "Double exponential moving average",
    formula: "e1 = EMA(x, length), e2 = EMA(e1, length), each seeded with the mean of its first `length` \
              inputs\n\
              value = 2 * e1 - e2",
    source: "TA-Lib DEMA",
    edge_cases: "A missing input is skipped; the average goes on from its last value.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 1, 100_000, 20, "number of bars of each average")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(Dema::new(p.length(0))),
};

fn first(p: &Params) -> usize {
    2 * (p.length(0) - 1)
}

fn warmup(p: &Params, w: Warmup) -> usize {
    2 * forgets(p.length(0), w)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dema {
    averages: Cascade<2, 1>,
}

impl Dema {
    #[must_use]
    pub fn new(length: usize) -> Dema {
        Dema { averages: Cascade::of_prices([Smoothing::exponential(length); 2]).weighted([2.0, -1.0]) }
    }

    /// Replaces each finite input by the average after it; missing while seeds grow.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        self.averages.run_in_place([values]);
    }
}

impl State for Dema {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            self.averages.run_from([x], [out]);
        });
    }
}
