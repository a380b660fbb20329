//! Share of the last values that are below this one.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::Type;
use crate::window::finite::finite_runs;
use crate::window::history::History;

pub static PERCENTRANK: Builtin = Builtin {
    name: "percentrank",
    kind: Kind::Indicator,
    category: "statistic",
    summary: "Share of the last values that are below this one",
    formula: "value = 100 * how many of the `length` inputs before this one are less than it / length",
    source: "TA-Lib PERCENTRANK",
    edge_cases: "A missing input is skipped. 0 on flat bars. Takes time in proportion to `length`.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 2, 10_000, 100, "number of bars to compare with")],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::OSCILLATOR,
        "0 a new low or equal to it, 100 a new high",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0) + 1,
    first: |p| p.length(0),
    make: |p| Box::new(Percentrank { window: History::new(p.length(0)) }),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Percentrank {
    window: History,
}

impl State for Percentrank {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            for (slot, &x) in out.iter_mut().zip(x) {
                *slot = self.window.window().map_or(f64::NAN, |window| {
                    let below: u64 = window.iter().map(|before| u64::from(*before < x)).sum();
                    below as f64 / window.len() as f64 * 100.0
                });
                self.window.push(x);
            }
        });
    }
}
