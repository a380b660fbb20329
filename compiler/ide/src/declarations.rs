//! What a document names: features, structures, blocks, setups, variables, parameters, roles of timeframes.

use std::ops::Range;

use stdlib::Builtin;
use syntax::shape::Shape;

use crate::Kind;
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
    /// A set of features, or what a block calls another one.
    Block,
    Setup,
    Variable,
    /// Of a block.
    Parameter,
    /// `low_tf`, `med_tf`, `high_tf`.
    Role,
}

impl DeclarationKind {
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            DeclarationKind::Feature => "feature",
            DeclarationKind::Structure => "structure",
            DeclarationKind::Block => "block",
            DeclarationKind::Setup => "setup",
            DeclarationKind::Variable => "variable",
            DeclarationKind::Parameter => "parameter",
            DeclarationKind::Role => "timeframe role",
        }
    }

    #[must_use]
    pub fn is_call(self) -> bool {
        matches!(self, DeclarationKind::Feature | DeclarationKind::Structure)
    }

    /// Whether expressions name it, or its outputs.
    #[must_use]
    pub fn is_value(self) -> bool {
        self.is_call() || self == DeclarationKind::Block
    }

    /// Whether it is written `${name}`.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, DeclarationKind::Variable | DeclarationKind::Parameter)
    }
}

/// In the order of the text.
#[must_use]
pub fn find(outline: &Outline, shapes: &Shapes, text: &str, kind: Kind) -> Vec<Declaration> {
    let mut out = Vec::new();
    for (id, slot) in outline.slots.iter().enumerate().skip(1) {
        let path = outline.path(id);
        // what a block requires has the sections of a Play
        let in_requires = kind == Kind::Block && outline.key(text, path[0]) == Some("requires");
        let path = &path[usize::from(in_requires)..];
        let section = path.first().and_then(|&s| outline.key(text, s)).unwrap_or("");
        if kind == Kind::Block && !in_requires && section != "params" {
            continue;
        }
        let kind = match (section, path.len()) {
            ("features", 2) if slot.key.is_some() => called(outline, text, id),
            ("blocks", 2) if in_requires => DeclarationKind::Block,
            ("params", 2) if kind == Kind::Block => DeclarationKind::Parameter,
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

/// A feature that uses a block is a set of them.
fn called(outline: &Outline, text: &str, id: SlotId) -> DeclarationKind {
    if outline.child(text, id, "use").is_some() { DeclarationKind::Block } else { DeclarationKind::Feature }
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
        "features" => called(outline, text, outline.slot(id).parent),
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

/// What a name means where values are read: the first feature, structure or block, else the first setup.
#[must_use]
pub fn value<'d>(declarations: &'d [Declaration], name: &str) -> Option<(usize, &'d Declaration)> {
    let of = |wanted: fn(DeclarationKind) -> bool| {
        declarations.iter().enumerate().find(|(_, d)| wanted(d.kind) && d.name == name)
    };
    of(DeclarationKind::is_value).or_else(|| of(|kind| kind == DeclarationKind::Setup))
}
