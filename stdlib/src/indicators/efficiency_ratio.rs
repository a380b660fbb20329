//! Kaufman efficiency ratio: how straight the price went.

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::wide::Vector;
use crate::window::amounts::Amounts;
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::lag::Lag;
use crate::window::rolling::Read;

pub static EFFICIENCY_RATIO: Builtin = Builtin {
    name: "efficiency_ratio",
    kind: Kind::Indicator,
    category: "statistic",
    summary: "Kaufman efficiency ratio: how straight the price went",
    formula: "value = |x[t] - x[t-length]| / sum of the last `length` |x[t] - x[t-1]|",
    source: "TA-Lib ER",
    edge_cases: "A missing input is skipped. 1 where the price did not move, as in TA-Lib.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 2, 100_000, 10, "number of changes")],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Ratio, range: Range::UNIT },
        "0 nowhere, 1 straight",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0) + 1,
    first: |p| p.length(0),
    make: |p| Box::new(EfficiencyRatio::new(p.length(0))),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct EfficiencyRatio {
    ago: Lag,
    before: Lag,
    path: Amounts<1>,
}

impl EfficiencyRatio {
    fn new(length: usize) -> EfficiencyRatio {
        EfficiencyRatio { ago: Lag::new(length), before: Lag::new(1), path: Amounts::new(length) }
    }
}

impl State for EfficiencyRatio {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for EfficiencyRatio {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            let mut moves = [0.0; CHUNK];
            let moves = &mut moves[..x.len()];
            self.before.run_with(x, moves, |x, before| (x - before).abs());
            self.ago.run_with(x, out, |x, ago| (x - ago).abs());
            self.path.run([moves], [out], |Read { sums: [path], .. }, [change]| {
                let ratio = change / path;
                [if path > change { ratio } else { 1.0 }]
            });
        });
    }
}
