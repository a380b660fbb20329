//! Zero-lag exponential moving average.

use serde::{Deserialize, Serialize};

use super::ema::{Ema, forgets};
use crate::kernel::{State, Wide, run_wide};
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::Type;
use crate::wide::Vector;
use crate::window::finite::finite_runs;
use crate::window::lag::Lag;

pub static ZLMA: Builtin = Builtin {
    name: "zlma",
    kind: Kind::Indicator,
    category: "average",
    summary: "Zero-lag exponential moving average",
    formula: "lag = floor((length - 1) / 2)\n\
              value = EMA(2 * x[t] - x[t-lag], length), seeded with the mean of its first `length` inputs",
    source: "TA-Lib ZLEMA",
    edge_cases: "A missing input is skipped; the average goes on from its last value.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 1, 100_000, 20, "number of bars")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(Zlma::new(p.length(0))),
};

fn first(p: &Params) -> usize {
    p.length(0) - 1 + (p.length(0) - 1) / 2
}

fn warmup(p: &Params, w: Warmup) -> usize {
    (p.length(0) - 1) / 2 + forgets(p.length(0), w)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Zlma {
    lag: Lag,
    average: Ema,
}

impl Zlma {
    #[must_use]
    pub fn new(length: usize) -> Zlma {
        Zlma { lag: Lag::new((length - 1) / 2), average: Ema::new(length) }
    }
}

impl State for Zlma {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Zlma {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            self.lag.run(x, out);
            for (slot, &x) in out.iter_mut().zip(x) {
                *slot = x + (x - *slot);
            }
            self.average.run_in_place(out);
        });
    }
}
