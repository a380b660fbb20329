//! The highest or lowest of the last bars.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Default, Param, ParamType, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::window::finite::finite_runs;
use crate::window::sliding::{Max, Min, Sliding};

pub static ROLLING_WINDOW: Builtin = Builtin {
    name: "rolling_window",
    kind: Kind::Structure,
    category: "structure",
    summary: "Highest or lowest of the last `size` bars",
    formula: "value = max or min of the last `size` inputs, the current one included",
    source: "TA-Lib MAX, MIN",
    edge_cases: "Missing until `size` inputs were seen. A missing input is skipped.",
    inputs: &[Input::Source],
    params: &[
        Param {
            name: "size",
            ty: ParamType::Int { min: 1, max: 100_000 },
            default: Default::Int(20),
            doc: "number of bars",
        },
        Param {
            name: "mode",
            ty: ParamType::Choice(&["max", "min"]),
            default: Default::Required,
            doc: "which extreme",
        },
    ],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Price, range: Range::ANY },
        "the extreme",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(RollingWindow::new(p)),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
enum RollingWindow {
    Highest(Sliding<Max>),
    Lowest(Sliding<Min>),
}

impl RollingWindow {
    fn new(p: &Params) -> RollingWindow {
        let size = p.length(0);
        match p.choice(1) {
            0 => RollingWindow::Highest(Sliding::new(size)),
            _ => RollingWindow::Lowest(Sliding::new(size)),
        }
    }
}

impl State for RollingWindow {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[source], [value]| match self {
            RollingWindow::Highest(window) => window.run(source, value),
            RollingWindow::Lowest(window) => window.run(source, value),
        });
    }
}
