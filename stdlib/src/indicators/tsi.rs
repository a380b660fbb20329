//! True strength index.

use serde::{Deserialize, Serialize};

use super::cmo::BOTH_SIDES;
use super::ema::{Ema, forgets};
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::window::finite::{CHUNK, defined, finite_chunks};
use crate::window::lag::Lag;

pub static TSI: Builtin = Builtin {
    name: "tsi",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "True strength index",
    formula: "d = x[t] - x[t-1]\n\
              tsi = 100 * EMA(EMA(d, slow), fast) / EMA(EMA(|d|, slow), fast), each average seeded with the mean of its first inputs\n\
              signal = EMA(tsi, signal)",
    source: "TA-Lib TSI; signal as in TradingView",
    edge_cases: "A missing input is skipped. 0 as long as the price has never moved.",
    inputs: &[Input::Source],
    params: &[
        Param::int("fast", 1, 100_000, 13, "length of the second average"),
        Param::int("slow", 2, 100_000, 25, "length of the first average"),
        Param::int("signal", 1, 100_000, 13, "length of the signal's average"),
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("tsi", BOTH_SIDES, "-100 only losses, 100 only gains"),
        Output::new("signal", BOTH_SIDES, "exponential average of tsi"),
    ]),
    check: no_relations,
    warmup: |p, w| 1 + forgets(p.length(0), w) + forgets(p.length(1), w) + forgets(p.length(2), w),
    first: |p| p.length(0) + p.length(1) + p.length(2) - 2,
    make: |p| Box::new(Tsi::new(p)),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Tsi {
    before: Lag,
    /// The first and second average of the changes.
    change: [Ema; 2],
    /// Of their sizes.
    size: [Ema; 2],
    signal: Ema,
}

impl Tsi {
    fn new(p: &Params) -> Tsi {
        let averages = || [Ema::new(p.length(1)), Ema::new(p.length(0))];
        Tsi { before: Lag::new(1), change: averages(), size: averages(), signal: Ema::new(p.length(2)) }
    }
}

impl State for Tsi {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_chunks(inputs, outputs, |[x], [tsi, signal]| {
            let mut size = [0.0; CHUNK];
            let size = &mut size[..x.len()];
            self.before.run(x, tsi);
            for ((change, size), x) in tsi.iter_mut().zip(&mut *size).zip(x) {
                *change = x - *change;
                *size = change.abs();
            }
            for stage in &mut self.change {
                stage.run_in_place(defined(tsi));
            }
            for stage in &mut self.size {
                stage.run_in_place(defined(size));
            }
            for (slot, &size) in tsi.iter_mut().zip(&*size) {
                let strength = (100.0 * (*slot / size)).clamp(-100.0, 100.0);
                *slot = if size == 0.0 { 0.0 } else { strength };
            }
            signal.copy_from_slice(tsi);
            self.signal.run_in_place(defined(signal));
            for slot in signal {
                *slot = slot.clamp(-100.0, 100.0);
            }
        });
    }
}
