//! What the tests across the rooms share: where things are, and golden files.
//!
//! Takes paths and texts. Gives comparisons that say what differs. Never a test itself.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace").to_path_buf()
}

/// Corpus, oracles and bars that are not part of the project; `None` (with a message) where they are absent.
#[must_use]
pub fn shared(part: &str) -> Option<PathBuf> {
    let base = std::env::var_os("PLAY_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let path = base.join(part);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not here", path.display());
    None
}

/// The Python that has the oracles of scripts/oracles.txt; `None` (with a message) where it has not, unless they
/// are required.
///
/// # Panics
/// When `PLAY_REQUIRE_ORACLES` is set and they are missing.
#[must_use]
pub fn python() -> Option<PathBuf> {
    let given = std::env::var_os("PLAY_PYTHON").map(PathBuf::from);
    let python = given.unwrap_or_else(|| PathBuf::from(".venv/bin/python"));
    let python = if python.is_relative() { root().join(python) } else { python };
    let works = Command::new(&python).args(["-c", "import talib, backtesting, pandas, quantstats"]).output();
    if works.is_ok_and(|o| o.status.success()) {
        return Some(python);
    }
    assert!(
        std::env::var_os("PLAY_REQUIRE_ORACLES").is_none(),
        "{} has not the oracles: run scripts/setup test",
        python.display()
    );
    eprintln!("skipped: {} has not the libraries of scripts/oracles.txt (scripts/setup test)", python.display());
    None
}

/// Compares with a golden file, or writes it when `BLESS=1`.
///
/// # Errors
/// The first line that differs, with the file.
pub fn golden(path: &Path, text: &str) -> Result<(), String> {
    if std::env::var_os("BLESS").is_some_and(|v| v == "1") {
        std::fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))?;
        return Ok(());
    }
    let old = std::fs::read_to_string(path).unwrap_or_default();
    if old == text {
        return Ok(());
    }
    let line = old.lines().zip(text.lines()).position(|(a, b)| a != b);
    let line = line.unwrap_or_else(|| old.lines().count().min(text.lines().count()));
    let at = |t: &str| t.lines().nth(line).unwrap_or("<end>").to_string();
    Err(format!(
        "{}:{}: the golden says\n    {}\nand the result is\n    {}\n(`cargo xtask bless` writes goldens anew)",
        path.display(),
        line + 1,
        at(&old),
        at(text)
    ))
}

/// Files below a folder with this extension, sorted.
#[must_use]
pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Fails with all that failed, not with the first.
///
/// # Panics
/// When there is a failure.
pub fn all_hold(failures: &[String]) {
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}
