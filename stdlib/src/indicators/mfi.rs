//! Money flow index.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Type};
use crate::window::finite::finite_runs;
use crate::window::sliding::{Sliding, Sum};

pub static MFI: Builtin = Builtin {
    name: "mfi",
    kind: Kind::Indicator,
    category: "volume",
    summary: "Money flow index: the share of money that flowed on rising prices, a relative strength with \
              volume",
    formula: "tp = (high + low + close) / 3, flow = tp * volume\n\
              P = sum of flow over the last `length` bars where tp > tp[1], N = the same where tp < tp[1]\n\
              value = 100 * P / (P + N)",
    source: "TA-Lib MFI, but for its test of P + N < 1, which fails on small units",
    edge_cases: "0 when no money flowed in the window: flat prices or no volume. \
                 A bar with a missing price or volume is skipped.",
    inputs: &[Input::Bar(Field::Hlc3), Input::Bar(Field::Volume)],
    params: &[Param::int("length", 1, 100_000, 14, "number of changes in the window")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::OSCILLATOR, "0 to 100")]),
    check: no_relations,
    warmup: |p, _| p.length(0) + 1,
    first: |p| p.length(0),
    make: |p| Box::new(Mfi::new(p.length(0))),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Mfi {
    /// The typical price before; missing before the first bar.
    price: f64,
    rising: Sliding<Sum>,
    falling: Sliding<Sum>,
}

impl Mfi {
    fn new(length: usize) -> Mfi {
        Mfi { price: f64::NAN, rising: Sliding::new(length), falling: Sliding::new(length) }
    }

    #[inline]
    fn step(&mut self, price: f64, volume: f64) -> f64 {
        let before = self.price;
        self.price = price;
        if before.is_nan() {
            return f64::NAN;
        }
        let flow = price * volume;
        let rising = self.rising.push(if price > before { flow } else { 0.0 });
        let falling = self.falling.push(if price < before { flow } else { 0.0 });
        let all = rising + falling;
        match (self.rising.full(), all > 0.0) {
            (false, _) => f64::NAN,
            (true, false) => 0.0,
            (true, true) => 100.0 * (rising / all),
        }
    }
}

impl State for Mfi {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[price, volume], [out]| {
            for ((slot, &price), &volume) in out.iter_mut().zip(price).zip(volume) {
                *slot = self.step(price, volume);
            }
        });
    }
}
