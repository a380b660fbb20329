//! Coppock curve.

use serde::{Deserialize, Serialize};

use super::roc::Roc;
use super::wma::Wma;
use crate::kernel::{State, Wide, run_wide};
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::wide::Vector;
use crate::window::finite::{CHUNK, finite_runs};

pub static COPPOCK: Builtin = Builtin {
    name: "coppock",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Coppock curve",
    formula: "value = WMA(ROC(x, slow) + ROC(x, fast), length)",
    source: "TA-Lib COPPOCK",
    edge_cases: "A missing input is skipped. 0 on flat bars.",
    inputs: &[Input::Source],
    params: &[
        Param::int("length", 1, 100_000, 10, "length of the weighted average"),
        Param::int("fast", 1, 100_000, 11, "bars back of the shorter rate of change"),
        Param::int("slow", 1, 100_000, 14, "bars back of the longer rate of change"),
    ],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Percent, range: Range::ANY },
        "smoothed rate of change",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(1).max(p.length(2)) + p.length(0),
    first: |p| p.length(1).max(p.length(2)) + p.length(0) - 1,
    make: |p| Box::new(Coppock::new(p.length(0), p.length(1), p.length(2))),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Coppock {
    fast: Roc,
    slow: Roc,
    average: Wma,
}

impl Coppock {
    fn new(length: usize, fast: usize, slow: usize) -> Coppock {
        Coppock { fast: Roc::new(fast), slow: Roc::new(slow), average: Wma::new(length) }
    }
}

impl State for Coppock {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Coppock {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            let mut fast = [0.0; CHUNK];
            let fast = &mut fast[..x.len()];
            self.fast.run_finite(x, fast);
            self.slow.run_finite(x, out);
            for (slot, fast) in out.iter_mut().zip(fast) {
                *slot += *fast;
            }
            self.average.run_in_place(out);
        });
    }
}
