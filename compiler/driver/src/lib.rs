//! The phases in a row: text -> ast -> resolved -> typed IR -> bytecode.
//!
//! Takes the text of one Play. Gives its program, or what is wrong with it; usually also what is suspicious.
//! Never opens a file: callers read the text.

pub mod fix;
pub mod params;
pub mod reference;
pub mod schema;

use bytecode::{Identity, Program};
use diagnostics::{Code, Diagnostic, Severity, Source, SourceId, SourceMap};

/// The version that programs carry and that hosts compare.
pub const ENGINE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// What may be asked of a compilation.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub check: check::Options,
}

/// Everything that one compilation found and made, phase by phase.
#[derive(Debug)]
pub struct Compilation {
    pub sources: SourceMap,
    pub source: SourceId,
    /// In the order of their places in the file, errors before warnings at the same place.
    pub diagnostics: Vec<Diagnostic>,
    pub ast: syntax::ast::Play,
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
    let mut compilation = compile(name, &text, options);
    if !unreadable.is_empty() {
        compilation.diagnostics = unreadable;
        compilation.module = None;
        compilation.program = None;
    }
    compilation
}

/// Compiles one Play. Every phase runs on what the one before it could make of the text, so that one run reports
/// everything; code is made only when there is no error.
#[must_use]
pub fn compile(name: &str, text: &str, options: &Options) -> Compilation {
    let mut sources = SourceMap::default();
    let source = sources.add(Source::new(name, text));
    let (ast, mut diagnostics) = syntax::parse(source, text);
    let unread = diagnostics.iter().any(Diagnostic::is_error);
    let (resolved, found) = resolve::resolve(&ast);
    diagnostics.extend(found);
    let (module, found) = check::check(&resolved, &options.check);
    diagnostics.extend(found);
    drop_consequences(&mut diagnostics, unread);
    diagnostics.sort_by_key(|d| (d.span().source, d.span().start, d.severity, d.code));
    let module = module.filter(|_| !diagnostics.iter().any(Diagnostic::is_error));
    let program =
        module.as_ref().map(|module| lower::lower(module, sources.get(source), identity(module, text)));
    if let (Some(program), Some(asked)) = (&program, &ast.validation) {
        diagnostics.extend(asked_bars(program, asked));
    }
    Compilation { sources, source, diagnostics, ast, resolved, module, program }
}

/// What is missed may be what an error is about: a name that is written wrong is not unused, a stop that could not be
/// read is not absent. With text `unread`, so may be what closes the position.
fn drop_consequences(diagnostics: &mut Vec<Diagnostic>, unread: bool) {
    if !diagnostics.iter().any(|d| d.is_error() && d.code != Code::E0603) {
        return;
    }
    diagnostics.retain(|d| match d.code {
        Code::W0708 | Code::W0709 | Code::W0802 | Code::W0803 | Code::W0804 => false,
        Code::E0603 => !unread,
        _ => true,
    });
}

fn identity(module: &ir::Module, text: &str) -> Identity {
    Identity {
        play: module.play.clone(),
        source_hash: *blake3::hash(text.as_bytes()).as_bytes(),
        catalogue_hash: stdlib::catalogue_hash(),
        engine_version: ENGINE_VERSION.into(),
    }
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
