//! Types, units and ranges of the values that flow through a Play.

use serde::{Deserialize, Serialize};

/// A column of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Field {
    Open,
    High,
    Low,
    Close,
    Volume,
    /// `(high + low) / 2`
    Hl2,
    /// `(high + low + close) / 3`
    Hlc3,
    /// `(open + high + low + close) / 4`
    Ohlc4,
    /// `(high + low + 2 * close) / 4`
    Hlcc4,
    /// The bar's opening time in milliseconds UTC, as a number (exact below 2^53).
    Time,
}

impl Field {
    pub const ALL: [Field; 10] = [
        Field::Open,
        Field::High,
        Field::Low,
        Field::Close,
        Field::Volume,
        Field::Hl2,
        Field::Hlc3,
        Field::Ohlc4,
        Field::Hlcc4,
        Field::Time,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Field::Open => "open",
            Field::High => "high",
            Field::Low => "low",
            Field::Close => "close",
            Field::Volume => "volume",
            Field::Hl2 => "hl2",
            Field::Hlc3 => "hlc3",
            Field::Ohlc4 => "ohlc4",
            Field::Hlcc4 => "hlcc4",
            Field::Time => "timestamp",
        }
    }

    #[must_use]
    pub fn by_name(name: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|f| f.name() == name)
    }

    #[must_use]
    pub fn unit(self) -> Unit {
        match self {
            Field::Volume => Unit::Volume,
            Field::Time => Unit::Time,
            _ => Unit::Price,
        }
    }
}

/// What a number measures. Comparing or adding different ones is almost always a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Unit {
    /// Quote currency per unit of base currency.
    Price,
    /// A difference of prices (ATR, MACD, momentum): same currency, centred on zero or a distance.
    PriceDelta,
    /// Hundredths.
    Percent,
    /// A plain ratio, such as %B or a Vortex line.
    Ratio,
    /// A bounded oscillator; its scale is its range.
    Oscillator,
    Volume,
    /// Things or bars.
    Count,
    /// The number of a bar of the value's own clock, counted from the first bar of the data.
    BarIndex,
    /// -1, 0 or 1.
    Direction,
    /// Milliseconds UTC.
    Time,
    /// No unit known: literals, quotients of unlike things, unbounded scores.
    Scalar,
}

/// Inclusive bounds of a value; infinite where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Range {
    pub min: f64,
    pub max: f64,
}

impl Range {
    pub const ANY: Range = Range { min: f64::NEG_INFINITY, max: f64::INFINITY };
    pub const NON_NEGATIVE: Range = Range { min: 0.0, max: f64::INFINITY };
    pub const PERCENT: Range = Range { min: 0.0, max: 100.0 };
    pub const UNIT: Range = Range { min: 0.0, max: 1.0 };

    #[must_use]
    pub const fn new(min: f64, max: f64) -> Range {
        Range { min, max }
    }

    #[must_use]
    pub const fn point(value: f64) -> Range {
        Range { min: value, max: value }
    }
}

/// The type of one output or value. In columns every type is `f64`: bool is 0 or 1, an enum the index of its word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Type {
    /// A real number; `==` on it is an error.
    Float {
        unit: Unit,
        range: Range,
    },
    /// A whole number; `==` is allowed.
    Int {
        unit: Unit,
        range: Range,
    },
    Bool,
    /// A closed set of words, in the order of their codes.
    Enum(&'static [&'static str]),
}

impl Type {
    pub const PRICE: Type = Type::Float { unit: Unit::Price, range: Range::NON_NEGATIVE };
    pub const PRICE_DELTA: Type = Type::Float { unit: Unit::PriceDelta, range: Range::ANY };
    /// 0 to 100.
    pub const OSCILLATOR: Type = Type::Float { unit: Unit::Oscillator, range: Range::PERCENT };
    pub const BAR_INDEX: Type = Type::Int { unit: Unit::BarIndex, range: Range::NON_NEGATIVE };
    pub const COUNT: Type = Type::Int { unit: Unit::Count, range: Range::NON_NEGATIVE };
    /// -1, 0 or 1.
    pub const DIRECTION: Type = Type::Int { unit: Unit::Direction, range: Range::new(-1.0, 1.0) };

    #[must_use]
    pub fn range(self) -> Range {
        match self {
            Type::Float { range, .. } | Type::Int { range, .. } => range,
            Type::Bool => Range::UNIT,
            Type::Enum(words) => Range::new(0.0, words.len().saturating_sub(1) as f64),
        }
    }

    #[must_use]
    pub fn unit(self) -> Unit {
        match self {
            Type::Float { unit, .. } | Type::Int { unit, .. } => unit,
            Type::Bool | Type::Enum(_) => Unit::Scalar,
        }
    }
}
