//! Volume-weighted moving average.

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Type};
use crate::wide::Vector;
use crate::window::doubling::Doubling;
use crate::window::finite::{CHUNK, finite_runs};

pub static VWMA: Builtin = Builtin {
    name: "vwma",
    kind: Kind::Indicator,
    category: "average",
    summary: "Volume-weighted moving average",
    formula: "value = sum of the last `length` x * volume / sum of the last `length` volumes",
    source: "TA-Lib VWMA, TradingView ta.vwma",
    edge_cases: "Missing where there was no volume in the window. A bar with a missing input or volume is \
                 skipped.",
    inputs: &[Input::Source, Input::Bar(Field::Volume)],
    params: &[Param::int("length", 1, 100_000, 20, "number of bars")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Vwma { worth: Doubling::new(p.length(0)), volume: Doubling::new(p.length(0)) }),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Vwma {
    /// Price times volume.
    worth: Doubling,
    volume: Doubling,
}

impl State for Vwma {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Vwma {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x, volume], [out]| {
            let mut volumes = [0.0; CHUNK];
            let volumes = &mut volumes[..x.len()];
            volumes.copy_from_slice(volume);
            for ((slot, x), volume) in out.iter_mut().zip(x).zip(volume) {
                *slot = x * volume;
            }
            self.volume.run_in_place(volumes);
            self.worth.run_in_place(out);
            for (slot, &volume) in out.iter_mut().zip(&*volumes) {
                let average = *slot / volume;
                *slot = if volume == 0.0 { f64::NAN } else { average };
            }
        });
    }
}
