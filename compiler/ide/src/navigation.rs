//! From a name to its declaration and to its other places.

use std::ops::Range;

use crate::mentions::Mention;
use crate::{Analysis, touches};

impl Analysis {
    pub(crate) fn mention_at(&self, offset: usize) -> Option<&Mention> {
        // between two names the one that begins here is meant
        let at = |m: &&Mention| touches(&m.range, offset);
        self.mentions.iter().rfind(at)
    }

    /// Where the name at the offset is declared.
    #[must_use]
    pub fn definition(&self, offset: usize) -> Option<Range<usize>> {
        let mention = self.mention_at(offset)?;
        Some(self.declarations[mention.declared].range.clone())
    }

    /// Every place of the name at the offset, in the order of the text.
    #[must_use]
    pub fn references(&self, offset: usize, with_declaration: bool) -> Vec<Range<usize>> {
        let Some(mention) = self.mention_at(offset) else { return Vec::new() };
        let same = |m: &&Mention| m.declared == mention.declared && (with_declaration || !m.is_declaration);
        self.mentions.iter().filter(same).map(|m| m.range.clone()).collect()
    }

    /// Whether each place reads the name or declares it.
    #[must_use]
    pub fn highlights(&self, offset: usize) -> Vec<(Range<usize>, bool)> {
        let Some(mention) = self.mention_at(offset) else { return Vec::new() };
        let same = |m: &&Mention| m.declared == mention.declared;
        self.mentions.iter().filter(same).map(|m| (m.range.clone(), m.is_declaration)).collect()
    }
}
