//! `playc`: checks Plays, builds programs, explains diagnostics, prints the reference.
//!
//! Exit codes: 0 ok, 1 errors in a Play, 2 usage, 5 internal.

#![allow(clippy::disallowed_methods, reason = "a binary: it reads files and arguments")]

mod build;
mod check;
mod diff;
mod doc;
mod explain;
mod fix;
mod fmt;
mod input;
mod lsp;
mod migrate;
mod output;
mod params;
mod rewrite;
mod schema;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Compiler for Plays: rule-based trading strategies in YAML.
#[derive(Parser)]
#[command(name = "playc", version, after_help = "Exit codes: 0 ok, 1 errors in a Play, 2 usage, 5 internal.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Find what is wrong or suspicious in Plays
    Check(check::Args),
    /// Compile a Play to a program for `playvm`, or print what a phase makes of it
    Build(build::Args),
    /// Apply the fixes that can be made unasked; comments and layout stay
    Fix(fix::Args),
    /// Put older spellings of the language into today's; comments, layout and meaning stay
    Migrate(migrate::Args),
    /// Lay Plays out: indentation, spaces, quotes; comments and meaning stay
    Fmt(fmt::Args),
    /// List the numbers that a search may vary
    Params(params::Args),
    /// Explain a diagnostic code; without one, list all codes
    Explain(explain::Args),
    /// Describe an indicator or structure; without a name, list all
    Doc(doc::Args),
    /// Print the JSON Schema of Play or block files, for YAML editors
    Schema(schema::Args),
    /// Serve an editor: diagnostics as you type, completion, hover and more
    Lsp(lsp::Args),
}

/// What a command ended with.
pub enum Outcome {
    Ok,
    /// Errors in a Play, or warnings that were denied.
    PlayErrors,
    /// A wrong command line; the message says what to do.
    Usage(String),
    /// A session with an exit code of its own.
    Ended(ExitCode),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Check(args) => check::run(&args),
        Command::Build(args) => build::run(&args),
        Command::Fix(args) => fix::run(&args),
        Command::Migrate(args) => migrate::run(&args),
        Command::Fmt(args) => fmt::run(&args),
        Command::Params(args) => params::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Doc(args) => doc::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Lsp(args) => Ok(lsp::run(&args)),
    };
    match done {
        Ok(Outcome::Ok) => ExitCode::SUCCESS,
        Ok(Outcome::Ended(code)) => code,
        Ok(Outcome::PlayErrors) => ExitCode::from(1),
        Ok(Outcome::Usage(message)) => {
            complain(&message);
            ExitCode::from(2)
        }
        // a reader that went away, as in `playc doc | head`, is no error
        Err(error) if broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::from(5)
        }
    }
}

fn complain(message: &str) {
    // nothing is left to be done when stderr is closed as well
    let _ = writeln!(std::io::stderr(), "playc: {message}");
}

fn broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}
