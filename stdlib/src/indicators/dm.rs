//! Directional movement.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::cascade::{Cascade, Smoothing};
use crate::window::directional::moves;
use crate::window::finite::finite_runs;

pub static DM: Builtin = Builtin {
    name: "dm",
    kind: Kind::Indicator,
    category: "trend",
    summary: "Directional movement: how far highs rise and lows fall beyond the bar before, as Wilder's sums",
    formula: "up = high - high[1], down = low[1] - low\n\
              +dm = up if up > down and up > 0 else 0; -dm = down if down > up and down > 0 else 0\n\
              dmp = sum of the first length - 1 values of +dm, then dmp[1] - dmp[1] / length + (+dm); \
              dmn likewise",
    source: "TA-Lib PLUS_DM, MINUS_DM (J. Welles Wilder, 1978)",
    edge_cases: "Bars inside the bar before add nothing and both lines decay. A bar with a missing high or \
                 low is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low)],
    params: &[Param::int("length", 1, 100_000, 14, "number of bars of the sums")],
    outputs: Outputs::Fixed(&[
        Output::primary("dmp", SUM, "sum of upward movement"),
        Output::new("dmn", SUM, "sum of downward movement"),
    ]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(Dm::new(p.length(0))),
};

const SUM: Type = Type::Float { unit: Unit::PriceDelta, range: Range::NON_NEGATIVE };

fn first(p: &Params) -> usize {
    (p.length(0) - 1).max(1)
}

fn warmup(p: &Params, w: Warmup) -> usize {
    first(p) + 1 + w.smoothing(1.0 / p.length(0) as f64)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Dm {
    /// High and low of the bar before; missing before the first.
    before: [f64; 2],
    sums: Cascade<1, 2>,
}

impl Dm {
    fn new(length: usize) -> Dm {
        Dm { before: [f64::NAN; 2], sums: Cascade::of_changes([Smoothing::wilder_sum(length)]) }
    }
}

impl State for Dm {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low], [plus, minus]| {
            let n = plus.len();
            let from = usize::from(self.before[0].is_nan());
            let [mut high_before, mut low_before] = self.before;
            for (((plus, minus), &high), &low) in plus.iter_mut().zip(&mut *minus).zip(high).zip(low) {
                let moved = moves(high, low, high_before, low_before);
                (*plus, *minus) = (moved.up, moved.down);
                (high_before, low_before) = (high, low);
            }
            self.before = [high[n - 1], low[n - 1]];
            plus[..from].fill(f64::NAN);
            minus[..from].fill(f64::NAN);
            self.sums.run_in_place([plus, minus]);
        });
    }
}
