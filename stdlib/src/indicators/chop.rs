//! Choppiness index.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::finite::finite_runs;
use crate::window::sliding::{Max, Min, Sliding, Sum};
use crate::window::true_range::TrueRange;

pub static CHOP: Builtin = Builtin {
    name: "chop",
    kind: Kind::Indicator,
    category: "volatility",
    summary: "Choppiness index: how much of the movement of the last bars went nowhere",
    formula: "tr = true range (high - low on the first bar)\n\
              value = 100 * log10(sum of tr / (highest high - lowest low)) / log10(length), \
              all over `length` bars",
    source: "TradingView Choppiness Index (E. W. Dreiss)",
    edge_cases: "Missing on a window without any range. Near 100 sideways, low in a trend; a gap into the \
                 window can \
                 lift it above 100. A bar with a missing high, low or close is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close)],
    params: &[Param::int("length", 2, 100_000, 14, "number of bars")],
    outputs: Outputs::Fixed(&[Output::primary("value", INDEX, "0 in a straight line, about 100 sideways")]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Chop::new(p)),
};

const INDEX: Type = Type::Float { unit: Unit::Oscillator, range: Range::NON_NEGATIVE };

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Chop {
    scale: f64,
    range: TrueRange,
    ranges: Sliding<Sum>,
    highest: Sliding<Max>,
    lowest: Sliding<Min>,
}

impl Chop {
    fn new(p: &Params) -> Chop {
        let length = p.length(0);
        Chop {
            scale: 100.0 / libm::log10(length as f64),
            range: TrueRange::default(),
            ranges: Sliding::new(length),
            highest: Sliding::new(length),
            lowest: Sliding::new(length),
        }
    }
}

impl State for Chop {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [out]| {
            self.range.run(high, low, close, out);
            self.ranges.run_in_place(out);
            for ((value, &high), &low) in out.iter_mut().zip(high).zip(low) {
                let span = self.highest.push(high) - self.lowest.push(low);
                let index = self.scale * libm::log10(*value / span);
                // Rounding may bring the sum a hair below the span; log10 of 0 / 0 is missing.
                *value = if span > 0.0 { if index < 0.0 { 0.0 } else { index } } else { f64::NAN };
            }
        });
    }
}
