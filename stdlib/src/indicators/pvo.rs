//! Percentage volume oscillator.

use super::kvo::fast_below_slow;
use super::ppo::{self, PERCENT, Ppo};
use crate::signature::{Builtin, Input, Kind, Output, Outputs};
use crate::types::Field;

pub static PVO: Builtin = Builtin {
    name: "pvo",
    kind: Kind::Indicator,
    category: "volume",
    summary: "Percentage volume oscillator: a fast average of the volume less a slow one, in percent of \
              the slow one",
    formula: "pvo = 100 * (average(volume, fast) - average(volume, slow)) / average(volume, slow)\n\
              signal = EMA(pvo, signal), histogram = pvo - signal",
    source: "TA-Lib PVO (matype EMA); the signal line is ours",
    edge_cases: "0 when the slow average is 0. A bar with missing volume is skipped.",
    inputs: &[Input::Bar(Field::Volume)],
    params: ppo::PARAMS,
    outputs: Outputs::Fixed(&[
        Output::primary("pvo", PERCENT, "fast less slow average, in percent of the slow one"),
        Output::new("signal", PERCENT, "exponential average of pvo"),
        Output::new("histogram", PERCENT, "pvo less signal"),
    ]),
    check: |p| fast_below_slow(p, 0, 1),
    warmup: ppo::warmup,
    first: ppo::first,
    make: |p| Box::new(Ppo::new(p)),
};
