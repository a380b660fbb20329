//! Slope of the least-squares line.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::Type;
use crate::window::finite::finite_runs;
use crate::window::mean::Line;

pub static LINREG_SLOPE: Builtin = Builtin {
    name: "linreg_slope",
    kind: Kind::Indicator,
    category: "statistic",
    summary: "Slope of the least-squares line",
    formula: "least-squares line through the last `length` inputs, one bar apart\n\
              value = its slope, per bar",
    source: "TA-Lib LINEARREG_SLOPE",
    edge_cases: "A missing input is skipped. Exactly 0 on flat bars.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 2, 100_000, 14, "number of bars")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE_DELTA, "price per bar")]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(LinregSlope { line: Line::slope(p.length(0)) }),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct LinregSlope {
    line: Line,
}

impl State for LinregSlope {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| self.line.run(x, out));
    }
}
