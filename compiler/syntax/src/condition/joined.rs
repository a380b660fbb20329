//! Sequences, counts and scores as maps and lists: `then: [A, B], within: 10`; `[at_least, 2, A, B, C]`.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span};

use crate::ast::{Expr, Extent, Name, Number, ScorePart};
use crate::condition::{error, read, read_at};
use crate::expr::{check_bars, duration_ms};
use crate::joined::{self, Limits, Step};
use crate::read::{Cx, Fields, name, number};
use crate::yaml::{Entry, Kind, Node, Plain};

/// The keys that belong to `then`.
const LIMITS: [&str; 3] = ["within", "within_total", "anchor_tf"];

/// Keys that belong to another one, and that one.
pub const COMPANIONS: [(&str, &str); 5] = [
    ("within", "then"),
    ("within_total", "then"),
    ("anchor_tf", "then"),
    ("of", "at_least"),
    ("min", "score"),
];

/// Whether `key` begins a condition of this file.
pub fn is_joined(key: &str) -> bool {
    matches!(key, "then" | "at_least" | "score")
}

/// A key that only stands beside another: part of what that one reads, or an error without it.
pub fn companion(cx: &mut Cx, entry: &Entry, siblings: &[Entry]) -> Option<Option<Expr>> {
    let key = entry.key.text.as_str();
    let (_, owner) = COMPANIONS.iter().find(|(own, _)| *own == key)?;
    if siblings.iter().any(|e| e.key.text == *owner) {
        return Some(None);
    }
    let message = format!("`{key}` stands beside `{owner}`, which is not here");
    let usage = match *owner {
        "then" => "as in `{then: [A, B], within: 10}`",
        "at_least" => "as in `{at_least: 2, of: [A, B, C]}`",
        _ => "as in `{score: [{when: A, weight: 2}, {when: B, weight: 1}], min: 2}`",
    };
    cx.report(Diagnostic::new(Code::E0203, message, entry.key.span, "means nothing alone").note(usage));
    Some(Some(error(entry.key.span)))
}

/// `then`, `at_least` or `score`, with the keys beside it.
pub fn keyed(cx: &mut Cx, entry: &Entry, siblings: &[Entry], span: Span) -> Expr {
    let own = entry.key.text.as_str();
    let parts = siblings.iter().filter(|e| COMPANIONS.contains(&(e.key.text.as_str(), own)));
    let span = parts.fold(span, |span, part| span.to(part.key.span).to(part.value.span));
    let beside = |key: &str| siblings.iter().find(|e| e.key.text == key);
    let built = match entry.key.text.as_str() {
        "then" => {
            let limits = limits(cx, siblings);
            steps(cx, &entry.value).and_then(|s| joined::sequence(s, limits, span, &mut cx.diagnostics))
        }
        "at_least" => counted(cx, entry, beside("of"), span),
        _ => scored(cx, entry, beside("min"), span),
    };
    built.unwrap_or_else(|| error(span))
}

/// `{at_least: 3, of: [..]}` inside `count_true`.
pub fn count(cx: &mut Cx, entry: &Entry, span: Span) -> Expr {
    let Some(fields) = Fields::open(cx, &entry.key, &entry.value, &["at_least", "of"]) else {
        return error(span);
    };
    fields.require(cx, &["at_least", "of"]);
    let (Some(least), of) = (entry.value.get("at_least"), entry.value.get("of")) else { return error(span) };
    counted(cx, least, of, span).unwrap_or_else(|| error(span))
}

fn counted(cx: &mut Cx, entry: &Entry, of: Option<&Entry>, span: Span) -> Option<Expr> {
    let min = number(cx, "at_least", &entry.value);
    let Some(of) = of else {
        let message = "`at_least` needs `of`";
        let report = Diagnostic::new(Code::E0105, message, entry.key.span, "at least so many of what?");
        cx.report(report.note("as in `{at_least: 2, of: [A, B, C]}`"));
        return None;
    };
    let items = items(cx, of)?;
    let parts = items.iter().map(|item| ScorePart { when: read(cx, item), weight: None }).collect();
    joined::score(parts, min?, span, &mut cx.diagnostics)
}

fn scored(cx: &mut Cx, entry: &Entry, min: Option<&Entry>, span: Span) -> Option<Expr> {
    let Some(least) = min else {
        let message = "`score` needs `min`";
        let report = Diagnostic::new(Code::E0105, message, entry.key.span, "how much is enough?");
        cx.report(report.note("as in `{score: [{when: A, weight: 2}, {when: B, weight: 1}], min: 2}`"));
        return None;
    };
    let min = number(cx, "min", &least.value);
    let parts: Vec<Option<ScorePart>> = items(cx, entry)?.iter().map(|item| part(cx, item)).collect();
    joined::score(parts.into_iter().collect::<Option<_>>()?, min?, span, &mut cx.diagnostics)
}

/// `{when, weight}`
fn part(cx: &mut Cx, node: &Node) -> Option<ScorePart> {
    let keys = ["when", "weight"];
    let fields = Fields::open_as(cx, "a part of a score", node.span, node, &keys)?;
    fields.require(cx, &keys);
    let weight = fields.number(cx, "weight");
    let when = node.get("when")?;
    let when = read_at(cx, "when", when.key.span, &when.value);
    Some(ScorePart { when, weight: Some(weight?) })
}

fn items<'n>(cx: &mut Cx, entry: &'n Entry) -> Option<&'n [Node]> {
    crate::read::expect_list(cx, &entry.key.text, &entry.value)
}

fn steps(cx: &mut Cx, node: &Node) -> Option<Vec<Step>> {
    let items = crate::read::expect_list(cx, "then", node)?;
    let steps: Vec<Option<Step>> = items.iter().map(|item| step(cx, item)).collect();
    steps.into_iter().collect()
}

/// A condition, or `{when, within}`.
fn step(cx: &mut Cx, node: &Node) -> Option<Step> {
    let Some(when) = node.get("when") else {
        return Some(Step { when: read(cx, node), within: None });
    };
    let fields = Fields::open_as(cx, "a step", node.span, node, &["when", "within"])?;
    let within = match fields.get(cx, "within") {
        Some(entry) => Some(extent(cx, "within", &entry.value)?),
        None => None,
    };
    Some(Step { when: read_at(cx, "when", when.key.span, &when.value), within })
}

fn limits(cx: &mut Cx, entries: &[Entry]) -> Limits {
    let find = |key: &str| entries.iter().find(|e| e.key.text == key);
    let mut limits = Limits::default();
    if let Some(within) = find("within") {
        let read: Option<Vec<Extent>> = match &within.value.kind {
            Kind::List(items) => {
                let read: Vec<_> = items.iter().map(|item| extent(cx, "within", item)).collect();
                read.into_iter().collect()
            }
            _ => extent(cx, "within", &within.value).map(|one| vec![one]),
        };
        limits.unread = read.is_none();
        limits.within = read.map(|read| (read, within.value.span));
    }
    if let Some(total) = find("within_total") {
        limits.total = extent(cx, "within_total", &total.value);
        limits.unread |= limits.total.is_none();
    }
    limits.anchor_tf = find("anchor_tf").and_then(|tf| name(cx, "anchor_tf", &tf.value));
    limits
}

/// A number of bars, or a duration.
fn extent(cx: &mut Cx, key: &str, node: &Node) -> Option<Extent> {
    if let Kind::Scalar(scalar) = &node.kind
        && !matches!(scalar.plain(), Plain::Number { .. })
    {
        let ms = duration_ms(&scalar.text, scalar.span, &mut cx.diagnostics)?;
        return Some(Extent::Duration { ms, span: scalar.span });
    }
    let bars = number(cx, key, node)?;
    check_bars(&bars, &mut cx.diagnostics).then_some(Extent::Bars(bars))
}

/// `[then, A, B, {within: 10}]`, `[at_least, 2, A, B, C]`, `[score, 3, {when: A, weight: 2}, ..]`.
pub fn list(cx: &mut Cx, head: &Name, rest: &[Node], span: Span) -> Expr {
    let built = match (head.value.as_str(), rest) {
        ("then", [items @ .., last]) => {
            let entries = match &last.kind {
                Kind::Map(entries) if entries.iter().all(|e| LIMITS.contains(&e.key.text.as_str())) => {
                    entries
                }
                _ => &Vec::new(),
            };
            let items = if entries.is_empty() { rest } else { items };
            let limits = limits(cx, entries);
            let steps: Vec<Option<Step>> = items.iter().map(|item| step(cx, item)).collect();
            let steps: Option<Vec<Step>> = steps.into_iter().collect();
            steps.and_then(|steps| joined::sequence(steps, limits, span, &mut cx.diagnostics))
        }
        (_, [min, items @ ..]) => {
            let min: Option<Number> = number(cx, &head.value, min);
            let weighs = head.value == "score";
            let one = |cx: &mut Cx, item: &Node| match weighs {
                true => part(cx, item),
                false => Some(ScorePart { when: read(cx, item), weight: None }),
            };
            let parts: Vec<Option<ScorePart>> = items.iter().map(|item| one(cx, item)).collect();
            let parts: Option<Vec<ScorePart>> = parts.into_iter().collect();
            parts.zip(min).and_then(|(parts, min)| joined::score(parts, min, span, &mut cx.diagnostics))
        }
        (_, []) => None,
    };
    built.unwrap_or_else(|| error(span))
}

/// The word that makes a list one of these, instead of a list of conditions.
pub fn head(items: &[Node]) -> Option<Name> {
    let [first, _, _, ..] = items else { return None };
    let scalar = first.scalar()?;
    is_joined(&scalar.text).then(|| Name::new(scalar.text.clone(), scalar.span))
}
