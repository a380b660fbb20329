//! The one layout of a Play: `playc fmt`. Comments, keys and their order stay; the meaning stays.
//!
//! Blocks are indented by two; lists stand below their key. What is written in `{}` or `[]` stands on one line, or,
//! where that is too long or holds comments, as a block. Sections of several lines have a blank line around them;
//! elsewhere one blank line stays one. Texts are in double quotes where they need no escapes for it. Expressions have
//! one space around operators. The rules for users are in `docs/language.md`.

mod comments;
mod expression;
mod layout;
mod scalar;

use std::borrow::Cow;

use diagnostics::{Diagnostic, SourceId};

use crate::yaml::{self, Document, Kind, Node, Scalar, Style};

/// What stands in `{}` or `[]` is opened when its line would be longer.
const WIDTH: usize = 110;

/// The text in its layout: the same for every layout of one Play, so that it does not change again. What has none stays
/// as it is written.
///
/// # Errors
/// What keeps the YAML from being read.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    Ok(layout(text)?.unwrap_or_else(|| text.to_owned()))
}

/// The layout; `None` for odd corners of YAML where it would mean something else or would change again: explicit keys
/// (`? key`) and explicit depths (`|2`) of blocks.
///
/// # Errors
/// What keeps the YAML from being read.
pub fn layout(text: &str) -> Result<Option<String>, Vec<Diagnostic>> {
    let source = SourceId::default();
    let text = &newlines(text)[..];
    let (document, diagnostics) = yaml::load(source, text);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Err(diagnostics);
    }
    let formatted = layout::print(text, &document);
    let (again, _) = yaml::load(source, &formatted);
    let stays = || layout::print(&formatted, &again) == formatted;
    Ok((same_document(&document, &again) && stays()).then_some(formatted))
}

/// A carriage return on its own ends a line of YAML as well; the layout knows lines by their `\n`.
fn newlines(text: &str) -> Cow<'_, str> {
    let is_alone = |at: usize| !text[at + 1..].starts_with('\n');
    if !text.match_indices('\r').any(|(at, _)| is_alone(at)) {
        return Cow::Borrowed(text);
    }
    let ended = |(at, c)| if c == '\r' && is_alone(at) { '\n' } else { c };
    Cow::Owned(text.char_indices().map(ended).collect())
}

fn same_document(a: &Document, b: &Document) -> bool {
    let is_same_tree = match (&a.root, &b.root) {
        (Some(a), Some(b)) => same(a, b),
        (None, None) => true,
        _ => false,
    };
    let words = |document: &Document| -> Vec<String> {
        document.comments.iter().map(|c| c.text.trim_end().to_owned()).collect()
    };
    is_same_tree && words(a) == words(b)
}

fn same(a: &Node, b: &Node) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::Null, Kind::Null) => true,
        (Kind::Scalar(a), Kind::Scalar(b)) => is_plain(a) == is_plain(b) && same_text(&a.text, &b.text),
        (Kind::List(a), Kind::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Kind::Map(a), Kind::Map(b)) => {
            let same_entry = |a: &yaml::Entry, b: &yaml::Entry| {
                a.key.text == b.key.text && is_plain(&a.key) == is_plain(&b.key) && same(&a.value, &b.value)
            };
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_entry(a, b))
        }
        _ => false,
    }
}

fn is_plain(scalar: &Scalar) -> bool {
    scalar.style == Style::Plain
}

/// Expressions may differ in their spaces (whatever stands between tokens); `expression` has compared their tokens.
fn same_text(a: &str, b: &str) -> bool {
    let is_written = |c: &char| !matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{a0}' | '\u{feff}');
    a == b || a.chars().filter(is_written).eq(b.chars().filter(is_written))
}
