//! What is proven about conditions, against trying all values: random conditions over three oscillators and a
//! direction; each finding must hold for every value that they can have, and most of what is so must be found.

mod play;

use diagnostics::{Code, Diagnostic};
use play::{compile, play};

/// Between any two limits of a condition there is room for three values in every order.
const LIMITS: [f64; 3] = [20.0, 40.0, 60.0];

fn grid() -> Vec<f64> {
    (0..=20).map(|n| 5.0 * f64::from(n)).collect()
}

/// Splitmix: one number names a whole case.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

/// Three oscillators, and the direction.
type Values = [f64; 4];

#[derive(Clone, Debug)]
enum Condition {
    Limit(usize, &'static str, f64),
    Order(usize, &'static str, usize),
    Between(usize, f64, f64),
    Direction(&'static str, f64),
    In(Vec<f64>),
    Not(Box<Condition>),
    Either(Box<Condition>, Box<Condition>),
}

const NAMES: [&str; 4] = ["a", "b", "c", "trend.direction"];

fn random(dice: &mut Dice, depth: usize) -> Condition {
    let op = dice.pick(&[">", ">=", "<", "<="]);
    match dice.below(if depth == 0 { 7 } else { 9 }) {
        0 | 1 => Condition::Limit(dice.below(3), op, dice.pick(&LIMITS)),
        2 | 3 => {
            let left = dice.below(3);
            Condition::Order(left, op, (left + 1 + dice.below(2)) % 3)
        }
        4 => {
            let low = dice.below(2);
            Condition::Between(dice.below(3), LIMITS[low], LIMITS[low + 1 + dice.below(2 - low)])
        }
        5 => Condition::Direction(dice.pick(&["==", "!=", ">=", "<"]), dice.pick(&[-1.0, 0.0, 1.0])),
        6 => Condition::In(dice.pick(&[[-1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]]).to_vec()),
        7 => Condition::Not(Box::new(random(dice, 0))),
        _ => Condition::Either(Box::new(random(dice, 0)), Box::new(random(dice, 0))),
    }
}

fn holds(condition: &Condition, v: &Values) -> bool {
    let compare = |a: f64, op: &str, b: f64| match op {
        ">" => a > b,
        ">=" => a >= b,
        "<" => a < b,
        "<=" => a <= b,
        "==" => a == b,
        _ => a != b,
    };
    match condition {
        Condition::Limit(a, op, limit) => compare(v[*a], op, *limit),
        Condition::Order(a, op, b) => compare(v[*a], op, v[*b]),
        Condition::Between(a, low, high) => v[*a] >= *low && v[*a] <= *high,
        Condition::Direction(op, limit) => compare(v[3], op, *limit),
        Condition::In(items) => items.contains(&v[3]),
        Condition::Not(a) => !holds(a, v),
        Condition::Either(a, b) => holds(a, v) || holds(b, v),
    }
}

fn written(condition: &Condition) -> String {
    match condition {
        Condition::Limit(a, op, limit) => format!("{} {op} {limit}", NAMES[*a]),
        Condition::Order(a, op, b) => format!("{} {op} {}", NAMES[*a], NAMES[*b]),
        Condition::Between(a, low, high) => format!("{} between {low} and {high}", NAMES[*a]),
        Condition::Direction(op, limit) => format!("trend.direction {op} {limit}"),
        Condition::In(items) => format!("trend.direction in [{}, {}]", items[0], items[1]),
        Condition::Not(a) => format!("not ({})", written(a)),
        Condition::Either(a, b) => format!("({}) or ({})", written(a), written(b)),
    }
}

fn all_values() -> Vec<Values> {
    let grid = grid();
    let mut all = Vec::new();
    for &a in &grid {
        for &b in &grid {
            for &c in &grid {
                all.extend([-1.0, 0.0, 1.0].map(|d| [a, b, c, d]));
            }
        }
    }
    all
}

/// The conditions that a finding rests on: its own, and those of its labels; `None` when it is about a part of one.
fn places(
    d: &Diagnostic,
    slice: &dyn Fn(diagnostics::Span) -> String,
    texts: &[String],
) -> Option<Vec<usize>> {
    d.labels.iter().map(|label| texts.iter().position(|text| *text == slice(label.span))).collect()
}

#[test]
fn findings_hold_for_all_values() {
    let values = all_values();
    let (mut found, mut missed) = (0, 0);
    for seed in 0..1500 {
        let mut dice = Dice(seed);
        let mut conditions: Vec<Condition> = Vec::new();
        let mut texts: Vec<String> = Vec::new();
        for _ in 0..2 + dice.below(3) {
            let next = random(&mut dice, 1);
            if !texts.contains(&written(&next)) {
                texts.push(written(&next));
                conditions.push(next);
            }
        }
        let all = dice.below(3) > 0;
        let key = if all { "all" } else { "any" };
        let list: Vec<String> = texts.iter().map(|text| format!("\"{text}\"")).collect();
        let text = play(&[
            (
                "features",
                "{a: {indicator: rsi, params: {length: 5}}, b: {indicator: rsi, params: {length: 9}}, c: {indicator: rsi}}",
            ),
            ("structures", "{exec: [{type: swing, key: swing}, {type: trend, key: trend, uses: swing}]}"),
            ("actions", &format!("{{entry_long: {{{key}: [{}]}}}}", list.join(", "))),
        ]);
        let compiled = compile(&text);
        assert!(compiled.module.is_some(), "{text}\n{:?}", compiled.all);
        let slice = |span| compiled.source.slice(span).trim_matches('"').to_owned();
        let truths: Vec<Vec<bool>> =
            conditions.iter().map(|c| values.iter().map(|v| holds(c, v)).collect()).collect();
        let every = |at: &[usize], v: usize| at.iter().all(|&c| truths[c][v]);
        let some = |at: &[usize], v: usize| at.iter().any(|&c| truths[c][v]);
        let count = values.len();
        let mut told = false;
        for d in &compiled.all {
            let Some(at) = places(d, &slice, &texts) else { continue };
            let is_so = match d.code {
                // one alone is decided by its own range, or is one of a few that exclude each other
                Code::W0701 => (0..count).all(|v| !every(&at, v)),
                Code::W0702 => (0..count).all(|v| some(&at, v)),
                Code::W0710 if all => (0..count).all(|v| !every(&at[1..], v) || truths[at[0]][v]),
                Code::W0710 => (0..count).all(|v| !truths[at[0]][v] || some(&at[1..], v)),
                _ => continue,
            };
            told = true;
            assert!(is_so, "seed {seed}: {:?} of {texts:?}: {d:#?}", d.code.as_str());
        }
        let whole: Vec<usize> = (0..conditions.len()).collect();
        let decided =
            if all { (0..count).all(|v| !every(&whole, v)) } else { (0..count).all(|v| some(&whole, v)) };
        let idle = whole.iter().any(|&at| {
            let rest: Vec<usize> = whole.iter().copied().filter(|&other| other != at).collect();
            if all {
                (0..count).all(|v| !every(&rest, v) || truths[at][v])
            } else {
                (0..count).all(|v| !truths[at][v] || some(&rest, v))
            }
        });
        if decided || idle {
            found += usize::from(told);
            missed += usize::from(!told);
        }
    }
    assert!(found > 300, "only {found} findings were tried");
    assert!(missed * 3 < found, "{missed} of {} were not found", found + missed);
}
