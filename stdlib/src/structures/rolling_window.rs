//! The highest or lowest of the last bars.

use serde::{Deserialize, Serialize};

use super::common::{Entry, Greatest};
use crate::kernel::State;
use crate::params::{Default, Param, ParamType, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};

pub static ROLLING_WINDOW: Builtin = Builtin {
    name: "rolling_window",
    kind: Kind::Structure,
    category: "structure",
    summary: "Highest or lowest of the last `size` bars",
    formula: "value = max or min of the last `size` inputs, the current one included",
    source: "TA-Lib MAX, MIN",
    edge_cases: "Missing until `size` inputs were seen. A missing input is skipped.",
    inputs: &[Input::Source],
    params: &[
        Param {
            name: "size",
            ty: ParamType::Int { min: 1, max: 100_000 },
            default: Default::Int(20),
            doc: "number of bars",
        },
        Param {
            name: "mode",
            ty: ParamType::Choice(&["max", "min"]),
            default: Default::Required,
            doc: "which extreme",
        },
    ],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Price, range: Range::ANY },
        "the extreme",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(RollingWindow::new(p)),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RollingWindow {
    /// 1 for the greatest; -1 for the least, whose values are kept negated.
    sign: f64,
    size: u64,
    seen: u64,
    window: Greatest,
}

impl RollingWindow {
    #[must_use]
    pub fn new(p: &Params) -> RollingWindow {
        let size = p.length(0);
        RollingWindow {
            sign: if p.choice(1) == 0 { 1.0 } else { -1.0 },
            size: size as u64,
            seen: 0,
            window: Greatest::new(size, true),
        }
    }

    #[inline]
    fn step(&mut self, x: f64) -> f64 {
        if !x.is_finite() {
            return f64::NAN;
        }
        self.window.push(Entry { place: self.seen, bar: self.seen, value: self.sign * x });
        self.seen += 1;
        if self.seen < self.size { f64::NAN } else { self.sign * self.window.front().value }
    }
}

impl State for RollingWindow {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        for (out, &x) in outputs[0].iter_mut().zip(inputs[0]) {
            *out = self.step(x);
        }
    }
}
