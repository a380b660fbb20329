//! Extremes of the current and the previous day and week.

use serde::{Deserialize, Serialize};

use crate::indicators::vwap::UTC_OFFSET;
use crate::kernel::State;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Type};
use crate::window::calendar::Period;
use crate::window::finite::finite_runs;
use crate::window::period::{Candle, Periods};

pub static SESSION_LEVELS: Builtin = Builtin {
    name: "session_levels",
    kind: Kind::Indicator,
    category: "session",
    summary: "High and low of the current and of the previous day and week",
    formula: "current: extremes of the bars since the day (week) began, this one included\n\
              previous: extremes of the last whole day (week) seen in the data\n\
              A bar belongs to the day in which it opens; weeks begin on Monday.",
    source: "the levels traders mark by hand (PDH, PDL, PWH, PWL)",
    edge_cases: "Previous levels are missing until a whole day (week) has passed; a day that the data holds \
                 in part at its beginning does not count, and the current week is missing when the data \
                 begins within it. A day without bars is passed over. A bar with a missing high or low is \
                 skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Time)],
    params: &[UTC_OFFSET],
    outputs: Outputs::Fixed(&[
        Output::primary("prev_day_high", Type::PRICE, "high of the previous day").sparse(),
        Output::new("prev_day_low", Type::PRICE, "low of the previous day").sparse(),
        Output::new("current_day_high", Type::PRICE, "high of the day so far"),
        Output::new("current_day_low", Type::PRICE, "low of the day so far"),
        Output::new("prev_week_high", Type::PRICE, "high of the previous week").sparse(),
        Output::new("prev_week_low", Type::PRICE, "low of the previous week").sparse(),
        Output::new("current_week_high", Type::PRICE, "high of the week so far").sparse(),
        Output::new("current_week_low", Type::PRICE, "low of the week so far").sparse(),
    ]),
    check: no_relations,
    // The previous day must have begun within the data.
    warmup: |_, w| 2 * Period::Day.bars(w.period_ms),
    first: |_| 0,
    make: |p| {
        Box::new(SessionLevels {
            day: Periods::new(Period::Day, p.int(0)),
            week: Periods::new(Period::Week, p.int(0)),
        })
    },
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct SessionLevels {
    day: Periods,
    week: Periods,
}

impl State for SessionLevels {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, time], slots: [&mut [f64]; 8]| {
            let [pdh, pdl, dh, dl, pwh, pwl, wh, wl] = slots;
            for t in 0..high.len() {
                let bar = Candle { open: high[t], high: high[t], low: low[t], close: low[t] };
                self.day.push(bar, time[t]);
                self.week.push(bar, time[t]);
                let (before, now) = (self.day.previous, self.day.current);
                (pdh[t], pdl[t], dh[t], dl[t]) = (before.high, before.low, now.high, now.low);
                let (before, now) = (self.week.previous, self.week.current_from_its_start());
                (pwh[t], pwl[t], wh[t], wl[t]) = (before.high, before.low, now.high, now.low);
            }
        });
    }
}
