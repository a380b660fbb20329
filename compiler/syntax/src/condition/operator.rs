//! The operator of a list or `lhs/op/rhs` condition.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span, suggest};

use crate::ast::{ArithmeticOp, CompareOp, CrossDirection, NearKind};
use crate::expr::{compare_op, operator_alias};
use crate::read::{Cx, listed};
use crate::yaml::{Node, Scalar, Style};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operator {
    Compare(CompareOp),
    Cross(CrossDirection),
    Near(NearKind),
    Between,
    In,
    Arithmetic(ArithmeticOp),
}

pub const OPERATORS: &[&str] = &[
    ">",
    ">=",
    "<",
    "<=",
    "==",
    "!=",
    "between",
    "in",
    "near_pct",
    "near_abs",
    "cross_above",
    "cross_below",
];

/// An operator by its exact spelling.
pub fn exact(text: &str) -> Option<Operator> {
    if let Some(op) = compare_op(text) {
        return Some(Operator::Compare(op));
    }
    if let Some(op) = arithmetic(text) {
        return Some(Operator::Arithmetic(op));
    }
    Some(match text {
        "cross_above" | "crosses_above" | "crosses above" | "cross above" => {
            Operator::Cross(CrossDirection::Above)
        }
        "cross_below" | "crosses_below" | "crosses below" | "cross below" => {
            Operator::Cross(CrossDirection::Below)
        }
        "near_pct" => Operator::Near(NearKind::Pct),
        "near_abs" => Operator::Near(NearKind::Abs),
        "between" => Operator::Between,
        "in" => Operator::In,
        _ => return None,
    })
}

pub fn arithmetic(text: &str) -> Option<ArithmeticOp> {
    Some(match text {
        "+" => ArithmeticOp::Add,
        "-" => ArithmeticOp::Sub,
        "*" => ArithmeticOp::Mul,
        "/" => ArithmeticOp::Div,
        "%" => ArithmeticOp::Rem,
        _ => return None,
    })
}

/// Whether the second element of a list is meant as an operator, right or wrong.
pub fn is_meant(node: &Node) -> bool {
    let Some(scalar) = node.scalar() else { return false };
    let text = scalar.text.as_str();
    if exact(text).is_some() || operator_alias(text).is_some() || is_lost_block(scalar) {
        return true;
    }
    let signs_only =
        !text.is_empty() && !text.contains(|c: char| c.is_alphanumeric() || c.is_whitespace() || c == '_');
    let word = text.len() > 3 && text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    signs_only || (word && suggest::nearest(text, OPERATORS.iter().copied()).is_some())
}

/// `- >` without quotes begins a folded text in YAML; what is left is an empty block.
fn is_lost_block(scalar: &Scalar) -> bool {
    scalar.style == Style::Block && scalar.text.trim().is_empty()
}

/// Reads the operator; another word is reported with its fix and, where its meaning is plain, read as that.
pub fn read(cx: &mut Cx, node: &Node) -> Option<Operator> {
    let Some(scalar) = node.scalar() else {
        if node.kind != crate::yaml::Kind::Error {
            let message = format!("the operator is {}", node.noun());
            let report = Diagnostic::new(Code::E0203, message, node.span, "an operator belongs here");
            cx.report(report.note(format!("the operators: {}", listed(OPERATORS))));
        }
        return None;
    };
    if let Some(operator) = exact(&scalar.text) {
        return Some(operator);
    }
    if is_lost_block(scalar) {
        cx.report(
            Diagnostic::new(Code::E0203, "the operator is missing", node.span, "YAML reads no operator here")
                .fix("quote it", node.span, "\">\"")
                .note("an unquoted `>` at the start of a value begins a block of text in YAML"),
        );
        return None;
    }
    unknown(cx, &scalar.text, scalar.span, scalar)
}

fn unknown(cx: &mut Cx, text: &str, span: Span, scalar: &Scalar) -> Option<Operator> {
    let report =
        Diagnostic::new(Code::E0202, format!("there is no operator `{text}`"), span, "unknown operator");
    let alias = operator_alias(text);
    let is_word = text.len() > 2 && text.chars().all(|c| c.is_alphabetic() || c == '_');
    let near = alias.or_else(|| suggest::nearest(text, OPERATORS.iter().copied()).filter(|_| is_word));
    let report = match near {
        Some("and" | "or") => report.note("join conditions by `all:` and `any:`, or write them in one text"),
        Some(near) => report.fix(format!("write `{near}`"), span, quoted(near, scalar)),
        None => report,
    };
    cx.report(report.note(format!("the operators: {}", listed(OPERATORS))));
    near.and_then(exact)
}

/// `{gt: [a, b]}`: reports the key and its fix.
pub fn unknown_key(cx: &mut Cx, key: &Scalar) {
    let _ = unknown(cx, &key.text, key.span, key);
}

/// Operators made of signs must be quoted in YAML, words need not be.
fn quoted(operator: &str, scalar: &Scalar) -> String {
    if scalar.style == Style::Quoted || !operator.chars().all(|c| c.is_alphanumeric() || c == '_') {
        format!("\"{operator}\"")
    } else {
        operator.to_owned()
    }
}
