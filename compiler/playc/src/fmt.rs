//! `playc fmt`

use std::io::Write;
use std::path::PathBuf;

use driver::Options;

use crate::{Outcome, check, diff, input, output};

#[derive(clap::Args)]
pub struct Args {
    /// Plays to lay out; `-` reads standard input and writes to standard output
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Change nothing; name the files that would change, with exit code 1 if there are some
    #[arg(long, conflicts_with_all = ["stdout", "diff"])]
    check: bool,
    /// Change nothing; print the layout
    #[arg(long, conflicts_with = "diff")]
    stdout: bool,
    /// Change nothing; print what would change as a diff, with exit code 1 if there is something
    #[arg(long)]
    diff: bool,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mut is_clean = true;
    for path in &args.files {
        let (name, bytes) = match input::read(path) {
            Ok(read) => read,
            Err(message) => return Ok(Outcome::Usage(message)),
        };
        let formatted = std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| Some((text, syntax::format::layout(text).ok()?)));
        let Some((text, layout)) = formatted else {
            // there is no tree to lay out; say why
            check::print(&driver::compile_bytes(&name, &bytes, &Options::default()), check::Format::Human)?;
            is_clean = false;
            continue;
        };
        let formatted = layout.unwrap_or_else(|| {
            eprintln!(
                "{name}: stays as it is, for laid out it would mean something else; \
                 write explicit keys (`? key`) and depths (`|2`) of blocks in another way"
            );
            text.to_owned()
        });
        let mut out = std::io::stdout().lock();
        let is_changed = formatted != text;
        if args.diff {
            write!(out, "{}", diff::unified(&name, text, &formatted))?;
            is_clean &= !is_changed;
        } else if args.check {
            if is_changed {
                writeln!(out, "{name}: not in its layout; `playc fmt` makes it so")?;
            }
            is_clean &= !is_changed;
        } else if args.stdout || name == "-" {
            out.write_all(formatted.as_bytes())?;
        } else if is_changed {
            if let Err(e) = output::replace(path, &formatted) {
                return Ok(Outcome::Usage(format!("cannot write `{name}`: {e}; it is as it was")));
            }
            writeln!(out, "{name}")?;
        }
    }
    Ok(if is_clean { Outcome::Ok } else { Outcome::PlayErrors })
}
