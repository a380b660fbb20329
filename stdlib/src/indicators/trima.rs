//! Triangular moving average.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::Type;
use crate::window::finite::finite_runs;
use crate::window::mean::Mean;

pub static TRIMA: Builtin = Builtin {
    name: "trima",
    kind: Kind::Indicator,
    category: "average",
    summary: "Triangular moving average",
    formula: "n odd: SMA(SMA(x, (n + 1) / 2), (n + 1) / 2)\n\
              n even: SMA(SMA(x, n / 2), n / 2 + 1)",
    source: "TA-Lib TRIMA",
    edge_cases: "A missing input is skipped. Exactly the price on flat bars.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 1, 100_000, 20, "number of bars; the middle ones weigh most")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(Trima::new(p.length(0))),
};

fn first(p: &Params) -> usize {
    p.length(0) - 1
}

fn warmup(p: &Params, _: Warmup) -> usize {
    p.length(0)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trima {
    inner: Mean,
    outer: Mean,
}

impl Trima {
    #[must_use]
    pub fn new(length: usize) -> Trima {
        let inner = length.div_ceil(2);
        Trima { inner: Mean::new(inner), outer: Mean::new(length + 1 - inner) }
    }

    /// Replaces each finite input by the average after it; missing until the windows are full.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        self.inner.run_in_place(values);
        self.outer.run_in_place(values);
    }
}

impl State for Trima {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            self.inner.run(x, out);
            self.outer.run_in_place(out);
        });
    }
}
