//! Axes: round steps, labels, calendar ticks.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

const DAY_MS: i64 = 86_400_000;

/// A range of values with round ticks within it.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    pub min: f64,
    pub max: f64,
    pub step: f64,
    /// Decimals that tell the ticks apart.
    pub decimals: usize,
}

impl Axis {
    /// Encloses the values; a range of one value is widened.
    #[must_use]
    pub fn around(min: f64, max: f64, ticks: usize) -> Axis {
        let (min, max) = if min.is_finite() && max.is_finite() { (min, max) } else { (0.0, 1.0) };
        let (min, max) = if max > min { (min, max) } else { (min - widen(min), max + widen(max)) };
        let step = round_step((max - min) / ticks as f64);
        let decimals = usize::try_from(-libm::floor(libm::log10(step) + 1e-9) as i64).unwrap_or(0);
        Axis { min, max, step, decimals }
    }

    #[must_use]
    pub fn ticks(&self) -> Vec<f64> {
        let first = (self.min / self.step - 1e-9).ceil() as i64;
        let last = (self.max / self.step + 1e-9).floor() as i64;
        (first..=last).map(|n| n as f64 * self.step).collect()
    }

    #[must_use]
    pub fn label(&self, tick: f64) -> String {
        crate::words::number(tick, self.decimals)
    }

    /// 0 at the lower end, 1 at the upper one.
    #[must_use]
    pub fn share(&self, value: f64) -> f64 {
        (value - self.min) / (self.max - self.min)
    }
}

fn widen(value: f64) -> f64 {
    if value == 0.0 { 1.0 } else { value.abs() * 0.01 }
}

/// 1, 2, 2.5 or 5 times a power of ten, at least `rough`.
#[must_use]
pub fn round_step(rough: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0];
    let fits = steps.into_iter().find(|s| s * power >= rough * (1.0 - 1e-9));
    fits.unwrap_or(10.0) * power
}

#[must_use]
pub fn date(time_ms: i64) -> Date {
    let instant = Timestamp::from_millisecond(time_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.to_zoned(TimeZone::UTC).date()
}

/// At most about `most` moments with labels: whole hours, days, months or years.
#[must_use]
pub fn time_ticks(from_ms: i64, to_ms: i64, most: usize) -> Vec<(i64, String)> {
    const STEPS_MINUTES: [i64; 13] = [1, 5, 15, 30, 60, 180, 360, 720, 1440, 2880, 5760, 10_080, 20_160];
    let span = (to_ms - from_ms).max(1);
    let fits = STEPS_MINUTES.iter().map(|m| m * 60_000).find(|step| span / step <= most as i64);
    let Some(step) = fits else { return month_ticks(from_ms, to_ms, most) };
    let first = from_ms + (-from_ms).rem_euclid(step);
    let moments = (0..).map(|n| first + n * step).take_while(|t| *t <= to_ms);
    let label = |t: i64| {
        let midnight = t.rem_euclid(DAY_MS) == 0;
        let format = if midnight { "%-d %b" } else { "%H:%M" };
        let instant = Timestamp::from_millisecond(t).unwrap_or(Timestamp::UNIX_EPOCH);
        instant.to_zoned(TimeZone::UTC).strftime(format).to_string()
    };
    moments.map(|t| (t, label(t))).collect()
}

fn month_ticks(from_ms: i64, to_ms: i64, most: usize) -> Vec<(i64, String)> {
    let (first, last) = (date(from_ms), date(to_ms));
    let index = |d: Date| i64::from(d.year()) * 12 + i64::from(d.month()) - 1;
    let months = index(last) - index(first);
    let step = [1, 2, 3, 6, 12, 24, 60, 120].into_iter().find(|s| months / s <= most as i64).unwrap_or(240);
    let mut ticks = Vec::new();
    let skip = (-index(first)).rem_euclid(step);
    let Ok(mut at) = first.first_of_month().checked_add(skip.months()) else { return ticks };
    while at <= last {
        let Ok(zoned) = at.to_zoned(TimeZone::UTC) else { break };
        let time_ms = zoned.timestamp().as_millisecond();
        if time_ms >= from_ms {
            let label = if at.month() == 1 { at.strftime("%Y") } else { at.strftime("%b %Y") };
            ticks.push((time_ms, label.to_string()));
        }
        let Ok(next) = at.checked_add(step.months()) else { break };
        at = next;
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::{Axis, round_step, time_ticks};

    #[test]
    fn steps_are_round() {
        assert_eq!((round_step(0.7), round_step(2.1), round_step(31.0)), (1.0, 2.5, 50.0));
        let axis = Axis::around(-0.3, 1.1, 4);
        assert_eq!(axis.ticks().iter().map(|t| axis.label(*t)).collect::<Vec<_>>(), ["0.0", "0.5", "1.0"]);
        let flat = Axis::around(100.0, 100.0, 4);
        assert!(flat.min < 100.0 && flat.max > 100.0 && !flat.ticks().is_empty());
        assert!(!Axis::around(f64::NAN, 1.0, 4).ticks().is_empty());
    }

    #[test]
    fn ticks_fall_on_days_and_months() {
        let (start, day) = (1_704_067_200_000, 86_400_000);
        let days: Vec<String> = time_ticks(start - 1, start + 6 * day, 8).into_iter().map(|t| t.1).collect();
        assert_eq!(days, ["1 Jan", "2 Jan", "3 Jan", "4 Jan", "5 Jan", "6 Jan", "7 Jan"]);
        let year: Vec<String> = time_ticks(start, start + 366 * day, 8).into_iter().map(|t| t.1).collect();
        assert_eq!(year, ["2024", "Mar 2024", "May 2024", "Jul 2024", "Sep 2024", "Nov 2024", "2025"]);
        assert!(time_ticks(0, 200 * 365 * day, 8).len() <= 11);
    }
}
