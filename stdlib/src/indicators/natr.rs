//! Normalised average true range.

use serde::{Deserialize, Serialize};

use crate::indicators::atr::{ATR, Atr};
use crate::kernel::{State, Wide, run_wide};
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::wide::Vector;
use crate::window::finite::finite_runs;

pub static NATR: Builtin = Builtin {
    name: "natr",
    kind: Kind::Indicator,
    category: "volatility",
    summary: "Average true range in percent of the close, comparable between symbols",
    formula: "value = 100 * atr(length) / close",
    source: "TA-Lib NATR",
    edge_cases: "Missing where the close is 0. A bar with a missing high, low or close is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close)],
    params: &[Param::int("length", 1, 100_000, 14, "number of true ranges in the average")],
    outputs: Outputs::Fixed(&[Output::primary("value", PERCENT, "percent of the close")]),
    check: no_relations,
    warmup: |p, w| (ATR.warmup)(p, w),
    first: |p| p.length(0),
    make: |p| Box::new(Natr { atr: Atr::new(p.length(0)) }),
};

const PERCENT: Type = Type::Float { unit: Unit::Percent, range: Range::NON_NEGATIVE };

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Natr {
    atr: Atr,
}

impl State for Natr {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Natr {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [out]| {
            self.atr.block(high, low, close, out);
            for (value, &close) in out.iter_mut().zip(close) {
                *value = 100.0 * (*value / if close == 0.0 { f64::NAN } else { close });
            }
        });
    }
}
