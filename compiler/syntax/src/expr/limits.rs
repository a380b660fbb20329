//! The limits of windows: bars, durations, counts.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span};

use crate::ast::{Candidates, Number};

const MAX_BARS: f64 = 500.0;
const MINUTE_MS: i64 = 60_000;
const MAX_DURATION_MS: i64 = 1440 * MINUTE_MS;

/// `bars` of a window: a whole number from 1 to 500, whatever a search makes of it.
pub fn check_bars(bars: &Number, out: &mut Vec<Diagnostic>) -> bool {
    let fits = |v: f64| (1.0..=MAX_BARS).contains(&v) && v.fract() == 0.0;
    check(bars, fits, "a window has 1 to 500 bars", "a whole number from 1 to 500", out)
}

/// `min_true` of a window that spans `extent` bars (or minutes), where that is known.
pub fn check_min_true(min_true: &Number, extent: Option<f64>, out: &mut Vec<Diagnostic>) -> bool {
    let most = extent.unwrap_or(MAX_DURATION_MS as f64);
    let fits = |v: f64| v >= 1.0 && v.fract() == 0.0 && (v <= most || min_true.search.is_some());
    let label = format!("a whole number from 1 to {most}");
    check(min_true, fits, "`min_true` counts at least 1 and at most all of the window's bars", &label, out)
}

fn check(
    number: &Number,
    fits: impl Fn(f64) -> bool,
    message: &str,
    label: &str,
    out: &mut Vec<Diagnostic>,
) -> bool {
    let searched = number.search.as_ref().is_none_or(|search| match &search.candidates {
        Candidates::Steps { min, max, step } => fits(*min) && fits(max.floor()) && step.fract() == 0.0,
        Candidates::Choices(choices) => choices.iter().all(|v| fits(*v)),
    });
    if fits(number.value) && searched {
        return true;
    }
    out.push(Diagnostic::new(Code::E0205, message, number.span, label));
    false
}

/// `30m`, `4h`, `1d`: from one minute to one day.
pub fn duration_ms(text: &str, span: Span, out: &mut Vec<Diagnostic>) -> Option<i64> {
    let written = text.trim().to_ascii_lowercase();
    let unit_ms = match written.chars().last() {
        Some('m') => MINUTE_MS,
        Some('h') => 60 * MINUTE_MS,
        Some('d') => 1440 * MINUTE_MS,
        _ => 0,
    };
    let digits = written.get(..written.len().saturating_sub(1)).unwrap_or("");
    let count = digits.parse::<i64>().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit()));
    let Some(count) = count.filter(|_| unit_ms > 0) else {
        let message = format!("`{}` is no duration", text.trim());
        out.push(
            Diagnostic::new(Code::E0206, message, span, "not a duration")
                .note("a duration is a whole number and `m`, `h` or `d`: `30m`, `4h`, `1d`"),
        );
        return None;
    };
    match count.checked_mul(unit_ms) {
        Some(ms) if (MINUTE_MS..=MAX_DURATION_MS).contains(&ms) => Some(ms),
        _ => {
            let message = "a window lasts from 1 minute to 1 day";
            out.push(
                Diagnostic::new(Code::E0205, message, span, "out of range").note(
                    "for longer windows count bars of a slower timeframe: `bars: 10` with `anchor_tf: D`",
                ),
            );
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let read = |text| {
            let mut out = Vec::new();
            (duration_ms(text, Span::default(), &mut out), out.first().map(|d| d.code))
        };
        assert_eq!(read("30m"), (Some(1_800_000), None));
        assert_eq!(read(" 4H "), (Some(14_400_000), None));
        assert_eq!(read("1d"), (Some(86_400_000), None));
        for bad in ["", "m", "30", "1.5h", "-1m", "30s", "m30", "é"] {
            assert_eq!(read(bad), (None, Some(Code::E0206)), "{bad}");
        }
        for long in ["0m", "2d", "1441m", "99999999999999999h"] {
            assert_eq!(read(long), (None, Some(Code::E0205)), "{long}");
        }
    }
}
