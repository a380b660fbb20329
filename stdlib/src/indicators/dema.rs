//! Double exponential moving average.

use serde::{Deserialize, Serialize};

use super::ema::{Ema, forgets};
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::Type;
use crate::window::finite::{CHUNK, defined, finite_runs};

pub static DEMA: Builtin = Builtin {
    name: "dema",
    kind: Kind::Indicator,
    category: "average",
    summary: "Double exponential moving average",
    formula: "e1 = EMA(x, length), e2 = EMA(e1, length), each seeded with the mean of its first `length` \
              inputs\n\
              value = 2 * e1 - e2",
    source: "TA-Lib DEMA",
    edge_cases: "A missing input is skipped; the average goes on from its last value.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 1, 100_000, 20, "number of bars of each average")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(Dema::new(p.length(0))),
};

fn first(p: &Params) -> usize {
    2 * (p.length(0) - 1)
}

fn warmup(p: &Params, w: Warmup) -> usize {
    2 * forgets(p.length(0), w)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dema {
    one: Ema,
    two: Ema,
}

impl Dema {
    #[must_use]
    pub fn new(length: usize) -> Dema {
        Dema { one: Ema::new(length), two: Ema::new(length) }
    }

    /// Replaces each of at most [`CHUNK`] finite inputs by the average after it; missing while seeds grow.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        self.one.run_in_place(values);
        let mut two = [0.0; CHUNK];
        let two = &mut two[..values.len()];
        two.copy_from_slice(values);
        self.two.run_in_place(defined(two));
        for (value, e2) in values.iter_mut().zip(two) {
            *value += *value - *e2;
        }
    }
}

impl State for Dema {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            out.copy_from_slice(x);
            self.run_in_place(out);
        });
    }
}
