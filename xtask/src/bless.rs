//! `cargo xtask bless`: every golden file anew.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

/// Crates whose tests write goldens when `BLESS=1` is set.
const WITH_GOLDENS: [&str; 5] = ["syntax", "stdlib", "engine", "report", "tests"];

pub fn run(root: &Path) -> anyhow::Result<()> {
    let mut command = Command::new("cargo");
    command.current_dir(root).env("BLESS", "1").arg("test").arg("--quiet").arg("--no-fail-fast");
    for name in WITH_GOLDENS {
        command.args(["-p", name]);
    }
    let status = command.status().context("cannot run cargo test")?;
    crate::docs::run(root, false)?;
    if !status.success() {
        bail!("some tests fail even with new goldens: see above");
    }
    println!("goldens are new; read `git diff` before you commit them");
    Ok(())
}
