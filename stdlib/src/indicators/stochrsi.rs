//! Stochastic of the relative strength index.

use serde::{Deserialize, Serialize};

use super::ma_type::Average;
use super::rsi::{self, Rsi};
use super::stoch::Lines;
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::Type;
use crate::window::finite::{CHUNK, finite_runs, leading_missing};
use crate::window::sliding::{Max, Min, Sliding};

pub static STOCHRSI: Builtin = Builtin {
    name: "stochrsi",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Stochastic RSI: where the RSI is in its own channel, smoothed",
    formula: "r = RSI(x, rsi_length)\n\
              f = 100 * (r - lowest r) / (highest r - lowest r), over `length` bars\n\
              k = SMA(f, k), d = SMA(k, d); both begin with the first d",
    source: "TradingView's layout (14, 14, 3, 3) on TA-Lib's RSI; with k = 1 it is TA-Lib STOCHRSI",
    edge_cases: "f is 0 when the RSI moved by less than 1e-9 points in the window: \
                 on a halted market the rest is rounding. A missing input is skipped.",
    inputs: &[Input::Source],
    params: &[
        Param::int("length", 1, 100_000, 14, "number of bars of the RSI's channel"),
        Param::int("rsi_length", 2, 100_000, 14, "number of bars of the RSI"),
        Param::int("k", 1, 100_000, 3, "number of bars over which k is averaged"),
        Param::int("d", 1, 100_000, 3, "number of bars over which d averages k"),
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("k", Type::OSCILLATOR, "the smoothed place in the channel"),
        Output::new("d", Type::OSCILLATOR, "its average, the signal line"),
    ]),
    check: no_relations,
    warmup: |p, w| rsi::warmup(p.length(1), w) + p.length(0) + p.length(2) + p.length(3) - 3,
    first: |p| p.length(1) + p.length(0) + p.length(2) + p.length(3) - 3,
    make: |p| Box::new(Stochrsi::new(p)),
};

/// RSI points; less is rounding.
const FLAT: f64 = 1e-9;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stochrsi {
    rsi: Rsi,
    top: Sliding<Max>,
    bottom: Sliding<Min>,
    lines: Lines,
}

impl Stochrsi {
    fn new(p: &Params) -> Stochrsi {
        Stochrsi {
            rsi: Rsi::new(p.length(1)),
            top: Sliding::new(p.length(0)),
            bottom: Sliding::new(p.length(0)),
            lines: Lines { k: Average::new(0, p.length(2)), d: Average::new(0, p.length(3)) },
        }
    }
}

impl State for Stochrsi {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [k, d]| {
            let mut bottom = [0.0; CHUNK];
            let bottom = &mut bottom[..x.len()];
            self.rsi.run(&[x], &mut [k]);
            let missing = leading_missing(k);
            bottom.copy_from_slice(k);
            d.copy_from_slice(k);
            self.top.run_in_place(&mut d[missing..]);
            self.bottom.run_in_place(&mut bottom[missing..]);
            for ((k, &top), &bottom) in k.iter_mut().zip(&*d).zip(&*bottom) {
                let height = top - bottom;
                let place = 100.0 * ((*k - bottom) / height);
                *k = if height < FLAT { 0.0 } else { place };
            }
            self.lines.run(k, d);
        });
    }
}
