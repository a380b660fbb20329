//! True strength index.

use serde::{Deserialize, Serialize};

use super::cmo::BOTH_SIDES;
use super::ema::{Ema, forgets};
use crate::kernel::{State, Wide, run_wide};
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::wide::Vector;
use crate::window::cascade::{Cascade, Smoothing};
use crate::window::finite::finite_runs;
use crate::window::lag::Lag;

pub static TSI: Builtin = Builtin {
    name: "tsi",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "True strength index",
    formula: "d = x[t] - x[t-1]\n\
              tsi = 100 * EMA(EMA(d, slow), fast) / EMA(EMA(|d|, slow), fast),\n\
              each average seeded with the mean of its first inputs\n\
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
    /// The slow average of the changes and of their sizes, and the fast one of that.
    averages: Cascade<2, 2>,
    signal: Ema,
    /// The signal is not read.
    #[serde(skip)]
    bare: bool,
}

impl Tsi {
    fn new(p: &Params) -> Tsi {
        Tsi {
            before: Lag::new(1),
            averages: Cascade::of_changes([p.length(1), p.length(0)].map(Smoothing::exponential)),
            signal: Ema::new(p.length(2)),
            bare: false,
        }
    }
}

impl State for Tsi {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }

    fn needs(&mut self, outputs: &[bool]) {
        self.bare = !outputs[1];
    }
}

impl Wide for Tsi {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [tsi, signal]| {
            self.before.run_with(x, tsi, |x, before| x - before);
            for (size, change) in signal.iter_mut().zip(&*tsi) {
                *size = change.abs();
            }
            let missing = self.averages.run_in_place([tsi, signal]);
            for (slot, &size) in tsi[missing..].iter_mut().zip(&signal[missing..]) {
                let strength = (100.0 * (*slot / size)).clamp(-100.0, 100.0);
                *slot = if size == 0.0 { 0.0 } else { strength };
            }
            tsi[..missing].fill(f64::NAN);
            if self.bare {
                return;
            }
            signal.copy_from_slice(tsi);
            self.signal.run_in_place(signal);
            for slot in signal {
                *slot = slot.clamp(-100.0, 100.0);
            }
        });
    }
}
