//! Average price of the bar.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Type};
use crate::window::finite::finite_runs;

pub static OHLC4: Builtin = Builtin {
    name: "ohlc4",
    kind: Kind::Indicator,
    category: "transform",
    summary: "Average price of the bar",
    formula: "value = (open + high + low + close) / 4",
    source: "TA-Lib AVGPRICE",
    edge_cases: "Missing where a price of the bar is missing.",
    inputs: &[Input::Bar(Field::Ohlc4)],
    params: &[],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: no_relations,
    warmup: |_, _| 1,
    first: |_| 0,
    make: |_| Box::new(Ohlc4 { saved: true }),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Ohlc4 {
    /// A state of one byte, so that a saved state can be told from nothing.
    saved: bool,
}

impl State for Ohlc4 {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| out.copy_from_slice(x));
    }
}
