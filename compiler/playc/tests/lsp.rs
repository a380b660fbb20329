//! `playc lsp` as editors meet it: driven by pytest-lsp, a client that is not ours, and by Neovim.

#![allow(clippy::disallowed_methods, reason = "tests start processes and read the environment")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PLAYC: &str = env!("CARGO_BIN_EXE_playc");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn are_oracles_required() -> bool {
    std::env::var_os("PLAY_REQUIRE_ORACLES").is_some()
}

/// The Python that has the client; `None` (with a message) where it has not.
fn python() -> Option<PathBuf> {
    let given = std::env::var_os("PLAY_PYTHON").map(PathBuf::from);
    let python = root().join(given.unwrap_or_else(|| PathBuf::from(".venv/bin/python")));
    let works = Command::new(&python).args(["-c", "import pytest_lsp, pytest_asyncio, lsprotocol"]).output();
    if works.is_ok_and(|o| o.status.success()) {
        return Some(python);
    }
    let message = format!("{} has not pytest-lsp: run scripts/setup test", python.display());
    assert!(!are_oracles_required(), "{message}");
    eprintln!("skipped: {message}");
    None
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_client_that_is_not_ours_gets_every_answer() {
    let Some(python) = python() else { return };
    let tests = root().join("compiler/lsp/tests/client");
    let cache = tempfile::tempdir().expect("a folder for standard blocks");
    let args = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"];
    let ran = Command::new(python)
        .args(args)
        .current_dir(tests)
        .env("PLAYC", PLAYC)
        .env("XDG_CACHE_HOME", cache.path())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("Python was there a moment ago");
    assert!(ran.status.success(), "{}", text(&ran));
    assert!(text(&ran).contains(" passed"), "{}", text(&ran));
}

#[test]
fn neovim_shows_diagnostics_and_answers() {
    let is_there = Command::new("nvim").arg("--version").output().is_ok_and(|o| o.status.success());
    if !is_there {
        eprintln!("skipped: nvim is not installed (apt-get install neovim)");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder for the Play");
    let play = std::fs::read_to_string(root().join("plays/ema_trend.yml")).expect("an example Play");
    let path = folder.path().join("trend.play.yml");
    std::fs::write(&path, play.replace("\"ema_9 crosses below ema_21\"", "\"emma_9 crosses below ema_21\""))
        .expect("the folder is ours");
    let ran = Command::new("nvim")
        .args(["--headless", "--clean", "-u", "NONE", "-i", "NONE"])
        .arg(&path)
        .arg("-S")
        .arg(root().join("compiler/lsp/tests/neovim.lua"))
        .env("PLAYC", PLAYC)
        .env("HOME", folder.path())
        .env("XDG_STATE_HOME", folder.path())
        .output()
        .expect("nvim was there a moment ago");
    let told = text(&ran);
    for part in
        ["diagnostic: E0301 exit_long: \"", "hover: feature `ema`", "completion: rsi_14", "renamed: 3"]
    {
        assert!(told.contains(part), "no {part:?} in\n{told}");
    }
}

#[test]
fn the_extension_reads_its_settings() {
    let is_there = Command::new("node").arg("--version").output().is_ok_and(|o| o.status.success());
    if !is_there {
        eprintln!("skipped: node is not installed (apt-get install nodejs)");
        return;
    }
    let folder = root().join("editors/vscode");
    let ran = Command::new("node").args(["--test", "test/"]).current_dir(folder).output().expect("node runs");
    assert!(ran.status.success(), "{}", text(&ran));
}

#[test]
fn help_says_how_an_editor_starts_it() {
    let ran = Command::new(PLAYC).args(["lsp", "--help"]).output().expect("playc runs");
    let told = text(&ran);
    assert!(
        ran.status.success() && told.contains("Language Server Protocol") && told.contains("docs/editors.md")
    );
}
