//! Chaikin money flow.

use std::ops::Range as Bars;

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::wide::Vector;
use crate::window::amounts::Amounts;
use crate::window::finite::{CHUNK, derived_runs};
use crate::window::rolling::Read;

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
    make: |p| Box::new(Cmf { volumes: Amounts::new(p.length(0)) }),
};

const BOTH_SIDES: Type = Type::Float { unit: Unit::Oscillator, range: Range::new(-1.0, 1.0) };

/// The flow is what was bought less what was sold, both parts of the volume: twice the bought part less all.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Cmf {
    /// What was bought, and all.
    volumes: Amounts<2>,
}

impl State for Cmf {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Cmf {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let bought = |bars: Bars<usize>, bought: &mut [f64]| {
            let n = bought.len();
            let column = |k: usize| &inputs[k][bars.start..bars.end];
            let (high, low) = (&column(0)[..n], &column(1)[..n]);
            let (close, volume) = (&column(2)[..n], &column(3)[..n]);
            for t in 0..n {
                let range = high[t] - low[t];
                let part = (close[t] - low[t]) / range;
                // 0 where all four are there, else missing.
                let there = (0.0 * high[t] + 0.0 * low[t]) + (0.0 * close[t] + 0.0 * volume[t]);
                bought[t] = volume[t] * if range > 0.0 { part } else { 0.5 } + there;
            }
        };
        derived_runs(outputs[0], bought, |bars, out| {
            let mut bought = [0.0; CHUNK];
            let bought = &mut bought[..out.len()];
            bought.copy_from_slice(out);
            self.volumes.run([bought, &inputs[3][bars]], [out], |Read { sums: [bought, all], .. }, _| {
                // Rounding may bring the share a hair beyond 1; without volume the flow is 0.
                let share = 2.0 * (bought / all) - 1.0;
                let share = if share > 1.0 { 1.0 } else { share };
                let share = if share < -1.0 { -1.0 } else { share };
                [if all == 0.0 { 0.0 } else { share }]
            });
        });
    }
}
