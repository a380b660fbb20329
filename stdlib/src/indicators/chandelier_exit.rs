//! Chandelier exit.

use serde::{Deserialize, Serialize};

use crate::indicators::atr::{ATR, Atr};
use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::finite::finite_runs;
use crate::window::sliding::{Max, Min, Sliding};

pub static CHANDELIER_EXIT: Builtin = Builtin {
    name: "chandelier_exit",
    kind: Kind::Indicator,
    category: "stop",
    summary: "Chandelier exit: stops hung from the highest high and the lowest low by average true ranges",
    formula: "long = highest high of the last `length` bars - multiplier * atr(length)\n\
              short = lowest low of the last `length` bars + multiplier * atr(length)",
    source: "Charles Le Beau, as in Alexander Elder, Come into My Trading Room (2002)",
    edge_cases: "The lines follow the window and may loosen; a trailing stop of the risk section may not. \
                 A bar with a missing high, low or close is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close)],
    params: &[
        Param::int("length", 1, 100_000, 22, "number of bars of extremes and average"),
        Param::float("multiplier", 1e-9, 1e6, 3.0, "distance in average true ranges"),
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("long", LINE, "stop of a long position"),
        Output::new("short", Type::PRICE, "stop of a short position"),
    ]),
    check: no_relations,
    warmup: |p, w| (ATR.warmup)(p, w),
    first: |p| p.length(0),
    make: |p| {
        let length = p.length(0);
        let (highest, lowest) = (Sliding::new(length), Sliding::new(length));
        Box::new(Chandelier { multiplier: p.float(1), atr: Atr::new(length), highest, lowest })
    },
};

/// With a large multiplier it may lie below 0.
const LINE: Type = Type::Float { unit: Unit::Price, range: Range::ANY };

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Chandelier {
    multiplier: f64,
    atr: Atr,
    highest: Sliding<Max>,
    lowest: Sliding<Min>,
}

impl State for Chandelier {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [long, short]| {
            self.atr.block(high, low, close, long);
            self.lowest.run(low, short);
            for ((long, short), &high) in long.iter_mut().zip(short).zip(high) {
                let away = self.multiplier * *long;
                *long = self.highest.push(high) - away;
                *short += away;
            }
        });
    }
}
