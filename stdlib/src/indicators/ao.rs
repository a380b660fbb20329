//! Awesome oscillator.

use serde::{Deserialize, Serialize};

use super::kvo::fast_below_slow;
use crate::kernel::{State, Wide, run_wide};
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs};
use crate::types::{Field, Type};
use crate::wide::Vector;
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::mean::Mean;

pub static AO: Builtin = Builtin {
    name: "ao",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Awesome oscillator",
    formula: "value = SMA(m, fast) - SMA(m, slow), m = (high + low) / 2",
    source: "TA-Lib AO",
    edge_cases: "Exactly 0 on flat bars. A bar with a missing high or low is skipped.",
    inputs: &[Input::Bar(Field::Hl2)],
    params: &[
        Param::int("fast", 1, 100_000, 5, "length of the fast average; less than `slow`"),
        Param::int("slow", 2, 100_000, 34, "length of the slow average"),
    ],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE_DELTA, "fast less slow average")]),
    check: |p| fast_below_slow(p, 0, 1),
    warmup: |p, _| p.length(1),
    first: |p| p.length(1) - 1,
    make: |p| Box::new(Ao::new(p.length(0), p.length(1))),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Ao {
    fast: Mean,
    slow: Mean,
}

impl Ao {
    pub(super) fn new(fast: usize, slow: usize) -> Ao {
        Ao { fast: Mean::new(fast), slow: Mean::new(slow) }
    }

    /// For at most [`CHUNK`] finite inputs.
    #[inline(always)]
    pub(super) fn run_chunk(&mut self, middle: &[f64], out: &mut [f64]) {
        let mut slow = [0.0; CHUNK];
        let slow = &mut slow[..middle.len()];
        self.slow.run(middle, slow);
        self.fast.run(middle, out);
        for (slot, slow) in out.iter_mut().zip(slow) {
            *slot -= *slow;
        }
    }
}

impl State for Ao {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Ao {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[middle], [out]| self.run_chunk(middle, out));
    }
}
