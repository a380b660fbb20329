//! Distance from the mean in standard deviations.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::moments::Moments;

pub static ZSCORE: Builtin = Builtin {
    name: "zscore",
    kind: Kind::Indicator,
    category: "statistic",
    summary: "Distance from the mean in standard deviations",
    formula: "value = (x - mean) / standard deviation, of the last `length` inputs",
    source: "Definition",
    edge_cases: "A missing input is skipped. 0 on flat bars.",
    inputs: &[Input::Source],
    params: &[
        Param::int("length", 2, 100_000, 20, "number of bars"),
        Param::int("ddof", 0, 1, 0, "0 divides by `length` (population), 1 by `length` - 1 (sample)"),
    ],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Scalar, range: Range::ANY },
        "mostly between -3 and 3",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Zscore::new(p.length(0), p.length(1))),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Zscore {
    window: Moments,
    divisor: f64,
}

impl Zscore {
    fn new(length: usize, ddof: usize) -> Zscore {
        Zscore { window: Moments::new(length), divisor: (length - ddof) as f64 }
    }
}

impl State for Zscore {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let divisor = self.divisor;
        finite_runs(inputs, outputs, |[x], [out]| {
            let mut means = [0.0; CHUNK];
            let means = &mut means[..x.len()];
            self.window.run(x, means, out);
            for ((slot, mean), x) in out.iter_mut().zip(means).zip(x) {
                let squares = *slot;
                *slot = if squares == 0.0 { 0.0 } else { (x - *mean) / (squares / divisor).sqrt() };
            }
        });
    }
}
