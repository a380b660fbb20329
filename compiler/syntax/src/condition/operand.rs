//! One side of a condition: a number, a reference, arithmetic in any spelling, a search range.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span, Spanned};

use crate::ast::{Expr, ExprKind, Path};
use crate::condition::operator::{self, arithmetic};
use crate::condition::{error, list, map, scalar_expr};
use crate::expr;
use crate::read::{Cx, Fields, is_search, number, search};
use crate::yaml::{Entry, Kind, Node};

pub fn operand(cx: &mut Cx, node: &Node) -> Expr {
    match &node.kind {
        Kind::Scalar(scalar) => scalar_expr(cx, scalar),
        Kind::List(items) => list_operand(cx, items, node),
        Kind::Map(entries) => map_operand(cx, entries, node),
        Kind::Null => {
            let report = Diagnostic::new(
                Code::E0203,
                "a side of the condition is missing",
                node.span,
                "a value belongs here",
            );
            cx.report(report);
            error(node.span)
        }
        Kind::Error => error(node.span),
    }
}

/// `[a, "-", b]`; any other list is no value.
fn list_operand(cx: &mut Cx, items: &[Node], node: &Node) -> Expr {
    match items {
        [only] => operand(cx, only),
        [left, op, right] if operator::is_meant(op) => {
            let Some(operator) = operator::read(cx, op) else { return error(node.span) };
            let parts =
                list::Parts { left, operator, op_span: op.span, right, tolerance: None, span: node.span };
            list::build(cx, &parts)
        }
        _ => {
            cx.report(
                Diagnostic::new(Code::E0203, "a list that is no value", node.span, "not readable as a value")
                    .note("arithmetic is `[a, \"-\", b]`, nested where it is longer, or a text: `\"a - b * 2\"`"),
            );
            error(node.span)
        }
    }
}

fn map_operand(cx: &mut Cx, entries: &[Entry], node: &Node) -> Expr {
    if node.get("feature_id").is_some() || node.get("field").is_some() {
        return reference(cx, node);
    }
    if let [entry] = entries
        && let Some(op) = arithmetic(&entry.key.text)
    {
        let Some((left, right)) = two_operands(cx, entry) else { return error(node.span) };
        return Expr {
            kind: ExprKind::Arithmetic { op, left: Box::new(left), right: Box::new(right) },
            span: node.span,
        };
    }
    if is_search(entries) && node.get("score").is_none() {
        return search(cx, "a number", node)
            .map_or_else(|| error(node.span), |it| Expr { span: it.span, kind: ExprKind::Search(it) });
    }
    map::condition(cx, entries, node)
}

/// The two elements of `{op: [a, b]}`.
pub fn two_operands(cx: &mut Cx, entry: &Entry) -> Option<(Expr, Expr)> {
    if let Kind::List(items) = &entry.value.kind
        && let [left, right] = items.as_slice()
    {
        return Some((operand(cx, left), operand(cx, right)));
    }
    if entry.value.kind != Kind::Error {
        let message = format!("`{}` takes a list of two values", entry.key.text);
        let report = Diagnostic::new(Code::E0203, message, entry.value.span, "two values belong here");
        cx.report(report.note(format!("as in `{{\"{}\": [a, b]}}`", entry.key.text)));
    }
    None
}

/// `{feature_id, field, offset}`.
pub fn reference(cx: &mut Cx, node: &Node) -> Expr {
    let span = node.span;
    let Some(fields) = Fields::open_as(cx, "a reference", span, node, &["feature_id", "field", "offset"])
    else {
        return error(span);
    };
    fields.require(cx, &["feature_id"]);
    let mut read = |key: &str| -> Option<Option<Path>> {
        let Some(entry) = fields.get(cx, key) else { return Some(None) };
        let path = entry.value.scalar().and_then(expr::parse_path);
        if path.is_none() && entry.value.kind != Kind::Error {
            let message = format!("`{key}` must be a name");
            cx.report(Diagnostic::new(Code::E0203, message, entry.value.span, "not a name"));
        }
        path.map(Some)
    };
    let (Some(base), Some(field)) = (read("feature_id"), read("field")) else { return error(span) };
    let Some(mut path) = base else { return error(span) };
    path.segments.extend(field.map(expr::segments).unwrap_or_default());
    let Some(offset) = offset(cx, &fields, span) else { return error(span) };
    path.offset = offset;
    Expr { kind: ExprKind::Path(path), span }
}

/// Bars ago; `None` when it cannot be read.
fn offset(cx: &mut Cx, fields: &Fields, span: Span) -> Option<Option<Spanned<u32>>> {
    let Some(entry) = fields.get(cx, "offset") else { return Some(None) };
    let number = number(cx, "offset", &entry.value)?;
    let whole = number.value >= 0.0 && number.value <= f64::from(u32::MAX) && number.value.fract() == 0.0;
    if !whole || number.search.is_some() {
        let report = Diagnostic::new(
            Code::E0107,
            "`offset` is a whole number of bars ago",
            number.span,
            "must be 0, 1, 2 and so on",
        );
        cx.report(
            report.label(span, "in this reference").note("the future cannot be read: no offset is below 0"),
        );
        return None;
    }
    Some(Some(Spanned::new(number.value as u32, number.span)))
}
