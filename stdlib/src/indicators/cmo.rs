//! Chande momentum oscillator, smoothed.

use serde::{Deserialize, Serialize};

use super::rsi::Strength;
use crate::kernel::{State, Wide, run_wide};
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::wide::Vector;

pub static CMO: Builtin = Builtin {
    name: "cmo",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Chande momentum oscillator with Wilder's smoothing",
    formula: "G, Q = Wilder averages of gains and losses, as in rsi\n\
              value = 100 * (G - Q) / (G + Q)",
    source: "TA-Lib CMO. TradingView's ta.cmo is `cmou`: plain sums, not smoothed",
    edge_cases: "0 as long as the price has never moved; on a halted market it keeps its last value. \
                 A missing input is skipped.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 2, 100_000, 14, "number of bars; weight 1 / length for the newest")],
    outputs: Outputs::Fixed(&[Output::primary("value", BOTH_SIDES, "-100 only losses, 100 only gains")]),
    check: no_relations,
    warmup: |p, w| super::rsi::warmup(p.length(0), w),
    first: |p| p.length(0),
    make: |p| Box::new(Cmo { strength: Strength::new(p.length(0)) }),
};

/// -100 to 100.
pub(crate) const BOTH_SIDES: Type = Type::Float { unit: Unit::Oscillator, range: Range::new(-100.0, 100.0) };

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Cmo {
    strength: Strength,
}

impl State for Cmo {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Cmo {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        self.strength.run::<V>(inputs, outputs, |gain, loss| 100.0 * ((gain - loss) / (gain + loss)));
    }
}
