//! Hull moving average.

use serde::{Deserialize, Serialize};

use super::wma::Wma;
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::Type;
use crate::window::finite::{CHUNK, finite_runs};

pub static HMA: Builtin = Builtin {
    name: "hma",
    kind: Kind::Indicator,
    category: "average",
    summary: "Hull moving average",
    formula: "WMA(2 * WMA(x, floor(n / 2)) - WMA(x, n), floor(sqrt(n)))",
    source: "TA-Lib HMA",
    edge_cases: "A missing input is skipped; the average goes on from its last value.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 1, 100_000, 20, "number of bars")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(Hma::new(p.length(0))),
};

fn first(p: &Params) -> usize {
    p.length(0) - 1 + p.length(0).isqrt() - 1
}

fn warmup(p: &Params, _: Warmup) -> usize {
    first(p) + 1
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hma {
    half: Wma,
    whole: Wma,
    smooth: Wma,
}

impl Hma {
    #[must_use]
    pub fn new(length: usize) -> Hma {
        Hma { half: Wma::new((length / 2).max(1)), whole: Wma::new(length), smooth: Wma::new(length.isqrt()) }
    }

    /// Replaces each of at most [`CHUNK`] finite inputs by the average after it; missing at first.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        let mut whole = [0.0; CHUNK];
        let whole = &mut whole[..values.len()];
        self.whole.run(values, whole);
        self.half.run_in_place(values);
        for (value, whole) in values.iter_mut().zip(whole) {
            *value += *value - *whole;
        }
        self.smooth.run_in_place(values);
    }
}

impl State for Hma {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            out.copy_from_slice(x);
            self.run_in_place(out);
        });
    }
}
