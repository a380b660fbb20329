//! `playvm`: runs programs over bars; looks after bar files.
//!
//! Exit codes: 0 ok, 1 errors in the Play, 2 usage, 3 data, 4 the run was stopped by its own rules, 5 internal,
//! 6 interrupted.

#![allow(clippy::disallowed_methods, reason = "a binary: it reads files and arguments")]

mod columns;
mod compare;
mod data_command;
mod disasm;
mod explain;
mod failure;
mod input;
mod run;
mod sweep_command;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Keeps the memory of one run for the next: a page that is new to the process costs more than what is written to it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Virtual machine and backtester for Plays.
#[derive(Parser)]
#[command(
    name = "playvm",
    version,
    after_help = "Exit codes: 0 ok, 1 errors in the Play, 2 usage, 3 data, 4 the run was stopped by its own rules \
                  (drawdown limit), 5 internal, 6 interrupted (Ctrl-C)."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a Play or a program
    Run(run::Args),
    /// Say why a Play did, or did not, trade: the funnel and nearest misses of a run, or one moment in full
    Explain(explain::Args),
    /// Run every variant of a Play with open parameters, or a sample of them
    Sweep(sweep_command::Args),
    /// Run several Plays over the same bars and show them side by side
    Compare(compare::Args),
    /// Write every feature, structure output and condition, bar by bar
    Columns(columns::Args),
    /// Print the listing of a program
    Disasm(disasm::Args),
    /// Make, check and convert bar files
    #[command(subcommand)]
    Data(data_command::Command),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Sweep(args) => sweep_command::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Columns(args) => columns::run(&args),
        Command::Disasm(args) => disasm::run(&args),
        Command::Data(command) => data_command::run(&command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(message) = failure.message() {
                // nothing is left to be done when stderr is closed as well
                let _ = writeln!(std::io::stderr(), "playvm: {message}");
            }
            ExitCode::from(failure.code())
        }
    }
}
