//! Accelerator oscillator.

use serde::{Deserialize, Serialize};

use super::ao::Ao;
use super::kvo::fast_below_slow;
use crate::kernel::{State, Wide, run_wide};
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs};
use crate::types::{Field, Type};
use crate::wide::Vector;
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::mean::Mean;

pub static AC: Builtin = Builtin {
    name: "ac",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Accelerator oscillator",
    formula: "value = AO - SMA(AO, signal), AO = SMA(m, fast) - SMA(m, slow), m = (high + low) / 2",
    source: "TA-Lib AC",
    edge_cases: "Exactly 0 on flat bars. A bar with a missing high or low is skipped.",
    inputs: &[Input::Bar(Field::Hl2)],
    params: &[
        Param::int("fast", 1, 100_000, 5, "length of the fast average; less than `slow`"),
        Param::int("slow", 2, 100_000, 34, "length of the slow average"),
        Param::int("signal", 1, 100_000, 5, "number of bars over which the awesome oscillator is averaged"),
    ],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::PRICE_DELTA,
        "awesome oscillator less its average",
    )]),
    check: |p| fast_below_slow(p, 0, 1),
    warmup: |p, _| p.length(1) + p.length(2) - 1,
    first: |p| p.length(1) + p.length(2) - 2,
    make: |p| Box::new(Ac { oscillator: Ao::new(p.length(0), p.length(1)), signal: Mean::new(p.length(2)) }),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Ac {
    oscillator: Ao,
    signal: Mean,
}

impl State for Ac {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Ac {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[middle], [out]| {
            let mut signal = [0.0; CHUNK];
            let signal = &mut signal[..middle.len()];
            self.oscillator.run_chunk(middle, out);
            self.signal.run(out, signal);
            for (slot, signal) in out.iter_mut().zip(signal) {
                *slot -= *signal;
            }
        });
    }
}
