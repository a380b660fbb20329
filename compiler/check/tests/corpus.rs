//! Plays that others wrote: all compile but the wrong ones, which are refused at the right place.
//!
//! They are found by the variable PLAY_SHARED or beside the workspace; without them the test says so and
//! passes.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

use std::path::{Path, PathBuf};

use diagnostics::{Diagnostic, Source, SourceId};

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("PLAY_SHARED").map_or(beside, PathBuf::from);
    let plays = shared.join("corpus/plays");
    if plays.is_dir() {
        return Some(plays);
    }
    eprintln!("skipped: no corpus at {} (set PLAY_SHARED)", plays.display());
    None
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    for path in entries.map(|e| e.expect("an entry can be read").path()) {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "yml" || e == "yaml") {
            found.push(path);
        }
    }
    found.sort();
}

fn compile(text: &str) -> (bool, Vec<Diagnostic>) {
    let (play, mut all) = syntax::parse(SourceId(0), text);
    let (resolved, more) = resolve::resolve(&play);
    all.extend(more);
    let (module, more) = check::check(&resolved, &check::Options::default());
    all.extend(more);
    if let Some(module) = &module {
        assert_eq!(ir::verify(module), Ok(()));
    }
    (module.is_some(), all)
}

/// The stem of each wrong Play, and the code and text of each of its errors.
const WRONG: &[(&str, &[(&str, &str)])] = &[
    ("DV_002_invalid_structure_field", &[("E0106", "swing"), ("E0302", "bogus_field")]),
    ("DV_006_setup_undeclared", &[("E0306", "ghost_setup")]),
    ("RV_010_sol_accum_aroon_dm_vortex", &[("E0302", "plus"), ("E0302", "minus")]),
    ("RV_044_sol_dist_psar_bear", &[("E0302", "direction")]),
    ("RV_017_eth_markup_macd_trend", &[("E0303", "adx_14")]),
];

#[test]
fn only_the_wrong_plays_are_refused() {
    let Some(plays) = corpus() else { return };
    let mut paths = Vec::new();
    files(&plays, &mut paths);
    assert!(paths.len() >= 219, "the corpus has {} Plays", paths.len());
    let mut problems = Vec::new();
    for path in &paths {
        let text = std::fs::read_to_string(path).expect("a Play can be read");
        let source = Source::new(path.display().to_string(), text.as_str());
        let stem = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let (built, all) = compile(&text);
        if std::env::var_os("SHOW").is_some() {
            for d in &all {
                println!(
                    "{stem} {} {:?}: {} | {} | {}",
                    d.code.as_str(),
                    d.severity,
                    source.slice(d.span()),
                    d.message,
                    d.notes.join(" | ")
                );
            }
        }
        let errors: Vec<(&str, &str)> =
            all.iter().filter(|d| d.is_error()).map(|d| (d.code.as_str(), source.slice(d.span()))).collect();
        let expected = WRONG.iter().find(|(wrong, _)| *wrong == stem).map_or(&[][..], |(_, errors)| *errors);
        if errors != expected {
            problems.push(format!("{stem}: {errors:?}, expected {expected:?}"));
        }
        if built != expected.is_empty() {
            problems.push(format!("{stem}: built is {built}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
