//! Distance from the mean in standard deviations.

use serde::{Deserialize, Serialize};

use super::variance::{PARAMS, Spread};
use crate::kernel::State;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};

pub static ZSCORE: Builtin = Builtin {
    name: "zscore",
    kind: Kind::Indicator,
    category: "statistic",
    summary: "Distance from the mean in standard deviations",
    formula: "value = (x - mean) / standard deviation, of the last `length` inputs",
    source: "Definition",
    edge_cases: "A missing input is skipped. 0 on flat bars.",
    inputs: &[Input::Source],
    params: PARAMS,
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Scalar, range: Range::ANY },
        "mostly between -3 and 3",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Zscore(Spread::new(p))),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Zscore(Spread);

impl State for Zscore {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        self.0.run(inputs, outputs, |x, mean, variance| {
            let score = (x - mean) / variance.sqrt();
            if variance == 0.0 { 0.0 } else { score }
        });
    }
}
