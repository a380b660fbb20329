//! Vortex indicator.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::finite::finite_runs;
use crate::window::sliding::{Sliding, Sum};
use crate::window::true_range::TrueRange;

pub static VORTEX: Builtin = Builtin {
    name: "vortex",
    kind: Kind::Indicator,
    category: "trend",
    summary: "Vortex: upward and downward movement between neighbouring bars, as shares of the true range",
    formula: "from the second bar on, summed over the last `length` bars:\n\
              vip = sum |high - low[1]| / sum tr, vim = sum |low - high[1]| / sum tr",
    source: "TA-Lib VORTEX (Etienne Botes and Douglas Siepman, 2010)",
    edge_cases: "0 where the window has no range at all. A bar with a missing high, low or close is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close)],
    params: &[Param::int("length", 1, 100_000, 14, "number of bars in the sums")],
    outputs: Outputs::Fixed(&[
        Output::primary("vip", LINE, "upward movement (VI+); above vim in an up trend"),
        Output::new("vim", LINE, "downward movement (VI-)"),
    ]),
    check: no_relations,
    warmup: |p, _| p.length(0) + 1,
    first: |p| p.length(0),
    make: |p| Box::new(Vortex::new(p.length(0))),
};

const LINE: Type = Type::Float { unit: Unit::Ratio, range: Range::NON_NEGATIVE };

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Vortex {
    /// High and low of the bar before; missing before the first.
    before: [f64; 2],
    range: TrueRange,
    up: Sliding<Sum>,
    down: Sliding<Sum>,
    ranges: Sliding<Sum>,
}

impl Vortex {
    fn new(length: usize) -> Vortex {
        Vortex {
            before: [f64::NAN; 2],
            range: TrueRange::default(),
            up: Sliding::new(length),
            down: Sliding::new(length),
            ranges: Sliding::new(length),
        }
    }
}

impl State for Vortex {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [vip, vim]| {
            let n = vip.len();
            let from = usize::from(self.before[0].is_nan());
            let [mut high_before, mut low_before] = self.before;
            for (((up, down), &high), &low) in vip.iter_mut().zip(&mut *vim).zip(high).zip(low) {
                (*up, *down) = ((high - low_before).abs(), (low - high_before).abs());
                (high_before, low_before) = (high, low);
            }
            self.before = [high[n - 1], low[n - 1]];
            let mut range = self.range;
            if from == 1 {
                range.step(high[0], low[0], close[0]);
                (vip[0], vim[0]) = (f64::NAN, f64::NAN);
            }
            self.up.run_in_place(&mut vip[from..]);
            self.down.run_in_place(&mut vim[from..]);
            for t in from..n {
                let ranges = self.ranges.push(range.step(high[t], low[t], close[t]));
                let moved = ranges > 0.0 || vip[t].is_nan();
                vip[t] = if moved { vip[t] / ranges } else { 0.0 };
                vim[t] = if moved { vim[t] / ranges } else { 0.0 };
            }
            self.range = range;
        });
    }
}
