//! `structures:` detectors, listed for each role.

use diagnostics::codes::Code;
use diagnostics::{Applicability, Diagnostic, Edit, Span};

use crate::ast::{Name, Structure};
use crate::play::features::{names, params};
use crate::read::{Cx, Fields, check_id, expect_list, is_free, name, shape_error, spanned, unknown_key};
use crate::yaml::{Entry, Kind, Node, Scalar};

const ROLES: &[&str] = &["exec", "low_tf", "med_tf", "high_tf"];
const KEYS: &[&str] = &["type", "key", "params", "uses", "source"];

pub fn read(cx: &mut Cx, entry: &Entry) -> Vec<Structure> {
    let Some(roles) = entry.value.entries() else {
        if entry.value.kind != Kind::Error {
            let report = shape_error(&entry.value, "structures", "a map of roles")
                .note("as in `structures: {exec: [{type: swing, key: swing}]}`");
            cx.report(report);
        }
        return Vec::new();
    };
    let mut out = Vec::new();
    for role in roles {
        if ROLES.contains(&role.key.text.as_str()) {
            in_role(cx, role, &mut out);
        } else if !is_free(&role.key) {
            let report = unknown_key(&role.key, "`structures`", ROLES, roles).note(
                "structures are listed under the role of their timeframe: `exec: [{type: .., key: ..}]`",
            );
            cx.report(report);
        }
    }
    out
}

fn in_role(cx: &mut Cx, role: &Entry, out: &mut Vec<Structure>) {
    let place = |tf: Option<Name>| Place { role: spanned(&role.key), tf };
    match &role.value.kind {
        Kind::List(items) => {
            let place = place(None);
            out.extend(items.iter().filter_map(|item| structure(cx, item, &place)));
        }
        // A role may also hold a map of concrete timeframes.
        Kind::Map(by_tf) => {
            for tf in by_tf {
                let Some(items) = expect_list(cx, &tf.key.text, &tf.value) else { continue };
                let place = place(Some(spanned(&tf.key)));
                out.extend(items.iter().filter_map(|item| structure(cx, item, &place)));
            }
        }
        Kind::Null | Kind::Error => {}
        Kind::Scalar(_) => {
            let report = shape_error(&role.value, &role.key.text, "a list of structures")
                .note("as in `- {type: swing, key: swing, params: {left: 5, right: 5}}`");
            cx.report(report);
        }
    }
}

struct Place {
    role: Name,
    tf: Option<Name>,
}

fn structure(cx: &mut Cx, node: &Node, place: &Place) -> Option<Structure> {
    if let Some(report) = keyed_by_type(cx.text, node) {
        cx.report(report);
        return as_meant(cx, node, place);
    }
    let fields = Fields::open_as(cx, "a structure", node.span, node, KEYS)?;
    fields.require(cx, &["type", "key"]);
    if let Some(key) = node.get("key").and_then(|e| e.value.scalar()) {
        check_id(cx, "structure", key);
    }
    Some(Structure {
        key: fields.name(cx, "key"),
        kind: fields.name(cx, "type"),
        role: place.role.clone(),
        tf: place.tf.clone(),
        params: params(cx, &fields),
        source: fields.get(cx, "source").and_then(|e| name(cx, "source", &e.value)),
        uses: names(cx, &fields, "uses"),
        span: fields.span,
    })
}

/// Reads `- swing: {params: ..}` as what it means, so that its name is known and its parameters are checked.
fn as_meant(cx: &mut Cx, node: &Node, place: &Place) -> Option<Structure> {
    let [Entry { key, value }] = node.entries()? else { return None };
    let inner = match &value.kind {
        Kind::Map(_) => Fields::open(cx, key, value, &["params", "uses", "source"]),
        _ => None,
    };
    Some(Structure {
        key: Some(spanned(key)),
        kind: Some(spanned(key)),
        role: place.role.clone(),
        tf: place.tf.clone(),
        params: inner.as_ref().map_or_else(Vec::new, |fields| params(cx, fields)),
        source: inner.as_ref().and_then(|fields| fields.name(cx, "source")),
        uses: inner.as_ref().map_or_else(Vec::new, |fields| names(cx, fields, "uses")),
        span: node.span,
    })
}

/// `- swing: {params: ..}` instead of `- {type: swing, key: swing, params: ..}`.
fn keyed_by_type(text: &str, node: &Node) -> Option<Diagnostic> {
    let [Entry { key, value }] = node.entries()? else { return None };
    if KEYS.contains(&key.text.as_str()) || !matches!(value.kind, Kind::Map(_) | Kind::Null) {
        return None;
    }
    let message = format!("the structure `{}` has no `type` and `key`", key.text);
    let report =
        Diagnostic::new(Code::E0106, message, key.span, "a structure's type is the value of `type:`")
            .note("a structure is written `- {type: swing, key: my_swing, params: {..}}`");
    let title = format!("write `type: {0}` and `key: {0}`", key.text);
    let flow = format!("{{type: {0}, key: {0}", key.text);
    Some(match value.entries().and_then(<[Entry]>::first) {
        None => report.maybe(title, key.span.to(value.span), format!("{flow}}}")),
        // `swing: {params: ..}`: only what stands before the inner keys changes.
        Some(first) if value.span.start < first.key.span.start => {
            report.maybe(title, Span { end: first.key.span.start, ..key.span }, format!("{flow}, "))
        }
        Some(first) => report.with_fix(title, Applicability::Maybe, in_column(text, key, first, value)),
    })
}

/// In block style the inner keys move to the column of the key that makes way for `type:` and `key:`.
fn in_column(text: &str, key: &Scalar, first: &Entry, value: &Node) -> Vec<Edit> {
    let indent = " ".repeat(column(text, key.span.start));
    let head = format!("type: {0}\n{indent}key: {0}\n{indent}", key.text);
    let mut edits = vec![Edit { span: Span { end: first.key.span.start, ..key.span }, text: head }];
    for entry in value.entries().unwrap_or_default().iter().skip(1) {
        let width = column(text, entry.key.span.start) as u32;
        let span = Span { start: entry.key.span.start - width, end: entry.key.span.start, ..key.span };
        edits.push(Edit { span, text: indent.clone() });
    }
    edits
}

/// How many characters stand before `at` in its line.
fn column(text: &str, at: u32) -> usize {
    let before = text.get(..at as usize).unwrap_or("");
    before.rsplit('\n').next().unwrap_or("").chars().count()
}
