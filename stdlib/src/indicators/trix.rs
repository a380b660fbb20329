//! TRIX: rate of change of a triple exponential average.

use serde::{Deserialize, Serialize};

use super::ema::forgets;
use super::roc::Roc;
use crate::kernel::{State, Wide, run_wide};
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::wide::Vector;
use crate::window::cascade::{Cascade, Smoothing};
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::mean::Mean;

pub static TRIX: Builtin = Builtin {
    name: "trix",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "TRIX: rate of change of a triple exponential average",
    formula: "e = EMA(EMA(EMA(x, length), length), length), each seeded with the mean of its first inputs\n\
              trix = 100 * (e[t] / e[t-1] - 1)\n\
              signal = SMA(trix, signal)",
    source: "TA-Lib TRIX; the signal line is ours",
    edge_cases: "A missing input is skipped. 0 on flat bars and after an average of 0.",
    inputs: &[Input::Source],
    params: &[
        Param::int("length", 1, 100_000, 18, "number of bars of each average"),
        Param::int("signal", 1, 100_000, 9, "number of bars over which the signal averages trix"),
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("trix", Type::Float { unit: Unit::Percent, range: Range::ANY }, "the change"),
        Output::new(
            "signal",
            Type::Float { unit: Unit::Percent, range: Range::ANY },
            "simple average of trix",
        ),
    ]),
    check: no_relations,
    warmup: |p, w| 3 * forgets(p.length(0), w) + p.length(1),
    first: |p| 3 * (p.length(0) - 1) + p.length(1),
    make: |p| Box::new(Trix::new(p.length(0), p.length(1))),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Trix {
    averages: Cascade<3, 1>,
    change: Roc,
    signal: Mean,
    /// The signal is not read.
    #[serde(skip)]
    bare: bool,
}

impl Trix {
    fn new(length: usize, signal: usize) -> Trix {
        let averages = Cascade::of_prices([Smoothing::exponential(length); 3]);
        Trix { averages, change: Roc::new(1), signal: Mean::new(signal), bare: false }
    }
}

impl State for Trix {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }

    fn needs(&mut self, outputs: &[bool]) {
        self.bare = !outputs[1];
    }
}

impl Wide for Trix {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [trix, signal]| {
            let mut average = [0.0; CHUNK];
            let average = &mut average[..x.len()];
            self.averages.run_from([x], [average]);
            self.change.run_finite(average, trix);
            if self.bare {
                return;
            }
            self.signal.run(trix, signal);
        });
    }
}
