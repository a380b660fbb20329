//! Commodity channel index.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::finite::finite_runs;
use crate::window::history::{History, sum_in_lanes};
use crate::window::mean::Mean;

pub static CCI: Builtin = Builtin {
    name: "cci",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Commodity channel index: distance from the mean in mean deviations",
    formula: "tp = (high + low + close) / 3, m = mean of the last `length` tp\n\
              value = (tp - m) / (0.015 * mean of |tp[i] - m| over the window)",
    source: "TA-Lib CCI, TradingView ta.cci of hlc3",
    edge_cases: "0 when all typical prices of the window are equal. A bar with a missing price is skipped. \
                 Takes time in proportion to `length`.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close)],
    params: &[Param::int("length", 2, 10_000, 14, "number of bars")],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Scalar, range: Range::ANY },
        "mostly between -200 and 200",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Cci { mean: Mean::new(p.length(0)), window: History::new(p.length(0)) }),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Cci {
    mean: Mean,
    window: History,
}

impl State for Cci {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [out]| {
            for (((slot, high), low), close) in out.iter_mut().zip(high).zip(low).zip(close) {
                *slot = (high + low + close) / 3.0;
            }
            let mut typical = [0.0; crate::window::finite::CHUNK];
            let typical = &mut typical[..out.len()];
            typical.copy_from_slice(out);
            self.mean.run_in_place(out);
            for (slot, &price) in out.iter_mut().zip(&*typical) {
                let Some(window) = self.window.push(price) else { continue };
                let mean = *slot;
                let deviation = sum_in_lanes(window, |x| (x - mean).abs()) / window.len() as f64;
                *slot = if deviation == 0.0 { 0.0 } else { (price - mean) / (0.015 * deviation) };
            }
        });
    }
}
