//! Tillson T3 moving average.

use serde::{Deserialize, Serialize};

use super::ema::forgets;
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::Type;
use crate::window::cascade::Cascade;
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
    /// Of the third to the sixth; they sum to 1.
    weights: [f64; 4],
}

impl T3 {
    #[must_use]
    pub fn new(length: usize, vfactor: f64) -> T3 {
        let v = vfactor;
        let (v2, v3) = (v * v, v * v * v);
        let weights = [1.0 + 3.0 * v + v3 + 3.0 * v2, -6.0 * v2 - 3.0 * (v + v3), 3.0 * (v2 + v3), -v3];
        T3 { averages: Cascade::new(length), weights }
    }
}

impl State for T3 {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let [_, _, g3, g4, g5, g6] = self.averages.gains();
        let [w3, w4, w5, w6] = self.weights;
        let (w3, w4, w5, w6) = (w3 * g3, w4 * g4, w5 * g5, w6 * g6);
        finite_runs(inputs, outputs, |[x], [out]| {
            let out = &mut out[..x.len()];
            let missing = self.averages.run([x], |at, [origin], sums| {
                let [_, _, [s3], [s4], [s5], [s6]] = *sums;
                out[at] = origin + ((w3 * s3 + w4 * s4) + (w5 * s5 + w6 * s6));
            });
            out[..missing].fill(f64::NAN);
        });
    }
}
