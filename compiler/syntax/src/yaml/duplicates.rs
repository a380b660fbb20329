//! Keys that are given twice.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span};

use super::{Kind, Node};

/// Reports every key that is in its map already and keeps the first. Runs after variables are put in, so that keys
/// made by variables count too.
pub fn remove(node: &mut Node, out: &mut Vec<Diagnostic>) {
    match &mut node.kind {
        Kind::List(items) => items.iter_mut().for_each(|item| remove(item, out)),
        Kind::Map(entries) => {
            let mut seen: Vec<(String, Span)> = Vec::with_capacity(entries.len());
            entries.retain(|entry| {
                let Some((_, first)) = seen.iter().find(|(text, _)| *text == entry.key.text) else {
                    seen.push((entry.key.text.clone(), entry.key.span));
                    return true;
                };
                out.push(report(&entry.key.text, entry.key.span, *first));
                false
            });
            entries.iter_mut().for_each(|entry| remove(&mut entry.value, out));
        }
        Kind::Null | Kind::Scalar(_) | Kind::Error => {}
    }
}

fn report(key: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::E0102, format!("the key `{key}` is given twice"), again, "given again here")
        .label(first, "first given here")
        .note("many readers keep the last one and drop the first without a word; a Play never loses a line silently")
}
