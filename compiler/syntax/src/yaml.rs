//! The YAML tree: every node with the bytes it was written in.
//!
//! The YAML reader proper is a dependency; only `yaml::events` and `yaml::errors` know it.

mod duplicates;
mod errors;
mod events;
mod load;
mod origin;
mod scalar;

use diagnostics::Span;

pub use events::block_sign;
pub use load::{Document, load};
pub use origin::Origin;
pub use scalar::{Plain, Trap, TrapKind, resolve as resolve_plain};

/// How deep maps and lists may be nested.
pub const MAX_DEPTH: usize = 100;

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub kind: Kind,
    /// Flow collections with their brackets, quoted scalars with their quotes, block collections from the first
    /// child to the last. An absent value has the span of its key.
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Nothing, `~` or `null`.
    Null,
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// Could not be read; reported already.
    Error,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: Scalar,
    pub value: Node,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// After quotes, escapes, folding and variables.
    pub text: String,
    pub style: Style,
    pub span: Span,
    /// Where each byte of `text` comes from.
    pub origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Quoted,
    /// `|` or `>`.
    Block,
}

/// A comment without its `#`.
#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    pub text: String,
    pub span: Span,
}

impl Node {
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries()?.iter().find(|e| e.key.text == key)
    }

    /// `a map`, `text`: what stands here, in words.
    pub fn noun(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "nothing",
            Kind::Scalar(scalar) => scalar.plain().noun(),
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
            Kind::Error => "something unreadable",
        }
    }
}

impl Scalar {
    /// The place in the file of a range of bytes of `text`.
    pub fn place(&self, start: usize, end: usize) -> Span {
        self.origin.place(self.span, start, end)
    }

    /// What the scalar is in the YAML 1.2 core schema; text that is quoted is text.
    pub fn plain(&self) -> Plain {
        if self.style == Style::Plain { scalar::resolve(&self.text) } else { Plain::Text }
    }

    pub fn trap(&self) -> Option<Trap> {
        if self.style == Style::Plain { scalar::trap(&self.text) } else { None }
    }
}
