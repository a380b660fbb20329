//! Chaikin money flow.

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::wide::Vector;
use crate::window::amounts::Amounts;
use crate::window::finite::{CHUNK, finite_runs};

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
    make: |p| Box::new(Cmf { bought: Amounts::new(p.length(0)), volume: Amounts::new(p.length(0)) }),
};

const BOTH_SIDES: Type = Type::Float { unit: Unit::Oscillator, range: Range::new(-1.0, 1.0) };

/// The flow is what was bought less what was sold, both parts of the volume: twice the bought part less all.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Cmf {
    bought: Amounts,
    volume: Amounts,
}

impl State for Cmf {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Cmf {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close, volume], [out]| {
            let n = out.len();
            let mut columns = [[0.0; CHUNK]; 2];
            let [bought, volumes] = columns.each_mut().map(|column| &mut column[..n]);
            let (high, low, close) = (&high[..n], &low[..n], &close[..n]);
            for t in 0..n {
                let range = high[t] - low[t];
                let part = (close[t] - low[t]) / range;
                bought[t] = volume[t] * if range > 0.0 { part } else { 0.5 };
            }
            self.bought.run(bought, out);
            self.volume.run(volume, volumes);
            for (value, &all) in out.iter_mut().zip(&*volumes) {
                // Rounding may bring the share a hair beyond 1; without volume the flow is 0.
                let share = 2.0 * (*value / all) - 1.0;
                let share = if share > 1.0 { 1.0 } else { share };
                let share = if share < -1.0 { -1.0 } else { share };
                *value = if all == 0.0 { 0.0 } else { share };
            }
        });
    }
}
