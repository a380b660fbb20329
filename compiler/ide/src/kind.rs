//! What a document is: a Play, or a block file.

use diagnostics::Span;
use driver::{Compilation, Options, library};

use crate::outline::Outline;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Play,
    Block,
}

/// Keys at the top of a file that only the one has, or only the other.
const OF_PLAYS: &[&str] = &["symbol", "timeframes", "account", "features", "actions", "risk"];
const OF_BLOCKS: &[&str] = &["type", "params", "requires", "logic"];

impl Kind {
    /// By its keys; while it has none that says it, by the folder it is in.
    #[must_use]
    pub(crate) fn of(name: &str, outline: &Outline, text: &str) -> Kind {
        let keys = || outline.slot(0).children.iter().filter_map(|&id| outline.key(text, id));
        let has = |wanted: &[&str]| keys().any(|key| wanted.contains(&key));
        let folder = name.rsplit(['/', '\\']).nth(1);
        let is_block = !has(OF_PLAYS) && (has(OF_BLOCKS) || folder == Some(library::FOLDER));
        if is_block { Kind::Block } else { Kind::Play }
    }

    pub(crate) fn compile(self, name: &str, text: &str, options: &Options) -> Compilation {
        match self {
            Kind::Play => driver::compile(name, text, options),
            Kind::Block => {
                // its own file is as it is here, and hides no other text of itself
                let blocks = options.blocks.with_text(name, text);
                driver::check_block(name, text, &Options { blocks, ..options.clone() })
            }
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
