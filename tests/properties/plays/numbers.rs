//! Random numbers of a Play as text: columns, their history, arithmetic.

use stdlib::{Type, Unit};

use super::{Dice, Operand};

/// `x`, or `x` some bars ago.
pub fn read(dice: &mut Dice, text: &str) -> String {
    // the change of a series is no column that has a history
    if dice.chance(20) && !text.ends_with(')') {
        format!("{text}[{}]", 1 + dice.below(4))
    } else {
        text.to_owned()
    }
}

/// An expression in the unit of `operand`, made of it and what is like it.
pub fn number(dice: &mut Dice, all: &[Operand], operand: &Operand, depth: usize) -> String {
    if depth == 0 || dice.chance(50) {
        return read(dice, &operand.text);
    }
    let a = number(dice, all, operand, depth - 1);
    let other = alike(dice, all, operand);
    let b = number(dice, all, &other, depth - 1);
    match dice.below(9) {
        0 => format!("({a} + {b}) / 2"),
        1 => format!("({a} * {:.3})", dice.between(0.97, 1.03)),
        2 => format!("abs({a})"),
        3 => format!("min({a}, {b})"),
        4 => format!("max({a}, {b}, {a})"),
        5 => format!("({a} - {b} % {})", dice.pick(&["7", "0.5", "0"])),
        6 => format!("(-(-{a}))"),
        7 => format!("({a} / {b} * {a})"),
        _ => format!("({a} - {b} + {b})"),
    }
}

/// A column of the same unit, if there is one beside it.
pub fn alike(dice: &mut Dice, all: &[Operand], operand: &Operand) -> Operand {
    const PRICES: [&str; 9] = ["open", "high", "low", "close", "hl2", "hlc3", "ohlc4", "hlcc4", "close"];
    if operand.is_alone {
        return operand.clone();
    }
    let unit = operand.ty.unit();
    if unit == Unit::Price && dice.chance(60) {
        return Operand::new(dice.pick(&PRICES), Type::PRICE);
    }
    let fits: Vec<&Operand> =
        all.iter().filter(|o| is_real(o.ty) && !o.is_alone && o.ty.unit() == unit).collect();
    if fits.is_empty() { operand.clone() } else { dice.pick(&fits).clone() }
}

pub fn is_real(ty: Type) -> bool {
    matches!(ty, Type::Float { .. } | Type::Int { .. })
}
