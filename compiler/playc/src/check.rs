//! `playc check`

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use diagnostics::Severity;
use diagnostics::render;
use driver::Compilation;

use crate::{Outcome, input};
use folders::BlockFolders;

#[derive(clap::Args)]
pub struct Args {
    /// Plays and block files to check; `-` reads a Play from standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    settings: input::Settings,
    /// How to print what is found
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Warnings fail the check too
    #[arg(long)]
    deny_warnings: bool,
    /// The files are blocks, whatever their keys are; each is checked alone, with its defaults
    #[arg(long)]
    block: bool,
    #[command(flatten)]
    library: BlockFolders,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// With the lines of the Play, notes and fixes
    Human,
    /// One line a finding: `file:line:col: severity[code]: message`
    Short,
    /// One JSON object a line
    Json,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let (mut errors, mut warnings, mut blocks) = (0, 0, 0);
    for path in &args.files {
        let (name, bytes) = match input::read(path) {
            Ok(read) => read,
            Err(message) => return Ok(Outcome::Usage(message)),
        };
        let options = match args.library.options(path) {
            Ok(options) => options,
            Err(message) => return Ok(Outcome::Usage(message)),
        };
        if args.block && name == "-" {
            let message = "--block takes files: a block is called after its file";
            return Ok(Outcome::Usage(message.into()));
        }
        let text = String::from_utf8_lossy(&bytes);
        let compilation = if args.block || name != "-" && driver::is_block(&text) {
            blocks += 1;
            driver::check_block(&name, &text, &options)
        } else {
            match args.settings.compile(&name, &bytes, &options) {
                Ok(compilation) => compilation,
                Err(message) => return Ok(Outcome::Usage(message)),
            }
        };
        print(&compilation, args.format)?;
        errors += compilation.count(Severity::Error);
        warnings += compilation.count(Severity::Warning);
    }
    if args.format == Format::Human {
        let counted = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let files = [(args.files.len() - blocks, "Play"), (blocks, "block")];
        let files = files.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| counted(n, what));
        let files: Vec<String> = files.collect();
        let found = [counted(errors, "error"), counted(warnings, "warning")].join(", ");
        writeln!(std::io::stdout(), "checked {}: {found}", files.join(" and "))?;
    }
    let failed = errors > 0 || (args.deny_warnings && warnings > 0);
    Ok(if failed { Outcome::PlayErrors } else { Outcome::Ok })
}

/// Prints all findings to standard output.
pub fn print(compilation: &Compilation, format: Format) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let colour = out.is_terminal();
    for diagnostic in &compilation.diagnostics {
        let text = match format {
            Format::Human => render::human(&compilation.sources, diagnostic, colour),
            Format::Short => render::short(&compilation.sources, diagnostic),
            Format::Json => render::json(&compilation.sources, diagnostic),
        };
        writeln!(out, "{}", text.trim_end())?;
        if format == Format::Human {
            writeln!(out)?;
        }
    }
    Ok(())
}
