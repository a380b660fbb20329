//! Fisher transform of the price within its channel.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::lag::Lag;
use crate::window::sliding::{Max, Min, Sliding};

pub static FISHER: Builtin = Builtin {
    name: "fisher",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Fisher transform of the price within its channel",
    formula: "x = (high + low) / 2, p = (x - lowest x) / (highest x - lowest x) - 0.5, over `length` bars\n\
              w = 0.66 * p + 0.67 * w[t-1], then 0.999 with its sign where it is beyond 0.99\n\
              fisher = 0.5 * ln((1 + w) / (1 - w)) + 0.5 * fisher[t-1], both from 0\n\
              signal = fisher `signal` bars ago",
    source: "TradingView Fisher Transform",
    edge_cases: "p is 0, the middle, where the channel is no higher than 1e-12 of the price. A bar with a \
                 missing high or low is skipped.",
    inputs: &[Input::Bar(Field::Hl2)],
    params: &[
        Param::int("length", 1, 100_000, 9, "number of bars of the channel"),
        Param::int("signal", 1, 100_000, 1, "how many bars the signal lags"),
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("fisher", RANGE, "above 0 high in the channel"),
        Output::new("signal", RANGE, "fisher some bars ago"),
    ]),
    check: no_relations,
    warmup: |p, w| p.length(0) + p.length(1) + 2 * w.smoothing(0.33),
    first: |p| p.length(0) - 1 + p.length(1),
    make: |p| Box::new(Fisher::new(p.length(0), p.length(1))),
};

/// With w at most 0.999 the recurrence stays below ln(1.999 / 0.001).
const RANGE: Type = Type::Float { unit: Unit::Scalar, range: Range::new(-7.61, 7.61) };

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Fisher {
    top: Sliding<Max>,
    bottom: Sliding<Min>,
    w: f64,
    fisher: f64,
    signal: Lag,
}

impl Fisher {
    fn new(length: usize, signal: usize) -> Fisher {
        let (top, bottom) = (Sliding::new(length), Sliding::new(length));
        Fisher { top, bottom, w: 0.0, fisher: 0.0, signal: Lag::new(signal) }
    }
}

impl State for Fisher {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out, signal]| {
            let mut bottom = [0.0; CHUNK];
            let bottom = &mut bottom[..x.len()];
            self.top.run(x, out);
            self.bottom.run(x, bottom);
            for ((slot, &bottom), &x) in out.iter_mut().zip(&*bottom).zip(x) {
                let height = *slot - bottom;
                if height.is_nan() {
                    continue;
                }
                let place = if height <= 1e-12 * x.abs() { 0.0 } else { (x - bottom) / height - 0.5 };
                let w = 0.66 * place + 0.67 * self.w;
                self.w = if w.abs() > 0.99 { 0.999_f64.copysign(w) } else { w };
                self.fisher = 0.5 * (libm::log((1.0 + self.w) / (1.0 - self.w)) + self.fisher);
                *slot = self.fisher;
            }
            self.signal.run(out, signal);
        });
    }
}
