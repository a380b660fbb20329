//! Tillson T3 moving average.

use serde::{Deserialize, Serialize};

use super::ema::{Ema, forgets};
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::Type;
use crate::window::finite::{CHUNK, defined, finite_chunks};

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
    averages: [Ema; 6],
    /// Of the third to the sixth; they sum to 1.
    weights: [f64; 4],
}

impl T3 {
    #[must_use]
    pub fn new(length: usize, vfactor: f64) -> T3 {
        let v = vfactor;
        let (v2, v3) = (v * v, v * v * v);
        let weights = [1.0 + 3.0 * v + v3 + 3.0 * v2, -6.0 * v2 - 3.0 * (v + v3), 3.0 * (v2 + v3), -v3];
        T3 { averages: std::array::from_fn(|_| Ema::new(length)), weights }
    }
}

impl State for T3 {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_chunks(inputs, outputs, |[x], [out]| {
            let mut stage = [0.0; CHUNK];
            let stage = &mut stage[..x.len()];
            stage.copy_from_slice(x);
            for average in &mut self.averages[..3] {
                average.run_in_place(defined(stage));
            }
            let mut third = [0.0; CHUNK];
            let third = &mut third[..x.len()];
            third.copy_from_slice(stage);
            out.fill(0.0);
            // As distances to the third, so that a flat price is its own average.
            for (average, weight) in self.averages[3..].iter_mut().zip(&self.weights[1..]) {
                average.run_in_place(defined(stage));
                for ((slot, e), third) in out.iter_mut().zip(&*stage).zip(&*third) {
                    *slot += weight * (e - third);
                }
            }
            for (slot, third) in out.iter_mut().zip(third) {
                *slot += *third;
            }
        });
    }
}
