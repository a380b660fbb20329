//! Random conditions, and how they are written in a Play.

use crate::dice::Dice;

#[derive(Clone, Debug)]
pub enum Num {
    Close,
    Open,
    /// Often missing.
    Funding,
    /// Close of the 5- or 15-minute bar, so many of those bars ago.
    Slow(u32, u32),
    /// Missing where the divisor is 0.
    Quotient(Box<Num>, Box<Num>),
    Constant(f64),
    /// An index into [`FIELDS`].
    Position(usize),
}

pub const FIELDS: [&str; 8] = [
    "entry_price",
    "bars_in_trade",
    "unrealized_pnl_pct",
    "position_side",
    "stop_price",
    "target_price",
    "mfe_pct",
    "mae_pct",
];

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    Bars(u32),
    Minutes(u32),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Holds,
    Occurred,
    Count(u32),
}

#[derive(Clone, Debug)]
pub enum Cond {
    Compare(&'static str, Num, Num),
    /// `true`: above.
    Cross(bool, Num, Num),
    Between(Num, f64, f64),
    All(Vec<Cond>),
    Any(Vec<Cond>),
    Not(Box<Cond>),
    Window {
        kind: Kind,
        limit: Limit,
        anchor: Option<u32>,
        inner: Box<Cond>,
    },
    Sequence {
        steps: Vec<Cond>,
        within: Vec<Option<Limit>>,
        total: Option<Limit>,
        anchor: Option<u32>,
    },
    /// Weights and `min` in tenths.
    Score {
        parts: Vec<(Cond, i64)>,
        min: i64,
    },
    AtLeast {
        parts: Vec<Cond>,
        min: usize,
    },
}

/// What a condition may read.
#[derive(Clone, Copy)]
pub struct May {
    pub position: bool,
}

pub fn random(dice: &mut Dice, may: May, depth: u32) -> Cond {
    if depth == 0 || dice.below(5) == 0 {
        return leaf(dice, may);
    }
    let some = |dice: &mut Dice, most: usize| -> Vec<Cond> {
        (0..2 + dice.below(most - 1)).map(|_| random(dice, may, depth - 1)).collect()
    };
    match dice.below(10) {
        0 => Cond::All(some(dice, 3)),
        1 => Cond::Any(some(dice, 3)),
        2 => Cond::Not(Box::new(random(dice, may, depth - 1))),
        3 | 4 => window(dice, may, depth),
        5..=7 => {
            let steps = some(dice, 4);
            sequence(dice, steps)
        }
        8 => {
            let parts: Vec<(Cond, i64)> =
                some(dice, 4).into_iter().map(|c| (c, dice.pick(&[-15, -7, 1, 2, 5, 7, 10, 20]))).collect();
            Cond::Score { parts, min: dice.below(25) as i64 - 3 }
        }
        _ => {
            let parts = some(dice, 4);
            let min = 1 + dice.below(parts.len());
            Cond::AtLeast { parts, min }
        }
    }
}

fn window(dice: &mut Dice, may: May, depth: u32) -> Cond {
    let limit = limit(dice, 8);
    let most = match limit {
        Limit::Bars(bars) | Limit::Minutes(bars) => bars,
    };
    let kind = match dice.below(3) {
        0 => Kind::Holds,
        1 => Kind::Occurred,
        _ => Kind::Count(1 + dice.below(most as usize) as u32),
    };
    let anchor = match limit {
        Limit::Bars(_) if dice.below(4) == 0 => Some(15),
        _ => None,
    };
    Cond::Window { kind, limit, anchor, inner: Box::new(random(dice, may, depth - 1)) }
}

fn sequence(dice: &mut Dice, steps: Vec<Cond>) -> Cond {
    let whole = dice.below(2) == 0;
    let within = (1..steps.len()).map(|_| (!whole || dice.below(2) == 0).then(|| limit(dice, 6))).collect();
    let total = whole.then(|| limit(dice, 12));
    let anchor = (dice.below(8) == 0).then_some(15);
    Cond::Sequence { steps, within, total, anchor }
}

fn limit(dice: &mut Dice, most: usize) -> Limit {
    let figure = 1 + dice.below(most) as u32;
    if dice.below(3) == 0 { Limit::Minutes(figure * dice.pick(&[1, 1, 3])) } else { Limit::Bars(figure) }
}

fn leaf(dice: &mut Dice, may: May) -> Cond {
    let left = number(dice, may);
    let low = 97.0 + dice.below(6) as f64;
    match dice.below(6) {
        0 => Cond::Between(left, low, low + dice.below(4) as f64),
        1 => {
            let right = market(dice);
            Cond::Cross(dice.below(2) == 0, left, right)
        }
        _ => {
            let right = if dice.below(3) == 0 { Num::Constant(low) } else { market(dice) };
            let right = match left {
                Num::Position(field) if !FIELDS[field].ends_with("price") => {
                    Num::Constant(dice.below(5) as f64 - 2.0)
                }
                _ => right,
            };
            Cond::Compare(dice.pick(&[">", ">=", "<", "<="]), left, right)
        }
    }
}

fn number(dice: &mut Dice, may: May) -> Num {
    if may.position && dice.below(3) == 0 {
        return Num::Position(dice.below(FIELDS.len()));
    }
    match dice.below(6) {
        0 => Num::Funding,
        1 => Num::Quotient(Box::new(market(dice)), Box::new(Num::Funding)),
        _ => market(dice),
    }
}

fn market(dice: &mut Dice) -> Num {
    match dice.below(6) {
        0 | 1 => Num::Close,
        2 => Num::Open,
        3 => Num::Slow(15, dice.below(3) as u32),
        _ => Num::Slow(5, dice.below(4) as u32),
    }
}

impl Num {
    pub fn text(&self) -> String {
        match self {
            Num::Close => "close".into(),
            Num::Open => "open".into(),
            Num::Funding => "funding_rate".into(),
            Num::Slow(minutes, 0) => format!("s{minutes}"),
            Num::Slow(minutes, ago) => format!("s{minutes}[{ago}]"),
            Num::Quotient(a, b) => format!("({} / {})", a.text(), b.text()),
            Num::Constant(value) => format!("{value}"),
            Num::Position(field) => FIELDS[*field].into(),
        }
    }
}

impl Limit {
    fn text(self) -> String {
        match self {
            Limit::Bars(bars) => bars.to_string(),
            Limit::Minutes(minutes) => format!("{minutes}m"),
        }
    }
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Holds => "holds_for",
            Kind::Occurred => "occurred_within",
            Kind::Count(_) => "count_true",
        }
    }
}

fn tenths(figure: i64) -> String {
    format!("{:?}", figure as f64 / 10.0)
}

impl Cond {
    /// As an expression.
    pub fn text(&self) -> String {
        let each = |items: &[Cond]| items.iter().map(Cond::text).collect::<Vec<_>>();
        match self {
            Cond::Compare(op, a, b) => format!("({} {op} {})", a.text(), b.text()),
            Cond::Cross(above, a, b) => {
                format!("({} crosses {} {})", a.text(), if *above { "above" } else { "below" }, b.text())
            }
            Cond::Between(a, low, high) => format!("({} between {low} and {high})", a.text()),
            Cond::All(items) => format!("({})", each(items).join(" and ")),
            Cond::Any(items) => format!("({})", each(items).join(" or ")),
            Cond::Not(a) => format!("not ({})", a.text()),
            Cond::Window { kind, limit, anchor, inner } => {
                let min = if let Kind::Count(min) = kind { format!(", {min}") } else { String::new() };
                let anchor = anchor.map_or(String::new(), |m| format!(", anchor_tf: {m}m"));
                format!("{}({}{min}, {}{anchor})", kind.word(), limit.text(), inner.text())
            }
            Cond::Sequence { steps, within, total, anchor } => {
                let mut args = each(steps);
                if let Some(limits) = within.iter().map(|l| l.map(Limit::text)).collect::<Option<Vec<_>>>() {
                    args.push(format!("within: [{}]", limits.join(", ")));
                }
                args.extend(total.map(|total| format!("within_total={}", total.text())));
                args.extend(anchor.map(|m| format!("anchor_tf: {m}m")));
                format!("then({})", args.join(", "))
            }
            Cond::Score { parts, min } => {
                let parts = parts.iter().map(|(c, w)| format!("{}: {}", c.text(), tenths(*w)));
                format!("score(min: {}, {})", tenths(*min), parts.collect::<Vec<_>>().join(", "))
            }
            Cond::AtLeast { parts, min } => format!("at_least({min}, {})", each(parts).join(", ")),
        }
    }

    /// Whether an expression can say it: limits on only some steps need a map.
    fn has_text(&self) -> bool {
        match self {
            Cond::Compare(..) | Cond::Cross(..) | Cond::Between(..) => true,
            Cond::All(items) | Cond::Any(items) | Cond::AtLeast { parts: items, .. } => {
                items.iter().all(Cond::has_text)
            }
            Cond::Not(a) | Cond::Window { inner: a, .. } => a.has_text(),
            Cond::Sequence { steps, within, .. } => {
                let uniform = within.iter().all(Option::is_some) || within.iter().all(Option::is_none);
                uniform && steps.iter().all(Cond::has_text)
            }
            Cond::Score { parts, .. } => parts.iter().all(|(c, _)| c.has_text()),
        }
    }

    /// In flow style, each part in a spelling of its own.
    pub fn yaml(&self, dice: &mut Dice) -> String {
        if self.has_text() && dice.below(3) == 0 {
            return format!("\"{}\"", self.text());
        }
        match self {
            Cond::Compare(op, a, b) => match dice.below(2) {
                0 => format!("[\"{}\", \"{op}\", \"{}\"]", a.text(), b.text()),
                _ => format!("{{lhs: \"{}\", op: \"{op}\", rhs: \"{}\"}}", a.text(), b.text()),
            },
            Cond::Cross(above, a, b) => {
                let op = if *above { "cross_above" } else { "cross_below" };
                format!("[\"{}\", {op}, \"{}\"]", a.text(), b.text())
            }
            Cond::Between(a, low, high) => format!("[\"{}\", between, [{low}, {high}]]", a.text()),
            Cond::All(items) => format!("{{all: [{}]}}", list(items, dice)),
            Cond::Any(items) => format!("{{any: [{}]}}", list(items, dice)),
            Cond::Not(a) => format!("{{not: {}}}", a.yaml(dice)),
            Cond::Window { kind, limit, anchor, inner } => {
                let min =
                    if let Kind::Count(min) = kind { format!(", min_true: {min}") } else { String::new() };
                let anchor = anchor.map_or(String::new(), |m| format!(", anchor_tf: {m}m"));
                let (word, expr) = (kind.word(), inner.yaml(dice));
                match limit {
                    Limit::Bars(bars) => format!("{{{word}: {{bars: {bars}{min}, expr: {expr}{anchor}}}}}"),
                    Limit::Minutes(m) => {
                        format!("{{{word}_duration: {{duration: {m}m{min}, expr: {expr}}}}}")
                    }
                }
            }
            Cond::Sequence { steps, within, total, anchor } => {
                sequence_yaml(steps, within, *total, *anchor, dice)
            }
            Cond::Score { parts, min } => {
                let parts: Vec<String> = parts
                    .iter()
                    .map(|(c, w)| format!("{{when: {}, weight: {}}}", c.yaml(dice), tenths(*w)))
                    .collect();
                let (parts, min) = (parts.join(", "), tenths(*min));
                match dice.below(2) {
                    0 => format!("{{score: [{parts}], min: {min}}}"),
                    _ => format!("[score, {min}, {parts}]"),
                }
            }
            Cond::AtLeast { parts, min } => {
                let parts = list(parts, dice);
                match dice.below(3) {
                    0 => format!("{{at_least: {min}, of: [{parts}]}}"),
                    1 => format!("{{count_true: {{at_least: {min}, of: [{parts}]}}}}"),
                    _ => format!("[at_least, {min}, {parts}]"),
                }
            }
        }
    }
}

fn list(items: &[Cond], dice: &mut Dice) -> String {
    items.iter().map(|item| item.yaml(dice)).collect::<Vec<_>>().join(", ")
}

fn sequence_yaml(
    steps: &[Cond],
    within: &[Option<Limit>],
    total: Option<Limit>,
    anchor: Option<u32>,
    dice: &mut Dice,
) -> String {
    let mut keys = Vec::new();
    keys.extend(total.map(|total| format!("within_total: {}", total.text())));
    keys.extend(anchor.map(|m| format!("anchor_tf: {m}m")));
    let all: Option<Vec<String>> = within.iter().map(|l| l.map(Limit::text)).collect();
    let in_steps = all.is_none() || dice.below(3) == 0;
    match all {
        Some(all) if !in_steps => {
            let same = all.iter().all(|l| *l == all[0]);
            keys.push(if same {
                format!("within: {}", all[0])
            } else {
                format!("within: [{}]", all.join(", "))
            });
        }
        _ => {}
    }
    let limits = [None].into_iter().chain(within.iter().copied());
    let steps: Vec<String> = steps
        .iter()
        .zip(limits)
        .map(|(step, limit)| match limit {
            Some(limit) if in_steps => format!("{{when: {}, within: {}}}", step.yaml(dice), limit.text()),
            _ => step.yaml(dice),
        })
        .collect();
    let steps = steps.join(", ");
    // A list of a step, a comparison sign and a step would be a comparison; these are never signs.
    match (dice.below(2), keys.is_empty()) {
        (0, false) => format!("[then, {steps}, {{{}}}]", keys.join(", ")),
        (0, true) => format!("[then, {steps}]"),
        (_, false) => format!("{{then: [{steps}], {}}}", keys.join(", ")),
        (_, true) => format!("{{then: [{steps}]}}"),
    }
}
