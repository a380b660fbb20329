//! True or false, and values whose type is not known before names are looked up.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Spanned};

use crate::ast::Value;
use crate::read::numbers::{is_search, search};
use crate::read::{Cx, shape_error};
use crate::yaml::{Kind, Node, Plain, Scalar, TrapKind};

pub fn flag(cx: &mut Cx, key: &str, node: &Node) -> Option<Spanned<bool>> {
    match &node.kind {
        Kind::Scalar(scalar) => match scalar.plain() {
            Plain::Bool(value) => return Some(Spanned::new(value, node.span)),
            Plain::Null | Plain::Number { .. } | Plain::Text => {}
        },
        Kind::Error => return None,
        Kind::Null | Kind::List(_) | Kind::Map(_) => {
            cx.wrong_shape(node, key, "true or false");
            return None;
        }
    }
    let mut report = Diagnostic::new(
        Code::E0107,
        format!("`{key}` takes true or false"),
        node.span,
        format!("this is {}", node.noun()),
    );
    let text = node.scalar().map_or("", |s| s.text.as_str());
    let trapped = node.scalar().and_then(Scalar::trap).and_then(|trap| match trap.kind {
        TrapKind::Bool(value) => Some(value),
        TrapKind::Number => None,
    });
    let meant = trapped.or(match text {
        "1" | "true" | "True" => Some(true),
        "0" | "false" | "False" => Some(false),
        _ => None,
    });
    if let Some(value) = meant {
        report = report.fix(format!("write {value}"), node.span, value.to_string());
    }
    if trapped.is_some() {
        report =
            report.note(format!("`{text}` is text in YAML 1.2; YAML 1.1 readers take it for true or false"));
    }
    cx.report(report);
    None
}

/// A parameter's value as written.
pub fn value(cx: &mut Cx, key: &str, node: &Node) -> Spanned<Value> {
    let value = match &node.kind {
        Kind::Null => Value::Null,
        Kind::Scalar(scalar) => match scalar.plain() {
            Plain::Null => Value::Null,
            Plain::Bool(value) => Value::Bool(value),
            Plain::Number { value, is_int } if value.is_finite() => Value::Number { value, is_int },
            Plain::Number { .. } => {
                cx.wrong_value(format!("`{key}` takes a finite number"), node.span, "not finite");
                Value::Error
            }
            Plain::Text => Value::Text(scalar.text.clone()),
        },
        Kind::List(items) => Value::List(items.iter().map(|item| self::value(cx, key, item)).collect()),
        Kind::Map(entries) if is_search(entries) => search(cx, key, node).map_or(Value::Error, Value::Search),
        Kind::Map(_) => {
            let report = shape_error(node, key, "a value")
                .note("the only map here is a search range: `{min, max, step}` or `{choices: [..]}`");
            cx.report(report);
            Value::Error
        }
        Kind::Error => Value::Error,
    };
    Spanned::new(value, node.span)
}
