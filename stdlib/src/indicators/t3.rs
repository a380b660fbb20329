//! Tillson T3 moving average.

use serde::{Deserialize, Serialize};

use super::ema::forgets;
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::Type;
use crate::window::cascade::{Cascade, Smoothing};
use crate::window::finite::finite_runs;

pub static T3: Builtin = Builtin {
    name: "t3",
    kind: Kind::Indicator,
    category: "average",
    summary: "Tillson T3 moving average",
    formula: "e1 = EMA(x, length), e2 = EMA(e1, length), ... e6, each seeded with the mean of its first \
              inputs; v = vfactor\n\
              value = -v^3 * e6 + 3 * (v^2 + v^3) * e5 - 3 * (2 * v^2 + v + v^3) * e4 + (1 + 3 * v + v^3 + \
              3 * v^2) * e3",
    source: "TA-Lib T3",
    edge_cases: "A missing input is skipped; the average goes on from its last value.",
    inputs: &[Input::Source],
    params: &[
        Param::int("length", 1, 100_000, 5, "number of bars of each average"),
        Param::float("vfactor", 0.0, 1.0, 0.7, "volume factor: 0 is a plain triple EMA, 1 reacts most"),
    ],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(T3::new(p.length(0), p.float(1))),
};

fn first(p: &Params) -> usize {
    6 * (p.length(0) - 1)
}

fn warmup(p: &Params, w: Warmup) -> usize {
    6 * forgets(p.length(0), w)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct T3 {
    averages: Cascade<6, 1>,
}

impl T3 {
    #[must_use]
    pub fn new(length: usize, vfactor: f64) -> T3 {
        let v = vfactor;
        let (v2, v3) = (v * v, v * v * v);
        let [third, fourth] = [1.0 + 3.0 * v + v3 + 3.0 * v2, -6.0 * v2 - 3.0 * (v + v3)];
        let [fifth, sixth] = [3.0 * (v2 + v3), -v3];
        let averages = Cascade::of_prices([Smoothing::exponential(length); 6]);
        T3 { averages: averages.weighted([0.0, 0.0, third, fourth, fifth, sixth]) }
    }
}

impl State for T3 {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            out.copy_from_slice(x);
            self.averages.run_in_place([out]);
        });
    }
}
