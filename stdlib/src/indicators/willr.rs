//! Williams %R.

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::wide::Vector;
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::sliding::{Max, Min, Sliding};

pub static WILLR: Builtin = Builtin {
    name: "willr",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Williams %R: how far the close is below the channel's top",
    formula: "value = -100 * (highest high - close) / (highest high - lowest low), over `length` bars",
    source: "TA-Lib WILLR",
    edge_cases: "0 when all bars of the window have one price, as in TA-Lib. A bar with a missing price is \
                 skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close)],
    params: &[Param::int("length", 1, 100_000, 14, "number of bars of the channel")],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Oscillator, range: Range::new(-100.0, 0.0) },
        "-100 at the low, 0 at the high",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Willr { top: Sliding::new(p.length(0)), bottom: Sliding::new(p.length(0)) }),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Willr {
    top: Sliding<Max>,
    bottom: Sliding<Min>,
}

impl State for Willr {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Willr {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [out]| {
            let mut bottom = [0.0; CHUNK];
            let bottom = &mut bottom[..out.len()];
            self.top.run(high, out);
            self.bottom.run(low, bottom);
            for ((slot, &bottom), &close) in out.iter_mut().zip(&*bottom).zip(close) {
                let height = *slot - bottom;
                let place = -100.0 * ((*slot - close) / height);
                *slot = if height == 0.0 { 0.0 } else { place };
            }
        });
    }
}
