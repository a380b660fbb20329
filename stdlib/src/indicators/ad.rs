//! Accumulation/distribution line.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{self, Field, Type, Unit};
use crate::wide::Vector;
use crate::window::exact::Running;
use crate::window::finite::derived_runs;

pub static AD: Builtin = Builtin {
    name: "ad",
    kind: Kind::Indicator,
    category: "volume",
    summary: "Accumulation/distribution: running total of volume weighted by where the close lies in its bar",
    formula: "place = ((close - low) - (high - close)) / (high - low), 0 when high = low\n\
              value = value[1] + place * volume",
    source: "TA-Lib AD (Marc Chaikin)",
    edge_cases: "Its level depends on where the data begins; only its changes mean something. Bars without \
                 range or \
                 volume leave it as it is. A bar with a missing price or volume is skipped.",
    inputs: PRICES_AND_VOLUME,
    params: &[],
    outputs: Outputs::Fixed(&[Output::primary("value", VOLUME, "volume accumulated")]),
    check: no_relations,
    warmup: |_, _| 1,
    first: |_| 0,
    make: |_| Box::new(Ad::default()),
};

pub(crate) const PRICES_AND_VOLUME: &[Input] =
    &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close), Input::Bar(Field::Volume)];

const VOLUME: Type = Type::Float { unit: Unit::Volume, range: types::Range::ANY };

/// What a bar adds to the line, not finite where one of these is not.
#[inline(always)]
pub(crate) fn flow(high: f64, low: f64, close: f64, volume: f64) -> f64 {
    close_location(high, low, close) * volume
}

/// Where the close lies in its bar, from -1 at the low to 1 at the high.
#[inline(always)]
fn close_location(high: f64, low: f64, close: f64) -> f64 {
    let range = high - low;
    // Without a range both distances are 0; dividing them by 1 keeps the loops around this free of branches.
    ((close - low) - (high - close)) / if range > 0.0 { range } else { 1.0 }
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Ad {
    total: Running,
}

impl State for Ad {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Ad {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let flows = |bars: Range<usize>, out: &mut [f64]| {
            let n = out.len();
            let column = |k: usize| &inputs[k][bars.start..bars.end];
            let (high, low) = (&column(0)[..n], &column(1)[..n]);
            let (close, volume) = (&column(2)[..n], &column(3)[..n]);
            for t in 0..n {
                out[t] = flow(high[t], low[t], close[t], volume[t]);
            }
        };
        derived_runs(outputs[0], flows, |_, flows| self.total.run_in_place(flows));
    }
}
