//! What commands that change Plays share: reading, saying what was done, showing or writing the result.

use std::io::Write;
use std::path::PathBuf;

use driver::{Compilation, Options};

use crate::{Outcome, check, diff, input, output};
use folders::BlockFolders;

/// What becomes of the result.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Write,
    /// Shown as a diff; nothing is written.
    DryRun,
    /// Only whether there is something to do; nothing is written.
    Check,
}

/// A Play, or block, as it is to be.
pub struct Rewritten {
    pub text: String,
    pub compilation: Compilation,
    /// What was done and what was left, a line each.
    pub lines: Vec<String>,
}

/// Each file after the other; `-` is a stream. Exit code 1: changes that were not written, or errors that remain.
pub fn run(
    files: &[PathBuf],
    library: &BlockFolders,
    mode: Mode,
    rewrite: impl Fn(&str, &str, &Options) -> Rewritten,
) -> anyhow::Result<Outcome> {
    let mut is_clean = true;
    for path in files {
        let (name, bytes) = match input::read(path) {
            Ok(read) => read,
            Err(message) => return Ok(Outcome::Usage(message)),
        };
        let options = match library.options(path) {
            Ok(options) => options,
            Err(message) => return Ok(Outcome::Usage(message)),
        };
        let Ok(old) = std::str::from_utf8(&bytes) else {
            // there is no text to mend; say why
            let compilation = driver::compile_bytes(&name, &bytes, &options);
            check::print(&compilation, check::Format::Human)?;
            is_clean = false;
            continue;
        };
        let done = rewrite(&name, old, &options);
        let new = &done.text;
        let is_changed = *new != *old;
        if name == "-" && mode == Mode::Write {
            tell(&mut std::io::stderr().lock(), &name, &done)?;
            std::io::stdout().write_all(new.as_bytes())?;
        } else {
            let mut out = std::io::stdout().lock();
            tell(&mut out, &name, &done)?;
            if mode == Mode::DryRun {
                write!(out, "{}", diff::unified(&name, old, new))?;
            } else if mode == Mode::Write
                && is_changed
                && let Err(e) = output::replace(path, new)
            {
                return Ok(Outcome::Usage(format!("cannot write `{name}`: {e}; it is as it was")));
            }
        }
        let is_left = mode != Mode::Write && is_changed;
        is_clean &= !(is_left || done.compilation.has_errors());
    }
    Ok(if is_clean { Outcome::Ok } else { Outcome::PlayErrors })
}

fn tell(out: &mut impl Write, name: &str, done: &Rewritten) -> std::io::Result<()> {
    for line in &done.lines {
        writeln!(out, "{line}")?;
    }
    let errors = done.compilation.count(diagnostics::Severity::Error);
    if errors > 0 {
        let plural = if errors == 1 { "error remains" } else { "errors remain" };
        writeln!(out, "{name}: {errors} {plural}; `playc check` shows what to do")?;
    }
    Ok(())
}
