//! Exponential moving average.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Default, Param, ParamType, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::Type;

pub static EMA: Builtin = Builtin {
    name: "ema",
    kind: Kind::Indicator,
    category: "average",
    summary: "Exponential moving average",
    formula: "alpha = 2 / (length + 1)\n\
              value at the length-th bar = mean of the first `length` inputs\n\
              afterwards value += alpha * (x - value)",
    source: "TA-Lib EMA",
    edge_cases: "A missing input is skipped; the average goes on from its last value.",
    inputs: &[Input::Source],
    params: &[Param {
        name: "length",
        ty: ParamType::Int { min: 1, max: 100_000 },
        default: Default::Int(20),
        doc: "number of bars; weight 2 / (length + 1) for the newest",
    }],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(Ema::new(p.length(0))),
};

fn first(p: &Params) -> usize {
    p.length(0) - 1
}

fn warmup(p: &Params, w: Warmup) -> usize {
    p.length(0) + w.smoothing(2.0 / (p.length(0) as f64 + 1.0))
}

/// Seeded with the mean of the first `length` inputs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ema {
    alpha: f64,
    length: usize,
    /// Inputs seen, up to `length`.
    seen: usize,
    /// The sum of the seed while it grows, then the average.
    value: f64,
}

impl Ema {
    #[must_use]
    pub fn new(length: usize) -> Ema {
        Ema { alpha: 2.0 / (length as f64 + 1.0), length, seen: 0, value: 0.0 }
    }

    /// One bar; missing until `length` inputs were seen.
    #[inline]
    pub fn step(&mut self, x: f64) -> f64 {
        if !x.is_finite() {
            return f64::NAN;
        }
        if self.seen >= self.length {
            self.value += self.alpha * (x - self.value);
            return self.value;
        }
        self.seen += 1;
        self.value += x;
        if self.seen < self.length {
            return f64::NAN;
        }
        self.value /= self.length as f64;
        self.value
    }
}

impl State for Ema {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        for (out, &x) in outputs[0].iter_mut().zip(inputs[0]) {
            *out = self.step(x);
        }
    }
}
