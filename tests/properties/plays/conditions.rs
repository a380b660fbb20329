//! Random conditions over given columns, as lists, as maps, and as text.

use stdlib::{Range, Type, Unit};

use super::numbers::{alike, number, read};
use super::{Dice, Operand};

/// Conditions of blocks, and whether their logic has sides.
const FILTERS: [(&str, bool); 8] = [
    ("trend_filter_v1", true),
    ("ema_cross_entry_v1", true),
    ("rsi_dip_entry_v1", true),
    ("breakout_entry_v1", true),
    ("after_squeeze_v1", false),
    ("kill_zone_v1", false),
    ("volatility_expansion_v1", false),
    ("session_hours_v1", false),
];

pub struct Conditions {
    operands: Vec<Operand>,
    /// What may be asked about the own position.
    position: Vec<Operand>,
    setups: Vec<String>,
    /// Whether what is written now may ask about it.
    pub may_ask_position: bool,
}

impl Conditions {
    pub fn new(operands: Vec<Operand>) -> Conditions {
        let percent = Type::Float { unit: Unit::Percent, range: Range::new(-5.0, 5.0) };
        let fields = [
            ("entry_price", Type::PRICE),
            ("bars_in_trade", Type::Float { unit: Unit::Count, range: Range::new(0.0, 30.0) }),
            ("unrealized_pnl_pct", percent),
            ("position_side", Type::Enum(&["long", "short", "flat"])),
            ("stop_price", Type::PRICE),
            ("target_price", Type::PRICE),
            ("mfe_pct", percent),
            ("mae_pct", percent),
        ];
        let position = fields.map(|(text, ty)| Operand::new(text, ty)).to_vec();
        Conditions { operands, position, setups: Vec::new(), may_ask_position: false }
    }

    /// The section of the setups that conditions have asked for.
    pub fn setups(&self) -> String {
        let lines = self.setups.iter().enumerate().map(|(i, condition)| format!("  s{i}: {condition}\n"));
        let lines: String = lines.collect();
        if lines.is_empty() { lines } else { format!("setups:\n{lines}") }
    }

    /// A flow node of YAML.
    pub fn node(&mut self, dice: &mut Dice, depth: usize) -> String {
        if depth == 0 || dice.chance(25) {
            return self.leaf(dice);
        }
        let mut inner = |dice: &mut Dice| self.node(dice, depth - 1);
        match dice.below(14) {
            0 => format!("{{all: [{}, {}]}}", inner(dice), inner(dice)),
            1 | 2 => format!("{{any: [{}, {}]}}", inner(dice), inner(dice)),
            3 => format!("{{not: {}}}", inner(dice)),
            4 | 5 => {
                let (bars, min_true) = window(dice);
                let anchor = anchor(dice);
                let inside = inner(dice);
                match dice.below(3) {
                    0 => format!("{{holds_for: {{bars: {}{anchor}, expr: {inside}}}}}", bars.min(4)),
                    1 => format!("{{occurred_within: {{bars: {bars}{anchor}, expr: {inside}}}}}"),
                    _ => format!(
                        "{{count_true: {{bars: {bars}, min_true: {min_true}{anchor}, expr: {inside}}}}}"
                    ),
                }
            }
            6 | 7 => {
                let duration = duration(dice);
                let inside = inner(dice);
                match dice.below(3) {
                    0 => format!("{{holds_for_duration: {{duration: {duration}, expr: {inside}}}}}"),
                    1 => format!("{{occurred_within_duration: {{duration: {duration}, expr: {inside}}}}}"),
                    _ => format!(
                        "{{count_true_duration: {{duration: {duration}, min_true: 2, expr: {inside}}}}}"
                    ),
                }
            }
            8 | 9 => {
                let steps: Vec<String> = (0..2 + dice.below(2)).map(|_| inner(dice)).collect();
                let limits = limits(dice, steps.len());
                format!("{{then: [{}], {limits}{}}}", steps.join(", "), anchor(dice))
            }
            10 => {
                let parts: Vec<String> = (0..2 + dice.below(2)).map(|_| inner(dice)).collect();
                format!("{{at_least: {}, of: [{}]}}", 1 + dice.below(2), parts.join(", "))
            }
            11 => {
                let parts: Vec<String> = (0..2 + dice.below(2))
                    .map(|_| {
                        let when = inner(dice);
                        let weight = dice.pick(&[1.0, 2.0, 0.5, -1.0, 0.1]);
                        format!("{{when: {when}, weight: {weight}}}")
                    })
                    .collect();
                format!("{{score: [{}], min: {}}}", parts.join(", "), dice.pick(&["0.5", "1", "2"]))
            }
            12 => block(dice),
            _ => {
                let condition = inner(dice);
                self.setups.push(condition);
                format!("{{setup: s{}}}", self.setups.len() - 1)
            }
        }
    }

    fn leaf(&mut self, dice: &mut Dice) -> String {
        match dice.below(6) {
            0 => {
                let (left, op, right) = self.comparison(dice);
                format!("[\"{left}\", \"{op}\", {}]", varied(dice, &right))
            }
            1 => {
                let (left, op, right) = self.comparison(dice);
                format!("{{lhs: \"{left}\", op: \"{op}\", rhs: {}}}", varied(dice, &right))
            }
            _ => format!("\"{}\"", self.text(dice, 2)),
        }
    }

    /// An expression.
    fn text(&mut self, dice: &mut Dice, depth: usize) -> String {
        if depth == 0 || dice.chance(45) {
            return self.simple(dice);
        }
        let mut inner = |dice: &mut Dice| self.text(dice, depth - 1);
        match dice.below(9) {
            0 | 1 => format!("({} or {})", inner(dice), inner(dice)),
            2 => format!("({} and {})", inner(dice), inner(dice)),
            3 => format!("({} and not ({}))", inner(dice), inner(dice)),
            4 => format!("occurred_within({}, {})", extent(dice), inner(dice)),
            5 => format!("holds_for({}, {})", dice.pick(&["2", "3", "15m"]), inner(dice)),
            6 => format!("count_true({}, 2, {})", extent(dice), inner(dice)),
            7 => format!("then({}, {}, {})", inner(dice), inner(dice), limits(dice, 2)),
            _ => {
                let (a, b, c) = (inner(dice), inner(dice), inner(dice));
                dice.pick(&[
                    &format!("at_least(2, {a}, {b}, {c})")[..],
                    &format!("score(min: 1, {a}: 2, {b}: -1)")[..],
                ])
                .to_owned()
            }
        }
    }

    fn simple(&mut self, dice: &mut Dice) -> String {
        if !self.setups.is_empty() && dice.chance(6) {
            return format!("setup(s{})", dice.below(self.setups.len()));
        }
        if dice.chance(20)
            && let Some(text) = self.of_one(dice)
        {
            return text;
        }
        let (left, op, right) = self.comparison(dice);
        format!("{left} {} {right}", spoken(op))
    }

    fn operand(&self, dice: &mut Dice) -> Operand {
        let ask = self.may_ask_position && dice.chance(35);
        let from = if ask { &self.position } else { &self.operands };
        from[dice.below(from.len())].clone()
    }

    /// Conditions other than comparisons: near, between, one of several, a flag by its name.
    fn of_one(&self, dice: &mut Dice) -> Option<String> {
        let operand = self.operand(dice);
        let x = read(dice, &operand.text);
        Some(match operand.ty {
            Type::Bool => operand.text,
            Type::Enum(words) => format!("{x} in [{}, {}]", dice.pick(words), dice.pick(words)),
            Type::Int { unit: Unit::Direction, .. } => format!("{x} in [1, -1]"),
            Type::Float { unit: Unit::Price, .. } => {
                let other = alike(dice, &self.operands, &operand).text;
                match dice.below(3) {
                    0 => format!("{x} near_pct {other} within {:.2}", dice.between(0.2, 2.0)),
                    1 => format!("{x} near_abs {other} within {:.1}", dice.between(5.0, 300.0)),
                    _ => format!("{x} between {other} * 0.99 and {other} * 1.01"),
                }
            }
            Type::Float { range, .. } if range.min.is_finite() && range.max.is_finite() => {
                let middle = f64::midpoint(range.min, range.max);
                let (low, high) = (dice.between(range.min, middle), dice.between(middle, range.max));
                format!("{x} between {low:.3} and {high:.3}")
            }
            _ => return None,
        })
    }

    fn comparison(&mut self, dice: &mut Dice) -> (String, &'static str, String) {
        let operand = self.operand(dice);
        let text = operand.text.clone();
        let relation = dice.pick(&[">", "<", ">=", "<=", ">", "<", "cross_above", "cross_below"]);
        match operand.ty {
            Type::Bool => (read(dice, &text), "==", dice.pick(&["true", "true", "false"]).into()),
            Type::Enum(words) => {
                let word = dice.pick(words);
                (read(dice, &text), dice.pick(&["==", "!="]), word.to_owned())
            }
            Type::Int { range, .. } if range.min.is_finite() && range.max.is_finite() && dice.chance(60) => {
                let value = range.min + dice.below((range.max - range.min) as usize + 1) as f64;
                (read(dice, &text), dice.pick(&["==", "!=", ">", "<="]), value.to_string())
            }
            Type::Int { .. } if dice.chance(30) => {
                let before = format!("{text}[{}]", 1 + dice.below(4));
                (text, dice.pick(&["==", "!="]), before)
            }
            Type::Float { unit: Unit::Price, .. } if dice.chance(70) => {
                let left = alike(dice, &self.operands, &operand);
                let left = number(dice, &self.operands, &left, 1);
                (left, relation, number(dice, &self.operands, &operand, 2))
            }
            Type::Float { range, .. }
                if range.min.is_finite() && range.max.is_finite() && dice.chance(70) =>
            {
                let value = if dice.chance(8) {
                    "${share}".to_owned()
                } else {
                    let value = dice.between(range.min, range.max);
                    ((value * 1000.0).round() / 1000.0).to_string()
                };
                (number(dice, &self.operands, &operand, 1), relation, value)
            }
            _ => {
                let right = alike(dice, &self.operands, &operand);
                let right = number(dice, &self.operands, &right, 1);
                let bars = 1 + dice.below(4);
                let right =
                    if right == text && !text.ends_with(')') { format!("{text}[{bars}]") } else { right };
                (number(dice, &self.operands, &operand, 1), relation, right)
            }
        }
    }
}

fn block(dice: &mut Dice) -> String {
    let (name, has_sides) = dice.pick(&FILTERS);
    let side = if has_sides { dice.pick(&[", side: long", ", side: short"]) } else { "" };
    format!("{{use: {name}{side}}}")
}

/// Bars, and how many of them at least.
fn window(dice: &mut Dice) -> (usize, usize) {
    let bars = 2 + dice.below(12);
    (bars, 1 + dice.below(bars / 2 + 1))
}

fn anchor(dice: &mut Dice) -> &'static str {
    dice.pick(&["", "", "", ", anchor_tf: 4h"])
}

fn duration(dice: &mut Dice) -> &'static str {
    dice.pick(&["15m", "1h", "3h", "6h"])
}

fn extent(dice: &mut Dice) -> String {
    if dice.chance(35) { duration(dice).to_owned() } else { (2 + dice.below(12)).to_string() }
}

/// How long the steps of a sequence may take.
fn limits(dice: &mut Dice, steps: usize) -> String {
    let total = extent(dice);
    match dice.below(4) {
        0 => format!("within_total: {total}"),
        1 => format!("within: {}, within_total: {total}", extent(dice)),
        2 => {
            let each: Vec<String> = (1..steps).map(|_| extent(dice)).collect();
            format!("within: [{}]", each.join(", "))
        }
        _ => format!("within: {}", extent(dice)),
    }
}

/// Numbers stand bare in YAML, all else in quotes.
fn varied(dice: &mut Dice, text: &str) -> String {
    match text.parse::<f64>() {
        Ok(value) => dice.number(value),
        Err(_) if text == "true" || text == "false" => text.to_owned(),
        Err(_) => format!("\"{text}\""),
    }
}

fn spoken(op: &str) -> &str {
    match op {
        "cross_above" => "crosses above",
        "cross_below" => "crosses below",
        other => other,
    }
}
