//! The keys, items and scalars of any text that looks like YAML, also of one that does not parse.
//!
//! The compiler's reader gives up a section at its first error; an editor sees errors all the time. This reader never
//! fails: what is not closed ends where the indentation says so.

mod scan;

use std::ops::Range;

pub use scan::scan;

/// The index of a slot in [`Outline::slots`].
pub type SlotId = usize;

/// All slots, parents before children, in the order of the text. The first is the file.
#[derive(Clone, Debug)]
pub struct Outline {
    pub slots: Vec<Slot>,
    pub comments: Vec<Range<usize>>,
    /// The slot that the end of the text stands in.
    pub end: End,
}

/// The value of a key, or an item of a list.
#[derive(Clone, Debug)]
pub struct Slot {
    pub parent: SlotId,
    /// Absent for the items of lists.
    pub key: Option<Token>,
    /// Whether the key is followed by `:`.
    pub has_colon: bool,
    pub value: Value,
    pub children: Vec<SlotId>,
    /// From the key, or the first character of the value, to the last one.
    pub range: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Empty,
    Scalar(Token),
    Map { is_flow: bool },
    List { is_flow: bool },
}

/// A key or scalar.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// Without quotes.
    pub range: Range<usize>,
    pub style: Style,
    /// Whether the quote is closed; a plain scalar always is.
    pub is_closed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    /// With this quote.
    Quoted(u8),
    Block,
}

/// What may be written at the end of the text.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// A new key of the map in this slot, of which so much is there.
    Key { map: SlotId, typed: Range<usize> },
    /// A new item of the list in this slot.
    Item { list: SlotId },
    /// The value of this slot, empty as yet. `inline`: behind its key on the same line.
    Value { slot: SlotId, inline: bool },
    /// Inside the scalar or plain word of this slot.
    Scalar { slot: SlotId },
    /// Behind something that is complete, or in a comment.
    Nothing,
}

impl Token {
    /// With its quotes.
    #[must_use]
    pub fn outer(&self) -> Range<usize> {
        match self.style {
            Style::Quoted(_) => self.range.start - 1..self.range.end + usize::from(self.is_closed),
            Style::Plain | Style::Block => self.range.clone(),
        }
    }
}

impl Outline {
    #[must_use]
    pub fn slot(&self, id: SlotId) -> &Slot {
        &self.slots[id]
    }

    /// From the file down to the slot, without the file itself.
    #[must_use]
    pub fn path(&self, id: SlotId) -> Vec<SlotId> {
        let mut path = Vec::new();
        let mut at = id;
        while at != 0 {
            path.push(at);
            at = self.slots[at].parent;
        }
        path.reverse();
        path
    }

    /// The child of a map by its key.
    #[must_use]
    pub fn child(&self, text: &str, map: SlotId, key: &str) -> Option<SlotId> {
        let is = |id: &SlotId| {
            self.slots[*id].key.as_ref().is_some_and(|k| text.get(k.range.clone()) == Some(key))
        };
        self.slots[map].children.iter().copied().find(is)
    }

    /// The text of a scalar child.
    #[must_use]
    pub fn word<'t>(&self, text: &'t str, map: SlotId, key: &str) -> Option<&'t str> {
        self.scalar(text, self.child(text, map, key)?)
    }

    #[must_use]
    pub fn scalar<'t>(&self, text: &'t str, slot: SlotId) -> Option<&'t str> {
        match &self.slots[slot].value {
            Value::Scalar(token) => text.get(token.range.clone()),
            _ => None,
        }
    }

    #[must_use]
    pub fn key<'t>(&self, text: &'t str, slot: SlotId) -> Option<&'t str> {
        text.get(self.slots[slot].key.as_ref()?.range.clone())
    }

    /// The innermost slot whose key or scalar touches the offset.
    #[must_use]
    pub fn at(&self, offset: usize) -> Option<(SlotId, bool)> {
        let touches = |t: &Token| t.range.start <= offset && offset <= t.range.end;
        self.slots.iter().enumerate().rev().find_map(|(id, slot)| {
            if slot.key.as_ref().is_some_and(touches) {
                return Some((id, true));
            }
            matches!(&slot.value, Value::Scalar(token) if touches(token)).then_some((id, false))
        })
    }
}
