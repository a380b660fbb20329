//! Times as people and files write them, in milliseconds UTC.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Reads an ISO 8601 date, date and time (with or without zone; without is UTC), a year or a month, or a number of
/// seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size.
#[must_use]
pub fn parse_time(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() || text.len() > 64 {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return match text.len() {
            4 => parse_date(&format!("{text}-01-01")),
            8 if text.starts_with("19") || text.starts_with("20") => {
                parse_date(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]))
            }
            _ => time_of_number(text.parse().ok()?),
        };
    }
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+'));
    if let (true, Ok(number)) = (plain, text.parse::<f64>()) {
        return time_of_float(number);
    }
    parse_iso(text)
}

/// A count since 1970 in a unit told by its size: what would be after the year 5138 in one unit is the next finer.
#[must_use]
pub fn time_of_number(count: i64) -> Option<i64> {
    match count {
        i64::MIN..0 => None,
        0..100_000_000_000 => Some(count * 1_000),
        100_000_000_000..100_000_000_000_000 => Some(count),
        100_000_000_000_000..100_000_000_000_000_000 => Some(count / 1_000),
        100_000_000_000_000_000.. => Some(count / 1_000_000),
    }
}

/// As [`time_of_number`]; fractions of a second are kept to the millisecond.
#[must_use]
pub fn time_of_float(count: f64) -> Option<i64> {
    if !count.is_finite() || !(0.0..9.2e18).contains(&count) {
        return None;
    }
    if count < 1e11 { Some((count * 1_000.0).round() as i64) } else { time_of_number(count as i64) }
}

/// `2024-01-31 16:45Z` style, for people; whole days without the clock.
#[must_use]
pub fn format_time(time_ms: i64) -> String {
    let Ok(instant) = Timestamp::from_millisecond(time_ms) else { return format!("{time_ms} ms") };
    let civil = instant.to_zoned(TimeZone::UTC).datetime();
    let format = match time_ms {
        t if t.rem_euclid(86_400_000) == 0 => "%Y-%m-%d",
        t if t.rem_euclid(60_000) == 0 => "%Y-%m-%d %H:%MZ",
        t if t.rem_euclid(1_000) == 0 => "%Y-%m-%d %H:%M:%SZ",
        _ => "%Y-%m-%d %H:%M:%S.%3fZ",
    };
    civil.strftime(format).to_string()
}

fn parse_iso(text: &str) -> Option<i64> {
    let text = text.strip_suffix(" UTC").or_else(|| text.strip_suffix(" GMT")).unwrap_or(text);
    // MetaTrader and others write 2022.01.31 or 2022/01/31.
    let head = text.get(..10.min(text.len()))?;
    let dashed;
    let text = if head.contains(['.', '/']) && head.bytes().take(4).all(|b| b.is_ascii_digit()) {
        dashed = format!("{}{}", head.replace(['.', '/'], "-"), &text[head.len()..]);
        dashed.as_str()
    } else {
        text
    };
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.as_millisecond());
    }
    if let Ok(civil) = text.parse::<DateTime>() {
        return civil.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp().as_millisecond());
    }
    let month = text.len() == 7 && text.as_bytes()[4] == b'-';
    if month { parse_date(&format!("{text}-01")) } else { parse_date(text) }
}

fn parse_date(text: &str) -> Option<i64> {
    let date: Date = text.parse().ok()?;
    date.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::{format_time, parse_time};

    #[test]
    fn reads_the_spellings_of_files_and_people() {
        let at = 1_641_053_100_000; // 2022-01-01 16:05:00 UTC
        for text in [
            "1641053100",
            "1641053100000",
            "1641053100000000",
            "1641053100000000000",
            "1641053100.0",
            "2022-01-01T16:05:00Z",
            "2022-01-01T17:05:00+01:00",
            "2022-01-01 16:05:00",
            "2022-01-01 16:05",
            "2022-01-01 16:05:00+00:00",
            "2022-01-01 16:05:00 UTC",
            "2022.01.01 16:05",
            "2022/01/01 16:05:00",
            " 2022-01-01T16:05:00.000 ",
        ] {
            assert_eq!(parse_time(text), Some(at), "{text}");
        }
        let day = 1_640_995_200_000;
        for text in ["2022", "2022-01", "2022-01-01", "20220101", "2022.01.01"] {
            assert_eq!(parse_time(text), Some(day), "{text}");
        }
        for text in
            ["", "x", "-5", "2022-13-01", "2022-02-30", "12:00", "99:99", "é", "1e400", "2022-é1", "...."]
        {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    #[test]
    fn prints_what_it_reads() {
        for (ms, text) in [
            (1_640_995_200_000, "2022-01-01"),
            (1_641_053_100_000, "2022-01-01 16:05Z"),
            (1_641_053_101_000, "2022-01-01 16:05:01Z"),
            (1_641_053_101_020, "2022-01-01 16:05:01.020Z"),
        ] {
            assert_eq!(format_time(ms), text);
            assert_eq!(parse_time(text), Some(ms));
        }
    }
}
