//! Chaikin money flow.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::finite::finite_runs;
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
    if range > 0.0 { ((close - low) - (high - close)) / range } else { 0.0 }
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
            for (value, &volume) in out.iter_mut().zip(volume) {
                let all = self.volume.push(volume);
                let share = (*value / all).clamp(-1.0, 1.0);
                *value = if all > 0.0 || value.is_nan() { share } else { 0.0 };
            }
        });
    }
}
