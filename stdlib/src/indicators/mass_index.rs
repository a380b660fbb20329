//! Mass index.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::amounts::Amounts;
use crate::window::decay::Decay;
use crate::window::finite::{CHUNK, finite_runs};

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
    single: Decay,
    double: Decay,
    /// Bars until the first of the single average.
    single_waits: usize,
    /// Bars until the first of the double average.
    waits: usize,
    ratios: Amounts,
}

impl MassIndex {
    fn new(p: &Params) -> MassIndex {
        MassIndex {
            single: Decay::exponential(p.length(0)),
            double: Decay::exponential(p.length(0)),
            single_waits: p.length(0) - 1,
            waits: 2 * (p.length(0) - 1),
            ratios: Amounts::new(p.length(1)),
        }
    }
}

impl State for MassIndex {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low], [out]| {
            let n = out.len();
            for ((value, high), low) in out.iter_mut().zip(high).zip(low) {
                *value = high - low;
            }
            self.single.run_in_place(out);
            let mut double = [0.0; CHUNK];
            double[..n].copy_from_slice(out);
            let from = self.single_waits.min(n);
            self.single_waits -= from;
            self.double.run_in_place(&mut double[from..n]);
            for (double, &single) in double[..n].iter_mut().zip(&*out) {
                let ratio = single / *double;
                *double = if *double == 0.0 { 1.0 } else { ratio };
            }
            let missing = self.waits.min(n);
            self.waits -= missing;
            out[..missing].fill(f64::NAN);
            self.ratios.run(&double[missing..n], &mut out[missing..]);
        });
    }
}
