//! `playc build`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use driver::Compilation;

use crate::check::{Format, print};
use crate::{Outcome, input};
use folders::BlockFolders;

#[derive(clap::Args)]
pub struct Args {
    /// The Play; `-` reads standard input
    file: PathBuf,
    /// Where to write the program
    #[arg(short, long, value_name = "X.playb", required_unless_present = "emit")]
    output: Option<PathBuf>,
    /// Print what a phase makes of the Play instead
    #[arg(long, value_enum)]
    emit: Option<Emit>,
    #[command(flatten)]
    settings: input::Settings,
    /// How to print what is found
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    library: BlockFolders,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Emit {
    /// Tokens of the YAML and of the expressions, with their places
    Tokens,
    /// The tree of the Play as written
    Ast,
    /// The same with every block written out
    Blocks,
    /// Names bound to declarations
    Resolved,
    /// Typed values with clocks, stages, warm-up and ranges
    Ir,
    /// The program's listing
    Bytecode,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let (name, bytes) = match input::read(&args.file) {
        Ok(read) => read,
        Err(message) => return Ok(Outcome::Usage(message)),
    };
    let options = match args.library.options(&args.file) {
        Ok(options) => options,
        Err(message) => return Ok(Outcome::Usage(message)),
    };
    let compilation = match args.settings.compile(&name, &bytes, &options) {
        Ok(compilation) => compilation,
        Err(message) => return Ok(Outcome::Usage(message)),
    };
    if let Some(phase) = args.emit
        && let Some(text) = emitted(&compilation, phase)
    {
        write!(std::io::stdout(), "{text}")?;
        return Ok(if compilation.has_errors() { Outcome::PlayErrors } else { Outcome::Ok });
    }
    print(&compilation, args.format)?;
    let Some(program) = &compilation.program else { return Ok(Outcome::PlayErrors) };
    match &args.output {
        Some(path) => write_program(path, &program.encode()),
        None => Ok(Outcome::Ok),
    }
}

/// The text of a phase; `None` when errors have kept the phase from running.
fn emitted(compilation: &Compilation, phase: Emit) -> Option<String> {
    let source = compilation.sources.get(compilation.source);
    match phase {
        Emit::Tokens => Some(syntax::print::tokens(&source.text)),
        Emit::Ast => Some(syntax::print::play(&compilation.ast)),
        Emit::Blocks => Some(syntax::print::play(&compilation.expanded)),
        Emit::Resolved => Some(resolve::print::play(&compilation.resolved)),
        Emit::Ir => compilation.module.as_ref().map(ir::print::print),
        Emit::Bytecode => compilation.program.as_ref().map(bytecode::disasm::disasm),
    }
}

/// Written beside the target and renamed, so that an interrupted build never leaves half a program.
fn write_program(path: &Path, bytes: &[u8]) -> anyhow::Result<Outcome> {
    let beside = path.with_extension("playb.part");
    let written = std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, path));
    Ok(match written {
        Ok(()) => Outcome::Ok,
        Err(e) => {
            Outcome::Usage(format!("cannot write `{}`: {e}; choose another place with -o", path.display()))
        }
    })
}
