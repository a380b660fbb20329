//! What a plain scalar is: the YAML 1.2 core schema, and where YAML 1.1 readers differ.

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Plain {
    Null,
    Bool(bool),
    Number { value: f64, is_int: bool },
    Text,
}

impl Plain {
    pub fn noun(self) -> &'static str {
        match self {
            Plain::Null => "nothing",
            Plain::Bool(_) => "true or false",
            Plain::Number { .. } => "a number",
            Plain::Text => "text",
        }
    }
}

/// A scalar that YAML 1.1 readers (PyYAML among them) take for something else.
#[derive(Clone, Debug, PartialEq)]
pub struct Trap {
    pub kind: TrapKind,
    /// What it is here.
    pub here: String,
    /// What YAML 1.1 makes of it.
    pub there: String,
    /// What both read alike and the author most likely meant.
    pub meant: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrapKind {
    Bool(bool),
    Number,
}

pub fn resolve(text: &str) -> Plain {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "true" | "True" | "TRUE" => return Plain::Bool(true),
        "false" | "False" | "FALSE" => return Plain::Bool(false),
        _ => {}
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return integer(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return integer(digits, 8);
    }
    match text.trim_start_matches(['+', '-']) {
        ".inf" | ".Inf" | ".INF" if text.len() <= 5 => {
            let value = if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY };
            return Plain::Number { value, is_int: false };
        }
        ".nan" | ".NaN" | ".NAN" if text.starts_with('.') => {
            return Plain::Number { value: f64::NAN, is_int: false };
        }
        _ => {}
    }
    decimal(text).map_or(Plain::Text, |(value, is_int)| Plain::Number { value, is_int })
}

fn integer(digits: &str, radix: u32) -> Plain {
    let ok = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    match u64::from_str_radix(digits, radix) {
        Ok(value) if ok => Plain::Number { value: value as f64, is_int: true },
        _ => Plain::Text,
    }
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn decimal(text: &str) -> Option<(f64, bool)> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let mantissa_ok = match mantissa.split_once('.') {
        Some(("", fraction)) => digits(fraction),
        Some((whole, fraction)) => digits(whole) && (fraction.is_empty() || digits(fraction)),
        None => digits(mantissa),
    };
    let exponent_ok = exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)));
    if !(mantissa_ok && exponent_ok) {
        return None;
    }
    let is_int = exponent.is_none() && !mantissa.contains('.');
    text.parse::<f64>().ok().map(|value| (value, is_int))
}

pub fn trap(text: &str) -> Option<Trap> {
    if let Some(value) = bool_11(text) {
        let meant = value.to_string();
        let here = format!("the text `{text}`");
        return Some(Trap { kind: TrapKind::Bool(value), here, there: meant.clone(), meant });
    }
    let number = |here: String, there: String, meant: String| {
        Some(Trap { kind: TrapKind::Number, here, there, meant })
    };
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    let all_digits = unsigned.bytes().all(|b| b.is_ascii_digit());
    if all_digits && unsigned.len() > 1 && unsigned.starts_with('0') {
        let plain = unsigned.trim_start_matches('0');
        let plain = if plain.is_empty() { "0" } else { plain };
        let there = match i64::from_str_radix(unsigned, 8) {
            Ok(octal) => format!("octal, {sign}{octal}"),
            Err(_) => "text".to_owned(),
        };
        return number(format!("{sign}{plain}"), there, format!("{sign}{plain}"));
    }
    if let Some(digits) = unsigned.strip_prefix("0x") {
        let value = u64::from_str_radix(digits, 16).ok()?;
        return number(format!("hexadecimal, {value}"), "a number or text".to_owned(), value.to_string());
    }
    if let Some(digits) = unsigned.strip_prefix("0b") {
        let value = u64::from_str_radix(digits, 2).ok()?;
        return number(format!("the text `{text}`"), format!("binary, {value}"), value.to_string());
    }
    if let Some(digits) = unsigned.strip_prefix("0o") {
        let value = u64::from_str_radix(digits, 8).ok()?;
        return number(format!("octal, {value}"), format!("the text `{text}`"), value.to_string());
    }
    if unsigned.contains('_') && unsigned.bytes().all(|b| b.is_ascii_digit() || b == b'_' || b == b'.') {
        let plain = text.replace('_', "");
        decimal(&plain)?;
        return number(format!("the text `{text}`"), plain.clone(), plain);
    }
    if let Some(there) = sexagesimal(unsigned) {
        let there = format!("base 60, {sign}{there}");
        return number(format!("the text `{text}`"), there, format!("\"{text}\""));
    }
    // YAML 1.1 wants a point and a signed exponent; `1e5` is text there.
    let exponent = unsigned.split_once(['e', 'E'])?;
    let (value, _) = decimal(text)?;
    let float_11 = exponent.0.contains('.') && exponent.1.starts_with(['+', '-']);
    (!float_11 && value.is_finite()).then(|| Trap {
        kind: TrapKind::Number,
        here: format!("{value}"),
        there: format!("the text `{text}`"),
        meant: format!("{value}"),
    })
}

fn bool_11(text: &str) -> Option<bool> {
    match text {
        "on" | "On" | "ON" | "yes" | "Yes" | "YES" => Some(true),
        "off" | "Off" | "OFF" | "no" | "No" | "NO" => Some(false),
        _ => None,
    }
}

/// `12:30` is 750 in YAML 1.1.
fn sexagesimal(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let first = parts.next()?;
    let mut value: i64 = first.parse().ok()?;
    let mut n = 0;
    for part in parts {
        let two_digits = part.len() <= 2 && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let digit: i64 = part.parse().ok().filter(|d| two_digits && *d < 60)?;
        value = value.checked_mul(60)?.checked_add(digit)?;
        n += 1;
    }
    (n > 0 && first.bytes().all(|b| b.is_ascii_digit())).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_schema() {
        let int = |value| Plain::Number { value, is_int: true };
        let float = |value| Plain::Number { value, is_int: false };
        let table = [
            ("15", int(15.0)),
            ("-3", int(-3.0)),
            ("+3", int(3.0)),
            ("015", int(15.0)),
            ("0x1F", int(31.0)),
            ("0o17", int(15.0)),
            ("1.", float(1.0)),
            (".5", float(0.5)),
            ("1e5", float(1e5)),
            ("-1.5E-3", float(-0.0015)),
            ("-.inf", float(f64::NEG_INFINITY)),
            ("yes", Plain::Text),
            ("1_000", Plain::Text),
            ("0b11", Plain::Text),
            ("1.2.3", Plain::Text),
            ("e5", Plain::Text),
            (".", Plain::Text),
            ("0x", Plain::Text),
            ("inf", Plain::Text),
            ("True", Plain::Bool(true)),
            ("~", Plain::Null),
        ];
        for (text, expected) in table {
            assert_eq!(resolve(text), expected, "{text}");
        }
        assert!(matches!(resolve(".nan"), Plain::Number { value, .. } if value.is_nan()));
    }

    #[test]
    fn traps_name_what_was_meant() {
        let table = [
            ("on", "true", "true"),
            ("No", "false", "false"),
            ("015", "octal, 13", "15"),
            ("1e5", "the text `1e5`", "100000"),
            ("1_000", "1000", "1000"),
            ("0x10", "a number or text", "16"),
            ("12:30", "base 60, 750", "\"12:30\""),
        ];
        for (text, there, meant) in table {
            let trap = trap(text).expect(text);
            assert_eq!((trap.there.as_str(), trap.meant.as_str()), (there, meant), "{text}");
        }
        for text in ["15", "1.5", "1.0e+5", "0", "0.5", "ema", "y", "3.0.0", "15m", "1h"] {
            assert_eq!(trap(text), None, "{text}");
        }
    }
}
