//! The standard blocks: each file is there, checks clean alone, says what it is, and is used by a Play that trades.

#![allow(clippy::disallowed_methods, reason = "tests read files")]

use std::collections::BTreeSet;

use backtest::Options;
use driver::Library;
use tests::{all_hold, files, root, sample_of};

fn name(file: &driver::File) -> String {
    file.stem().to_owned()
}

#[test]
fn the_compiler_has_the_files_of_the_folder() {
    let folder: Vec<(String, String)> = files(&root().join("blocks"), "yml")
        .iter()
        .map(|p| {
            let stem = p.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            (stem, std::fs::read_to_string(p).expect("it was listed"))
        })
        .collect();
    let built_in: Vec<(String, String)> =
        Library::standard().map(|file| (name(&file), file.text.to_string())).collect();
    assert_eq!(folder, built_in);
    assert!(built_in.len() >= 15);
}

#[test]
fn every_standard_block_is_clean_and_described() {
    let mut failures = Vec::new();
    for file in Library::standard() {
        let c = driver::check_block(&file.name, &file.text, &driver::Options::default());
        failures.extend(c.diagnostics.iter().map(|d| diagnostics::render::human(&c.sources, d, false)));
        if c.program.is_none() {
            failures.push(format!("{}: no program", file.name));
        }
        let (read, _) = syntax::block::read(diagnostics::SourceId::default(), &file.text);
        let dumb = read.head.params.iter().filter(|p| p.description.is_none() || p.default.is_none());
        failures
            .extend(dumb.map(|p| format!("{}: `{}` has no description or default", file.name, p.name.value)));
        if read.head.description.is_none() || !file.text.starts_with("# ") {
            failures.push(format!("{}: what is it for?", file.name));
        }
    }
    all_hold(&failures);
}

#[test]
fn every_standard_block_is_used_by_a_play_that_trades() {
    let mut used = BTreeSet::new();
    let mut failures = Vec::new();
    for path in files(&root().join("tests/blocks"), "yml") {
        let text = std::fs::read_to_string(&path).expect("it was listed");
        let play = path.display().to_string();
        let c = driver::compile(&play, &text, &driver::Options::default());
        failures.extend(c.diagnostics.iter().map(|d| diagnostics::render::human(&c.sources, d, false)));
        used.extend(c.blocks.iter().map(|(name, _)| name.clone()));
        let Some(program) = c.program else { continue };
        match backtest::backtest(&program, &sample_of(&program), &Options::default()) {
            Ok(result) if result.trades.is_empty() => failures.push(format!("{play}: no trade")),
            Ok(_) => {}
            Err(e) => failures.push(format!("{play}: {e}")),
        }
    }
    for file in Library::standard().filter(|file| !used.contains(file.stem())) {
        failures.push(format!("{}: no Play of tests/blocks uses it", file.name));
    }
    all_hold(&failures);
}
