//! Chaikin money flow.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::sliding::{Sliding, Sum};

pub static CMF: Builtin = Builtin {
    name: "cmf",
    kind: Kind::Indicator,
    category: "volume",
    summary: "Chaikin money flow: volume weighted by where the close lies in its bar, over a window",
    formula: "place = ((close - low) - (high - close)) / (high - low), 0 when high = low\n\
              value = sum of place * volume over the last `length` bars / sum of volume over them",
    source: "TA-Lib CMF (Marc Chaikin)",
    edge_cases: "0 when the window has no volume. A bar without a range counts with its volume alone. \
                 A bar with a missing price or volume is skipped.",
    inputs: &[
        Input::Bar(Field::High),
        Input::Bar(Field::Low),
        Input::Bar(Field::Close),
        Input::Bar(Field::Volume),
    ],
    params: &[Param::int("length", 1, 100_000, 20, "number of bars")],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        BOTH_SIDES,
        "-1 (closes at lows) to 1 (closes at highs)",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Cmf { flow: Sliding::new(p.length(0)), volume: Sliding::new(p.length(0)) }),
};

const BOTH_SIDES: Type = Type::Float { unit: Unit::Oscillator, range: Range::new(-1.0, 1.0) };

/// Where the close lies in its bar, from -1 at the low to 1 at the high.
#[inline]
pub(crate) fn close_location(high: f64, low: f64, close: f64) -> f64 {
    let range = high - low;
    // Without a range both distances are 0; dividing them by 1 keeps the loops around this free of branches.
    ((close - low) - (high - close)) / if range > 0.0 { range } else { 1.0 }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Cmf {
    flow: Sliding<Sum>,
    volume: Sliding<Sum>,
}

impl State for Cmf {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close, volume], [out]| {
            let n = out.len();
            let (high, low, close, volume) = (&high[..n], &low[..n], &close[..n], &volume[..n]);
            for t in 0..n {
                out[t] = close_location(high[t], low[t], close[t]) * volume[t];
            }
            self.flow.run_in_place(out);
            let mut volumes = [0.0; CHUNK];
            let volumes = &mut volumes[..n];
            self.volume.run(volume, volumes);
            for (value, &all) in out.iter_mut().zip(&*volumes) {
                // Rounding may bring the share a hair beyond 1; without volume the flow is 0.
                let share = *value / if all == 0.0 { 1.0 } else { all };
                let share = if share > 1.0 { 1.0 } else { share };
                *value = if share < -1.0 { -1.0 } else { share };
            }
        });
    }
}
