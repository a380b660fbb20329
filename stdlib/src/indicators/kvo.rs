//! Klinger volume oscillator.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, ParamError, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup};
use crate::types::{Field, Range, Type, Unit};
use crate::window::cascade::{Cascade, Smoothing};
use crate::window::finite::finite_runs;

pub static KVO: Builtin = Builtin {
    name: "kvo",
    kind: Kind::Indicator,
    category: "volume",
    summary: "Klinger volume oscillator: fast less slow average of volume signed by the move of the \
              typical price",
    formula: "tp = (high + low + close) / 3; sv = volume if tp >= tp[1] else -volume, from the second bar \
              on\n\
              kvo = ema(sv, fast) - ema(sv, slow)\n\
              signal = ema(kvo, signal), each seeded with the mean of its first values",
    source: "TradingView Klinger Oscillator (without the volume force of Klinger's 1997 article)",
    edge_cases: "An unchanged typical price counts as rising. A bar with a missing price or volume is \
                 skipped.",
    inputs: &[Input::Bar(Field::Hlc3), Input::Bar(Field::Volume)],
    params: &[
        Param::int("fast", 1, 100_000, 34, "number of bars of the fast average"),
        Param::int("slow", 1, 100_000, 55, "number of bars of the slow average"),
        Param::int("signal", 1, 100_000, 13, "number of bars of the signal line"),
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("kvo", VOLUME, "the oscillator, in volume"),
        Output::new("signal", VOLUME, "its average"),
    ]),
    check: |p| fast_below_slow(p, 0, 1),
    warmup,
    first: |p| p.length(1) + p.length(2) - 1,
    make: |p| Box::new(Kvo::new(p)),
};

const VOLUME: Type = Type::Float { unit: Unit::Volume, range: Range::ANY };

/// `fast` must be less than `slow`; the parameters at these places have these names.
pub(crate) fn fast_below_slow(p: &Params, fast: usize, slow: usize) -> Result<(), ParamError> {
    if p.int(fast) < p.int(slow) {
        return Ok(());
    }
    let message = format!("`fast` ({}) must be less than `slow` ({})", p.int(fast), p.int(slow));
    Err(ParamError { param: "fast", message })
}

fn warmup(p: &Params, w: Warmup) -> usize {
    let smoothing = |index| w.smoothing(2.0 / (p.length(index) as f64 + 1.0));
    p.length(1) + p.length(2) + smoothing(1) + smoothing(2)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kvo {
    /// The typical price before; missing before the first bar.
    price: f64,
    fast: Cascade<1, 1>,
    slow: Cascade<1, 1>,
    signal: Cascade<1, 1>,
}

impl Kvo {
    fn new(p: &Params) -> Kvo {
        let [fast, slow, signal] =
            [0, 1, 2].map(|k| Cascade::of_changes([Smoothing::exponential(p.length(k))]));
        Kvo { price: f64::NAN, fast, slow, signal }
    }

    /// Writes volumes with the sign of the move of the typical price.
    fn sign(&mut self, prices: &[f64], volumes: &[f64], out: &mut [f64]) {
        let without = usize::from(self.price.is_nan());
        for ((slot, &price), &volume) in out.iter_mut().zip(prices).zip(volumes) {
            *slot = if price >= self.price { volume } else { -volume };
            self.price = price;
        }
        out[..without].fill(f64::NAN);
    }
}

impl State for Kvo {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[price, volume], [kvo, signal]| {
            self.sign(price, volume, kvo);
            signal.copy_from_slice(kvo);
            self.fast.run_in_place([kvo]);
            self.slow.run_in_place([signal]);
            for (kvo, slow) in kvo.iter_mut().zip(&*signal) {
                *kvo -= slow;
            }
            signal.copy_from_slice(kvo);
            self.signal.run_in_place([signal]);
        });
    }
}
