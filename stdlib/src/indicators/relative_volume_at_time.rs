//! Relative volume at this time of day.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::calendar::{MINUTE_MS, Period, Turn};
use crate::window::finite::finite_runs;

pub static RELATIVE_VOLUME_AT_TIME: Builtin = Builtin {
    name: "relative_volume_at_time",
    kind: Kind::Indicator,
    category: "volume",
    summary: "Relative volume at time: this bar's volume as a multiple of what is usual at its time of day",
    formula: "value = volume / mean volume of the last `length` bars before this one that opened in the \
              same minute \
              of the day (UTC)",
    source: "TradingView Relative Volume at Time",
    edge_cases: "Missing until `length` days have passed, and when those bars have no volume. \
                 A bar with a missing volume is skipped.",
    inputs: &[Input::Bar(Field::Volume), Input::Bar(Field::Time)],
    params: &[Param::int("length", 1, 250, 10, "number of days in the mean")],
    outputs: Outputs::Fixed(&[Output::primary("value", RATIO, "1 is as usual, 2 is twice as much").sparse()]),
    check: no_relations,
    warmup: |p, w| p.length(0) * Period::Day.bars(w.period_ms) + 1,
    first: |_| 0,
    make: |p| Box::new(AtTime::new(p.length(0))),
};

const RATIO: Type = Type::Float { unit: Unit::Ratio, range: Range::NON_NEGATIVE };
const MINUTES_A_DAY: usize = 1_440;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct AtTime {
    length: usize,
    day: Turn,
    /// For each minute of the day: its last volumes, a ring.
    volumes: Vec<f64>,
    /// For each minute of the day: how many volumes it has seen.
    seen: Vec<u32>,
}

impl AtTime {
    fn new(length: usize) -> AtTime {
        AtTime {
            length,
            day: Turn::new(Period::Day, 0),
            volumes: vec![0.0; length * MINUTES_A_DAY],
            seen: vec![0; MINUTES_A_DAY],
        }
    }

    fn step(&mut self, volume: f64, time_ms: f64) -> f64 {
        self.day.turns(time_ms);
        let minute = (self.day.since_start(time_ms) / MINUTE_MS as f64) as usize % MINUTES_A_DAY;
        let ring = &mut self.volumes[minute * self.length..(minute + 1) * self.length];
        let seen = self.seen[minute] as usize;
        let usual = ring.iter().sum::<f64>() / self.length as f64;
        ring[seen % self.length] = volume;
        self.seen[minute] = if seen + 1 == 2 * self.length { self.length as u32 } else { seen as u32 + 1 };
        if seen >= self.length && usual > 0.0 { volume / usual } else { f64::NAN }
    }
}

impl State for AtTime {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[volume, time], [out]| {
            for ((slot, &volume), &time) in out.iter_mut().zip(volume).zip(time) {
                *slot = self.step(volume, time);
            }
        });
    }
}
