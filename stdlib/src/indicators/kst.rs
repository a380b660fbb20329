//! Know sure thing: four smoothed rates of change.

use serde::{Deserialize, Serialize};

use super::roc::Roc;
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::mean::Mean;

pub static KST: Builtin = Builtin {
    name: "kst",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Know sure thing: four smoothed rates of change",
    formula: "kst = SMA(ROC(x, roc1), sma1) + 2 * SMA(ROC(x, roc2), sma2) + 3 * SMA(ROC(x, roc3), sma3) + \
              4 * SMA(ROC(x, roc4), sma4)\n\
              signal = SMA(kst, signal)",
    source: "TradingView Know Sure Thing",
    edge_cases: "A missing input is skipped. 0 on flat bars.",
    inputs: &[Input::Source],
    params: &[
        Param::int("roc1", 1, 100_000, 10, "bars back of rate of change 1"),
        Param::int("roc2", 1, 100_000, 15, "bars back of rate of change 2"),
        Param::int("roc3", 1, 100_000, 20, "bars back of rate of change 3"),
        Param::int("roc4", 1, 100_000, 30, "bars back of rate of change 4"),
        Param::int("sma1", 1, 100_000, 10, "bars over which rate of change 1 is averaged"),
        Param::int("sma2", 1, 100_000, 10, "bars over which rate of change 2 is averaged"),
        Param::int("sma3", 1, 100_000, 10, "bars over which rate of change 3 is averaged"),
        Param::int("sma4", 1, 100_000, 15, "bars over which rate of change 4 is averaged"),
        Param::int("signal", 1, 100_000, 9, "bars over which the signal averages kst"),
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("kst", Type::Float { unit: Unit::Percent, range: Range::ANY }, "weighted sum"),
        Output::new(
            "signal",
            Type::Float { unit: Unit::Percent, range: Range::ANY },
            "simple average of kst",
        ),
    ]),
    check: no_relations,
    warmup: |p, _| line_first(p) + p.length(8),
    first: |p| line_first(p) + p.length(8) - 1,
    make: |p| Box::new(Kst::new(p)),
};

/// The index of the first value of the line itself.
fn line_first(p: &Params) -> usize {
    (0..4).map(|k| p.length(k) + p.length(k + 4) - 1).max().unwrap_or(0)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kst {
    changes: [Roc; 4],
    averages: [Mean; 4],
    signal: Mean,
}

impl Kst {
    fn new(p: &Params) -> Kst {
        Kst {
            changes: std::array::from_fn(|k| Roc::new(p.length(k))),
            averages: std::array::from_fn(|k| Mean::new(p.length(k + 4))),
            signal: Mean::new(p.length(8)),
        }
    }
}

impl State for Kst {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [kst, signal]| {
            let mut change = [0.0; CHUNK];
            let change = &mut change[..x.len()];
            kst.fill(0.0);
            for ((roc, average), weight) in
                self.changes.iter_mut().zip(&mut self.averages).zip([1.0, 2.0, 3.0, 4.0])
            {
                roc.run_finite(x, change);
                average.run_in_place(change);
                for (slot, change) in kst.iter_mut().zip(&*change) {
                    *slot += weight * change;
                }
            }
            signal.copy_from_slice(kst);
            self.signal.run_in_place(signal);
        });
    }
}
