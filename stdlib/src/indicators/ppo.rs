//! Percentage price oscillator.

use serde::{Deserialize, Serialize};

use super::ema::{Ema, forgets};
use super::kvo::fast_below_slow;
use super::ma_type::{self, Average};
use crate::kernel::{State, Wide, run_wide};
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup};
use crate::types::{Range, Type, Unit};
use crate::wide::Vector;
use crate::window::finite::{CHUNK, finite_runs};

pub static PPO: Builtin = Builtin {
    name: "ppo",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Percentage price oscillator: a fast average less a slow one, in percent of the slow one",
    formula: "ppo = 100 * (average(x, fast) - average(x, slow)) / average(x, slow), each seeded at its own \
              start\n\
              signal = EMA(ppo, signal), histogram = ppo - signal",
    source: "TA-Lib PPO (matype EMA); the signal line is ours",
    edge_cases: "0 when the slow average is 0. A missing input is skipped.",
    inputs: &[Input::Source],
    params: PARAMS,
    outputs: Outputs::Fixed(&[
        Output::primary("ppo", PERCENT, "fast less slow average, in percent of the slow one"),
        Output::new("signal", PERCENT, "exponential average of ppo"),
        Output::new("histogram", PERCENT, "ppo less signal"),
    ]),
    check: |p| fast_below_slow(p, 0, 1),
    warmup,
    first,
    make: |p| Box::new(Ppo::new(p)),
};

pub(crate) const PERCENT: Type = Type::Float { unit: Unit::Percent, range: Range::ANY };

pub(crate) const PARAMS: &[Param] = &[
    Param::int("fast", 1, 100_000, 12, "length of the fast average; less than `slow`"),
    Param::int("slow", 2, 100_000, 26, "length of the slow average"),
    Param::int("signal", 1, 100_000, 9, "length of the signal's average"),
    ma_type::param(ma_type::ANY, "ema"),
];

pub(crate) fn first(p: &Params) -> usize {
    ma_type::first(p.choice(3), p.length(1)) + p.length(2) - 1
}

pub(crate) fn warmup(p: &Params, w: Warmup) -> usize {
    ma_type::warmup(p.choice(3), p.length(1), w) + forgets(p.length(2), w)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ppo {
    fast: Average,
    slow: Average,
    signal: Ema,
}

impl Ppo {
    pub(crate) fn new(p: &Params) -> Ppo {
        Ppo {
            fast: Average::new(p.choice(3), p.length(0)),
            slow: Average::new(p.choice(3), p.length(1)),
            signal: Ema::new(p.length(2)),
        }
    }
}

impl State for Ppo {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Ppo {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [ppo, signal, histogram]| {
            let mut fast = [0.0; CHUNK];
            let fast = &mut fast[..x.len()];
            fast.copy_from_slice(x);
            self.fast.run_in_place(fast);
            ppo.copy_from_slice(x);
            self.slow.run_in_place(ppo);
            for (ppo, fast) in ppo.iter_mut().zip(&*fast) {
                let slow = *ppo;
                let apart = 100.0 * ((fast - slow) / slow);
                *ppo = if slow == 0.0 { 0.0 } else { apart };
            }
            signal.copy_from_slice(ppo);
            self.signal.run_in_place(signal);
            for ((histogram, ppo), signal) in histogram.iter_mut().zip(&*ppo).zip(&*signal) {
                *histogram = ppo - signal;
            }
        });
    }
}
