//! Volume-weighted average price.

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::{Field, Type};
use crate::wide::Vector;
use crate::window::calendar::{Period, Turn};
use crate::window::exact::Running;
use crate::window::finite::{CHUNK, finite_runs};

pub static VWAP: Builtin = Builtin {
    name: "vwap",
    kind: Kind::Indicator,
    category: "volume",
    summary: "Volume-weighted average price since the day, week, month, quarter or year began",
    formula: "tp = (high + low + close) / 3\n\
              value = sum of tp * volume / sum of volume, both from the first bar of the period on",
    source: "TradingView ta.vwap; with `anchor: none` TA-Lib VWAP",
    edge_cases: "Missing until the period has volume. A bar belongs to the period in which it opens; weeks \
                 begin on \
                 Monday. A bar with a missing price or volume is skipped.",
    inputs: &[Input::Bar(Field::Hlc3), Input::Bar(Field::Volume), Input::Bar(Field::Time)],
    params: &[ANCHOR, UTC_OFFSET],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::PRICE,
        "the average price, weighted by volume",
    )]),
    check: no_relations,
    warmup: |p, w| anchor_warmup(p, w),
    first: |_| 0,
    make: |p| Box::new(Vwap { turn: anchor(p), money: Running::default(), volume: Running::default() }),
};

/// Shared by every volume-weighted average; parameters 0 and 1.
pub(crate) const ANCHOR: Param = Param::choice(
    "anchor",
    &["D", "W", "M", "Q", "Y", "none"],
    "when it starts again: day, week, month, quarter, year, never",
);
pub(crate) const UTC_OFFSET: Param = Param::int(
    "utc_offset_minutes",
    -840,
    840,
    0,
    "minutes that local midnight lies east of UTC's (New York in winter: -300)",
);

pub(crate) fn anchor_period(p: &Params) -> Period {
    match p.choice(0) {
        0 => Period::Day,
        1 => Period::Week,
        2 => Period::Month,
        3 => Period::Quarter,
        4 => Period::Year,
        _ => Period::Always,
    }
}

pub(crate) fn anchor(p: &Params) -> Turn {
    Turn::new(anchor_period(p), p.int(1))
}

/// A period that began before the data is wrong until it ends.
pub(crate) fn anchor_warmup(p: &Params, w: Warmup) -> usize {
    anchor_period(p).bars(w.period_ms).max(1)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Vwap {
    turn: Turn,
    money: Running,
    volume: Running,
}

impl State for Vwap {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Vwap {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[price, volume, time], [out]| {
            let mut weights = [0.0; CHUNK];
            let weights = &mut weights[..out.len()];
            weights.copy_from_slice(volume);
            for ((money, price), volume) in out.iter_mut().zip(price).zip(volume) {
                *money = price * volume;
            }
            let mut start = 0;
            if !self.turn.covers(time) {
                for (t, &time) in time.iter().enumerate() {
                    if self.turn.turns(time) {
                        self.total(&mut out[start..t], &mut weights[start..t]);
                        (self.money, self.volume, start) = (Running::default(), Running::default(), t);
                    }
                }
            }
            self.total(&mut out[start..], &mut weights[start..]);
            for (money, &volume) in out.iter_mut().zip(&*weights) {
                *money /= if volume > 0.0 { volume } else { f64::NAN };
            }
        });
    }
}

impl Vwap {
    /// Bars of one period.
    fn total(&mut self, money: &mut [f64], volume: &mut [f64]) {
        self.money.run_in_place(money);
        self.volume.run_in_place(volume);
    }
}
