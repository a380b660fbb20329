//! Share of the last values that are below this one.

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::Type;
use crate::wide::{Mask, Vector};
use crate::window::finite::finite_runs;
use crate::window::history::History;

pub static PERCENTRANK: Builtin = Builtin {
    name: "percentrank",
    kind: Kind::Indicator,
    category: "statistic",
    summary: "Share of the last values that are below this one",
    formula: "value = 100 * how many of the `length` inputs before this one are less than it / length",
    source: "TA-Lib PERCENTRANK",
    edge_cases: "A missing input is skipped. 0 on flat bars. Takes time in proportion to `length`.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 2, 10_000, 100, "number of bars to compare with")],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::OSCILLATOR,
        "0 a new low or equal to it, 100 a new high",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0) + 1,
    first: |p| p.length(0),
    make: |p| Box::new(Percentrank { window: History::new(p.length(0)) }),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Percentrank {
    window: History,
}

impl State for Percentrank {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Percentrank {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            // The window in two parts: what was there before this run, and this run's own inputs. Nothing is read that
            // was written a moment ago, which processors wait for.
            let (missing, before) = self.window.before();
            let length = before.len();
            for (t, slot) in out.iter_mut().enumerate() {
                let parts = [&before[t.min(length)..], &x[t.saturating_sub(length)..t]];
                let below: u32 = parts.into_iter().map(|part| count_below::<V>(part, x[t])).sum();
                *slot = if t < missing { f64::NAN } else { f64::from(below) / length as f64 * 100.0 };
            }
            self.window.extend(x);
        });
    }
}

#[inline(always)]
fn count_below<V: Vector>(window: &[f64], x: f64) -> u32 {
    let mut groups = window.chunks_exact(V::LANES);
    let below =
        groups.by_ref().map(|group| V::splat(x).above(V::load(group)).bits().count_ones()).sum::<u32>();
    below + groups.remainder().iter().map(|before| u32::from(*before < x)).sum::<u32>()
}
