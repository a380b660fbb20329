//! Detrended price oscillator.

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::Type;
use crate::wide::Vector;
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::lag::Lag;
use crate::window::mean::Mean;

pub static DPO: Builtin = Builtin {
    name: "dpo",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Detrended price oscillator",
    formula: "value = x[t - (floor(length / 2) + 1)] - SMA(x, length)[t]",
    source: "TA-Lib DPO",
    edge_cases: "A missing input is skipped. Exactly 0 on flat bars.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 2, 100_000, 20, "number of bars of the average")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE_DELTA, "earlier price less the average")]),
    check: no_relations,
    warmup: |p, _| first(p.length(0)) + 1,
    first: |p| first(p.length(0)),
    make: |p| Box::new(Dpo { ago: Lag::new(p.length(0) / 2 + 1), mean: Mean::new(p.length(0)) }),
};

fn first(length: usize) -> usize {
    (length - 1).max(length / 2 + 1)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Dpo {
    ago: Lag,
    mean: Mean,
}

impl State for Dpo {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Dpo {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            let mut mean = [0.0; CHUNK];
            let mean = &mut mean[..x.len()];
            self.mean.run(x, mean);
            self.ago.run(x, out);
            for (slot, mean) in out.iter_mut().zip(mean) {
                *slot -= *mean;
            }
        });
    }
}
