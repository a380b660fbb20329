//! Conditions as lists: `[ema_9, ">", ema_21]`, `[close, near_pct, ema_50, 3]`, and lists of conditions.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span};

use crate::ast::{Expr, ExprKind, NearKind};
use crate::condition::operator::{self, Operator};
use crate::condition::{all_of, error, joined, operand, read};
use crate::expr;
use crate::read::Cx;
use crate::yaml::{Kind, Node};

pub fn condition(cx: &mut Cx, items: &[Node], span: Span) -> Expr {
    match items {
        [] => {
            let report =
                Diagnostic::new(Code::E0203, "the list of conditions is empty", span, "nothing to check");
            cx.report(report.note("an empty list would always be true; leave the key out instead"));
            error(span)
        }
        [left, op, rest @ ..] if rest.len() != 1 && rest.len() != 2 && operator::is_meant(op) => {
            wrong_length(cx, items, span);
            let _ = (left, operator::read(cx, op));
            error(span)
        }
        [left, op, right, rest @ ..] if operator::is_meant(op) => {
            let Some(operator) = operator::read(cx, op) else { return error(span) };
            let parts = Parts { left, operator, op_span: op.span, right, tolerance: rest.first(), span };
            build(cx, &parts)
        }
        [_, rest @ ..] if let Some(head) = joined::head(items) => joined::list(cx, &head, rest, span),
        _ => {
            let conditions = items.iter().map(|item| read(cx, item)).collect();
            all_of(conditions, span)
        }
    }
}

fn wrong_length(cx: &mut Cx, items: &[Node], span: Span) {
    let message = format!("a condition of {} elements", items.len());
    cx.report(
        Diagnostic::new(Code::E0203, message, span, "needs left side, operator, right side")
            .note("as in `[ema_9, \">\", ema_21]`; longer ones in a text: `\"ema_9 - ema_21 > 0\"`"),
    );
}

/// A condition in parts, from a list or from `lhs/op/rhs`.
pub struct Parts<'n> {
    pub left: &'n Node,
    pub operator: Operator,
    pub op_span: Span,
    pub right: &'n Node,
    pub tolerance: Option<&'n Node>,
    pub span: Span,
}

pub fn build(cx: &mut Cx, parts: &Parts) -> Expr {
    let span = parts.span;
    if let Some(tolerance) = parts.tolerance
        && !matches!(parts.operator, Operator::Near(_))
    {
        stray_tolerance(cx, parts, tolerance);
    }
    let left = Box::new(operand(cx, parts.left));
    let kind = match parts.operator {
        Operator::Between => {
            let Some((low, high)) = range(cx, parts.right) else { return error(span) };
            ExprKind::Between { value: left, low: Box::new(low), high: Box::new(high) }
        }
        Operator::In => {
            let Some(items) = literals(cx, parts.right) else { return error(span) };
            ExprKind::In { value: left, items }
        }
        Operator::Near(kind) => {
            let right = Box::new(operand(cx, parts.right));
            let Some(tolerance) = parts.tolerance else {
                let report = missing_tolerance(cx, kind, parts);
                cx.report(report);
                return error(span);
            };
            let tolerance = Box::new(operand(cx, tolerance));
            ExprKind::Near { kind, left, right, tolerance }
        }
        Operator::Compare(op) => {
            let right = Box::new(compared(cx, parts.right));
            ExprKind::Compare { op, op_span: parts.op_span, left, right }
        }
        Operator::Cross(direction) => {
            ExprKind::Cross { direction, left, right: Box::new(operand(cx, parts.right)) }
        }
        Operator::Arithmetic(op) => {
            ExprKind::Arithmetic { op, left, right: Box::new(operand(cx, parts.right)) }
        }
    };
    Expr { kind, span }
}

fn missing_tolerance(cx: &Cx, kind: NearKind, parts: &Parts) -> Diagnostic {
    let (word, example) = match kind {
        NearKind::Pct => ("near_pct", "3"),
        NearKind::Abs => ("near_abs", "50"),
    };
    let report =
        Diagnostic::new(Code::E0204, format!("`{word}` needs a tolerance"), parts.op_span, "how near?").note(
            "`[close, near_pct, ema_50, 3]` is within 3% of ema_50; `near_abs` takes a distance in price",
        );
    let end = Span { start: parts.right.span.end, ..parts.right.span };
    // In flow style it can be put in behind the right side.
    match cx.text.as_bytes().get(parts.span.start as usize) {
        Some(b'[') => {
            report.maybe(format!("add the tolerance, as in `{example}`"), end, format!(", {example}"))
        }
        _ => report,
    }
}

fn stray_tolerance(cx: &mut Cx, parts: &Parts, tolerance: &Node) {
    cx.report(
        Diagnostic::new(
            Code::E0203,
            "a fourth element that nothing reads",
            tolerance.span,
            "means nothing here",
        )
        .label(parts.op_span, "this operator takes two sides")
        .note("only `near_pct` and `near_abs` take a tolerance"),
    );
}

/// The right side of a comparison: several words that are no expression are one word of an output's values.
fn compared(cx: &mut Cx, node: &Node) -> Expr {
    if let Kind::Scalar(scalar) = &node.kind
        && scalar.text.contains(' ')
        && scalar.text.split(' ').all(expr::is_identifier)
        && !scalar.text.split(' ').any(expr::is_reserved)
    {
        return Expr { kind: ExprKind::Text(scalar.text.clone()), span: node.span };
    }
    operand(cx, node)
}

/// `[low, high]` or `{low, high}`.
fn range(cx: &mut Cx, node: &Node) -> Option<(Expr, Expr)> {
    match &node.kind {
        Kind::List(items) => {
            if let [low, high] = items.as_slice() {
                return Some((operand(cx, low), operand(cx, high)));
            }
        }
        Kind::Map(_) => {
            let fields = crate::read::Fields::open_as(cx, "`between`", node.span, node, &["low", "high"])?;
            fields.require(cx, &["low", "high"]);
            let (low, high) = (node.get("low")?, node.get("high")?);
            return Some((operand(cx, &low.value), operand(cx, &high.value)));
        }
        Kind::Error => return None,
        Kind::Null | Kind::Scalar(_) => {}
    }
    let message = "`between` takes a lower and an upper bound";
    cx.report(
        Diagnostic::new(Code::E0203, message, node.span, "two bounds belong here")
            .note("as in `[rsi_14, between, [30, 50]]` or `{low: 30, high: 50}`"),
    );
    None
}

/// The literals of an `in` list.
fn literals(cx: &mut Cx, node: &Node) -> Option<Vec<Expr>> {
    let items = match &node.kind {
        Kind::List(items) => items,
        Kind::Error => return None,
        _ => {
            cx.report(
                Diagnostic::new(Code::E0203, "`in` takes a list", node.span, "a list belongs here")
                    .note("as in `[trend.direction, in, [1, -1]]`; for a single value write `==`"),
            );
            return None;
        }
    };
    if items.is_empty() {
        let report = Diagnostic::new(Code::E0203, "`in` with an empty list", node.span, "never true");
        cx.report(report.note("list the values: `[trend.direction, in, [1, -1]]`"));
        return None;
    }
    Some(items.iter().map(|item| literal(cx, item)).collect())
}

fn literal(cx: &mut Cx, node: &Node) -> Expr {
    match &node.kind {
        Kind::Scalar(scalar) if scalar.plain() == crate::yaml::Plain::Text => {
            Expr { kind: ExprKind::Text(scalar.text.clone()), span: node.span }
        }
        Kind::Scalar(_) | Kind::Error => operand(cx, node),
        Kind::Map(_) | Kind::List(_) | Kind::Null => {
            let message = "the list of `in` holds numbers and words";
            let report = Diagnostic::new(Code::E0203, message, node.span, format!("this is {}", node.noun()));
            cx.report(report);
            error(node.span)
        }
    }
}
