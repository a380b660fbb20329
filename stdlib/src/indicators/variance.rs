//! Variance.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::moments::Moments;

pub static VARIANCE: Builtin = Builtin {
    name: "variance",
    kind: Kind::Indicator,
    category: "statistic",
    summary: "Variance",
    formula: "sum of squared distances to the mean of the last `length` inputs / (length - ddof)",
    source: "TA-Lib VAR (ddof 0)",
    edge_cases: "A missing input is skipped. Exactly 0 on flat bars, at any price.",
    inputs: &[Input::Source],
    params: &[
        Param::int("length", 2, 100_000, 20, "number of bars"),
        Param::int("ddof", 0, 1, 0, "0 divides by `length` (population), 1 by `length` - 1 (sample)"),
    ],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Scalar, range: Range::NON_NEGATIVE },
        "the variance, in squared prices",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Variance::new(p.length(0), p.length(1))),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Variance {
    window: Moments,
    divisor: f64,
}

impl Variance {
    fn new(length: usize, ddof: usize) -> Variance {
        Variance { window: Moments::new(length), divisor: (length - ddof) as f64 }
    }
}

impl State for Variance {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let divisor = self.divisor;
        finite_runs(inputs, outputs, |[x], [out]| {
            let mut means = [0.0; CHUNK];
            self.window.run(x, &mut means[..x.len()], out);
            for slot in out {
                *slot /= divisor;
            }
        });
    }
}
