//! Text values: free text, ids, and words from a closed set.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Spanned, suggest};

use crate::ast::Name;
use crate::expr;
use crate::read::{Cx, listed};
use crate::yaml::{Kind, Node, Plain, Scalar, TrapKind};

/// Any scalar as text; a number keeps the digits it was written with.
pub fn name(cx: &mut Cx, key: &str, node: &Node) -> Option<Name> {
    match &node.kind {
        Kind::Scalar(scalar) => Some(spanned(scalar)),
        Kind::Error => None,
        Kind::Null | Kind::List(_) | Kind::Map(_) => {
            cx.wrong_shape(node, key, "text");
            None
        }
    }
}

/// One of `words`. Case counts, but a word in another case gets its fix.
pub fn word(cx: &mut Cx, key: &str, node: &Node, words: &[&str]) -> Option<Name> {
    let name = name(cx, key, node)?;
    if words.contains(&name.value.as_str()) {
        return Some(name);
    }
    let mut report = Diagnostic::new(
        Code::E0107,
        format!("`{key}` cannot be `{}`", name.value),
        name.span,
        "not one of its values",
    );
    if let Some(near) = suggest::nearest(&name.value, words.iter().copied()) {
        report = report.fix(format!("write `{near}`"), name.span, near);
    }
    if let Some(trap) = node.scalar().and_then(Scalar::trap)
        && let TrapKind::Bool(_) = trap.kind
    {
        report = report.note(format!("YAML 1.1 readers take `{}` for {}", name.value, trap.there));
    }
    cx.report(report.note(format!("its values: {}", listed(words))));
    None
}

/// An id must be something that conditions can name.
pub fn check_id(cx: &mut Cx, what: &str, key: &Scalar) -> bool {
    let problem = if key.style == crate::yaml::Style::Plain && key.plain() != Plain::Text {
        Some("a number or true/false cannot be named in a condition")
    } else if expr::is_reserved(&key.text) {
        Some("it is a word of the expression language")
    } else if !expr::is_identifier(&key.text) {
        Some("ids are letters, digits and `_`, beginning with a letter, so that conditions can name them")
    } else {
        None
    };
    let Some(problem) = problem else { return true };
    let mut report = Diagnostic::new(
        Code::E0107,
        format!("`{}` cannot be the id of a {what}", key.text),
        key.span,
        "this id",
    )
    .note(problem);
    let mended: String = key.text.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    if expr::is_identifier(&mended) && !expr::is_reserved(&mended) {
        report = report.maybe(format!("write `{mended}`, here and where it is used"), key.span, mended);
    }
    cx.report(report);
    false
}

pub fn spanned(scalar: &Scalar) -> Name {
    Spanned::new(scalar.text.clone(), scalar.span)
}
