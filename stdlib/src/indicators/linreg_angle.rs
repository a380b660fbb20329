//! Angle of the least-squares line.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::window::finite::finite_runs;
use crate::window::mean::Line;

pub static LINREG_ANGLE: Builtin = Builtin {
    name: "linreg_angle",
    kind: Kind::Indicator,
    category: "statistic",
    summary: "Angle of the least-squares line",
    formula: "least-squares line through the last `length` inputs, one bar apart\n\
              value = atan(slope per bar), in degrees; it depends on the unit of the price",
    source: "TA-Lib LINEARREG_ANGLE",
    edge_cases: "A missing input is skipped. Exactly 0 on flat bars.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 2, 100_000, 14, "number of bars")],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Scalar, range: Range::new(-90.0, 90.0) },
        "degrees",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(LinregAngle { line: Line::slope(p.length(0)) }),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct LinregAngle {
    line: Line,
}

impl State for LinregAngle {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            self.line.run(x, out);
            for slot in out {
                *slot = libm::atan(*slot) * (180.0 / std::f64::consts::PI);
            }
        });
    }
}
