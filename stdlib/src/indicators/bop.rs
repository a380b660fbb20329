//! Balance of power.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::finite::finite_runs;

pub static BOP: Builtin = Builtin {
    name: "bop",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Balance of power: the body of the bar as a share of its range",
    formula: "value = (close - open) / (high - low)\n\
              0 when high = low",
    source: "TA-Lib BOP",
    edge_cases: "0 on a bar without range. Missing where a price of the bar is missing. Volume is not used.",
    inputs: &[
        Input::Bar(Field::Open),
        Input::Bar(Field::High),
        Input::Bar(Field::Low),
        Input::Bar(Field::Close),
    ],
    params: &[],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Oscillator, range: Range::new(-1.0, 1.0) },
        "1: opened at the low and closed at the high; -1: the reverse",
    )]),
    check: no_relations,
    warmup: |_, _| 1,
    first: |_| 0,
    make: |_| Box::new(Bop { saved: true }),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Bop {
    /// A state of one byte, so that a saved state can be told from nothing.
    saved: bool,
}

impl State for Bop {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[open, high, low, close], [out]| {
            let prices = open.iter().zip(high).zip(low.iter().zip(close));
            for (out, ((open, high), (low, close))) in out.iter_mut().zip(prices) {
                let range = high - low;
                *out = if range > 0.0 { (close - open) / range } else { 0.0 };
            }
        });
    }
}
