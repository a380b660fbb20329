//! Chande momentum oscillator, plain sums.

use serde::{Deserialize, Serialize};

use super::cmo::BOTH_SIDES;
use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::window::finite::{CHUNK, defined, finite_runs};
use crate::window::lag::Lag;
use crate::window::sliding::{Sliding, Sum};

pub static CMOU: Builtin = Builtin {
    name: "cmou",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Chande momentum oscillator, unsmoothed",
    formula: "U, D = sums of the gains and of the losses of the last `length` changes\n\
              value = 100 * (U - D) / (U + D)",
    source: "TA-Lib CMOU, TradingView ta.cmo",
    edge_cases: "0 when the price did not move in the window. A missing input is skipped.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 2, 100_000, 14, "number of changes")],
    outputs: Outputs::Fixed(&[Output::primary("value", BOTH_SIDES, "-100 only losses, 100 only gains")]),
    check: no_relations,
    warmup: |p, _| p.length(0) + 1,
    first: |p| p.length(0),
    make: |p| Box::new(Cmou::new(p.length(0))),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Cmou {
    before: Lag,
    up: Sliding<Sum>,
    down: Sliding<Sum>,
}

impl Cmou {
    fn new(length: usize) -> Cmou {
        Cmou { before: Lag::new(1), up: Sliding::new(length), down: Sliding::new(length) }
    }
}

impl State for Cmou {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            let mut down = [0.0; CHUNK];
            let down = &mut down[..x.len()];
            self.before.run(x, out);
            for ((up, down), &x) in out.iter_mut().zip(&mut *down).zip(x) {
                let change = x - *up;
                *down = if change > 0.0 { 0.0 } else { -change };
                *up = if change < 0.0 { 0.0 } else { change };
            }
            self.up.run_in_place(defined(out));
            self.down.run_in_place(defined(down));
            for (slot, &down) in out.iter_mut().zip(&*down) {
                let all = *slot + down;
                let share = 100.0 * ((*slot - down) / all);
                *slot = if all == 0.0 { 0.0 } else { share };
            }
        });
    }
}
