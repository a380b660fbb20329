//! Relative strength index.

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::Type;
use crate::wide::Vector;
use crate::window::cascade::{Cascade, Smoothing};
use crate::window::finite::{CHUNK, trusting_runs};

pub static RSI: Builtin = Builtin {
    name: "rsi",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Relative strength index: the share of gains in all movement",
    formula: "gain = max(x[t] - x[t-1], 0), loss = max(x[t-1] - x[t], 0)\n\
              G, Q = Wilder averages (weight 1 / length) of gain and loss, seeded with the mean of the first `length`\n\
              value = 100 * G / (G + Q)",
    source: "TA-Lib RSI",
    edge_cases: "0 as long as the price has never moved, as in TA-Lib; on a halted market it keeps its \
                 last value. \
                 A missing input is skipped: the next change is measured from the last price there was.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 2, 100_000, 14, "number of bars; weight 1 / length for the newest")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::OSCILLATOR, "0 only losses, 100 only gains")]),
    check: no_relations,
    warmup: |p, w| warmup(p.length(0), w),
    first: |p: &Params| p.length(0),
    make: |p| Box::new(Rsi::new(p.length(0))),
};

/// Inputs until the index has forgotten its seed: it divides one smoothing by another, and each may err by half of what
/// is tolerated.
pub(crate) fn warmup(length: usize, w: Warmup) -> usize {
    let half = Warmup { tolerance: w.tolerance / 2.0, ..w };
    1 + length + half.smoothing(1.0 / length as f64)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Rsi {
    strength: Strength,
}

impl Rsi {
    pub(crate) fn new(length: usize) -> Rsi {
        Rsi { strength: Strength::new(length) }
    }
}

impl State for Rsi {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Rsi {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        self.strength.run::<V>(inputs, outputs, |gain, loss| 100.0 * (gain / (gain + loss)));
    }
}

/// Wilder averages of gains and losses.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Strength {
    /// The input before; missing before the first.
    before: f64,
    /// Of gains and losses.
    averages: Cascade<1, 2>,
}

impl Strength {
    pub(crate) fn new(length: usize) -> Strength {
        Strength { before: f64::NAN, averages: Cascade::of_changes([Smoothing::wilder(length)]) }
    }

    /// Gives `join` of both averages, or 0 where the price has never moved; missing on the first `length`. A closure of
    /// its own for each `V` is inlined.
    #[allow(clippy::extra_unused_type_parameters, reason = "the closure is another one for each")]
    #[inline(always)]
    pub(crate) fn run<V: Vector>(
        &mut self,
        inputs: &[&[f64]],
        outputs: &mut [&mut [f64]],
        join: impl Fn(f64, f64) -> f64 + Copy,
    ) {
        let is_sound = |strength: &Strength| strength.averages.is_sound();
        trusting_runs(self, inputs, outputs, is_sound, |strength, [x], [out]| {
            strength.run_chunk(x, out, join);
        });
    }

    /// At most [`CHUNK`] finite inputs.
    #[inline(always)]
    fn run_chunk(&mut self, x: &[f64], out: &mut [f64], join: impl Fn(f64, f64) -> f64 + Copy) {
        let mut losses = [0.0; CHUNK];
        let losses = &mut losses[..x.len()];
        out[0] = x[0] - self.before;
        for ((change, x), before) in out[1..].iter_mut().zip(&x[1..]).zip(x) {
            *change = x - before;
        }
        self.before = x[x.len() - 1];
        for (gain, loss) in out.iter_mut().zip(&mut *losses) {
            let change = *gain;
            // Both missing on the very first input.
            *loss = if change > 0.0 { 0.0 } else { -change };
            *gain = if change < 0.0 { 0.0 } else { change };
        }
        self.averages.run_joined([out, losses], |[gain, loss]| {
            let joined = join(gain, loss);
            if gain + loss == 0.0 { 0.0 } else { joined }
        });
    }
}
