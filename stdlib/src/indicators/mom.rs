//! Momentum.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::Type;
use crate::window::finite::{finite_runs, mark};
use crate::window::lag::Lag;

pub static MOM: Builtin = Builtin {
    name: "mom",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Momentum: the change over some bars",
    formula: "value = x[t] - x[t-length]",
    source: "TA-Lib MOM",
    edge_cases: "A missing input is skipped.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 1, 100_000, 10, "how many bars back")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE_DELTA, "the change")]),
    check: no_relations,
    warmup: |p, _| p.length(0) + 1,
    first: |p| p.length(0),
    make: |p| Box::new(Mom { ago: Lag::new(p.length(0)) }),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Mom {
    ago: Lag,
}

impl State for Mom {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        // Where every change is a number, so is every input.
        let mut marks = 0;
        self.ago.join(inputs[0], outputs[0], |x, ago| {
            let change = x - ago;
            marks |= mark(change);
            change
        });
        if marks << 1 == 0 {
            return self.ago.keep(inputs[0]);
        }
        finite_runs(inputs, outputs, |[x], [out]| {
            self.ago.run_with(x, out, |x, ago| x - ago);
        });
    }
}
