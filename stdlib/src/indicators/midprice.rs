//! Middle of the channel of highs and lows.

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Type};
use crate::wide::Vector;
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::sliding::{Max, Min, Sliding};

pub static MIDPRICE: Builtin = Builtin {
    name: "midprice",
    kind: Kind::Indicator,
    category: "average",
    summary: "Middle of the channel of highs and lows",
    formula: "value = (highest high + lowest low) / 2, over `length` bars",
    source: "TA-Lib MIDPRICE",
    edge_cases: "A bar with a missing high or low is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low)],
    params: &[Param::int("length", 1, 100_000, 14, "number of bars")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "middle of the channel")]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Midprice { top: Sliding::new(p.length(0)), bottom: Sliding::new(p.length(0)) }),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Midprice {
    top: Sliding<Max>,
    bottom: Sliding<Min>,
}

impl State for Midprice {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Midprice {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low], [out]| {
            let mut bottom = [0.0; CHUNK];
            let bottom = &mut bottom[..out.len()];
            self.top.run(high, out);
            self.bottom.run(low, bottom);
            for (slot, bottom) in out.iter_mut().zip(bottom) {
                *slot = (*slot + *bottom) / 2.0;
            }
        });
    }
}
