//! Arnaud Legoux moving average.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::Type;
use crate::window::finite::finite_runs;
use crate::window::history::{History, weigh_in_lanes};

pub static ALMA: Builtin = Builtin {
    name: "alma",
    kind: Kind::Indicator,
    category: "average",
    summary: "Arnaud Legoux moving average",
    formula: "n = length, m = offset * (n - 1), rounded down with `floor`; s = n / sigma\n\
              w[i] = exp(-(i - m)^2 / (2 * s^2)), i = 0 the oldest\n\
              value = sum of w[i] * x[i] / sum of w",
    source: "TradingView ta.alma (length 9 there)",
    edge_cases: "A missing input is skipped. Exactly the price on flat bars. Takes time in proportion to \
                 `length`.",
    inputs: &[Input::Source],
    params: &[
        Param::int("length", 1, 10_000, 10, "number of bars"),
        Param::float(
            "sigma",
            0.01,
            1000.0,
            6.0,
            "how narrow the weights are: the window is this many deviations",
        ),
        Param::float("offset", 0.0, 1.0, 0.85, "where the weights peak: 0 the oldest bar, 1 the newest"),
        Param::bool("floor", false, "round the peak down to a bar"),
    ],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Alma::new(p)),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Alma {
    window: History,
    /// Oldest first; they sum to 1.
    weights: Vec<f64>,
}

impl Alma {
    fn new(p: &Params) -> Alma {
        let length = p.length(0);
        let peak = p.float(2) * (length - 1) as f64;
        let peak = if p.bool(3) { peak.floor() } else { peak };
        let width = length as f64 / p.float(1);
        let weight = |i: usize| {
            let away = (i as f64 - peak) / width;
            libm::exp(-0.5 * away * away)
        };
        let mut weights: Vec<f64> = (0..length).map(weight).collect();
        let total: f64 = weights.iter().sum();
        if total > 0.0 {
            weights.iter_mut().for_each(|w| *w /= total);
        } else {
            // So narrow that every weight is 0: the bar nearest to the peak.
            weights[libm::round(peak) as usize] = 1.0;
        }
        Alma { window: History::new(length), weights }
    }
}

impl State for Alma {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            for (slot, &x) in out.iter_mut().zip(x) {
                let window = self.window.push(x);
                *slot = window.map_or(f64::NAN, |window| x + weigh_in_lanes(window, &self.weights, x));
            }
        });
    }
}
