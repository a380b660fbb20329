//! Pivot points of the previous day, week, month, quarter or year.

use serde::{Deserialize, Serialize};

use crate::indicators::previous_levels::{PERIOD, PRICES_AND_TIME, period, period_warmup};
use crate::indicators::vwap::UTC_OFFSET;
use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::window::finite::finite_runs;
use crate::window::period::{Candle, Periods};

pub static PIVOT_POINTS: Builtin = Builtin {
    name: "pivot_points",
    kind: Kind::Indicator,
    category: "session",
    summary: "Pivot points: support and resistance from the previous day, week, month, quarter or year",
    formula: "O, H, L, C of the previous period, R = H - L; o = open of the current one; P = (H + L + C) / \
              3\n\
              classic: r1 = 2P - L, s1 = 2P - H, r2 = P + R, s2 = P - R, r3 = H + 2(P - L), s3 = L - 2(H - \
              P), \
              r4 = r3 + R, s4 = s3 - R\n\
              fibonacci: P +- 0.382 R, 0.618 R, R\n\
              camarilla: C +- 1.1 R / 12, 1.1 R / 6, 1.1 R / 4, 1.1 R / 2\n\
              woodie: P = (H + L + 2o) / 4, the rest as classic\n\
              demark: X = 2H + L + C if C > O, H + 2L + C if C < O, H + L + 2C if equal; P = X / 4, r1 = X \
              / 2 - L, \
              s1 = X / 2 - H",
    source: "TradingView ta.pivot_point_levels",
    edge_cases: "Missing until a whole period has passed, as previous_levels; levels that a variant lacks \
                 are always \
                 missing (fibonacci r4 and s4; demark all but r1 and s1). A bar with a missing \
                 price is skipped.",
    inputs: PRICES_AND_TIME,
    params: &[
        PERIOD,
        UTC_OFFSET,
        Param::choice(
            "variant",
            &["classic", "fibonacci", "camarilla", "woodie", "demark"],
            "the set of \
                       formulas",
        ),
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("pivot", LEVEL, "the pivot P").sparse(),
        Output::new("r1", LEVEL, "first resistance").sparse(),
        Output::new("r2", LEVEL, "second resistance").sparse(),
        Output::new("r3", LEVEL, "third resistance").sparse(),
        Output::new("r4", LEVEL, "fourth resistance").sparse(),
        Output::new("s1", LEVEL, "first support").sparse(),
        Output::new("s2", LEVEL, "second support").sparse(),
        Output::new("s3", LEVEL, "third support").sparse(),
        Output::new("s4", LEVEL, "fourth support").sparse(),
    ]),
    check: no_relations,
    warmup: period_warmup,
    first: |_| 0,
    make: |p| {
        let levels = [f64::NAN; 9];
        Box::new(PivotPoints {
            variant: p.choice(2) as u8,
            periods: Periods::new(period(p), p.int(1)),
            levels,
        })
    },
};

/// Supports of a wide period may lie below 0.
const LEVEL: Type = Type::Float { unit: Unit::Price, range: Range::ANY };

#[derive(Clone, Debug, Serialize, Deserialize)]
struct PivotPoints {
    variant: u8,
    periods: Periods,
    /// pivot, r1 to r4, s1 to s4
    levels: [f64; 9],
}

/// pivot, r1 to r4, s1 to s4.
fn levels(variant: u8, before: Candle, open_now: f64) -> [f64; 9] {
    const NONE: f64 = f64::NAN;
    let Candle { open, high, low, close } = before;
    let range = high - low;
    let typical = (high + low + close) / 3.0;
    let classic = |p: f64| {
        let (r3, s3) = (high + 2.0 * (p - low), low - 2.0 * (high - p));
        [p, 2.0 * p - low, p + range, r3, r3 + range, 2.0 * p - high, p - range, s3, s3 - range]
    };
    match variant {
        0 => classic(typical),
        1 => {
            let [near, far] = [0.382 * range, 0.618 * range];
            let p = typical;
            [p, p + near, p + far, p + range, NONE, p - near, p - far, p - range, NONE]
        }
        2 => {
            let [a, b, c, d] = [12.0, 6.0, 4.0, 2.0].map(|part| 1.1 * range / part);
            [typical, close + a, close + b, close + c, close + d, close - a, close - b, close - c, close - d]
        }
        3 => classic((high + low + 2.0 * open_now) / 4.0),
        _ => {
            let x = if close > open {
                2.0 * high + low + close
            } else if close < open {
                high + 2.0 * low + close
            } else {
                high + low + 2.0 * close
            };
            [x / 4.0, x / 2.0 - low, NONE, NONE, NONE, x / 2.0 - high, NONE, NONE, NONE]
        }
    }
}

impl State for PivotPoints {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[o, h, l, c, time], mut slots: [&mut [f64]; 9]| {
            for t in 0..time.len() {
                if self.periods.push(Candle { open: o[t], high: h[t], low: l[t], close: c[t] }, time[t]) {
                    self.levels = levels(self.variant, self.periods.previous, o[t]);
                }
                for (slot, level) in slots.iter_mut().zip(self.levels) {
                    slot[t] = level;
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked by hand from O 100, H 110, L 98, C 104 and an open of 105.
    #[test]
    fn the_five_variants() {
        let day = Candle { open: 100.0, high: 110.0, low: 98.0, close: 104.0 };
        let near = |got: [f64; 9], want: [f64; 9]| {
            got.iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-9 || (g.is_nan() && w.is_nan()))
        };
        const NONE: f64 = f64::NAN;
        assert!(near(levels(0, day, 105.0), [104.0, 110.0, 116.0, 122.0, 134.0, 98.0, 92.0, 86.0, 74.0]));
        assert!(near(
            levels(1, day, 105.0),
            [104.0, 108.584, 111.416, 116.0, NONE, 99.416, 96.584, 92.0, NONE]
        ));
        assert!(near(levels(2, day, 105.0), [104.0, 105.1, 106.2, 107.3, 110.6, 102.9, 101.8, 100.7, 97.4]));
        assert!(near(levels(3, day, 105.0), [104.5, 111.0, 116.5, 123.0, 135.0, 99.0, 92.5, 87.0, 75.0]));
        assert!(near(levels(4, day, 105.0), [105.5, 113.0, NONE, NONE, NONE, 101.0, NONE, NONE, NONE]));
    }
}
