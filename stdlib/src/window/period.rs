//! Open, high, low and close of the current and the last whole day, week, month ...

use serde::{Deserialize, Serialize};

use crate::window::calendar::{Period, Turn};

/// Four prices.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candle {
    pub open: f64,
    pub high: f64,
    pub low: f64,
    pub close: f64,
}

impl Candle {
    pub const MISSING: Candle = Candle { open: f64::NAN, high: f64::NAN, low: f64::NAN, close: f64::NAN };
}

/// A period counts as whole when the data has the bar with which it opens, or any bar of the period before
/// it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Periods {
    turn: Turn,
    whole: bool,
    pub current: Candle,
    /// The last whole period seen in the data; missing before.
    pub previous: Candle,
}

impl Periods {
    #[must_use]
    pub fn new(period: Period, offset_minutes: i64) -> Periods {
        let turn = Turn::new(period, offset_minutes);
        Periods { turn, whole: false, current: Candle::MISSING, previous: Candle::MISSING }
    }

    /// The current period so far, missing when the data does not hold its beginning.
    #[must_use]
    pub fn current_from_its_start(&self) -> Candle {
        if self.whole { self.current } else { Candle::MISSING }
    }

    /// One bar; whether a period began with it.
    #[inline]
    pub fn push(&mut self, bar: Candle, time_ms: f64) -> bool {
        let turned = self.turn.turns(time_ms);
        if turned {
            let first = self.current.open.is_nan();
            if self.whole {
                self.previous = self.current;
            }
            self.whole = !first || self.turn.since_start(time_ms) == 0.0;
            self.current = bar;
        } else {
            self.current.high = self.current.high.max(bar.high);
            self.current.low = self.current.low.min(bar.low);
            self.current.close = bar.close;
        }
        turned
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::calendar::DAY_MS;

    fn candle(open: f64) -> Candle {
        Candle { open, high: open + 2.0, low: open - 2.0, close: open + 1.0 }
    }

    #[test]
    fn a_day_that_the_data_has_in_part_is_no_previous_day() {
        let mut days = Periods::new(Period::Day, 0);
        let hour = DAY_MS as f64 / 24.0;
        for h in 20..73 {
            days.push(candle(f64::from(h)), f64::from(h) * hour);
            assert_eq!(days.previous.open.is_nan(), h < 48, "hour {h}");
        }
        let whole = Candle { open: 48.0, high: 73.0, low: 46.0, close: 72.0 };
        assert_eq!(days.previous, whole);
        assert_eq!(days.current, candle(72.0));
    }
}
