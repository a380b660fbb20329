//! The words of the expression language and the names that need no declaration, each with a line about it.

use resolve::resolved::{Function, Position, Series};
use stdlib::{Field, Unit};

/// A name that needs no declaration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ambient {
    pub name: &'static str,
    pub kind: &'static str,
    pub doc: &'static str,
}

/// All of them, in the order in which people look for them.
pub fn ambient() -> impl Iterator<Item = Ambient> {
    let fields = Field::ALL.into_iter().map(|f| Ambient { name: f.name(), kind: "column", doc: field(f) });
    let series =
        Series::ALL.into_iter().map(|s| Ambient { name: s.name(), kind: "series", doc: self::series(s) });
    let state =
        Position::ALL.into_iter().map(|p| Ambient { name: p.name(), kind: "position", doc: position(p) });
    fields.chain(series).chain(state)
}

/// The unit of a column, for hovers.
#[must_use]
pub fn unit_of(name: &str) -> Option<Unit> {
    Field::by_name(name).map(Field::unit)
}

fn field(field: Field) -> &'static str {
    match field {
        Field::Open => "price at the opening of the bar",
        Field::High => "highest price of the bar",
        Field::Low => "lowest price of the bar",
        Field::Close => "price at the close of the bar",
        Field::Volume => "traded volume of the bar, in the base currency",
        Field::Hl2 => "(high + low) / 2",
        Field::Hlc3 => "(high + low + close) / 3",
        Field::Ohlc4 => "(open + high + low + close) / 4",
        Field::Hlcc4 => "(high + low + 2 * close) / 4",
        Field::Time => "opening time of the bar, in milliseconds UTC",
    }
}

fn series(series: Series) -> &'static str {
    match series {
        Series::LastPrice => "last traded price, on the 1-minute clock",
        Series::MarkPrice => "mark price of the exchange, on the 1-minute clock",
        Series::FundingRate => "funding rate; the data must carry it",
        Series::OpenInterest => "open interest; the data must carry it",
        Series::IndexPrice => "index price; the data must carry it",
        Series::Liquidations => "liquidated volume; the data must carry it",
    }
}

fn position(position: Position) -> &'static str {
    match position {
        Position::EntryPrice => "price at which the open position was entered",
        Position::BarsInTrade => "exec bars since the entry",
        Position::UnrealizedPnlPct => "profit of the open position, in percent",
        Position::Side => "`long`, `short` or `flat`",
        Position::StopPrice => "where the stop of the open position is",
        Position::TargetPrice => "where the target of the open position is",
        Position::MfePct => "best profit of the position so far, in percent",
        Position::MaePct => "worst loss of the position so far, in percent",
    }
}

/// Functions: name, how they are called, what they give.
pub fn functions() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    Function::ALL.into_iter().map(|f| match f {
        Function::Abs => ("abs", "abs(x)", "the value without its sign"),
        Function::Min => ("min", "min(a, b)", "the least"),
        Function::Max => ("max", "max(a, b)", "the greatest"),
        Function::OiDelta => ("oi_delta", "oi_delta(n)", "change of the open interest over n exec bars"),
    })
}

/// What is written as a call and is a condition.
pub const CALLS: &[(&str, &str, &str)] = &[
    ("holds_for", "holds_for(5, condition)", "true on each of the last bars, this one included"),
    (
        "occurred_within",
        "occurred_within(10, condition)",
        "true on some bar of the last ones, this one included",
    ),
    ("count_true", "count_true(10, 6, condition)", "true on at least so many of the last bars"),
    ("then", "then(a, b, within: 10)", "b on one of the 10 bars after a; steps that follow one another"),
    ("at_least", "at_least(2, a, b, c)", "true when so many of them are"),
    ("score", "score(min: 3, a: 2, b: 1.5)", "true when the weights of those that are true add up to `min`"),
    ("setup", "setup(name)", "the condition of that name under `setups`"),
];

/// Words between values: name, what they mean.
pub const KEYWORDS: &[(&str, &str)] = &[
    ("and", "true when both are; loosest but for `or`"),
    ("or", "true when one of them is"),
    ("crosses above", "was not above, and is now; true on one bar"),
    ("crosses below", "was not below, and is now; true on one bar"),
    ("between", "from the lower to the upper bound, both included: `x between 30 and 70`"),
    ("in", "one of these: `x in [1, -1]`"),
    ("near", "`a near b within 3%`, or within a distance"),
    ("near_pct", "`a near_pct b within 3`: within 3 percent of b"),
    ("near_abs", "`a near_abs b within 50`: within a distance of 50"),
    ("within", "how near, after `near`"),
    (">", "greater"),
    (">=", "greater or equal"),
    ("<", "less"),
    ("<=", "less or equal"),
    ("==", "equal; whole numbers, truths and words"),
    ("!=", "not equal; whole numbers, truths and words"),
    ("+", "sum"),
    ("-", "difference"),
    ("*", "product"),
    ("/", "quotient; missing when the divisor is 0"),
    ("%", "remainder"),
    ("not", "true when it is false; unknown stays unknown"),
];

/// What a word or sign of the language means.
#[must_use]
pub fn meaning(word: &str) -> Option<(&'static str, &'static str)> {
    let canonical = match word {
        "crosses_above" | "cross_above" | "cross above" => "crosses above",
        "crosses_below" | "cross_below" | "cross below" => "crosses below",
        other => other,
    };
    let keyword = KEYWORDS.iter().find(|(k, _)| *k == canonical).copied();
    keyword
        .or_else(|| CALLS.iter().find(|(n, _, _)| *n == canonical).map(|(_, usage, doc)| (*usage, *doc)))
        .or_else(|| functions().find(|(n, _, _)| *n == canonical).map(|(_, usage, doc)| (usage, doc)))
}

/// Timeframes that people use; any other that divides a day works too.
pub const TIMEFRAMES: &[&str] =
    &["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "D", "W"];

pub const ROLES: &[&str] = &["low_tf", "med_tf", "high_tf"];
