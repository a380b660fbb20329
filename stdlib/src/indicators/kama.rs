//! Kaufman adaptive moving average.

use serde::{Deserialize, Serialize};

use super::kvo::fast_below_slow;
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup};
use crate::types::Type;
use crate::window::finite::{CHUNK, defined, finite_chunks};
use crate::window::lag::Lag;
use crate::window::sliding::{Sliding, Sum};

pub static KAMA: Builtin = Builtin {
    name: "kama",
    kind: Kind::Indicator,
    category: "average",
    summary: "Kaufman adaptive moving average",
    formula: "n = length; change = |x[t] - x[t-n]|; path = sum of the last n |x[t] - x[t-1]|\n\
              efficiency = change / path, 1 when the path is 0\n\
              sc = (efficiency * (2 / (fast + 1) - 2 / (slow + 1)) + 2 / (slow + 1))^2\n\
              value += sc * (x - value), starting from the n-th input",
    source: "TA-Lib KAMA, whose `fast` and `slow` are fixed at 2 and 30",
    edge_cases: "A missing input is skipped. Where the price does not move the efficiency counts as 1, as \
                 in TA-Lib.",
    inputs: &[Input::Source],
    params: &[
        Param::int("length", 2, 100_000, 10, "number of bars over which the efficiency is measured"),
        Param::int("fast", 1, 100_000, 2, "length of the average when the price runs straight"),
        Param::int(
            "slow",
            1,
            100_000,
            30,
            "length of the average when the price goes nowhere; more than `fast`",
        ),
    ],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: |p| fast_below_slow(p, 1, 2),
    warmup,
    first,
    make: |p| Box::new(Kama::new(p.length(0), p.length(1), p.length(2))),
};

fn first(p: &Params) -> usize {
    p.length(0)
}

fn warmup(p: &Params, w: Warmup) -> usize {
    // At half the efficiency of a random walk, 1 / sqrt(n); where the price goes nowhere it forgets more slowly.
    let weight = |length: usize| 2.0 / (length as f64 + 1.0);
    let (fast, slow) = (weight(p.length(1)), weight(p.length(2)));
    let sc = 0.5 / libm::sqrt(p.length(0) as f64) * (fast - slow) + slow;
    p.length(0) + 1 + w.smoothing(sc * sc)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kama {
    ago: Lag,
    before: Lag,
    path: Sliding<Sum>,
    slow: f64,
    /// The weight of the fast average less that of the slow one.
    spread: f64,
    length: usize,
    seen: usize,
    value: f64,
}

impl Kama {
    #[must_use]
    pub fn new(length: usize, fast: usize, slow: usize) -> Kama {
        let weight = |length: usize| 2.0 / (length as f64 + 1.0);
        Kama {
            ago: Lag::new(length),
            before: Lag::new(1),
            path: Sliding::new(length),
            slow: weight(slow),
            spread: weight(fast) - weight(slow),
            length,
            seen: 0,
            value: 0.0,
        }
    }

    /// The weights of the newest inputs of this chunk, in `out`; missing in the first `length` bars.
    fn weigh(&mut self, x: &[f64], out: &mut [f64]) {
        let mut path = [0.0; CHUNK];
        let path = &mut path[..x.len()];
        self.before.run(x, path);
        for (step, x) in path.iter_mut().zip(x) {
            *step = (x - *step).abs();
        }
        self.path.run_in_place(defined(path));
        self.ago.run(x, out);
        for ((slot, x), &path) in out.iter_mut().zip(x).zip(&*path) {
            let change = (x - *slot).abs();
            let efficiency = if path > change { change / path } else { 1.0 };
            let weight = efficiency * self.spread + self.slow;
            *slot = weight * weight;
        }
    }
}

impl State for Kama {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_chunks(inputs, outputs, |[x], [out]| {
            self.weigh(x, out);
            let mut start = 0;
            while self.seen < self.length && start < x.len() {
                self.value = x[start];
                out[start] = f64::NAN;
                self.seen += 1;
                start += 1;
            }
            let mut value = self.value;
            for (slot, x) in out[start..].iter_mut().zip(&x[start..]) {
                value += *slot * (x - value);
                *slot = value;
            }
            self.value = value;
        });
    }
}
