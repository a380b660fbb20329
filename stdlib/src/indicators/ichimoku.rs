//! Ichimoku cloud.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Type};
use crate::window::finite::finite_runs;
use crate::window::lag::Lag;
use crate::window::sliding::{Max, Min, Sliding};

pub static ICHIMOKU: Builtin = Builtin {
    name: "ichimoku",
    kind: Kind::Indicator,
    category: "trend",
    summary: "Ichimoku: conversion and base line, the cloud at this bar and the cloud to come, the lagging \
              span",
    formula: "mid(n) = (highest high + lowest low) / 2 of the last n bars\n\
              conversion = mid(conversion), base = mid(base)\n\
              lead_a = (conversion + base) / 2, lead_b = mid(span_b): drawn `displacement` bars ahead\n\
              span_a = lead_a[displacement], span_b = lead_b[displacement]: the cloud drawn at this bar\n\
              past_close = close[displacement]: the lagging span is above price when close > past_close",
    source: "Goichi Hosoda; TradingView draws with a displacement one less (25)",
    edge_cases: "Nothing looks ahead: what is drawn in the future is known now. On flat bars all lines are \
                 the price. \
                 A bar with a missing high, low or close is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close)],
    params: &[
        Param::int("conversion", 1, 100_000, 9, "number of bars of the conversion line (tenkan)"),
        Param::int("base", 1, 100_000, 26, "number of bars of the base line (kijun)"),
        Param::int("span_b", 1, 100_000, 52, "number of bars of the second span (senkou B)"),
        Param::int("displacement", 1, 100_000, 26, "bars that the cloud is drawn ahead"),
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("conversion", Type::PRICE, "conversion line (tenkan-sen)"),
        Output::new("base", Type::PRICE, "base line (kijun-sen)"),
        Output::new("span_a", Type::PRICE, "first edge of the cloud at this bar (senkou A)"),
        Output::new("span_b", Type::PRICE, "second edge of the cloud at this bar (senkou B)"),
        Output::new("lead_a", Type::PRICE, "first edge of the cloud `displacement` bars ahead"),
        Output::new("lead_b", Type::PRICE, "second edge of the cloud `displacement` bars ahead"),
        Output::new(
            "past_close",
            Type::PRICE,
            "close under the lagging span (chikou), `displacement` bars \
                     ago",
        ),
    ]),
    check: no_relations,
    warmup: |p, _| first(p) + 1,
    first,
    make: |p| Box::new(Ichimoku::new(p)),
};

fn first(p: &Params) -> usize {
    p.length(0).max(p.length(1)).max(p.length(2)) - 1 + p.length(3)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Mid {
    highest: Sliding<Max>,
    lowest: Sliding<Min>,
}

impl Mid {
    fn new(length: usize) -> Mid {
        Mid { highest: Sliding::new(length), lowest: Sliding::new(length) }
    }

    /// `spare` is overwritten.
    fn run(&mut self, high: &[f64], low: &[f64], out: &mut [f64], spare: &mut [f64]) {
        self.highest.run(high, out);
        self.lowest.run(low, spare);
        for (value, low) in out.iter_mut().zip(spare) {
            *value = (*value + *low) / 2.0;
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Ichimoku {
    conversion: Mid,
    base: Mid,
    span_b: Mid,
    past_a: Lag,
    past_b: Lag,
    past_close: Lag,
}

impl Ichimoku {
    fn new(p: &Params) -> Ichimoku {
        let lag = || Lag::new(p.length(3));
        Ichimoku {
            conversion: Mid::new(p.length(0)),
            base: Mid::new(p.length(1)),
            span_b: Mid::new(p.length(2)),
            past_a: lag(),
            past_b: lag(),
            past_close: lag(),
        }
    }
}

impl State for Ichimoku {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], slots: [&mut [f64]; 7]| {
            let [conversion, base, span_a, span_b, lead_a, lead_b, past_close] = slots;
            self.conversion.run(high, low, conversion, past_close);
            self.base.run(high, low, base, past_close);
            self.span_b.run(high, low, lead_b, past_close);
            for ((lead, conversion), base) in lead_a.iter_mut().zip(conversion).zip(base) {
                *lead = (*conversion + *base) / 2.0;
            }
            self.past_a.run(lead_a, span_a);
            self.past_b.run(lead_b, span_b);
            self.past_close.run(close, past_close);
        });
    }
}
