//! What an editor asks about one Play or block: what stands here, what may be written here, where else is it named.
//!
//! Takes the text of a Play or of a block file, also half-written, and the blocks that it may use. Gives answers in
//! byte ranges of that text; it never fails.
//! Never opens a file and knows no editor protocol.

mod blocks;
mod completion;
mod declarations;
mod facts;
mod fixes;
mod hints;
mod hover;
mod kind;
mod mentions;
mod navigation;
mod outline;
mod outward;
mod rename;
mod shapes;
mod symbols;
mod tokens;
mod words;

use std::ops::Range;
use std::sync::Arc;

use diagnostics::{Diagnostic, Span};
use driver::{Compilation, Options};

pub use blocks::Elsewhere;
pub use completion::{Completion, CompletionKind};
pub use fixes::Action;
pub use hints::Hint;
pub use hover::Hover;
pub use kind::Kind;
pub use outward::Outward;
pub use rename::Refusal;
pub use symbols::{Symbol, SymbolKind};
pub use tokens::{Token, TokenKind};

use crate::declarations::Declaration;
use crate::mentions::Mention;
use crate::outline::Outline;
use crate::shapes::Shapes;

/// Replace the bytes of `range` by `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub range: Range<usize>,
    pub text: String,
}

/// One state of one document and everything that is known of it.
#[derive(Debug)]
pub struct Analysis {
    name: String,
    text: Arc<str>,
    kind: Kind,
    options: Options,
    compilation: Compilation,
    outline: Outline,
    shapes: Shapes,
    declarations: Vec<Declaration>,
    mentions: Vec<Mention>,
}

impl Analysis {
    /// `name` is the path of the document: a block is called after its file.
    #[must_use]
    pub fn new(name: &str, text: &str, options: &Options) -> Analysis {
        let outline = outline::scan(text);
        let kind = Kind::of(name, &outline, text);
        let compilation = kind.compile(name, text, options);
        let shapes = Shapes::new(&outline, text, kind);
        let declarations = declarations::find(&outline, &shapes, text, kind);
        let mentions = mentions::find(&outline, &shapes, text, &declarations, &compilation, |span| {
            kind.is_of(name, &compilation, span)
        });
        Analysis {
            name: name.to_owned(),
            text: text.into(),
            kind,
            options: options.clone(),
            compilation,
            outline,
            shapes,
            declarations,
            mentions,
        }
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// In the order of the file.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.compilation.diagnostics
    }

    /// Where a span is in this document; nothing when it is in another one.
    #[must_use]
    pub fn place(&self, span: Span) -> Option<Range<usize>> {
        let range = span.range();
        (self.is_here(span) && self.text.get(range.clone()).is_some()).then_some(range)
    }

    /// Where a diagnostic is shown: at the first of its labels that is in this document, or at its beginning.
    #[must_use]
    pub fn shown_at(&self, diagnostic: &Diagnostic) -> Range<usize> {
        diagnostic.labels.iter().find_map(|l| self.place(l.span)).unwrap_or(0..0)
    }

    fn is_here(&self, span: Span) -> bool {
        self.kind.is_of(&self.name, &self.compilation, span)
    }

    fn slice(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or("")
    }
}

/// Whether the offset is in the range or at one of its ends.
fn touches(range: &Range<usize>, offset: usize) -> bool {
    range.start <= offset && offset <= range.end
}
