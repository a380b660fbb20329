//! The tokens of a Play as a listing: every scalar of the YAML, and the tokens of those that are expressions.

use std::fmt::Write;

use diagnostics::{Source, SourceId};

use crate::expr;
use crate::yaml::{self, Kind, Node, Scalar, Style};

/// One line a scalar: place, style, text; expressions follow token by token, indented.
#[must_use]
pub fn listing(source: &Source) -> String {
    let (document, _) = yaml::load(SourceId::default(), &source.text);
    let mut out = String::new();
    if let Some(root) = &document.root {
        node(root, source, &mut out);
    }
    out
}

/// Depth is bounded by the YAML reader.
fn node(it: &Node, source: &Source, out: &mut String) {
    match &it.kind {
        Kind::Scalar(scalar) => {
            line(scalar, style(scalar), source, out);
            expression(scalar, out);
        }
        Kind::List(items) => items.iter().for_each(|item| node(item, source, out)),
        Kind::Map(entries) => {
            for entry in entries {
                line(&entry.key, "key", source, out);
                node(&entry.value, source, out);
            }
        }
        Kind::Null | Kind::Error => {}
    }
}

fn style(scalar: &Scalar) -> &'static str {
    match scalar.style {
        Style::Plain => "plain",
        Style::Quoted => "quoted",
        Style::Block => "block",
    }
}

fn line(scalar: &Scalar, style: &str, source: &Source, out: &mut String) {
    let place = source.position(scalar.span.start);
    let at = format!("{}:{}", place.line, place.col);
    let _ = writeln!(out, "{at:>8}  {style:<7} {:?}", scalar.text);
}

/// Words of prose are not taken apart: only what has an operator, a call or an index.
fn expression(scalar: &Scalar, out: &mut String) {
    let mut errors = Vec::new();
    let tokens = expr::tokens(&scalar.text, scalar, &mut errors);
    if tokens.len() < 2 || !errors.is_empty() {
        return;
    }
    let mut unread = Vec::new();
    expr::parse(scalar, &mut unread);
    if !unread.is_empty() {
        return;
    }
    for (start, token, end) in tokens {
        let _ = writeln!(out, "{:>10}{:<16} {:?}", "", format!("{token:?}"), &scalar.text[start..end]);
    }
}
