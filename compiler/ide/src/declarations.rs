//! What a Play names: features, structures, setups, variables, roles of timeframes.

use std::ops::Range;

use stdlib::Builtin;
use syntax::shape::Shape;

use crate::outline::{Outline, SlotId, Value};
use crate::shapes::{Shapes, builtin};

#[derive(Clone, Debug)]
pub struct Declaration {
    pub name: String,
    pub kind: DeclarationKind,
    /// Of the name, without quotes.
    pub range: Range<usize>,
    /// The feature, structure, condition or value that the name stands for.
    pub slot: SlotId,
    /// Of a feature or structure whose built-in exists.
    pub builtin: Option<&'static Builtin>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclarationKind {
    Feature,
    Structure,
    Setup,
    Variable,
    /// `low_tf`, `med_tf`, `high_tf`.
    Role,
}

impl DeclarationKind {
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            DeclarationKind::Feature => "feature",
            DeclarationKind::Structure => "structure",
            DeclarationKind::Setup => "setup",
            DeclarationKind::Variable => "variable",
            DeclarationKind::Role => "timeframe role",
        }
    }

    #[must_use]
    pub fn is_call(self) -> bool {
        matches!(self, DeclarationKind::Feature | DeclarationKind::Structure)
    }
}

/// In the order of the text.
#[must_use]
pub fn find(outline: &Outline, shapes: &Shapes, text: &str) -> Vec<Declaration> {
    let mut out = Vec::new();
    for (id, slot) in outline.slots.iter().enumerate().skip(1) {
        let path_len = outline.path(id).len().min(4);
        let section = outline.path(id).first().and_then(|&s| outline.key(text, s)).unwrap_or("");
        let kind = match (section, path_len) {
            ("features", 2) if slot.key.is_some() => DeclarationKind::Feature,
            ("setups", 2) => DeclarationKind::Setup,
            ("variables", 2) => DeclarationKind::Variable,
            ("timeframes", 2) if outline.key(text, id) != Some("exec") => DeclarationKind::Role,
            _ => {
                by_id(outline, shapes, text, id, section, &mut out);
                continue;
            }
        };
        let Some(key) = &slot.key else { continue };
        push(outline, text, kind, key.range.clone(), id, &mut out);
    }
    out
}

/// `{id: ..}` of a feature in a list, `{key: ..}` of a structure.
fn by_id(
    outline: &Outline,
    shapes: &Shapes,
    text: &str,
    id: SlotId,
    section: &str,
    out: &mut Vec<Declaration>,
) {
    let (Shape::Id, Value::Scalar(token)) = (shapes.get(id), &outline.slot(id).value) else { return };
    let kind = match section {
        "features" => DeclarationKind::Feature,
        "structures" => DeclarationKind::Structure,
        _ => return,
    };
    push(outline, text, kind, token.range.clone(), outline.slot(id).parent, out);
}

fn push(
    outline: &Outline,
    text: &str,
    kind: DeclarationKind,
    range: Range<usize>,
    slot: SlotId,
    out: &mut Vec<Declaration>,
) {
    let name = text.get(range.clone()).unwrap_or("").trim();
    if name.is_empty() || name.starts_with("x-") || name == "<<" {
        return;
    }
    let builtin = if kind.is_call() { builtin(outline, text, slot) } else { None };
    out.push(Declaration { name: name.to_owned(), kind, range, slot, builtin });
}

/// What a name means where values are read: the first feature or structure, else the first setup.
#[must_use]
pub fn value<'d>(declarations: &'d [Declaration], name: &str) -> Option<(usize, &'d Declaration)> {
    let of = |wanted: fn(DeclarationKind) -> bool| {
        declarations.iter().enumerate().find(|(_, d)| wanted(d.kind) && d.name == name)
    };
    of(DeclarationKind::is_call).or_else(|| of(|kind| kind == DeclarationKind::Setup))
}
