//! Conditions as maps: `all`, `any`, `not`, windows, sequences, scores, `setup`, `use`, `lhs/op/rhs`. Sibling keys are
//! joined by and.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span};

use crate::ast::{Expr, ExprKind};
use crate::condition::list::{self, Parts};
use crate::condition::operand::{reference, two_operands};
use crate::condition::{all_of, error, joined, operator, read, read_at, window};
use crate::expr::operator_alias;
use crate::read::{Cx, block_use, is_free, name, unknown_key, word};
use crate::yaml::{Entry, Kind, Node};

const KEYS: &[&str] = &[
    "all",
    "any",
    "not",
    "setup",
    "holds_for",
    "occurred_within",
    "count_true",
    "holds_for_duration",
    "occurred_within_duration",
    "count_true_duration",
    "then",
    "within",
    "within_total",
    "anchor_tf",
    "at_least",
    "of",
    "score",
    "min",
    "lhs",
    "op",
    "rhs",
    "tolerance",
    "use",
    "version",
    "side",
    "with",
];

pub fn condition(cx: &mut Cx, entries: &[Entry], node: &Node) -> Expr {
    if entries.is_empty() {
        let report = Diagnostic::new(Code::E0203, "the condition is empty", node.span, "nothing to check");
        cx.report(report.note("an empty map would always be true; leave the key out instead"));
        return error(node.span);
    }
    if node.get("feature_id").is_some() {
        return reference(cx, node);
    }
    let mut parts = Vec::with_capacity(entries.len());
    if let Some(part) = verbose(cx, entries, node) {
        parts.push(part);
    }
    for entry in entries {
        let key = entry.key.text.as_str();
        match key {
            "lhs" | "op" | "rhs" | "tolerance" => {}
            "use" => parts.push(block(cx, node, entry.key.span)),
            "version" | "side" | "with" => {
                if node.get("use").is_none() {
                    parts.push(without_use(cx, entry));
                }
            }
            _ if is_free(&entry.key) => {}
            _ => match joined::companion(cx, entry, entries) {
                Some(part) => parts.extend(part),
                None => parts.push(keyed(cx, entry, entries)),
            },
        }
    }
    if parts.is_empty() { error(node.span) } else { all_of(parts, node.span) }
}

/// The block that `use` names, with the keys that belong to it.
fn block(cx: &mut Cx, node: &Node, key: Span) -> Expr {
    match block_use(cx, node) {
        Some(block) => Expr { span: block.span, kind: ExprKind::Use(Box::new(block)) },
        None => error(key),
    }
}

/// What a block is given, without a block.
fn without_use(cx: &mut Cx, entry: &Entry) -> Expr {
    let key = &entry.key;
    if key.text == "side" {
        word(cx, "side", &entry.value, &["long", "short"]);
    }
    let message = format!("`{}` belongs to a block, and none is named", key.text);
    let report = Diagnostic::new(Code::E0105, message, key.span, "`use` is missing beside this");
    cx.report(report.note("as in `{use: trend_filter_v1, with: {length: 100}}`"));
    error(key.span)
}

fn keyed(cx: &mut Cx, entry: &Entry, siblings: &[Entry]) -> Expr {
    let span = entry.key.span.to(entry.value.span);
    match entry.key.text.as_str() {
        "all" => group(cx, entry, span, ExprKind::All),
        "any" => group(cx, entry, span, ExprKind::Any),
        "not" => {
            let inner = read_at(cx, "not", entry.key.span, &entry.value);
            Expr { kind: ExprKind::Not(Box::new(inner)), span }
        }
        "setup" => match name(cx, "setup", &entry.value) {
            Some(id) => Expr { kind: ExprKind::Setup(id), span },
            None => error(span),
        },
        key if joined::is_joined(key) => joined::keyed(cx, entry, siblings, span),
        key if window::is_window(key) => window::read(cx, entry, span),
        _ => operator_key(cx, entry, siblings, span),
    }
}

/// `all:` and `any:` hold a list of conditions, or one condition.
fn group(cx: &mut Cx, entry: &Entry, span: Span, whole: fn(Vec<Expr>) -> ExprKind) -> Expr {
    let items = match &entry.value.kind {
        Kind::List(items) if !is_flat(items) => items.as_slice(),
        Kind::Null => &[],
        _ => std::slice::from_ref(&entry.value),
    };
    if items.is_empty() {
        let key = &entry.key.text;
        let label = if key == "all" { "would always be true" } else { "could never be true" };
        cx.report(Diagnostic::new(Code::E0203, format!("`{key}` holds no condition"), span, label));
        return error(span);
    }
    let conditions = items.iter().map(|item| read(cx, item)).collect();
    Expr { kind: whole(conditions), span }
}

/// `all: [ema_9, ">", ema_21]` is one condition, as everywhere.
fn is_flat(items: &[Node]) -> bool {
    matches!(items, [left, op, _] | [left, op, _, _]
        if operator::is_meant(op) && !matches!(left.kind, Kind::Map(_)) && !is_condition_text(left))
}

/// A text with an operator of its own is a condition, and no left side.
fn is_condition_text(node: &Node) -> bool {
    node.scalar().is_some_and(|s| s.text.contains(['>', '<', '=']))
}

/// `{">": [a, b]}`, or a key that means nothing.
fn operator_key(cx: &mut Cx, entry: &Entry, siblings: &[Entry], span: Span) -> Expr {
    let key = entry.key.text.as_str();
    let native = operator::exact(key);
    let operator = match native.or_else(|| operator_alias(key).and_then(operator::exact)) {
        Some(operator) if matches!(entry.value.kind, Kind::List(_)) => operator,
        _ => {
            let mut report = unknown_key(&entry.key, "a condition", KEYS, siblings);
            if matches!(key, "cases" | "when" | "emit") {
                report = report
                    .note("`cases` stand in the list form: `actions: [{id: .., cases: [{when, emit}]}]`");
            }
            cx.report(report);
            return error(span);
        }
    };
    if native.is_none() {
        operator::unknown_key(cx, &entry.key);
    }
    let Kind::List(items) = &entry.value.kind else { return error(span) };
    let (left, right, tolerance) = match (operator, items.as_slice()) {
        (operator::Operator::Near(_), [left, right, tolerance]) => (left, right, Some(tolerance)),
        (_, [left, right]) => (left, right, None),
        _ => {
            two_operands(cx, entry);
            return error(span);
        }
    };
    list::build(cx, &Parts { left, operator, op_span: entry.key.span, right, tolerance, span })
}

/// `{lhs, op, rhs, tolerance}`.
fn verbose(cx: &mut Cx, entries: &[Entry], node: &Node) -> Option<Expr> {
    let find = |key: &str| entries.iter().find(|e| e.key.text == key);
    let (left, op, right, tolerance) = (find("lhs"), find("op"), find("rhs"), find("tolerance"));
    let any = left.or(op).or(right).or(tolerance)?;
    let mut complete = true;
    for (key, part) in [("lhs", left), ("op", op), ("rhs", right)] {
        if part.is_none_or(|e| e.value.kind == Kind::Null) {
            complete = false;
            let message = format!("the condition has no `{key}`");
            let at = part.unwrap_or(any).key.span;
            cx.report(
                Diagnostic::new(Code::E0105, message, at, format!("`{key}` is missing beside this"))
                    .note("as in `{lhs: rsi_14, op: \"<\", rhs: 30}`"),
            );
        }
    }
    let (Some(left), Some(op), Some(right), true) = (left, op, right, complete) else {
        return Some(error(node.span));
    };
    let Some(operator) = operator::read(cx, &op.value) else { return Some(error(node.span)) };
    let tolerance = tolerance.map(|e| &e.value);
    let parts = Parts {
        left: &left.value,
        operator,
        op_span: op.value.span,
        right: &right.value,
        tolerance,
        span: node.span,
    };
    Some(list::build(cx, &parts))
}
