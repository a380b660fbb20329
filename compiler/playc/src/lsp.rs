//! `playc lsp`

use crate::Outcome;

#[derive(clap::Args)]
#[command(
    after_help = "The server speaks the Language Server Protocol on standard input and output; an editor starts \
                        it. `docs/editors.md` says how, for VS Code, Neovim, Helix and Zed.\n\n\
                        Exit codes: 0 after `shutdown` and `exit`, 1 when the client went away without them."
)]
pub struct Args {
    /// Accepted because editors pass it; standard input and output are the only way
    #[arg(long)]
    stdio: bool,
}

pub fn run(args: &Args) -> Outcome {
    // both spellings mean the same
    let _ = args.stdio;
    Outcome::Ended(::lsp::run())
}
