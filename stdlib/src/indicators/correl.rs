//! Correlation with another feature.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Default, Param, ParamType};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::window::comoments::CoMoments;
use crate::window::finite::finite_runs;

pub static CORREL: Builtin = Builtin {
    name: "correl",
    kind: Kind::Indicator,
    category: "statistic",
    summary: "Correlation with another feature",
    formula: "Pearson's correlation of the last `length` pairs of inputs",
    source: "TA-Lib CORREL",
    edge_cases: "0 where one of both did not move in the window. A bar on which one of both is missing is \
                 skipped.",
    inputs: &[Input::Source, Input::Feature { param: "with" }],
    params: &[
        Param::int("length", 2, 100_000, 30, "number of bars"),
        Param {
            name: "with",
            ty: ParamType::Feature,
            default: Default::Required,
            doc: "the feature to compare the source with",
        },
    ],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Ratio, range: Range::new(-1.0, 1.0) },
        "-1 opposite, 1 together",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Correl { window: CoMoments::new(p.length(0)) }),
};

/// A spread below this share of the level is rounding.
const FLAT: f64 = 1e-28;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Correl {
    window: CoMoments,
}

impl State for Correl {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x, y], [out]| {
            self.window.run_with(x, y, out, |part| {
                let moves = (part.xx > FLAT * part.x * part.x) & (part.yy > FLAT * part.y * part.y);
                let value = part.xy / (part.xx * part.yy).sqrt();
                let value = if value > 1.0 { 1.0 } else { value };
                let value = if value < -1.0 { -1.0 } else { value };
                if moves { value } else { 0.0 }
            });
        });
    }
}
