//! Kill zones: the hours in which the big sessions open.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Type};
use crate::window::calendar::{MINUTE_MS, Period, Turn};

pub static KILL_ZONES: Builtin = Builtin {
    name: "kill_zones",
    kind: Kind::Indicator,
    category: "session",
    summary: "Kill zones: flags for the hours around the Asian, London and New York openings",
    formula: "by the local time at which the bar opens (New York's unless another offset is given):\n\
              asia 20:00 to 24:00, london 02:00 to 05:00, new_york 07:00 to 10:00, london_close 10:00 to \
              12:00, \
              afternoon 13:30 to 16:00; each with its beginning, without its end",
    source: "the session windows of smart money trading (ICT)",
    edge_cases: "Summer time is not applied: give -240 for New York in summer. Bars of 4 hours and more \
                 are too long for it.",
    inputs: &[Input::Bar(Field::Time)],
    params: &[Param::int(
        "utc_offset_minutes",
        -840,
        840,
        -300,
        "minutes that local midnight lies east of \
                          UTC's",
    )],
    outputs: Outputs::Fixed(&[
        Output::primary("any", Type::Bool, "in one of the zones"),
        Output::new("asia", Type::Bool, "20:00 to 24:00"),
        Output::new("london", Type::Bool, "02:00 to 05:00"),
        Output::new("new_york", Type::Bool, "07:00 to 10:00"),
        Output::new("london_close", Type::Bool, "10:00 to 12:00"),
        Output::new("afternoon", Type::Bool, "13:30 to 16:00"),
    ]),
    check: no_relations,
    warmup: |_, _| 1,
    first: |_| 0,
    make: |p| Box::new(KillZones { turn: Turn::new(Period::Day, p.int(0)) }),
};

/// First minute and the minute after the last, of the local day.
const ZONES: [(f64, f64); 5] =
    [(1_200.0, 1_440.0), (120.0, 300.0), (420.0, 600.0), (600.0, 720.0), (810.0, 960.0)];

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct KillZones {
    turn: Turn,
}

impl State for KillZones {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        for (t, &time_ms) in inputs[0].iter().enumerate() {
            self.turn.turns(time_ms);
            let minute = self.turn.since_start(time_ms) / MINUTE_MS as f64;
            let mut any = false;
            for ((first, end), slot) in ZONES.into_iter().zip(&mut outputs[1..]) {
                let inside = (minute >= first) & (minute < end);
                any |= inside;
                slot[t] = f64::from(u8::from(inside));
            }
            outputs[0][t] = f64::from(u8::from(any));
        }
    }
}
