//! Bar periods: `1m`, `15m`, `4h`, `D`, `W`.

use std::fmt;

use serde::{Deserialize, Serialize};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;
/// 1970-01-05, the first Monday: weeks begin on Monday 00:00 UTC.
const WEEK_ORIGIN_MS: i64 = 4 * DAY_MS;

/// The period of a clock. Bars are aligned to UTC midnight (weeks to Monday).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Timeframe {
    period_ms: i64,
}

impl Timeframe {
    pub const M1: Timeframe = Timeframe { period_ms: MINUTE_MS };
    pub const DAY: Timeframe = Timeframe { period_ms: DAY_MS };
    pub const WEEK: Timeframe = Timeframe { period_ms: 7 * DAY_MS };

    /// Reads `15m`, `4h`, `D`, `1d`, `W`. Whole minutes that divide a day, whole days that are 1 or 7: anything else
    /// would not start at the same place every day. `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Timeframe> {
        let text = text.trim();
        let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = text.split_at(unit_at);
        let number: i64 = if number.is_empty() { 1 } else { number.parse().ok()? };
        let bare_unit_allowed = matches!(unit, "D" | "d" | "W" | "w");
        if number == 0 || (unit_at == 0 && !bare_unit_allowed) {
            return None;
        }
        let unit_ms = match unit {
            "m" | "min" => MINUTE_MS,
            "h" | "H" => 60 * MINUTE_MS,
            "d" | "D" => DAY_MS,
            "w" | "W" => 7 * DAY_MS,
            _ => return None,
        };
        Timeframe::from_ms(number.checked_mul(unit_ms)?)
    }

    /// A period that divides a day, or is a day or a week.
    #[must_use]
    pub fn from_ms(period_ms: i64) -> Option<Timeframe> {
        let even = period_ms > 0 && period_ms % MINUTE_MS == 0 && DAY_MS % period_ms == 0;
        (even || period_ms == 7 * DAY_MS).then_some(Timeframe { period_ms })
    }

    #[must_use]
    pub fn ms(self) -> i64 {
        self.period_ms
    }

    /// The opening time of the bar that contains this instant.
    #[must_use]
    pub fn open_of(self, time_ms: i64) -> i64 {
        let origin = if self == Timeframe::WEEK { WEEK_ORIGIN_MS } else { 0 };
        time_ms - (time_ms - origin).rem_euclid(self.period_ms)
    }

    /// Whether every bar of `self` consists of whole bars of `finer`.
    #[must_use]
    pub fn is_multiple_of(self, finer: Timeframe) -> bool {
        self.period_ms % finer.period_ms == 0
    }
}

impl fmt::Display for Timeframe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.period_ms / MINUTE_MS;
        match minutes {
            10_080 => f.write_str("W"),
            1_440 => f.write_str("D"),
            m if m % 60 == 0 => write!(f, "{}h", m / 60),
            m => write!(f, "{m}m"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Timeframe;

    #[test]
    fn reads_and_prints_the_usual_spellings() {
        for (text, ms, shown) in [
            ("1m", 60_000, "1m"),
            ("15m", 900_000, "15m"),
            ("60m", 3_600_000, "1h"),
            ("4h", 14_400_000, "4h"),
            ("D", 86_400_000, "D"),
            ("1d", 86_400_000, "D"),
            ("W", 604_800_000, "W"),
        ] {
            let tf = Timeframe::parse(text).expect(text);
            assert_eq!((tf.ms(), tf.to_string().as_str()), (ms, shown));
        }
        for wrong in
            ["", "m", "h", "0m", "7m", "5h", "2D", "1M", "15", "-5m", "1.5h", "99999999999999999999m"]
        {
            assert_eq!(Timeframe::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn weeks_open_on_monday() {
        // 2022-01-05 was a Wednesday, 2022-01-03 the Monday before it.
        assert_eq!(Timeframe::WEEK.open_of(1_641_340_800_000), 1_641_168_000_000);
        assert_eq!(Timeframe::M1.open_of(59_999), 0);
    }
}
