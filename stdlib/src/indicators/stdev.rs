//! Standard deviation.

use serde::{Deserialize, Serialize};

use super::variance::{PARAMS, Spread};
use crate::kernel::State;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};

pub static STDEV: Builtin = Builtin {
    name: "stdev",
    kind: Kind::Indicator,
    category: "statistic",
    summary: "Standard deviation",
    formula: "root of the variance of the last `length` inputs",
    source: "TA-Lib STDDEV (ddof 0)",
    edge_cases: "A missing input is skipped. Exactly 0 on flat bars, at any price.",
    inputs: &[Input::Source],
    params: PARAMS,
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::PriceDelta, range: Range::NON_NEGATIVE },
        "the deviation",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Stdev(Spread::new(p))),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stdev(Spread);

impl State for Stdev {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        self.0.run(inputs, outputs, |_, _, variance| variance.sqrt());
    }
}
