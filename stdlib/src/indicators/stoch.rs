//! Stochastic oscillator.

use serde::{Deserialize, Serialize};

use super::ma_type::{self, Average, WITHIN_RANGE};
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::{Field, Type};
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::sliding::{Max, Min, Sliding};

pub static STOCH: Builtin = Builtin {
    name: "stoch",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Stochastic oscillator: where the close is in the channel, smoothed",
    formula: "f = 100 * (close - lowest low) / (highest high - lowest low), over `k` bars\n\
              k = average(f, smooth_k), d = average(k, d); both begin with the first d",
    source: "TA-Lib STOCH (fastk = k, slowk = smooth_k, slowd = d)",
    edge_cases: "f is 0 when all bars of the window have one price, as in TA-Lib. \
                 A bar with a missing price is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close)],
    params: &[
        Param::int("k", 1, 100_000, 14, "number of bars of the channel"),
        Param::int("smooth_k", 1, 100_000, 3, "number of bars over which k is averaged"),
        Param::int("d", 1, 100_000, 3, "number of bars over which d averages k"),
        ma_type::param(WITHIN_RANGE, "sma"),
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("k", Type::OSCILLATOR, "the smoothed place in the channel"),
        Output::new("d", Type::OSCILLATOR, "its average, the signal line"),
    ]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(Stoch::new(p)),
};

fn first(p: &Params) -> usize {
    let ma = p.choice(3);
    p.length(0) - 1 + ma_type::first(ma, p.length(1)) + ma_type::first(ma, p.length(2))
}

fn warmup(p: &Params, w: Warmup) -> usize {
    let ma = p.choice(3);
    p.length(0) + ma_type::warmup(ma, p.length(1), w) + ma_type::warmup(ma, p.length(2), w) - 2
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stoch {
    top: Sliding<Max>,
    bottom: Sliding<Min>,
    lines: Lines,
}

impl Stoch {
    fn new(p: &Params) -> Stoch {
        Stoch {
            top: Sliding::new(p.length(0)),
            bottom: Sliding::new(p.length(0)),
            lines: Lines {
                k: Average::new(p.choice(3), p.length(1)),
                d: Average::new(p.choice(3), p.length(2)),
            },
        }
    }
}

impl State for Stoch {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [k, d]| {
            self.top.run(high, k);
            self.bottom.run(low, d);
            for ((k, &bottom), &close) in k.iter_mut().zip(&*d).zip(close) {
                let height = *k - bottom;
                let place = 100.0 * ((close - bottom) / height);
                *k = if height == 0.0 { 0.0 } else { place };
            }
            self.lines.run(k, d);
        });
    }
}

/// The smoothed line and its signal, which begin together.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Lines {
    pub(crate) k: Average,
    pub(crate) d: Average,
}

impl Lines {
    /// `k` holds at most [`CHUNK`] places from 0 to 100 and gets the line; `d` gets the signal.
    pub(crate) fn run(&mut self, k: &mut [f64], d: &mut [f64]) {
        debug_assert!(k.len() <= CHUNK);
        self.k.run_in_place(k);
        d.copy_from_slice(k);
        self.d.run_in_place(d);
        for (k, d) in k.iter_mut().zip(d) {
            // Averages of numbers in a range leave it by no more than rounding.
            *d = d.clamp(0.0, 100.0);
            *k = if d.is_nan() { f64::NAN } else { k.clamp(0.0, 100.0) };
        }
    }
}
