//! Aroon.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::age::Age;
use crate::window::finite::finite_runs;

pub static AROON: Builtin = Builtin {
    name: "aroon",
    kind: Kind::Indicator,
    category: "trend",
    summary: "Aroon: how recent the highest high and the lowest low are",
    formula: "in the last length + 1 bars, this one included:\n\
              up = 100 * (length - bars since the highest high) / length\n\
              down = 100 * (length - bars since the lowest low) / length\n\
              osc = up - down; of equal extremes the most recent counts",
    source: "TA-Lib AROON, AROONOSC (Tushar Chande, 1995)",
    edge_cases: "On flat bars both lines are 100 and osc is 0. A bar with a missing high or low is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low)],
    params: &[Param::int("length", 1, 100_000, 25, "how many bars ago an extreme may lie")],
    outputs: Outputs::Fixed(&[
        Output::new("up", Type::OSCILLATOR, "100 on a new high, 0 when the high is `length` bars old"),
        Output::new("down", Type::OSCILLATOR, "100 on a new low, 0 when the low is `length` bars old"),
        Output::primary("osc", BOTH_SIDES, "up - down, -100 to 100"),
    ]),
    check: no_relations,
    warmup: |p, _| p.length(0) + 1,
    first: |p| p.length(0),
    make: |p| Box::new(Aroon::new(p.length(0))),
};

const BOTH_SIDES: Type = Type::Float { unit: Unit::Oscillator, range: Range::new(-100.0, 100.0) };

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Aroon {
    length: usize,
    /// Bars seen, up to `length + 1`.
    seen: usize,
    high: Age,
    /// Of lows with their sign turned.
    low: Age,
}

impl Aroon {
    fn new(length: usize) -> Aroon {
        Aroon { length, seen: 0, high: Age::new(length + 1), low: Age::new(length + 1) }
    }
}

impl State for Aroon {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low], [up, down, osc]| {
            let length = self.length as f64;
            let missing = (self.length - self.seen.min(self.length)).min(high.len());
            up.copy_from_slice(high);
            for (value, low) in down.iter_mut().zip(low) {
                *value = -low;
            }
            self.high.run_in_place(up);
            self.low.run_in_place(down);
            for value in up.iter_mut().chain(&mut *down) {
                *value = 100.0 * (length - *value) / length;
            }
            up[..missing].fill(f64::NAN);
            down[..missing].fill(f64::NAN);
            for ((value, up), down) in osc.iter_mut().zip(up).zip(down) {
                *value = *up - *down;
            }
            self.seen = (self.seen + high.len()).min(self.length + 1);
        });
    }
}
