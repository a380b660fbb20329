//! `playc schema`

use std::io::Write;

use driver::schema;

use crate::Outcome;

#[derive(clap::Args)]
pub struct Args {
    /// The schema of block files instead
    #[arg(long)]
    block: bool,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let schema = if args.block { schema::block() } else { schema::play() };
    std::io::stdout().lock().write_all(schema::text(&schema).as_bytes())?;
    Ok(Outcome::Ok)
}
