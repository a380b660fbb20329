//! Slope of the returns on those of another feature.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Default, Param, ParamType};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::window::comoments::CoMoments;
use crate::window::finite::finite_runs;

pub static BETA: Builtin = Builtin {
    name: "beta",
    kind: Kind::Indicator,
    category: "statistic",
    summary: "Slope of the returns on those of another feature",
    formula: "returns r = x[t] / x[t-1] - 1 of the source, m of the market `with`\n\
              value = covariance(m, r) / variance(m), of the last `length` returns",
    source: "TA-Lib BETA(with, source)",
    edge_cases: "0 where the market has one return throughout the window; a return from 0 counts as 0. A \
                 bar on which one of both is missing is skipped.",
    inputs: &[Input::Source, Input::Feature { param: "with" }],
    params: &[
        Param::int("length", 2, 100_000, 5, "number of returns"),
        Param {
            name: "with",
            ty: ParamType::Feature,
            default: Default::Required,
            doc: "the market: the feature against whose returns the source is measured",
        },
    ],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Ratio, range: Range::ANY },
        "1 moves like the market",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0) + 1,
    first: |p| p.length(0),
    make: |p| Box::new(Beta::new(p.length(0))),
};

/// A spread of returns below this is rounding.
const FLAT: f64 = 1e-28;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Beta {
    window: CoMoments,
    /// Source and market of the bar before; missing before the first.
    before: [f64; 2],
}

impl Beta {
    fn new(length: usize) -> Beta {
        Beta { window: CoMoments::new(length), before: [f64::NAN; 2] }
    }

    fn step(&mut self, x: f64, market: f64) -> f64 {
        let [x_before, market_before] = std::mem::replace(&mut self.before, [x, market]);
        if x_before.is_nan() {
            return f64::NAN;
        }
        let change = |now: f64, before: f64| if before == 0.0 { 0.0 } else { (now - before) / before };
        let part = self.window.push(change(market, market_before), change(x, x_before));
        part.map_or(f64::NAN, |part| if part.xx > FLAT { part.xy / part.xx } else { 0.0 })
    }
}

impl State for Beta {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x, market], [out]| {
            for ((slot, &x), &market) in out.iter_mut().zip(x).zip(market) {
                *slot = self.step(x, market);
            }
        });
    }
}
