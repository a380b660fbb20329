//! Mass index.

use std::ops;

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::wide::Vector;
use crate::window::cascade::{Cascade, Smoothing};
use crate::window::finite::derived_runs;
use crate::window::mean::Mean;

pub static MASS_INDEX: Builtin = Builtin {
    name: "mass_index",
    kind: Kind::Indicator,
    category: "volatility",
    summary: "Mass index: widening and narrowing of ranges, a bulge above 27 warns of a reversal",
    formula: "range = high - low; single = ema(range, fast); double = ema(single, fast)\n\
              value = sum of single / double over the last `slow` bars",
    source: "TA-Lib MASSI (Donald Dorsey, 1992)",
    edge_cases: "Bars without any range count 1 each. A bar with a missing high or low is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low)],
    params: &[
        Param::int("fast", 1, 100_000, 9, "number of bars of the two averages"),
        Param::int("slow", 1, 100_000, 25, "number of ratios in the sum"),
    ],
    outputs: Outputs::Fixed(&[Output::primary("value", SUM, "about `slow` while ranges stay the same")]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(MassIndex::new(p)),
};

const SUM: Type = Type::Float { unit: Unit::Scalar, range: Range::NON_NEGATIVE };

fn first(p: &Params) -> usize {
    2 * (p.length(0) - 1) + p.length(1) - 1
}

fn warmup(p: &Params, w: Warmup) -> usize {
    first(p) + 1 + 2 * w.smoothing(2.0 / (p.length(0) as f64 + 1.0))
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct MassIndex {
    ratio: Cascade<2, 1>,
    ratios: Mean,
}

impl MassIndex {
    fn new(p: &Params) -> MassIndex {
        let ratio = Cascade::ratio([Smoothing::exponential(p.length(0)); 2]);
        MassIndex { ratio, ratios: Mean::sum(p.length(1)) }
    }
}

impl State for MassIndex {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for MassIndex {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let range = |bars: ops::Range<usize>, out: &mut [f64]| {
            let (high, low) = (&inputs[0][bars.clone()], &inputs[1][bars]);
            for ((value, high), low) in out.iter_mut().zip(high).zip(low) {
                *value = high - low;
            }
        };
        derived_runs(outputs[0], range, |_, out| {
            self.ratio.run_in_place([out]);
            self.ratios.run_in_place(out);
            for slot in out {
                *slot = if *slot < 0.0 { 0.0 } else { *slot };
            }
        });
    }
}
