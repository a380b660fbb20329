//! Accumulation/distribution line.

use serde::{Deserialize, Serialize};

use crate::indicators::cmf::close_location;
use crate::kernel::State;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::exact::Running;
use crate::window::finite::finite_runs;

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

const VOLUME: Type = Type::Float { unit: Unit::Volume, range: Range::ANY };

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ad {
    total: Running,
}

impl Ad {
    /// Bars of finite values.
    pub(crate) fn block(&mut self, [high, low, close, volume]: [&[f64]; 4], out: &mut [f64]) {
        let n = out.len();
        let (high, low, close, volume) = (&high[..n], &low[..n], &close[..n], &volume[..n]);
        for t in 0..n {
            out[t] = close_location(high[t], low[t], close[t]) * volume[t];
        }
        self.total.run_in_place(out);
    }
}

impl State for Ad {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |columns: [&[f64]; 4], [out]| self.block(columns, out));
    }
}
