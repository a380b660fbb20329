//! Hurst exponent: does the price go on or come back.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::window::finite::{CHUNK, defined, finite_runs};
use crate::window::lag::Lag;
use crate::window::sliding::{Sliding, Sum};

pub static HURST: Builtin = Builtin {
    name: "hurst",
    kind: Kind::Indicator,
    category: "statistic",
    summary: "Hurst exponent: does the price go on or come back",
    formula: "lags 1, 2, 4, ... up to length / 4; q(lag) = mean of (x[i] - x[i-lag])^2 over the window of \
              `length` inputs\n\
              value = half the least-squares slope of ln q over ln lag, within 0 to 1",
    source: "Definition (scaling of the second moment of the increments)",
    edge_cases: "A missing input is skipped. 0.5, a random walk, where the price did not move by any of \
                 the lags.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 8, 100_000, 100, "number of bars; at least 100 for a usable figure")],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Ratio, range: Range::UNIT },
        "below 0.5 returns to the mean, 0.5 random, above 0.5 trends",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Hurst::new(p.length(0))),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Hurst {
    scales: Vec<Scale>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Scale {
    ago: Lag,
    squares: Sliding<Sum>,
    /// `1 / (length - lag)`
    share: f64,
    /// The weight of `ln q` in half the slope.
    weight: f64,
}

impl Hurst {
    fn new(length: usize) -> Hurst {
        let lags: Vec<usize> = (0..).map(|k| 1 << k).take_while(|lag| *lag <= length / 4).collect();
        let middle = 0.5 * (lags.len() - 1) as f64;
        let squares: f64 = (0..lags.len()).map(|k| (k as f64 - middle) * (k as f64 - middle)).sum();
        let scale = |(k, &lag): (usize, &usize)| Scale {
            ago: Lag::new(lag),
            squares: Sliding::new(length - lag),
            share: 1.0 / (length - lag) as f64,
            weight: 0.5 * (k as f64 - middle) / (squares * std::f64::consts::LN_2),
        };
        Hurst { scales: lags.iter().enumerate().map(scale).collect() }
    }
}

impl State for Hurst {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            let mut moments = [0.0; CHUNK];
            let moments = &mut moments[..x.len()];
            out.fill(0.0);
            for scale in &mut self.scales {
                scale.ago.run(x, moments);
                for (slot, x) in moments.iter_mut().zip(x) {
                    *slot = (x - *slot) * (x - *slot);
                }
                scale.squares.run_in_place(defined(moments));
                for (slot, square) in out.iter_mut().zip(&*moments) {
                    *slot += scale.weight * libm::log(square * scale.share);
                }
            }
            for (slot, last) in out.iter_mut().zip(&*moments) {
                // A logarithm of 0 somewhere: no slope. Missing only while the window fills.
                let known = slot.is_finite() || last.is_nan();
                *slot = if known { slot.clamp(0.0, 1.0) } else { 0.5 };
            }
        });
    }
}
