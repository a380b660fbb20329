//! Opening range of a session.

use serde::{Deserialize, Serialize};

use crate::indicators::vwap::UTC_OFFSET;
use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Type};
use crate::window::calendar::{MINUTE_MS, Period, Turn};
use crate::window::finite::finite_runs;

pub static OPENING_RANGE: Builtin = Builtin {
    name: "opening_range",
    kind: Kind::Indicator,
    category: "session",
    summary: "Opening range: high and low of the first minutes of each daily session",
    formula: "the session opens each day at `start_minute` after local midnight\n\
              high, low = extremes of its bars that open within the first `minutes`, this one included\n\
              afterwards they stand until the next session opens; complete tells the two apart",
    source: "Toby Crabel, Day Trading with Short Term Price Patterns and Opening Range Breakout (1990)",
    edge_cases: "Missing before the first session that opens within the data, and after an opening without \
                 bars. \
                 Compare with price only while complete. A bar with a missing high or low is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Time)],
    params: &[
        Param::int("minutes", 1, 1_440, 30, "length of the opening range"),
        Param::int(
            "start_minute",
            0,
            1_439,
            0,
            "opening of the session in minutes after local midnight \
                    (9:30 is 570)",
        ),
        UTC_OFFSET,
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("high", Type::PRICE, "high of the opening range, so far or complete").sparse(),
        Output::new("low", Type::PRICE, "low of the opening range, so far or complete").sparse(),
        Output::new("complete", Type::Bool, "the opening range of this session is over"),
    ]),
    check: no_relations,
    warmup: |_, w| Period::Day.bars(w.period_ms),
    first: |_| 0,
    make: |p| {
        let turn = Turn::new(Period::Day, p.int(2) - p.int(1));
        let length_ms = (p.int(0) * MINUTE_MS) as f64;
        Box::new(OpeningRange { turn, length_ms, seen: false, begun: false, high: f64::NAN, low: f64::NAN })
    },
};

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct OpeningRange {
    /// Turns when a session opens.
    turn: Turn,
    length_ms: f64,
    /// Whether a bar was seen.
    seen: bool,
    /// Whether the data holds the opening of this session.
    begun: bool,
    high: f64,
    low: f64,
}

impl OpeningRange {
    #[inline]
    fn step(&mut self, high: f64, low: f64, time_ms: f64) -> bool {
        let turned = self.turn.turns(time_ms);
        let since_open = self.turn.since_start(time_ms);
        if turned {
            (self.high, self.low) = (f64::NAN, f64::NAN);
            // The first bar of the data may lie within a session that opened before it.
            self.begun = self.seen || since_open == 0.0;
            self.seen = true;
        }
        if self.begun && since_open < self.length_ms {
            self.high = self.high.max(high);
            self.low = self.low.min(low);
        }
        since_open >= self.length_ms
    }
}

impl State for OpeningRange {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[h, l, time], [high, low, complete]| {
            for t in 0..time.len() {
                complete[t] = f64::from(u8::from(self.step(h[t], l[t], time[t])));
                (high[t], low[t]) = (self.high, self.low);
            }
        });
    }
}
