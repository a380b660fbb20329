//! End of the least-squares line.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::Type;
use crate::window::finite::finite_runs;
use crate::window::mean::Line;

pub static LINREG: Builtin = Builtin {
    name: "linreg",
    kind: Kind::Indicator,
    category: "average",
    summary: "End of the least-squares line",
    formula: "least-squares line through the last `length` inputs, one bar apart\n\
              value = the line at the newest bar",
    source: "TA-Lib LINEARREG, TradingView ta.linreg with offset 0",
    edge_cases: "A missing input is skipped. Exactly the price on flat bars.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 2, 100_000, 14, "number of bars")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the line at the newest bar")]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Linreg { line: Line::end(p.length(0)) }),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Linreg {
    line: Line,
}

impl State for Linreg {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| self.line.run(x, out));
    }
}
