//! Average true range.

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::wide::Vector;
use crate::window::cascade::{Cascade, Smoothing};
use crate::window::finite::finite_runs;
use crate::window::true_range::TrueRange;

pub static ATR: Builtin = Builtin {
    name: "atr",
    kind: Kind::Indicator,
    category: "volatility",
    summary: "Average true range: how far price moves in a bar, gaps included",
    formula: "tr = max(high, close[1]) - min(low, close[1]), from the second bar on\n\
              value at bar `length` = mean of the first `length` tr\n\
              afterwards value = (value[1] * (length - 1) + tr) / length",
    source: "TA-Lib ATR (J. Welles Wilder, 1978)",
    edge_cases: "Bars without movement bring it towards 0. A bar with a missing high, low or close is \
                 skipped; \
                 the next true range starts at the last close that was known.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close)],
    params: &[Param::int(
        "length",
        1,
        100_000,
        14,
        "number of true ranges; weight 1 / length for the newest",
    )],
    outputs: Outputs::Fixed(&[Output::primary("value", DISTANCE, "the average true range, in price")]),
    check: no_relations,
    warmup,
    first: |p| p.length(0),
    make: |p| Box::new(Atr::new(p.length(0))),
};

const DISTANCE: Type = Type::Float { unit: Unit::PriceDelta, range: Range::NON_NEGATIVE };

fn warmup(p: &Params, w: Warmup) -> usize {
    let length = p.length(0);
    length + 1 + w.smoothing(1.0 / length as f64)
}

/// Wilder's average over true ranges that have a close before them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Atr {
    range: TrueRange,
    average: Cascade<1, 1>,
}

impl Atr {
    #[must_use]
    pub fn new(length: usize) -> Atr {
        Atr { range: TrueRange::default(), average: Cascade::of_changes([Smoothing::wilder(length)]) }
    }

    /// Bars of finite prices; missing until `length` true ranges were seen.
    #[inline(always)]
    pub fn block(&mut self, high: &[f64], low: &[f64], close: &[f64], out: &mut [f64]) {
        let without = self.range.run(high, low, close, out);
        out[..without].fill(f64::NAN);
        self.average.run_in_place([out]);
    }
}

impl State for Atr {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Atr {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [out]| {
            self.block(high, low, close, out);
        });
    }
}
