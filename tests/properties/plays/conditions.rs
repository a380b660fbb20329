//! Random conditions over given columns, as lists, as maps, and as text.

use stdlib::{Type, Unit};

use super::{Dice, Operand};

pub struct Conditions<'o> {
    operands: &'o [Operand],
    setups: Vec<String>,
}

const PRICES: [&str; 4] = ["open", "high", "low", "close"];

impl<'o> Conditions<'o> {
    pub fn new(operands: &'o [Operand]) -> Conditions<'o> {
        Conditions { operands, setups: Vec::new() }
    }

    /// The section of the setups that conditions have asked for.
    pub fn setups(&self) -> String {
        let lines = self.setups.iter().enumerate().map(|(i, condition)| format!("  s{i}: {condition}\n"));
        let lines: String = lines.collect();
        if lines.is_empty() { lines } else { format!("setups:\n{lines}") }
    }

    pub fn entry(&mut self, dice: &mut Dice) -> String {
        self.condition(dice, 2)
    }

    pub fn exit(&mut self, dice: &mut Dice) -> String {
        if dice.chance(35) {
            let bars = 1 + dice.below(30);
            let pnl = dice.between(-2.0, 2.0);
            return dice
                .pick(&[
                    &format!("\"bars_in_trade >= {bars}\"")[..],
                    &format!("[\"unrealized_pnl_pct\", \">\", {pnl:.2}]"),
                    "{lhs: close, op: \"<\", rhs: entry_price}",
                    &format!("\"holds_for(2, mfe_pct > {:.2}) or mae_pct > 1\"", pnl.abs()),
                ])
                .to_owned();
        }
        self.condition(dice, 1)
    }

    /// A flow node of YAML.
    fn condition(&mut self, dice: &mut Dice, depth: usize) -> String {
        if depth == 0 || dice.chance(35) {
            return self.leaf(dice);
        }
        let mut inner = |dice: &mut Dice| self.condition(dice, depth - 1);
        match dice.below(9) {
            0 => format!("{{all: [{}, {}]}}", inner(dice), inner(dice)),
            1 | 2 => format!("{{any: [{}, {}]}}", inner(dice), inner(dice)),
            3 => format!("{{not: {}}}", inner(dice)),
            4 => format!("{{holds_for: {{bars: {}, expr: {}}}}}", 1 + dice.below(4), inner(dice)),
            5 => {
                let anchor = dice.pick(&["", "", ", anchor_tf: 4h"]);
                format!(
                    "{{occurred_within: {{bars: {}{anchor}, expr: {}}}}}",
                    1 + dice.below(20),
                    inner(dice)
                )
            }
            6 => {
                let bars = 2 + dice.below(12);
                let min = 1 + dice.below(bars / 2 + 1);
                format!("{{count_true: {{bars: {bars}, min_true: {min}, expr: {}}}}}", inner(dice))
            }
            7 => {
                let duration = dice.pick(&["15m", "1h", "3h"]);
                format!("{{occurred_within_duration: {{duration: {duration}, expr: {}}}}}", inner(dice))
            }
            _ => {
                let condition = inner(dice);
                self.setups.push(condition);
                format!("{{setup: s{}}}", self.setups.len() - 1)
            }
        }
    }

    fn leaf(&self, dice: &mut Dice) -> String {
        let (left, op, right) = self.comparison(dice);
        match dice.below(5) {
            0 => format!("[\"{left}\", \"{op}\", {}]", quoted(&right)),
            1 => format!("{{lhs: \"{left}\", op: \"{op}\", rhs: {}}}", quoted(&right)),
            2 => format!("\"{left} {} {right}\"", spoken(op)),
            3 => {
                let (other, op2, right2) = self.comparison(dice);
                let join = dice.pick(&["and", "or", "or", "and not"]);
                format!("\"({left} {} {right}) {join} ({other} {} {right2})\"", spoken(op), spoken(op2))
            }
            _ => format!("\"occurred_within({}, {left} {} {right})\"", 1 + dice.below(6), spoken(op)),
        }
    }

    fn comparison(&self, dice: &mut Dice) -> (String, &'static str, String) {
        let Operand { text, ty } = dice.pick(&self.operands.iter().collect::<Vec<_>>()).clone();
        let relation = dice.pick(&[">", "<", ">=", "<=", "cross_above", "cross_below"]);
        match ty {
            Type::Bool => (text, "==", "true".into()),
            Type::Enum(words) => {
                let word = dice.pick(words);
                (text, dice.pick(&["==", "!="]), word.to_owned())
            }
            Type::Int { range, .. } if range.min.is_finite() && range.max.is_finite() && dice.chance(60) => {
                let value = range.min + dice.below((range.max - range.min) as usize + 1) as f64;
                (text, dice.pick(&["==", "!=", ">", "<="]), value.to_string())
            }
            Type::Float { unit: Unit::Price, .. } if dice.chance(70) => {
                if dice.chance(15) {
                    return ("last_price".into(), relation, text);
                }
                let price = dice.pick(&PRICES);
                let factor = dice.between(0.98, 1.02);
                let right = if dice.chance(30) { format!("{text} * {factor:.3}") } else { text };
                (price.into(), relation, right)
            }
            Type::Float { range, .. }
                if range.min.is_finite() && range.max.is_finite() && dice.chance(70) =>
            {
                let value = dice.between(range.min, range.max);
                (text, relation, format!("{value:.3}"))
            }
            _ => {
                let bars = 1 + dice.below(4);
                let right = format!("{text}[{bars}]");
                (text, relation, right)
            }
        }
    }
}

/// Numbers stand bare in YAML, all else in quotes.
fn quoted(text: &str) -> String {
    if text.parse::<f64>().is_ok() || text == "true" { text.to_owned() } else { format!("\"{text}\"") }
}

fn spoken(op: &str) -> &str {
    match op {
        "cross_above" => "crosses above",
        "cross_below" => "crosses below",
        other => other,
    }
}
