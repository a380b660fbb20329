//! `playc fix`

use std::io::Write;
use std::path::PathBuf;

use driver::fix::{Fixed, Refusal, Step};

use crate::library::BlockFolders;
use crate::{Outcome, check, diff, input, output};

#[derive(clap::Args)]
pub struct Args {
    /// Plays to mend; `-` reads standard input and writes the mended Play to standard output
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print the changes as a diff and change nothing; exit code 1 says that there are some
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    library: BlockFolders,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mut is_clean = true;
    for path in &args.files {
        let (name, bytes) = match input::read(path) {
            Ok(read) => read,
            Err(message) => return Ok(Outcome::Usage(message)),
        };
        let options = match args.library.options(path) {
            Ok(options) => options,
            Err(message) => return Ok(Outcome::Usage(message)),
        };
        let Ok(text) = std::str::from_utf8(&bytes) else {
            // there is no text to mend; say why
            let compilation = driver::compile_bytes(&name, &bytes, &options);
            check::print(&compilation, check::Format::Human)?;
            is_clean = false;
            continue;
        };
        let fixed = driver::fix::fix(&name, text, &options);
        let is_changed = fixed.text() != text;
        let is_stream = name == "-";
        if is_stream && !args.dry_run {
            tell(&mut std::io::stderr().lock(), &name, &fixed)?;
            std::io::stdout().write_all(fixed.text().as_bytes())?;
        } else {
            let mut out = std::io::stdout().lock();
            tell(&mut out, &name, &fixed)?;
            if args.dry_run {
                write!(out, "{}", diff::unified(&name, text, fixed.text()))?;
            } else if is_changed && let Err(e) = output::replace(path, fixed.text()) {
                return Ok(Outcome::Usage(format!("cannot write `{name}`: {e}; it is as it was")));
            }
        }
        let is_left = args.dry_run && is_changed;
        is_clean &= !(is_left || fixed.compilation.has_errors());
    }
    Ok(if is_clean { Outcome::Ok } else { Outcome::PlayErrors })
}

/// One line a fix, then what was left alone.
fn tell(out: &mut impl Write, name: &str, fixed: &Fixed) -> std::io::Result<()> {
    for step in &fixed.applied {
        writeln!(out, "{}", line(name, step))?;
    }
    for refused in &fixed.refused {
        let why = match refused.why {
            Refusal::NewError(code) => format!("it would bring {}", code.as_str()),
            Refusal::MendsNothing => "it would mend nothing".into(),
        };
        writeln!(out, "{} (left out: {why})", line(name, &refused.step))?;
    }
    let errors = fixed.compilation.count(diagnostics::Severity::Error);
    if errors > 0 {
        let plural = if errors == 1 { "error remains" } else { "errors remain" };
        writeln!(out, "{name}: {errors} {plural}; `playc check` shows what to do")?;
    }
    Ok(())
}

fn line(name: &str, step: &Step) -> String {
    format!("{name}:{}:{} {} {}", step.place.line, step.place.col, step.code.as_str(), step.title)
}
