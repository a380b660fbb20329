//! Force index.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::cascade::{Cascade, Smoothing};
use crate::window::finite::finite_runs;

pub static FORCE_INDEX: Builtin = Builtin {
    name: "force_index",
    kind: Kind::Indicator,
    category: "volume",
    summary: "Force index: average of price change times volume",
    formula: "force = (close - close[1]) * volume, from the second bar on\n\
              value = ema(force, length), seeded with the mean of its first `length` values",
    source: "TA-Lib EFI (Alexander Elder, 1993)",
    edge_cases: "Goes to 0 on flat prices or without volume. A bar with a missing close or volume is \
                 skipped; the next \
                 change is from the last close that was known.",
    inputs: &[Input::Bar(Field::Close), Input::Bar(Field::Volume)],
    params: &[Param::int("length", 1, 100_000, 13, "number of bars of the average")],
    outputs: Outputs::Fixed(&[Output::primary("value", FORCE, "price change times volume")]),
    check: no_relations,
    warmup,
    first: |p| p.length(0),
    make: |p| Box::new(ForceIndex::new(p.length(0))),
};

const FORCE: Type = Type::Float { unit: Unit::Scalar, range: Range::ANY };

fn warmup(p: &Params, w: Warmup) -> usize {
    p.length(0) + 1 + w.smoothing(2.0 / (p.length(0) as f64 + 1.0))
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct ForceIndex {
    /// The close before; missing before the first bar.
    close: f64,
    average: Cascade<1, 1>,
}

impl ForceIndex {
    fn new(length: usize) -> ForceIndex {
        ForceIndex { close: f64::NAN, average: Cascade::of_changes([Smoothing::exponential(length)]) }
    }
}

impl State for ForceIndex {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[close, volume], [out]| {
            let n = out.len();
            out[0] = (close[0] - self.close) * volume[0];
            for t in 1..n {
                out[t] = (close[t] - close[t - 1]) * volume[t];
            }
            self.close = close[n - 1];
            self.average.run_in_place([out]);
        });
    }
}
