//! `playc fix`

use std::path::PathBuf;

use driver::fix::{Fixed, Refusal, Step};

use crate::Outcome;
use crate::rewrite::{self, Mode, Rewritten};
use folders::BlockFolders;

#[derive(clap::Args)]
pub struct Args {
    /// Plays and block files to mend; `-` reads standard input and writes the mended Play to standard output
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print the changes as a diff and change nothing; exit code 1 says that there are some
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    library: BlockFolders,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mode = if args.dry_run { Mode::DryRun } else { Mode::Write };
    rewrite::run(&args.files, &args.library, mode, |name, text, options| {
        let fixed = if name != "-" && driver::is_block(text) {
            // as its folder calls it
            let whole = std::path::absolute(name).unwrap_or_else(|_| name.into());
            driver::fix::fix_block(&whole.display().to_string(), text, options)
        } else {
            driver::fix::fix(name, text, options)
        };
        Rewritten {
            lines: lines(name, &fixed),
            text: fixed.text().to_owned(),
            compilation: fixed.compilation,
        }
    })
}

/// One line a fix, then what was left alone.
fn lines(name: &str, fixed: &Fixed) -> Vec<String> {
    let applied = fixed.applied.iter().map(|step| line(name, step));
    let refused = fixed.refused.iter().map(|refused| {
        let why = match refused.why {
            Refusal::NewError(code) => format!("it would bring {}", code.as_str()),
            Refusal::MendsNothing => "it would mend nothing".into(),
        };
        format!("{} (left out: {why})", line(name, &refused.step))
    });
    applied.chain(refused).collect()
}

fn line(name: &str, step: &Step) -> String {
    format!("{name}:{}:{} {} {}", step.place.line, step.place.col, step.code.as_str(), step.title)
}
