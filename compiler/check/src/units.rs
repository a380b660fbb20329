//! What arithmetic makes of units, and which of them do not belong together.

use ir::BinaryOp;
use stdlib::Unit;

/// The unit of the result.
pub fn binary(op: BinaryOp, a: Unit, b: Unit) -> Unit {
    match op {
        BinaryOp::Add | BinaryOp::Min | BinaryOp::Max => sum(a, b),
        BinaryOp::Sub => match (a, b) {
            (Unit::Price, Unit::Price) => Unit::PriceDelta,
            (Unit::Time, Unit::Time) => Unit::Scalar,
            (Unit::BarIndex, Unit::BarIndex) => Unit::Count,
            _ => sum(a, b),
        },
        BinaryOp::Mul => match (is_factor(a), is_factor(b)) {
            (true, _) => b,
            (_, true) => a,
            _ => Unit::Scalar,
        },
        BinaryOp::Div if is_factor(b) => a,
        BinaryOp::Div if family(a) == family(b) => Unit::Ratio,
        BinaryOp::Div => Unit::Scalar,
        BinaryOp::Rem => a,
    }
}

fn sum(a: Unit, b: Unit) -> Unit {
    match (a, b) {
        (Unit::Scalar, x) | (x, Unit::Scalar) => x,
        (Unit::Price, Unit::PriceDelta) | (Unit::PriceDelta, Unit::Price) => Unit::Price,
        (Unit::BarIndex, Unit::Count) | (Unit::Count, Unit::BarIndex) => Unit::BarIndex,
        (a, b) if a == b => a,
        _ => Unit::Scalar,
    }
}

/// A plain number, which scales what it multiplies.
fn is_factor(unit: Unit) -> bool {
    matches!(unit, Unit::Scalar | Unit::Ratio | Unit::Direction | Unit::Count)
}

#[derive(PartialEq, Eq)]
enum Family {
    Price,
    Share,
    Volume,
    Count,
    Direction,
    Time,
    Any,
}

fn family(unit: Unit) -> Family {
    match unit {
        Unit::Price | Unit::PriceDelta => Family::Price,
        Unit::Percent | Unit::Ratio | Unit::Oscillator => Family::Share,
        Unit::Volume => Family::Volume,
        Unit::Count | Unit::BarIndex => Family::Count,
        Unit::Direction => Family::Direction,
        Unit::Time => Family::Time,
        Unit::Scalar => Family::Any,
    }
}

/// Whether comparing or adding the two is almost surely a mistake.
pub fn clash(a: Unit, b: Unit) -> bool {
    let (a, b) = (family(a), family(b));
    a != b && a != Family::Any && b != Family::Any
}

/// Whether a sum of the two means nothing: prices, volumes and times do not mix. Scores made of oscillators
/// and the like are merely suspicious.
pub fn senseless_sum(a: Unit, b: Unit) -> bool {
    let column = |f: &Family| matches!(f, Family::Price | Family::Volume | Family::Time);
    let (a, b) = (family(a), family(b));
    a != b && column(&a) && column(&b)
}

/// What the unit is called in a sentence.
pub fn noun(unit: Unit) -> &'static str {
    match unit {
        Unit::Price => "a price",
        Unit::PriceDelta => "a distance in price",
        Unit::Percent => "a percentage",
        Unit::Ratio => "a ratio",
        Unit::Oscillator => "an oscillator",
        Unit::Volume => "a volume",
        Unit::Count => "a count",
        Unit::BarIndex => "a bar number",
        Unit::Direction => "a direction (-1, 0, 1)",
        Unit::Time => "a time",
        Unit::Scalar => "a plain number",
    }
}
