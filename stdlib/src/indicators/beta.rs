//! Slope of the returns on those of another feature.

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::{Default, Param, ParamType};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::wide::Vector;
use crate::window::comoments::CoMoments;
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::lag::Lag;

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
    source: Lag,
    market: Lag,
}

impl Beta {
    fn new(length: usize) -> Beta {
        Beta { window: CoMoments::new(length), source: Lag::new(1), market: Lag::new(1) }
    }
}

/// The return, missing on the first bar.
#[inline]
fn change(now: f64, before: f64) -> f64 {
    let change = (now - before) / before;
    if before == 0.0 { 0.0 } else { change }
}

impl State for Beta {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Beta {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x, market], [out]| {
            let mut returns = [[0.0; CHUNK]; 2];
            let [of_source, of_market] = returns.each_mut().map(|column| &mut column[..out.len()]);
            self.source.run_with(x, of_source, change);
            self.market.run_with(market, of_market, change);
            self.window.run_with(of_market, of_source, out, |part| {
                let slope = part.xy / part.xx;
                if part.xx <= FLAT { 0.0 } else { slope }
            });
        });
    }
}
