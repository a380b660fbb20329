//! Value below which a share of the last values lies.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::Type;
use crate::window::finite::finite_runs;
use crate::window::lag::Lag;

pub static PERCENTILE: Builtin = Builtin {
    name: "percentile",
    kind: Kind::Indicator,
    category: "statistic",
    summary: "Value below which a share of the last values lies",
    formula: "the last `length` inputs in order; value = the one at rank ceil(percentile * length / 100), \
              at least 1 (nearest rank)",
    source: "TA-Lib PERCENTILE",
    edge_cases: "A missing input is skipped. Exactly the price on flat bars. Takes time in proportion to \
                 `length`.",
    inputs: &[Input::Source],
    params: &[
        Param::int("length", 2, 10_000, 30, "number of bars"),
        Param::float("percentile", 0.0, 100.0, 50.0, "0 the least, 50 the median, 100 the greatest"),
    ],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "one of the last inputs")]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Percentile::new(p.length(0), p.float(1))),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Percentile {
    leaving: Lag,
    /// The inputs of the window in order; room for all from the start.
    sorted: Vec<f64>,
    /// How many of `sorted` are inputs.
    filled: usize,
    rank: usize,
}

impl Percentile {
    fn new(length: usize, percentile: f64) -> Percentile {
        let rank = (percentile * length as f64 / 100.0).ceil() as usize;
        Percentile {
            leaving: Lag::new(length),
            sorted: vec![f64::INFINITY; length],
            filled: 0,
            rank: rank.clamp(1, length),
        }
    }

    /// Puts `x` in the place of the input that leaves, moving only what lies between.
    fn replace(&mut self, x: f64) -> f64 {
        let old = self.leaving.push(x);
        // As long as the window fills, an infinity leaves.
        let from = if old.is_nan() { self.filled } else { self.sorted.partition_point(|v| *v < old) };
        self.filled = (self.filled + 1).min(self.sorted.len());
        let to = self.sorted.partition_point(|v| *v < x);
        if to > from {
            self.sorted.copy_within(from + 1..to, from);
            self.sorted[to - 1] = x;
        } else {
            self.sorted.copy_within(to..from, to + 1);
            self.sorted[to] = x;
        }
        if self.filled == self.sorted.len() { self.sorted[self.rank - 1] } else { f64::NAN }
    }
}

impl State for Percentile {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            for (slot, &x) in out.iter_mut().zip(x) {
                *slot = self.replace(x);
            }
        });
    }
}
