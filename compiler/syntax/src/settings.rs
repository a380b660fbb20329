//! Other defaults for search ranges: what `--set name=value` does to a Play before it is read.

use diagnostics::Span;

use crate::read::is_search;
use crate::yaml::{Document, Entry, Kind, Node, Origin, Scalar, Style};

/// Another default for the search range that is written at `place`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// The range with its brackets, as `ast::Search::span` has it.
    pub place: Span,
    pub value: f64,
}

/// Before variables are substituted: a range that variables repeat is then set wherever it is put in.
pub fn apply(document: &mut Document, settings: &[Setting]) {
    if let (Some(root), false) = (&mut document.root, settings.is_empty()) {
        set(root, settings);
    }
}

fn set(node: &mut Node, settings: &[Setting]) {
    let place = node.span;
    match &mut node.kind {
        Kind::Map(entries) => {
            let found = settings.iter().find(|s| s.place == place);
            match found.filter(|_| is_search(entries)) {
                Some(setting) => set_default(entries, setting),
                None => entries.iter_mut().for_each(|entry| set(&mut entry.value, settings)),
            }
        }
        Kind::List(items) => items.iter_mut().for_each(|item| set(item, settings)),
        Kind::Null | Kind::Scalar(_) | Kind::Error => {}
    }
}

fn set_default(entries: &mut Vec<Entry>, setting: &Setting) {
    let scalar = |text: String, span| Scalar { text, style: Style::Plain, span, origin: Origin::Whole };
    let written = entries.iter().find(|e| e.key.text == "default").map(|e| (e.key.span, e.value.span));
    let (key_span, span) = written.unwrap_or((setting.place, setting.place));
    entries.retain(|e| e.key.text != "default");
    let value = Node { kind: Kind::Scalar(scalar(setting.value.to_string(), span)), span };
    entries.push(Entry { key: scalar("default".into(), key_span), value });
}
