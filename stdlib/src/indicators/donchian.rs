//! Donchian channel.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Type};
use crate::window::finite::finite_runs;
use crate::window::sliding::{Max, Min, Sliding};

pub static DONCHIAN: Builtin = Builtin {
    name: "donchian",
    kind: Kind::Indicator,
    category: "volatility",
    summary: "Donchian channel: the highest high and the lowest low of the last bars",
    formula: "lower = least low of the last `lower_length` bars\n\
              upper = greatest high of the last `upper_length` bars\n\
              middle = (lower + upper) / 2\n\
              The current bar is included: the close is never above upper. For breakouts \
              compare with upper[1].",
    source: "TA-Lib DONCHIAN",
    edge_cases: "On flat bars all three lines are equal. A bar with a missing high or low is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low)],
    params: &[
        Param::int("lower_length", 1, 100_000, 20, "number of bars of the lower line"),
        Param::int("upper_length", 1, 100_000, 20, "number of bars of the upper line"),
    ],
    outputs: Outputs::Fixed(&[
        Output::new("lower", Type::PRICE, "the lowest low"),
        Output::primary("middle", Type::PRICE, "half way between the two"),
        Output::new("upper", Type::PRICE, "the highest high"),
    ]),
    check: no_relations,
    warmup: |p, _| first(p) + 1,
    first,
    make: |p| Box::new(Donchian { lower: Sliding::new(p.length(0)), upper: Sliding::new(p.length(1)) }),
};

fn first(p: &Params) -> usize {
    p.length(0).max(p.length(1)) - 1
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Donchian {
    lower: Sliding<Min>,
    upper: Sliding<Max>,
}

impl State for Donchian {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low], [lower, middle, upper]| {
            self.lower.run(low, lower);
            self.upper.run(high, upper);
            for ((value, lower), upper) in middle.iter_mut().zip(lower).zip(upper) {
                *value = (*lower + *upper) / 2.0;
            }
        });
    }
}
