//! What the tests across the rooms share: where things are, and golden files.
//!
//! Takes paths and texts. Gives programs, bars, and comparisons that say what differs. Never a test itself.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

pub mod mutate;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use bars::Bars;
use bytecode::Program;
use data::sample::{self, SampleOptions};

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
    python_with("talib, backtesting, pandas, quantstats")
}

/// The same for tests that need but some of the oracles.
///
/// # Panics
/// When `PLAY_REQUIRE_ORACLES` is set and they are missing.
#[must_use]
pub fn python_with(modules: &str) -> Option<PathBuf> {
    let given = std::env::var_os("PLAY_PYTHON").map(PathBuf::from);
    let python = given.unwrap_or_else(|| PathBuf::from(".venv/bin/python"));
    let python = if python.is_relative() { root().join(python) } else { python };
    let works = Command::new(&python).args(["-c", &format!("import {modules}")]).output();
    if works.is_ok_and(|o| o.status.success()) {
        return Some(python);
    }
    assert!(
        std::env::var_os("PLAY_REQUIRE_ORACLES").is_none(),
        "{} has not the oracles: run scripts/setup test",
        python.display()
    );
    eprintln!(
        "skipped: {} has not the libraries of scripts/oracles.txt (scripts/setup test)",
        python.display()
    );
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

/// With these block files beside the Play: name and text.
#[must_use]
pub fn with_blocks(blocks: &[(String, String)]) -> driver::Options {
    let file = |(name, text): &(String, String)| driver::library::file(Path::new(name), text.as_bytes());
    let folder = blocks.iter().map(file).collect();
    driver::Options { blocks: driver::Library::new(vec![folder]), ..driver::Options::default() }
}

/// The program of a Play.
///
/// # Errors
/// What is wrong with it, and what is suspicious when there is nothing wrong.
pub fn compile_clean(name: &str, text: &str) -> Result<Program, String> {
    let c = driver::compile(name, text, &driver::Options::default());
    let found: Vec<String> =
        c.diagnostics.iter().map(|d| diagnostics::render::human(&c.sources, d, false)).collect();
    match c.program {
        Some(program) if found.is_empty() => Ok(program),
        _ => Err(format!("{name}:\n{}", found.join("\n"))),
    }
}

/// The program of a Play that is known to be right; warnings are let through.
///
/// # Panics
/// When it has errors.
#[must_use]
pub fn program(name: &str, text: &str) -> Program {
    let c = driver::compile(name, text, &driver::Options::default());
    let short = |d| diagnostics::render::short(&c.sources, d);
    c.program.unwrap_or_else(|| panic!("{name}: {:#?}", c.diagnostics.iter().map(short).collect::<Vec<_>>()))
}

/// The bars that `playvm` runs a Play on when it is given none.
///
/// # Panics
/// When the program names no pattern, or one that does not exist.
#[must_use]
pub fn sample_of(program: &Program) -> Bars {
    let pattern = program.pattern.as_deref().expect("the Play names a pattern");
    let exec = program.clocks[usize::from(program.exec.0)].timeframe;
    let options = SampleOptions::for_play(pattern, &program.symbol, exec, program.warmup_exec_bars());
    sample::generate(&options).expect("the pattern exists")
}

/// Bars of a file that tests may count on.
///
/// # Panics
/// When it cannot be loaded.
#[must_use]
pub fn load(path: &Path) -> Bars {
    let loaded = data::load(path, &data::LoadOptions::default());
    loaded.unwrap_or_else(|e| panic!("{}: {e}", path.display())).bars
}

/// Whether the long form of the tests was asked for: `PLAY_SLOW=1`.
#[must_use]
pub fn slow() -> bool {
    std::env::var_os("PLAY_SLOW").is_some_and(|v| v == "1")
}

/// Does the same for each item, on every core; the results are in the order of the items.
///
/// # Panics
/// When `work` does.
pub fn on_all_cores<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        while let Some((at, item)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|i| Some((i, items.get(i)?)))
        {
            done.push((at, work(item)));
        }
        done
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut all: Vec<(usize, R)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|w| w.join().expect("a failed check is returned, not thrown")).collect()
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, result)| result).collect()
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
