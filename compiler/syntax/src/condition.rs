//! Conditions in their three spellings: lists, maps and expression strings, mixed at will.
//!
//! A list `[left, operator, right]` is one condition; any other list is all of its items. A map's keys are joined by
//! and. A text is an expression. Operands are read by `condition::operand`.

mod joined;
mod list;
mod map;
mod operand;
mod operator;
mod window;

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span};

use crate::ast::{Expr, ExprKind};
use crate::expr;
use crate::read::Cx;
use crate::yaml::{Kind, Node, Plain, Scalar};

pub use operand::operand;

/// The condition that is the value of `key`.
pub fn read_at(cx: &mut Cx, key: &str, key_span: Span, node: &Node) -> Expr {
    if node.kind == Kind::Null {
        cx.report(
            Diagnostic::new(
                Code::E0203,
                format!("`{key}` has no condition"),
                key_span,
                "nothing is given here",
            )
            .note("as in `[ema_9, \">\", ema_21]`, or `\"ema_9 > ema_21 and rsi_14 < 70\"`"),
        );
        return error(key_span);
    }
    read(cx, node)
}

pub fn read(cx: &mut Cx, node: &Node) -> Expr {
    match &node.kind {
        Kind::Scalar(scalar) => scalar_expr(cx, scalar),
        Kind::List(items) => list::condition(cx, items, node.span),
        Kind::Map(entries) => map::condition(cx, entries, node),
        Kind::Null => {
            let report =
                Diagnostic::new(Code::E0203, "a condition is missing", node.span, "nothing is given here");
            cx.report(report);
            error(node.span)
        }
        Kind::Error => error(node.span),
    }
}

/// A literal, or the expression that the text is.
pub fn scalar_expr(cx: &mut Cx, scalar: &Scalar) -> Expr {
    let span = scalar.span;
    match scalar.plain() {
        Plain::Bool(value) => Expr { kind: ExprKind::Bool(value), span },
        Plain::Number { value, is_int } if value.is_finite() => {
            Expr { kind: ExprKind::Number { value, is_int, is_percent: false }, span }
        }
        Plain::Null | Plain::Number { .. } | Plain::Text => expr::parse(scalar, &mut cx.diagnostics),
    }
}

/// The conditions joined by and; one alone is itself.
pub fn all_of(mut items: Vec<Expr>, span: Span) -> Expr {
    match items.len() {
        1 => items.pop().unwrap_or_else(|| error(span)),
        _ => Expr { kind: ExprKind::All(items), span },
    }
}

pub fn error(span: Span) -> Expr {
    expr::error(span)
}
