//! Open, high, low and close of the previous day, week, month, quarter or year.

use serde::{Deserialize, Serialize};

use crate::indicators::vwap::UTC_OFFSET;
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::{Field, Type};
use crate::window::calendar::Period;
use crate::window::finite::finite_runs;
use crate::window::period::{Candle, Periods};

pub static PREVIOUS_LEVELS: Builtin = Builtin {
    name: "previous_levels",
    kind: Kind::Indicator,
    category: "session",
    summary: "Open, high, low and close of the previous day, week, month, quarter or year, and the current \
              open",
    formula: "of the last whole period seen in the data: open of its first bar, extremes of all, close of \
              its last\n\
              A bar belongs to the period in which it opens; weeks begin on Monday.",
    source: "the levels traders mark by hand",
    edge_cases: "Missing until a whole period has passed; a period that the data holds in part at its \
                 beginning does not \
                 count. A period without bars is passed over. A bar with a missing price is skipped.",
    inputs: PRICES_AND_TIME,
    params: &[PERIOD, UTC_OFFSET],
    outputs: Outputs::Fixed(&[
        Output::new("open", Type::PRICE, "open of the previous period").sparse(),
        Output::primary("high", Type::PRICE, "high of the previous period").sparse(),
        Output::new("low", Type::PRICE, "low of the previous period").sparse(),
        Output::new("close", Type::PRICE, "close of the previous period").sparse(),
        Output::new("current_open", Type::PRICE, "open of the current period"),
    ]),
    check: no_relations,
    warmup: period_warmup,
    first: |_| 0,
    make: |p| Box::new(PreviousLevels { periods: Periods::new(period(p), p.int(1)) }),
};

pub(crate) const PRICES_AND_TIME: &[Input] = &[
    Input::Bar(Field::Open),
    Input::Bar(Field::High),
    Input::Bar(Field::Low),
    Input::Bar(Field::Close),
    Input::Bar(Field::Time),
];

/// Parameter 0 of every row that speaks of a whole period.
pub(crate) const PERIOD: Param =
    Param::choice("period", &["D", "W", "M", "Q", "Y"], "day, week, month, quarter or year");

pub(crate) fn period(p: &Params) -> Period {
    [Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year][p.choice(0)]
}

/// The previous period must have begun within the data.
pub(crate) fn period_warmup(p: &Params, w: Warmup) -> usize {
    2 * period(p).bars(w.period_ms)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct PreviousLevels {
    periods: Periods,
}

impl State for PreviousLevels {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[o, h, l, c, time], [open, high, low, close, current]| {
            for t in 0..time.len() {
                self.periods.push(Candle { open: o[t], high: h[t], low: l[t], close: c[t] }, time[t]);
                let before = self.periods.previous;
                (open[t], high[t], low[t], close[t]) = (before.open, before.high, before.low, before.close);
                current[t] = self.periods.current.open;
            }
        });
    }
}
