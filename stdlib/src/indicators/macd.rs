//! Moving average convergence divergence.

use serde::{Deserialize, Serialize};

use super::ema::{Ema, forgets};
use super::kvo::fast_below_slow;
use crate::kernel::{State, Wide, run_wide};
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs};
use crate::types::Type;
use crate::wide::Vector;
use crate::window::finite::{CHUNK, finite_runs};

pub static MACD: Builtin = Builtin {
    name: "macd",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Moving average convergence divergence: a fast average less a slow one",
    formula: "macd = EMA(x, fast) - EMA(x, slow), both first defined at the slow-th input: \
              the fast one is seeded with the mean of the last `fast` inputs there\n\
              signal = EMA(macd, signal), histogram = macd - signal; all three begin with the first signal",
    source: "TA-Lib MACD",
    edge_cases: "All three are exactly 0 on flat bars. A missing input is skipped.",
    inputs: &[Input::Source],
    params: &[
        Param::int("fast", 1, 100_000, 12, "length of the fast average; less than `slow`"),
        Param::int("slow", 2, 100_000, 26, "length of the slow average"),
        Param::int("signal", 1, 100_000, 9, "length of the signal's average"),
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("macd", Type::PRICE_DELTA, "fast less slow average"),
        Output::new("signal", Type::PRICE_DELTA, "average of macd"),
        Output::new("histogram", Type::PRICE_DELTA, "macd less signal"),
    ]),
    check: |p| fast_below_slow(p, 0, 1),
    warmup: |p, w| forgets(p.length(1), w) + forgets(p.length(2), w),
    first: |p| p.length(1) + p.length(2) - 2,
    make: |p| Box::new(Macd::new(p)),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Macd {
    fast: Ema,
    slow: Ema,
    signal: Ema,
    /// Inputs that the fast average has yet to leave out, to begin with the slow one.
    ahead: usize,
}

impl Macd {
    fn new(p: &Params) -> Macd {
        Macd {
            fast: Ema::new(p.length(0)),
            slow: Ema::new(p.length(1)),
            signal: Ema::new(p.length(2)),
            ahead: p.length(1).saturating_sub(p.length(0)),
        }
    }
}

impl State for Macd {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Macd {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [macd, signal, histogram]| {
            let mut fast = [0.0; CHUNK];
            let fast = &mut fast[..x.len()];
            fast.copy_from_slice(x);
            let left_out = self.ahead.min(x.len());
            self.ahead -= left_out;
            fast[..left_out].fill(f64::NAN);
            self.fast.run_in_place(fast);
            macd.copy_from_slice(x);
            self.slow.run_in_place(macd);
            for (macd, fast) in macd.iter_mut().zip(&*fast) {
                *macd = fast - *macd;
            }
            signal.copy_from_slice(macd);
            self.signal.run_in_place(signal);
            for ((histogram, macd), signal) in histogram.iter_mut().zip(macd).zip(signal) {
                *histogram = *macd - *signal;
                *macd = if signal.is_nan() { f64::NAN } else { *macd };
            }
        });
    }
}
