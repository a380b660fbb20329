//! Relative volume.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::sliding::{Sliding, Sum};

pub static RELATIVE_VOLUME: Builtin = Builtin {
    name: "relative_volume",
    kind: Kind::Indicator,
    category: "volume",
    summary: "Relative volume: this bar's volume as a multiple of the mean of the bars before it",
    formula: "value = volume / mean volume of the `length` bars before this one",
    source: "TA-Lib RVOL",
    edge_cases: "Missing when the bars before have no volume. A bar with a missing volume is skipped.",
    inputs: &[Input::Bar(Field::Volume)],
    params: &[Param::int("length", 1, 100_000, 20, "number of bars in the mean")],
    outputs: Outputs::Fixed(&[Output::primary("value", RATIO, "1 is as usual, 2 is twice as much")]),
    check: no_relations,
    warmup: |p, _| p.length(0) + 1,
    first: |p| p.length(0),
    make: |p| Box::new(RelativeVolume { volumes: Sliding::new(p.length(0)), before: f64::NAN }),
};

const RATIO: Type = Type::Float { unit: Unit::Ratio, range: Range::NON_NEGATIVE };

#[derive(Clone, Debug, Serialize, Deserialize)]
struct RelativeVolume {
    volumes: Sliding<Sum>,
    /// Sum of the window before this bar; missing until the window is full.
    before: f64,
}

impl State for RelativeVolume {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[volume], [out]| {
            let n = out.len();
            // The sums of the windows before each bar.
            let mut sums = [0.0; CHUNK + 1];
            sums[0] = self.before;
            self.volumes.run(volume, &mut sums[1..=n]);
            self.before = sums[n];
            let length = self.volumes.length() as f64;
            for ((value, volume), &sum) in out.iter_mut().zip(volume).zip(&sums) {
                *value = volume * length / if sum > 0.0 { sum } else { f64::NAN };
            }
        });
    }
}
