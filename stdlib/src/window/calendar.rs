//! Days, weeks, months: in which one a moment lies, and when it turns.

use serde::{Deserialize, Serialize};

pub const MINUTE_MS: i64 = 60_000;
pub const DAY_MS: i64 = 86_400_000;

/// Weeks begin on Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Period {
    Day,
    Week,
    Month,
    Quarter,
    Year,
    /// All time is one period.
    Always,
}

impl Period {
    /// The longest it can last; 0 for all time.
    #[must_use]
    pub fn longest_ms(self) -> i64 {
        DAY_MS
            * match self {
                Period::Day => 1,
                Period::Week => 7,
                Period::Month => 31,
                Period::Quarter => 92,
                Period::Year => 366,
                Period::Always => 0,
            }
    }

    /// Bars of `bar_ms` in the longest such period, rounded up.
    #[must_use]
    pub fn bars(self, bar_ms: i64) -> usize {
        let bar_ms = bar_ms.max(1);
        usize::try_from((self.longest_ms() + bar_ms - 1) / bar_ms).unwrap_or(usize::MAX)
    }

    /// First and last-but-one day of the period that holds this day; days count from 1970-01-01.
    fn bounds(self, day: i64) -> (i64, i64) {
        let months = |first: i64, count: i64| (days_before_month(first), days_before_month(first + count));
        match self {
            Period::Day => (day, day + 1),
            Period::Week => {
                // 1970-01-01 was a Thursday.
                let monday = (day + 3).div_euclid(7) * 7 - 3;
                (monday, monday + 7)
            }
            Period::Month => months(month_of(day), 1),
            Period::Quarter => months(month_of(day).div_euclid(3) * 3, 3),
            Period::Year => months(month_of(day).div_euclid(12) * 12, 12),
            Period::Always => (i64::MIN / (2 * DAY_MS), i64::MAX / (2 * DAY_MS)),
        }
    }
}

/// Notices when a period begins.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Turn {
    period: Period,
    offset_ms: i64,
    /// The period of the last moment: from `start` up to but without `end`. Empty before the first.
    start: f64,
    end: f64,
}

impl Turn {
    /// `offset_minutes` east of UTC: where local midnight lies.
    #[must_use]
    pub fn new(period: Period, offset_minutes: i64) -> Turn {
        Turn { period, offset_ms: offset_minutes * MINUTE_MS, start: 0.0, end: 0.0 }
    }

    /// Whether this moment lies in another period than the one before; true for the first.
    #[inline]
    pub fn turns(&mut self, time_ms: f64) -> bool {
        if time_ms >= self.start && time_ms < self.end {
            return false;
        }
        self.find(time_ms);
        true
    }

    /// Whether all these moments lie in the period of the last one.
    #[must_use]
    pub fn covers(&self, times_ms: &[f64]) -> bool {
        let Turn { start, end, .. } = *self;
        times_ms.iter().fold(true, |on, time| on & (*time >= start) & (*time < end))
    }

    /// Milliseconds since the period of the last moment began.
    #[inline]
    #[must_use]
    pub fn since_start(&self, time_ms: f64) -> f64 {
        time_ms - self.start
    }

    #[inline(never)]
    fn find(&mut self, time_ms: f64) {
        let day = (time_ms as i64 + self.offset_ms).div_euclid(DAY_MS);
        let (first, next) = self.period.bounds(day);
        self.start = (first * DAY_MS - self.offset_ms) as f64;
        self.end = (next * DAY_MS - self.offset_ms) as f64;
    }
}

/// Months since January 1970.
fn month_of(day: i64) -> i64 {
    // Years are counted from March, so that the leap day is the last day of its year.
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    (era * 400 + year_of_era) * 12 + month_from_march + 2 - 1970 * 12
}

/// Days from 1970-01-01 to the first day of this month.
fn days_before_month(month: i64) -> i64 {
    let from_march = month + 1970 * 12 - 2;
    let (year, month_from_march) = (from_march.div_euclid(12), from_march.rem_euclid(12));
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month_from_march + 2) / 5;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Milliseconds UTC of `date -d ... +%s`.
    const MARCH_1_2024: i64 = 1_709_251_200_000;
    const FEBRUARY_1_2024: i64 = 1_706_745_600_000;
    const JANUARY_1_2024: i64 = 1_704_067_200_000;

    fn start_of(period: Period, offset_minutes: i64, time_ms: i64) -> i64 {
        let mut turn = Turn::new(period, offset_minutes);
        assert!(turn.turns(time_ms as f64));
        assert!(!turn.turns(time_ms as f64));
        turn.start as i64
    }

    #[test]
    fn periods_begin_where_the_calendar_says() {
        let leap_day_noon = MARCH_1_2024 - DAY_MS / 2;
        assert_eq!(start_of(Period::Day, 0, leap_day_noon), MARCH_1_2024 - DAY_MS);
        // 2024-02-29 was a Thursday.
        assert_eq!(start_of(Period::Week, 0, leap_day_noon), MARCH_1_2024 - 4 * DAY_MS);
        assert_eq!(start_of(Period::Month, 0, leap_day_noon), FEBRUARY_1_2024);
        assert_eq!(start_of(Period::Month, 0, MARCH_1_2024), MARCH_1_2024);
        assert_eq!(start_of(Period::Quarter, 0, leap_day_noon), JANUARY_1_2024);
        assert_eq!(start_of(Period::Year, 0, leap_day_noon), JANUARY_1_2024);
        assert_eq!(start_of(Period::Day, 540, MARCH_1_2024), MARCH_1_2024 - 540 * MINUTE_MS);
        assert_eq!(start_of(Period::Day, -300, MARCH_1_2024), MARCH_1_2024 - DAY_MS + 300 * MINUTE_MS);
    }

    #[test]
    fn months_and_their_first_days_agree_for_eight_centuries() {
        for month in -4_800..4_800 {
            let day = days_before_month(month);
            assert_eq!(month_of(day), month);
            assert_eq!(month_of(day - 1), month - 1);
        }
    }
}
