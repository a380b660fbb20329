//! `cargo xtask tidy`: what the compiler cannot check about the house.

mod arrows;
mod files;

use std::path::Path;

use anyhow::bail;

pub fn run(root: &Path) -> anyhow::Result<()> {
    let mut faults = arrows::faults(root)?;
    faults.extend(files::faults(root)?);
    if faults.is_empty() {
        return Ok(());
    }
    for fault in &faults {
        eprintln!("tidy: {fault}");
    }
    bail!("{} rules of the house are broken", faults.len())
}
