//! The phases in a row: text -> ast -> blocks put in -> resolved -> typed IR -> bytecode.
//!
//! Takes the text of one Play and the block files it may use. Gives its program, or what is wrong with it; usually
//! also what is suspicious. Never opens a file: callers read the texts (`library` says which).

mod block;
mod edits;
pub mod fix;
pub mod library;
pub mod meaning;
pub mod migrate;
pub mod params;
pub mod reference;
pub mod schema;
pub mod settings;
mod template;
pub mod variants;

use std::sync::Arc;

pub use ::blocks::{File, Library, name_and_version};
use bytecode::{Identity, Program};
use diagnostics::{Code, Diagnostic, Label, Severity, Source, SourceId, SourceMap, Span};

pub use block::{check_block, is_block};

/// The version that programs carry and that hosts compare.
pub const ENGINE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// What may be asked of a compilation.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub check: check::Options,
    /// The blocks that may be used; the standard ones are always among them.
    pub blocks: Library,
}

/// Everything that one compilation found and made, phase by phase.
#[derive(Debug)]
pub struct Compilation {
    pub sources: SourceMap,
    pub source: SourceId,
    /// Name and text of every block that the Play uses, sorted by name.
    pub blocks: Vec<(String, Arc<str>)>,
    /// In the order of their places in the file, errors before warnings at the same place.
    pub diagnostics: Vec<Diagnostic>,
    /// The Play as it is written.
    pub ast: syntax::ast::Play,
    /// The Play with its blocks put in.
    pub expanded: syntax::ast::Play,
    pub resolved: resolve::resolved::Play,
    /// Absent when there are errors.
    pub module: Option<ir::Module>,
    /// Absent when there are errors.
    pub program: Option<Program>,
}

impl Compilation {
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|d| d.severity == severity).count()
    }
}

/// Compiles the bytes of a file: what is not UTF-8 text is reported like any other error, and nothing else then.
#[must_use]
pub fn compile_bytes(name: &str, bytes: &[u8], options: &Options) -> Compilation {
    let (text, unreadable) = syntax::decode(SourceId::default(), bytes);
    refuse_unreadable(compile(name, &text, options), unreadable)
}

fn refuse_unreadable(compilation: Compilation, unreadable: Vec<Diagnostic>) -> Compilation {
    if unreadable.is_empty() {
        return compilation;
    }
    Compilation { diagnostics: unreadable, module: None, program: None, ..compilation }
}

/// Compiles one Play. Every phase runs on what the one before it could make of the text, so that one run reports
/// everything; code is made only when there is no error.
#[must_use]
pub fn compile(name: &str, text: &str, options: &Options) -> Compilation {
    compile_set(name, text, options, &[])
}

/// The same with other defaults for some of its search ranges.
fn compile_set(name: &str, text: &str, options: &Options, settings: &[syntax::Setting]) -> Compilation {
    let mut compilation = phases(name, text, options, settings);
    // what nothing uses in a block is said to its author: see `check_block`
    compilation.diagnostics.retain(|d| d.span().source == compilation.source || !is_leftover(d.code));
    compilation
}

fn phases(name: &str, text: &str, options: &Options, settings: &[syntax::Setting]) -> Compilation {
    let mut sources = SourceMap::default();
    let source = sources.add(Source::new(name, text));
    let (ast, mut diagnostics) = syntax::parse_set(source, text, settings);
    let (expanded, found) = ::blocks::expand(&ast, &options.blocks);
    for block in expanded.sources {
        sources.add(block);
    }
    let told: Vec<Span> = found.iter().filter(|d| d.is_error()).map(Diagnostic::span).collect();
    diagnostics.extend(found);
    let unread = diagnostics.iter().any(Diagnostic::is_error);
    let (resolved, mut found) = resolve::resolve(&expanded.play);
    found.retain(|d| !told.contains(&d.span()));
    diagnostics.extend(found);
    let (module, found) = check::check(&resolved, &options.check);
    diagnostics.extend(found);
    drop_consequences(&mut diagnostics, unread);
    diagnostics.sort_by_key(|d| (d.span().source, d.span().start, d.severity, d.code));
    show_uses(&mut diagnostics, &sources);
    let module = module.filter(|_| !diagnostics.iter().any(Diagnostic::is_error));
    let identity = |module: &ir::Module| Identity {
        play: module.play.clone(),
        source_hash: source_hash(text, &expanded.used),
        catalogue_hash: stdlib::catalogue_hash(),
        engine_version: ENGINE_VERSION.into(),
    };
    let program = module.as_ref().map(|module| lower::lower(module, &sources, identity(module)));
    if let (Some(program), Some(asked)) = (&program, &ast.validation) {
        diagnostics.extend(asked_bars(program, asked));
    }
    Compilation {
        sources,
        source,
        blocks: expanded.used,
        diagnostics,
        ast,
        expanded: expanded.play,
        resolved,
        module,
        program,
    }
}

/// What is missed may be what an error is about: a name that is written wrong is not unused, a stop that could not be
/// read is not absent. With text or a block `unread`, so may be what closes the position.
fn drop_consequences(diagnostics: &mut Vec<Diagnostic>, unread: bool) {
    if !diagnostics.iter().any(|d| d.is_error() && d.code != Code::E0603) {
        return;
    }
    diagnostics.retain(|d| match d.code {
        Code::W0708 | Code::W0709 => false,
        Code::E0603 => !unread,
        code => !is_leftover(code),
    });
}

/// Declared, and used by nothing.
fn is_leftover(code: Code) -> bool {
    matches!(code, Code::W0802 | Code::W0803 | Code::W0804 | Code::W0809)
}

/// A finding in a block shows both places: the one in the block, and the way from the Play to it. What is said of
/// several uses of a block is said once.
fn show_uses(diagnostics: &mut Vec<Diagnostic>, sources: &SourceMap) {
    let mut said: Vec<(Code, String, String, Span)> = Vec::new();
    diagnostics.retain_mut(|d| {
        let uses = sources.uses(d.span());
        if uses.is_empty() {
            return true;
        }
        let file = sources.find(d.span().source).map_or_else(String::new, |source| source.name.clone());
        let place = Span { source: SourceId::default(), ..d.span() };
        let this = (d.code, d.message.clone(), file, place);
        let is_new = !said.contains(&this);
        said.push(this);
        let label = |at: &Span| Label { span: *at, message: "used here".into(), primary: false };
        d.labels.extend(uses.iter().map(label));
        is_new
    });
}

/// Of the Play's text; with blocks, of theirs too.
fn source_hash(text: &str, blocks: &[(String, Arc<str>)]) -> [u8; 32] {
    let play = blake3::hash(text.as_bytes());
    if blocks.is_empty() {
        return *play.as_bytes();
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(play.as_bytes());
    for (name, text) in blocks {
        hasher.update(blake3::hash(name.as_bytes()).as_bytes());
        hasher.update(blake3::hash(text.as_bytes()).as_bytes());
    }
    *hasher.finalize().as_bytes()
}

/// The warm-up is known only when everything is.
fn asked_bars(program: &Program, asked: &syntax::ast::Validation) -> Option<Diagnostic> {
    let bars = asked.bars.as_ref()?;
    let needed = program.warmup_exec_bars();
    let told = || {
        let message = format!("the warm-up takes {needed} bars, and {} are asked for", bars.value);
        Diagnostic::new(Code::W0712, message, bars.span, "nothing is evaluated on so few bars")
            .note("`playc doc NAME` says how long an indicator warms up; slower timeframes take the longest")
    };
    (bars.value < needed as f64).then(told)
}
