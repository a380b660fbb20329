//! The blocks that a document uses: which file is meant, what it says, where in it a name is declared.

use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

use diagnostics::{SourceId, Span};
use driver::{File, Library, reference};
use syntax::ast::{BlockHead, BlockKind, BlockParam};
use syntax::block;
use syntax::shape::{Form, Shape};

use crate::declarations::{self, Declaration};
use crate::outline::{Outline, SlotId, scan};
use crate::shapes::Shapes;
use crate::{Analysis, Kind};

/// A place in another file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// As its library calls it.
    pub name: String,
    pub text: Arc<str>,
    pub range: Range<usize>,
}

/// A block file that was found.
#[derive(Clone, Debug)]
pub struct Block {
    pub file: File,
    pub head: BlockHead,
}

impl Block {
    #[must_use]
    pub fn open(file: &File) -> Block {
        let (read, _) = block::read(SourceId::default(), &file.text);
        Block { file: file.clone(), head: read.head }
    }

    /// The block that the map in this slot names with `use`.
    #[must_use]
    pub fn used(outline: &Outline, text: &str, map: SlotId, library: &Library) -> Option<Block> {
        let version = outline.word(text, map, "version").and_then(|v| v.trim().parse().ok());
        library.find(outline.word(text, map, "use")?.trim(), version).map(Block::open)
    }

    #[must_use]
    pub fn kind(&self) -> Option<BlockKind> {
        self.head.kind.as_ref().map(|kind| kind.value)
    }

    #[must_use]
    pub fn param(&self, name: &str) -> Option<&BlockParam> {
        self.head.params.iter().find(|p| p.name.value == name)
    }

    /// The features and structures that it brings along, which a Play reads of a set.
    #[must_use]
    pub fn members(&self) -> Vec<Declaration> {
        let text = &self.file.text;
        let outline = scan(text);
        let shapes = Shapes::new(&outline, text, Kind::Block);
        let mut all = declarations::find(&outline, &shapes, text, Kind::Block);
        all.retain(|d| d.kind.is_call());
        all
    }

    /// Type, description, parameters, and where it comes from.
    #[must_use]
    pub fn page(&self) -> String {
        let kind = self.kind().map_or("?", BlockKind::name);
        let mut text = format!("**{}** · block, `{kind}`", self.file.stem());
        if let Some(description) = &self.head.description {
            let _ = write!(text, "\n\n{}", description.value);
        }
        text.push('\n');
        for param in &self.head.params {
            let _ = write!(text, "\n- `{}`: {}", param.name.value, facts(param));
        }
        let origin = if self.file.is_standard() { "a standard block" } else { self.file.name.as_str() };
        let _ = write!(text, "\n\n{origin}");
        text
    }

    fn at(&self, span: Span) -> Elsewhere {
        Elsewhere { name: self.file.name.clone(), text: self.file.text.clone(), range: span.range() }
    }
}

/// `int, 2 to 500; default 200; bars of the average`
#[must_use]
pub fn facts(param: &BlockParam) -> String {
    let default = reference::block_param_default(param);
    let default = if default.is_empty() { "required".to_owned() } else { format!("default {default}") };
    let meaning = param.description.as_ref().map_or(String::new(), |d| format!("; {}", d.value));
    format!("{}; {default}{meaning}", reference::block_param_type(param))
}

impl Analysis {
    pub(crate) fn block_of(&self, map: SlotId) -> Option<Block> {
        Block::used(&self.outline, &self.text, map, &self.options.blocks)
    }

    /// The block and the parameter that the slot gives it.
    pub(crate) fn argument(&self, slot: SlotId) -> Option<(Block, BlockParam)> {
        let with = self.outline.slot(slot).parent;
        if !matches!(self.shapes.get(with), Shape::Arguments) {
            return None;
        }
        let block = self.block_of(self.outline.slot(with).parent)?;
        let param = block.param(self.outline.key(&self.text, slot)?)?.clone();
        Some((block, param))
    }

    /// Where the block, the parameter or the member of a set at the offset is declared, in a file of its own.
    #[must_use]
    pub fn definition_elsewhere(&self, offset: usize) -> Option<Elsewhere> {
        let (slot, is_key) = self.outline.at(offset)?;
        if is_key {
            let (block, param) = self.argument(slot)?;
            return Some(block.at(param.name.span));
        }
        if matches!(self.shapes.get(slot).of_form(Form::Scalar), Shape::Block) {
            let block = self.block_of(self.outline.slot(slot).parent)?;
            return Some(block.at(block.head.id.as_ref().map_or(block.head.span, |id| id.span)));
        }
        let (alias, written) = self.output_at(offset)?;
        let block = self.block_of(alias.slot)?;
        let name = self.slice(&written).split(['.', '[']).next().unwrap_or("");
        let member = block.members().into_iter().find(|m| m.name == name)?;
        Some(Elsewhere { name: block.file.name, text: block.file.text, range: member.range })
    }

    /// The place of a span that is in a block file which the document uses.
    #[must_use]
    pub fn elsewhere(&self, span: Span) -> Option<Elsewhere> {
        let source = self.compilation.sources.find(span.source)?;
        let is_file = span.source != self.compilation.source && !self.is_here(span);
        let range = span.range();
        (is_file && source.text.get(range.clone()).is_some()).then(|| Elsewhere {
            name: source.name.clone(),
            text: source.text.clone(),
            range,
        })
    }
}
