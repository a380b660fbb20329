//! What a document is: a Play, or a block file.

use diagnostics::Span;
use driver::{Compilation, Options, library};

use crate::outline::Outline;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Play,
    Block,
}

impl Kind {
    /// By its keys; while it has none that says it, by the folder it is in.
    #[must_use]
    pub(crate) fn of(name: &str, outline: &Outline, text: &str) -> Kind {
        let keys = outline.slot(0).children.iter().filter_map(|&id| outline.key(text, id));
        let folder = name.rsplit(['/', '\\']).nth(1);
        let is_block = syntax::block::is_block(keys).unwrap_or(folder == Some(library::FOLDER));
        if is_block { Kind::Block } else { Kind::Play }
    }

    pub(crate) fn compile(self, name: &str, text: &str, options: &Options) -> Compilation {
        match self {
            Kind::Play => driver::compile(name, text, options),
            Kind::Block => driver::check_block(name, text, options),
        }
    }

    /// Whether the span is in the document: a block is compiled in a Play around it.
    pub(crate) fn is_of(self, name: &str, compilation: &Compilation, span: Span) -> bool {
        let is_first = span.source == compilation.source;
        match self {
            Kind::Play => is_first,
            Kind::Block => !is_first && compilation.sources.find(span.source).is_some_and(|s| s.name == name),
        }
    }
}
