//! Words and numbers as the reports write them.

use bytecode::{Action, EndOfData, Entry, ExitMode, Mode, SizingModel, TimeInForce};
use kernel::{Refusal, Side, StepsFrom, TiersFrom};

#[must_use]
pub fn side(side: Side) -> &'static str {
    match side {
        Side::Long => "long",
        Side::Short => "short",
    }
}

#[must_use]
pub fn action(action: Action) -> &'static str {
    match action {
        Action::EntryLong => "entry_long",
        Action::EntryShort => "entry_short",
        Action::ExitLong => "exit_long",
        Action::ExitShort => "exit_short",
        Action::ExitAll => "exit_all",
        Action::NoAction => "no_action",
    }
}

#[must_use]
pub fn refusal(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NoMargin => "no_margin",
        Refusal::BelowMinQuantity => "below_min_quantity",
        Refusal::BelowMinNotional => "below_min_notional",
        Refusal::MissingValue => "missing_value",
        Refusal::StopOnWrongSide => "stop_on_wrong_side",
        Refusal::StopBeyondLiquidation => "stop_beyond_liquidation",
        Refusal::NoStopToSizeBy => "no_stop_to_size_by",
    }
}

#[must_use]
pub fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::LongOnly => "long_only",
        Mode::ShortOnly => "short_only",
        Mode::LongShort => "long_short",
    }
}

#[must_use]
pub fn exit_mode(mode: ExitMode) -> &'static str {
    match mode {
        ExitMode::StopTargetOnly => "sl_tp_only",
        ExitMode::Signal => "signal",
        ExitMode::FirstHit => "first_hit",
    }
}

/// Name of the model, and its value in percent or USDT.
#[must_use]
pub fn sizing(model: SizingModel) -> (&'static str, f64) {
    match model {
        SizingModel::PercentEquity(percent) => ("percent_equity", percent),
        SizingModel::RiskBased(percent) => ("risk_based", percent),
        SizingModel::FixedUsdt(usdt) => ("fixed_usdt", usdt),
    }
}

#[must_use]
pub fn entry(entry: Entry) -> &'static str {
    match entry {
        Entry::Market => "market",
        Entry::Limit(limit) => match limit.time_in_force {
            TimeInForce::Gtc => "limit_gtc",
            TimeInForce::Ioc => "limit_ioc",
            TimeInForce::Fok => "limit_fok",
            TimeInForce::PostOnly => "limit_post_only",
        },
    }
}

#[must_use]
pub fn end_of_data(end: EndOfData) -> &'static str {
    match end {
        EndOfData::Close => "close",
        EndOfData::Mark => "mark",
    }
}

#[must_use]
pub fn steps_from(from: StepsFrom) -> &'static str {
    match from {
        StepsFrom::Table => "table",
        StepsFrom::Play => "play",
        StepsFrom::Nowhere => "nowhere",
        StepsFrom::UnknownSymbol => "unknown_symbol",
    }
}

#[must_use]
pub fn tiers_from(from: TiersFrom) -> &'static str {
    match from {
        TiersFrom::Table => "table",
        TiersFrom::Play => "play",
        TiersFrom::FirstTierOnly => "first_tier_only",
        TiersFrom::Default => "default",
    }
}

/// Two decimals.
#[must_use]
pub fn money(value: f64) -> String {
    number(value, 2)
}

/// Thousands apart, no negative zero.
#[must_use]
pub fn number(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "-".into();
    }
    let plain = format!("{:.decimals$}", value.abs());
    let negative = value < 0.0 && plain.bytes().any(|b| b.is_ascii_digit() && b != b'0');
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{}{grouped}{rest}", if negative { "-" } else { "" })
}

#[must_use]
pub fn count(value: usize) -> String {
    number(value as f64, 0)
}

/// `part` of `whole` as `12.34 %`.
#[must_use]
pub fn share(part: usize, whole: usize) -> String {
    if whole == 0 { "-".into() } else { format!("{:.2} %", part as f64 / whole as f64 * 100.0) }
}

/// A level that may not be there.
#[must_use]
pub fn value_or_none(level: f64) -> String {
    if level.is_finite() { value(level) } else { "none".into() }
}

/// Two values that are compared: with as many digits as tell them apart.
#[must_use]
pub fn against(left: f64, right: f64) -> String {
    let pair = |digits| (significant(left, digits), significant(right, digits));
    let digits = (DIGITS..18).find(|&digits| left == right || pair(digits).0 != pair(digits).1);
    let (left, right) = pair(digits.unwrap_or(DIGITS));
    format!("{left} against {right}")
}

const DIGITS: i32 = 6;

/// Six significant digits, for values of unknown scale.
#[must_use]
pub fn value(value: f64) -> String {
    significant(value, DIGITS)
}

fn significant(value: f64, digits: i32) -> String {
    let size = value.abs();
    match size {
        0.0 => "0".into(),
        s if !(1e-9..1e15).contains(&s) => format!("{value:e}"),
        s => {
            let before = libm::floor(libm::log10(s)) as i32 + 1;
            let decimals = usize::try_from(digits - before).unwrap_or(0);
            let text = format!("{value:.decimals$}");
            if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{against, number, value};

    #[test]
    fn numbers_for_people() {
        assert_eq!(number(1_234_567.891, 2), "1,234,567.89");
        assert_eq!(number(-999.999, 2), "-1,000.00");
        assert_eq!((number(-0.001, 2).as_str(), number(123.0, 0).as_str()), ("0.00", "123"));
        assert_eq!(number(f64::NAN, 2), "-");
    }

    #[test]
    fn values_that_are_compared_look_different() {
        assert_eq!(against(50_123.456, 70.0), "50123.5 against 70");
        assert_eq!(against(48_675.061, 48_675.064), "48675.061 against 48675.064");
        assert_eq!(against(1.0, 1.0), "1 against 1");
        assert_eq!(against(1.0, 1.0 + f64::EPSILON), "1 against 1.0000000000000002");
    }

    #[test]
    fn values_of_any_scale() {
        assert_eq!((value(50_123.456).as_str(), value(0.000_123_456_7).as_str()), ("50123.5", "0.000123457"));
        assert_eq!((value(70.0).as_str(), value(-12.5).as_str(), value(0.0).as_str()), ("70", "-12.5", "0"));
        assert_eq!(value(12_345_678.9), "12345679");
    }
}
