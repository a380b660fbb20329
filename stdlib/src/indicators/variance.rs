//! Variance.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::window::finite::finite_runs;
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
    params: PARAMS,
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Scalar, range: Range::NON_NEGATIVE },
        "the variance, in squared prices",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Variance(Spread::new(p))),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Variance(Spread);

impl State for Variance {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        self.0.run(inputs, outputs, |_, _, variance| variance);
    }
}

pub(super) const PARAMS: &[Param] = &[
    Param::int("length", 2, 100_000, 20, "number of bars"),
    Param::int("ddof", 0, 1, 0, "0 divides by `length` (population), 1 by `length` - 1 (sample)"),
];

/// What indicators of [`PARAMS`] are made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Spread {
    window: Moments,
    divisor: f64,
}

impl Spread {
    pub(super) fn new(p: &Params) -> Spread {
        Spread { window: Moments::new(p.length(0)), divisor: (p.length(0) - p.length(1)) as f64 }
    }

    /// Writes `map` of each input, and of mean and variance of the window that ends there.
    #[inline]
    pub(super) fn run(
        &mut self,
        inputs: &[&[f64]],
        outputs: &mut [&mut [f64]],
        map: impl Fn(f64, f64, f64) -> f64,
    ) {
        let share = 1.0 / self.divisor;
        finite_runs(inputs, outputs, |[x], [out]| {
            out.copy_from_slice(x);
            self.window.run_with(x, [out], |mean, squares, [x]| [map(x, mean, squares * share)]);
        });
    }
}
