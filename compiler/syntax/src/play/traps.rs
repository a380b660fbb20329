//! Warns of scalars that YAML 1.1 readers take for something else.

use diagnostics::Diagnostic;
use diagnostics::codes::Code;

use crate::read::Cx;
use crate::yaml::{Entry, Kind, Node, Scalar};

/// Sections whose values are text for people.
const FREE_TEXT: &[&str] = &["description", "name", "id", "version"];

/// Looks at values only, and at no section that means nothing.
pub fn warn(cx: &mut Cx, entries: &[Entry]) {
    for entry in entries {
        let key = entry.key.text.as_str();
        if super::TOP_LEVEL.contains(&key) && !FREE_TEXT.contains(&key) {
            node(cx, &entry.value);
        }
    }
}

fn node(cx: &mut Cx, it: &Node) {
    match &it.kind {
        Kind::Scalar(scalar) => scalar_trap(cx, scalar),
        Kind::List(items) => items.iter().for_each(|item| node(cx, item)),
        Kind::Map(entries) => entries.iter().for_each(|entry| node(cx, &entry.value)),
        Kind::Null | Kind::Error => {}
    }
}

fn scalar_trap(cx: &mut Cx, scalar: &Scalar) {
    let Some(trap) = scalar.trap() else { return };
    let message = format!("`{}` is not the same to every YAML reader", scalar.text);
    cx.report(
        Diagnostic::new(Code::W0805, message, scalar.span, format!("{} here", trap.here))
            .maybe(format!("write {}", trap.meant), scalar.span, trap.meant.clone())
            .note(format!("YAML 1.1 readers, PyYAML among them, read {}", trap.there)),
    );
}

/// An error at the same place says the same and more.
pub fn remove_explained(diagnostics: &mut Vec<Diagnostic>) {
    let errors: Vec<_> = diagnostics.iter().filter(|d| d.is_error()).map(Diagnostic::span).collect();
    diagnostics.retain(|d| d.code != Code::W0805 || !errors.contains(&d.span()));
}
