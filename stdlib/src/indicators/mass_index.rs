//! Mass index.

use std::ops;

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::wide::Vector;
use crate::window::cascade::{Cascade, Smoothing};
use crate::window::finite::{CHUNK, derived_runs};
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

/// An average `d = k * before + (1 - k) * s` tells what it was made of, so that only the second one is followed:
/// `s / d = (1 - k * before / d) / (1 - k)`, which is `rise - fall * before / d`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct MassIndex {
    /// Until the second average has its first value.
    single: Cascade<1, 1>,
    double: Cascade<2, 1>,
    /// The latest of them; missing before the first.
    before: f64,
    rise: f64,
    fall: f64,
    ratios: Mean,
}

impl MassIndex {
    fn new(p: &Params) -> MassIndex {
        let n = p.length(0) as f64;
        let smoothing = Smoothing::exponential(p.length(0));
        MassIndex {
            single: Cascade::of_changes([smoothing]),
            double: Cascade::of_changes([smoothing; 2]),
            before: f64::NAN,
            rise: (n + 1.0) / 2.0,
            fall: (n - 1.0) / 2.0,
            ratios: Mean::sum(p.length(1)),
        }
    }

    /// Replaces ranges by ratios as long as there is no second average to go on from; how many it has replaced.
    fn begin(&mut self, ranges: &mut [f64]) -> usize {
        for (done, slot) in ranges.iter_mut().enumerate() {
            if !self.before.is_nan() {
                return done;
            }
            let ([single], [double]) = (self.single.step([*slot]), self.double.step([*slot]));
            *slot = if double == 0.0 { 1.0 } else { single / double };
            self.before = double;
        }
        ranges.len()
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
            let n = out.len();
            let mut scratch = [0.0; CHUNK];
            let ratios = &mut scratch[..n];
            let begun = self.begin(out);
            ratios[..begun].copy_from_slice(&out[..begun]);
            let (doubles, ratios_left) = (&mut out[begun..], &mut ratios[begun..]);
            self.double.run_in_place([doubles]);
            if let ([first, rest @ ..], [others @ .., last]) = (ratios_left, &*doubles) {
                // Each with the one before it, in a column of their own: in place they would wait for each other.
                *first = self.before;
                rest.copy_from_slice(others);
                self.before = *last;
            }
            let (rise, fall) = (self.rise, self.fall);
            for (slot, &double) in ratios[begun..].iter_mut().zip(&*doubles) {
                let ratio = rise - fall * (*slot / double);
                *slot = if double == 0.0 { 1.0 } else { ratio };
            }
            self.ratios.run(ratios, out);
            for slot in out {
                *slot = if *slot < 0.0 { 0.0 } else { *slot };
            }
        });
    }
}
