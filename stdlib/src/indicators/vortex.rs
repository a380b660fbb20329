//! Vortex indicator.

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::wide::Vector;
use crate::window::amounts::Amounts;
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::lag::Lag;
use crate::window::rolling::Read;
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
    high: Lag,
    low: Lag,
    range: TrueRange,
    /// Upward, downward, ranges.
    sums: Amounts<3>,
}

impl Vortex {
    fn new(length: usize) -> Vortex {
        Vortex {
            high: Lag::new(1),
            low: Lag::new(1),
            range: TrueRange::default(),
            sums: Amounts::new(length),
        }
    }
}

impl State for Vortex {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Vortex {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [vip, vim]| {
            let mut columns = [[0.0; CHUNK]; 3];
            let [up, down, ranges] = columns.each_mut().map(|column| &mut column[..vip.len()]);
            self.low.run(low, up);
            self.high.run(high, down);
            for (((up, down), high), low) in up.iter_mut().zip(&mut *down).zip(high).zip(low) {
                (*up, *down) = ((high - *up).abs(), (low - *down).abs());
            }
            // The first bar has none before it.
            let from = self.range.run(high, low, close, ranges);
            up[..from].fill(f64::NAN);
            self.sums.run([up, down, ranges], [vip, vim], |Read { sums: [up, down, ranges], .. }, _| {
                let share = 1.0 / ranges;
                if ranges == 0.0 { [0.0; 2] } else { [up * share, down * share] }
            });
        });
    }
}
