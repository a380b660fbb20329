//! Names that a block file gives to the documents that use it: its parameters, and what a set of features holds.

use std::ops::Range;

use crate::declarations::DeclarationKind;
use crate::{Analysis, Kind};

/// A name of a block that others write too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outward {
    pub name: String,
    /// Given under `with`; else read as `set.name`.
    is_param: bool,
}

impl Analysis {
    /// The name at the offset, when this is a block and the documents that use it write it too.
    #[must_use]
    pub fn outward(&self, offset: usize) -> Option<Outward> {
        let declared = &self.declarations[self.mention_at(offset)?.declared];
        let is_param = declared.kind == DeclarationKind::Parameter;
        let is_set = self.outline.word(&self.text, 0, "type") == Some("feature_set");
        let is_outward = self.kind == Kind::Block && (is_param || is_set && declared.kind.is_call());
        is_outward.then(|| Outward { name: declared.name.clone(), is_param })
    }

    /// Where this document writes a name of the block in `file`, in the order of the text.
    #[must_use]
    pub fn uses(&self, file: &str, outward: &Outward) -> Vec<Range<usize>> {
        if outward.is_param { self.arguments(file, &outward.name) } else { self.members(file, &outward.name) }
    }

    fn arguments(&self, file: &str, name: &str) -> Vec<Range<usize>> {
        let slots = (1..self.outline.slots.len()).filter(|&slot| {
            self.argument(slot).is_some_and(|(block, p)| block.file.name == file && p.name.value == name)
        });
        slots.filter_map(|slot| Some(self.outline.slot(slot).key.as_ref()?.range.clone())).collect()
    }

    /// `name` behind the dot of `set.name`.
    fn members(&self, file: &str, name: &str) -> Vec<Range<usize>> {
        let of_file = |slot| self.block_of(slot).is_some_and(|block| block.file.name == file);
        let sets: Vec<bool> =
            self.declarations.iter().map(|d| d.kind == DeclarationKind::Block && of_file(d.slot)).collect();
        let mentions = self.mentions.iter().filter(|m| sets[m.declared] && !m.is_declaration);
        let member = mentions.filter_map(|m| {
            let behind = self.text.get(m.range.end..)?.strip_prefix('.')?.strip_prefix(name)?;
            let is_whole = !behind.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            is_whole.then_some(m.range.end + 1..m.range.end + 1 + name.len())
        });
        member.collect()
    }
}
