//! Tasks of the repository itself: `cargo xtask tidy | bless | docs [--check]`.

#![allow(clippy::disallowed_methods, reason = "a binary: it reads files and arguments")]

mod bless;
mod docs;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask tidy | bless | docs [--check]
  tidy   the rules of the house: arrows, file heads, sizes, the map
  bless  regenerate every golden file; read the diff before you commit it
  docs   regenerate the generated pages of docs/; with --check, fail when they are not up to date";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["tidy"] => tidy::run(&root()),
        ["bless"] => bless::run(&root()),
        ["docs"] => docs::run(&root(), false),
        ["docs", "--check"] => docs::run(&root(), true),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").to_path_buf()
}
