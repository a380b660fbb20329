//! Volume-weighted average price with deviation bands.

use serde::{Deserialize, Serialize};

use crate::indicators::vwap::{ANCHOR, UTC_OFFSET, anchor, anchor_warmup};
use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::calendar::Turn;
use crate::window::finite::finite_runs;

pub static VWAP_BANDS: Builtin = Builtin {
    name: "vwap_bands",
    kind: Kind::Indicator,
    category: "volume",
    summary: "Volume-weighted average price of the period with bands of its standard deviation",
    formula: "tp = (high + low + close) / 3; mean and variance of tp, weighted by volume, since the period \
              began\n\
              value = mean, stdev = sqrt(variance)\n\
              upper = value + multiplier * stdev, lower = value - multiplier * stdev",
    source: "TradingView ta.vwap with stdev_mult",
    edge_cases: "Missing until the period has volume; the bands meet on the first bar of a period and on \
                 flat prices. \
                 A bar with a missing price or volume is skipped.",
    inputs: &[Input::Bar(Field::Hlc3), Input::Bar(Field::Volume), Input::Bar(Field::Time)],
    params: &[
        ANCHOR,
        UTC_OFFSET,
        Param::float(
            "multiplier",
            1e-9,
            1e6,
            1.0,
            "half width in standard \
                                                deviations",
        ),
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("value", Type::PRICE, "the average price, weighted by volume"),
        Output::new("upper", Type::PRICE, "value plus the band"),
        Output::new("lower", LINE, "value less the band"),
        Output::new("stdev", DISTANCE, "standard deviation of price, weighted by volume"),
    ]),
    check: no_relations,
    warmup: |p, w| anchor_warmup(p, w),
    first: |_| 0,
    make: |p| {
        Box::new(VwapBands { turn: anchor(p), multiplier: p.float(2), weight: 0.0, mean: 0.0, squares: 0.0 })
    },
};

/// A wide band may reach below 0.
const LINE: Type = Type::Float { unit: Unit::Price, range: Range::ANY };
const DISTANCE: Type = Type::Float { unit: Unit::PriceDelta, range: Range::NON_NEGATIVE };

/// Weighted mean and squares by West's updates, which do not cancel.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct VwapBands {
    turn: Turn,
    multiplier: f64,
    weight: f64,
    mean: f64,
    squares: f64,
}

impl VwapBands {
    #[inline]
    fn step(&mut self, price: f64, volume: f64, time_ms: f64) -> (f64, f64) {
        if self.turn.turns(time_ms) {
            (self.weight, self.mean, self.squares) = (0.0, price, 0.0);
        }
        if volume > 0.0 {
            self.weight += volume;
            let apart = price - self.mean;
            self.mean += apart * (volume / self.weight);
            self.squares += volume * apart * (price - self.mean);
        }
        if self.weight > 0.0 {
            (self.mean, (self.squares / self.weight).sqrt())
        } else {
            (f64::NAN, f64::NAN)
        }
    }
}

impl State for VwapBands {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[price, volume, time], [value, upper, lower, stdev]| {
            let mut state = *self;
            for t in 0..price.len() {
                let (mean, deviation) = state.step(price[t], volume[t], time[t]);
                let band = state.multiplier * deviation;
                (value[t], stdev[t], upper[t], lower[t]) = (mean, deviation, mean + band, mean - band);
            }
            *self = state;
        });
    }
}
