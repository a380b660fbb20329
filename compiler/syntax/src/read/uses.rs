//! `use:` with `version`, `side` and `with`: which block, and what it is given.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span, Spanned};

use crate::ast::{Argument, Name, Side, Use};
use crate::read::{Cx, name, shape_error, spanned, value, word};
use crate::yaml::{Entry, Kind, Node, Plain};

/// The keys that belong together.
pub const USE_KEYS: &[&str] = &["use", "version", "side", "with"];

/// Reads them out of the map at `node`; `None` when it names no block, which has been reported.
pub fn block_use(cx: &mut Cx, node: &Node) -> Option<Use> {
    let named = node.get("use")?;
    let others = USE_KEYS.iter().filter_map(|key| node.get(key));
    let span = others.fold(named.key.span, |span, e| span.to(e.key.span).to(e.value.span));
    let block = match &named.value.kind {
        Kind::Null => {
            let report =
                Diagnostic::new(Code::E0105, "`use` names no block", named.key.span, "nothing is given here");
            cx.report(report.note("as in `use: trend_filter_v1`"));
            None
        }
        _ => name(cx, "use", &named.value),
    };
    let given = |key: &str| node.get(key).filter(|e| e.value.kind != Kind::Null);
    let version = given("version").and_then(|e| version(cx, "version", &e.value));
    let side = given("side").and_then(|e| side(cx, &e.value));
    let with = given("with").map_or_else(Vec::new, |e| arguments(cx, e));
    Some(Use { name: block?, version, side, with, span })
}

/// A whole number from 1.
pub fn version(cx: &mut Cx, key: &str, node: &Node) -> Option<Spanned<u32>> {
    let written = match &node.kind {
        Kind::Scalar(scalar) => scalar.plain(),
        Kind::Error => return None,
        _ => Plain::Text,
    };
    if let Plain::Number { value, .. } = written
        && value.fract() == 0.0
        && (1.0..=f64::from(u32::MAX)).contains(&value)
    {
        return Some(Spanned::new(value as u32, node.span));
    }
    let message = format!("`{key}` of a block is a whole number from 1");
    let mut report = Diagnostic::new(Code::E0107, message, node.span, format!("this is {}", node.noun()));
    let digits = node.scalar().map(|s| s.text.trim_start_matches('v').split('.').next().unwrap_or(""));
    if let Some(major) = digits.and_then(|d| d.parse::<u32>().ok()).filter(|v| *v > 0) {
        report = report.maybe(format!("write {major}"), node.span, major.to_string());
    }
    cx.report(report);
    None
}

fn side(cx: &mut Cx, node: &Node) -> Option<Spanned<Side>> {
    let word = word(cx, "side", node, &["long", "short"])?;
    let side = if word.value == "long" { Side::Long } else { Side::Short };
    Some(Spanned::new(side, word.span))
}

fn arguments(cx: &mut Cx, entry: &Entry) -> Vec<Argument> {
    let Some(entries) = entry.value.entries() else {
        if entry.value.kind != Kind::Error {
            let report = shape_error(&entry.value, "with", "a map of parameters");
            cx.report(report.note("as in `with: {length: 200}`"));
        }
        return Vec::new();
    };
    entries.iter().map(|e| argument(cx, spanned(&e.key), &e.value)).collect()
}

pub fn argument(cx: &mut Cx, name: Name, node: &Node) -> Argument {
    let value = value(cx, &name.value, node);
    Argument { name, value, node: node.clone() }
}

/// `use` beside keys that no block takes.
pub fn beside_use(cx: &mut Cx, key: Span, what: &str, note: &str) {
    let message = format!("{what} takes nothing beside `use`, `version` and `with`");
    cx.report(Diagnostic::new(Code::E0104, message, key, "unknown key").note(note));
}
