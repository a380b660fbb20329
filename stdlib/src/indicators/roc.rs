//! Rate of change.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::window::finite::finite_runs;
use crate::window::lag::Lag;

pub static ROC: Builtin = Builtin {
    name: "roc",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Rate of change in percent",
    formula: "value = 100 * (x[t] / x[t-length] - 1)",
    source: "TA-Lib ROC",
    edge_cases: "0 when the value `length` bars ago was 0, as in TA-Lib. A missing input is skipped.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 1, 100_000, 10, "how many bars back")],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Percent, range: Range::ANY },
        "the change",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0) + 1,
    first: |p| p.length(0),
    make: |p| Box::new(Roc::new(p.length(0))),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Roc {
    ago: Lag,
}

impl Roc {
    pub(crate) fn new(length: usize) -> Roc {
        Roc { ago: Lag::new(length) }
    }

    /// Missing for the first `length` inputs.
    #[inline(always)]
    pub(crate) fn run_finite(&mut self, x: &[f64], out: &mut [f64]) {
        self.ago.run_with(x, out, |x, ago| {
            let change = (x / ago - 1.0) * 100.0;
            if ago == 0.0 { 0.0 } else { change }
        });
    }
}

impl State for Roc {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| self.run_finite(x, out));
    }
}
