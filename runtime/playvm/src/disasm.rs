//! `playvm disasm`

use std::io::Write;
use std::path::PathBuf;

use crate::failure::Failure;
use crate::input;
use folders::BlockFolders;

#[derive(clap::Args)]
pub struct Args {
    /// A program (.playb), or a Play
    file: PathBuf,
    #[command(flatten)]
    library: BlockFolders,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let input = input::program(&args.file, &args.library)?;
    write!(std::io::stdout(), "{}", bytecode::disasm::disasm(&input.program))?;
    Ok(())
}
