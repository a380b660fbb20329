//! `playc migrate`

use std::path::PathBuf;

use driver::migrate::{Migrated, Step};

use crate::Outcome;
use crate::rewrite::{self, Mode, Rewritten};
use folders::BlockFolders;

const EXAMPLES: &str = "\
Examples:
  playc migrate --dry-run plays/*.yml   show what would change
  playc migrate plays/*.yml             change it
  playc migrate --check plays/*.yml     for scripts: is everything in today's spelling?
  playc migrate - < old.yml > new.yml   from a stream to a stream

A Play that compiles goes on compiling to the same program; one with errors has no more of them afterwards.
Exit codes: 0 ok; 1 changes that --dry-run or --check found, or errors that remain; 2 usage; 5 internal.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Plays in older spellings; `-` reads standard input and writes the Play of today to standard output
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print the changes as a diff and change nothing; exit code 1 says that there are some
    #[arg(long)]
    dry_run: bool,
    /// Change nothing and print what would be done, a line each; exit code 1 says that there is something
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    #[command(flatten)]
    library: BlockFolders,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mode = match (args.dry_run, args.check) {
        (true, _) => Mode::DryRun,
        (_, true) => Mode::Check,
        _ => Mode::Write,
    };
    rewrite::run(&args.files, &args.library, mode, |name, text, options| {
        let migrated = driver::migrate::migrate(name, text, options);
        Rewritten {
            lines: lines(name, &migrated),
            text: migrated.text().to_owned(),
            compilation: migrated.compilation,
        }
    })
}

/// What was put into today's spelling, what could not be, and what only its author can.
fn lines(name: &str, migrated: &Migrated) -> Vec<String> {
    let line = |step: &Step| format!("{name}:{}:{} {}", step.place.line, step.place.col, step.what);
    let applied = migrated.applied.iter().map(line);
    let refused = migrated.refused.iter().map(|step| {
        format!("{} (left out: the Play would have more errors, or mean something else)", line(step))
    });
    applied.chain(refused).chain(migrated.told.iter().map(line)).collect()
}
