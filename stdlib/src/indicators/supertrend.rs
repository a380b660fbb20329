//! Supertrend.

use serde::{Deserialize, Serialize};

use crate::indicators::atr::{ATR, Atr};
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::finite::finite_runs;

pub static SUPERTREND: Builtin = Builtin {
    name: "supertrend",
    kind: Kind::Indicator,
    category: "stop",
    summary: "Supertrend: a stop line that trails price by a multiple of the average true range",
    formula: "band = multiplier * atr(length); high_band = (high + low) / 2 + band, low_band = (high + \
              low) / 2 - band\n\
              upper = high_band if high_band < upper[1] or close[1] > upper[1] else upper[1]\n\
              lower = low_band if low_band > lower[1] or close[1] < lower[1] else lower[1]\n\
              direction: 1 at first; to -1 when close < lower, to 1 when close > upper\n\
              trend = lower while direction is 1, upper while it is -1",
    source: "TA-Lib SUPERTREND",
    edge_cases: "Direction is 1 in an up trend (other programs may write -1 for it). On flat bars the line \
                 stands still. \
                 A bar with a missing high, low or close is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close)],
    params: &[
        Param::int("length", 1, 100_000, 10, "number of true ranges in the average"),
        Param::float("multiplier", 1e-9, 1e6, 3.0, "distance of the line in average true ranges"),
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("trend", LINE, "the stop line"),
        Output::new("direction", Type::DIRECTION, "1 in an up trend, -1 in a down trend"),
        Output::new("long", LINE, "the line in an up trend, else missing").sparse(),
        Output::new("short", LINE, "the line in a down trend, else missing").sparse(),
    ]),
    check: no_relations,
    warmup,
    first: |p| p.length(0),
    make: |p| Box::new(Supertrend::new(p.length(0), p.float(1))),
};

/// The average's, and then until the line has turned together with one that knows more. Over bars that wander, price
/// leaves a corridor after a time that grows with the square of its width, and the share of corridors not left falls
/// e-fold with each such time; 2 + m + m^2 / 3 of 2/3 bars is what was measured for m true ranges.
fn warmup(p: &Params, w: Warmup) -> usize {
    let multiplier = p.float(1);
    let turns = -1.5 * libm::log(w.tolerance) * (2.0 + multiplier + multiplier * multiplier / 3.0);
    (ATR.warmup)(p, w) + turns.min(Warmup::LONGEST).ceil() as usize
}

/// With a large multiplier the lower line may be below 0.
const LINE: Type = Type::Float { unit: Unit::Price, range: Range::ANY };

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Supertrend {
    atr: Atr,
    multiplier: f64,
    stop: Stop,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Stop {
    /// Missing before the first average true range.
    upper: f64,
    lower: f64,
    close: f64,
    rising: bool,
}

impl Supertrend {
    fn new(length: usize, multiplier: f64) -> Supertrend {
        let stop = Stop { upper: f64::NAN, lower: f64::NAN, close: f64::NAN, rising: true };
        Supertrend { atr: Atr::new(length), multiplier, stop }
    }
}

impl Stop {
    #[inline]
    fn step(&mut self, middle: f64, band: f64, close: f64) {
        let (high_band, low_band) = (middle + band, middle - band);
        let begins = self.upper.is_nan();
        let release_upper = begins | (high_band < self.upper) | (self.close > self.upper);
        let release_lower = begins | (low_band > self.lower) | (self.close < self.lower);
        self.upper = if release_upper { high_band } else { self.upper };
        self.lower = if release_lower { low_band } else { self.lower };
        let stays = close >= self.lower;
        let turns = close > self.upper;
        self.rising = begins | if self.rising { stays } else { turns };
        self.close = close;
    }
}

impl State for Supertrend {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [trend, direction, long, short]| {
            self.atr.block(high, low, close, trend);
            let mut stop = self.stop;
            let n = trend.len();
            let (high, low, close) = (&high[..n], &low[..n], &close[..n]);
            let (direction, long, short) = (&mut direction[..n], &mut long[..n], &mut short[..n]);
            for t in 0..n {
                let atr = trend[t];
                if atr.is_nan() {
                    [direction[t], long[t], short[t]] = [f64::NAN; 3];
                    continue;
                }
                stop.step((high[t] + low[t]) / 2.0, self.multiplier * atr, close[t]);
                trend[t] = if stop.rising { stop.lower } else { stop.upper };
                direction[t] = if stop.rising { 1.0 } else { -1.0 };
                long[t] = if stop.rising { stop.lower } else { f64::NAN };
                short[t] = if stop.rising { f64::NAN } else { stop.upper };
            }
            self.stop = stop;
        });
    }
}
