//! `playc migrate`: older Plays against goldens, and, over everything there is, that nothing gets worse by it.
//!
//! `NAME.yml` is written in an older spelling; `NAME.golden` is what becomes of it, with what is told in its head.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

use std::fmt::Write;
use std::path::PathBuf;

use diagnostics::{Code, explain};
use driver::migrate::{Migrated, migrate};
use driver::{Compilation, Options, compile, meaning};
use tests::{all_hold, files, golden, root, shared};

/// What is to hold for every text: the same program or no more errors, every comment kept, nothing left to do.
fn broken(name: &str, text: &str) -> Option<String> {
    let options = Options::default();
    let (before, migrated) = (compile(name, text, &options), migrate(name, text, &options));
    let after = compile(name, migrated.text(), &options);
    let (was, is) = (errors(&before), errors(&after));
    let shown = || format!("{text}\n--- becomes\n{}", migrated.text());
    if is.len() > was.len() {
        return Some(format!("{name}: from {was:?} to {is:?}\n{}", shown()));
    }
    let program = |c: &Compilation| c.program.clone().map(meaning::of);
    if before.program.is_some() && program(&before) != program(&after) {
        return Some(format!("{name}: another program\n{}", shown()));
    }
    if comments(text) != comments(migrated.text()) {
        return Some(format!("{name}: comments are lost\n{}", shown()));
    }
    let again = migrate(name, migrated.text(), &options);
    if again.text() != migrated.text() || !again.applied.is_empty() {
        return Some(format!("{name}: changes again\n{}\n--- and then\n{}", shown(), again.text()));
    }
    let is_told = migrated.applied.is_empty() == (migrated.text() == text);
    (!is_told).then(|| format!("{name}: {:?}\n{}", migrated.applied, shown()))
}

fn errors(c: &Compilation) -> Vec<Code> {
    c.diagnostics.iter().filter(|d| d.is_error()).map(|d| d.code).collect()
}

fn comments(text: &str) -> Vec<String> {
    let (document, _) = syntax::yaml::load(diagnostics::SourceId(0), text);
    let mut all: Vec<String> = document.comments.iter().map(|c| c.text.trim().to_owned()).collect();
    all.sort_unstable();
    all
}

fn texts(folders: &[PathBuf]) -> Vec<(String, String)> {
    let paths = folders.iter().flat_map(|folder| files(folder, "yml"));
    paths.filter_map(|p| Some((p.display().to_string(), std::fs::read_to_string(&p).ok()?))).collect()
}

fn older() -> Vec<(PathBuf, String)> {
    let paths = files(&root().join("tests/migrate"), "yml");
    paths.into_iter().map(|p| (p.clone(), std::fs::read_to_string(&p).expect("it was listed"))).collect()
}

fn report(migrated: &Migrated) -> String {
    let mut text = String::new();
    for step in &migrated.refused {
        let _ = writeln!(text, "# refused at {}:{}: {}", step.place.line, step.place.col, step.what);
    }
    for step in &migrated.told {
        let _ = writeln!(text, "# told at {}:{}: {}", step.place.line, step.place.col, step.what);
    }
    text + migrated.text()
}

#[test]
fn older_plays_become_what_their_goldens_say() {
    let older = older();
    assert!(older.len() >= 5, "only {} older Plays", older.len());
    let mut failures = Vec::new();
    for (path, text) in older {
        let migrated = migrate("play.yml", &text, &Options::default());
        failures.extend(golden(&path.with_extension("golden"), &report(&migrated)).err());
        let is_whole = path.file_stem().is_some_and(|stem| stem != "still_older");
        let left = errors(&migrated.compilation);
        if is_whole && !(left.is_empty() && migrated.told.is_empty() && migrated.refused.is_empty()) {
            failures.push(format!("{}: {left:?} are left, {:?} told", path.display(), migrated.told));
        }
        // in every dress that YAML has for lines
        for text in [text.clone(), text.replace('\n', "\r\n"), text.trim_end().to_owned()] {
            failures.extend(broken(&path.display().to_string(), &text));
        }
        let windows = migrate("play.yml", &text.replace('\n', "\r\n"), &Options::default());
        if windows.text().replace("\r\n", "\n") != migrated.text() {
            failures.push(format!("{}: other lines give another Play\n{}", path.display(), windows.text()));
        }
    }
    all_hold(&failures);
}

#[test]
fn plays_of_today_stay_as_they_are() {
    let plays = texts(&[root().join("plays"), root().join("tests/blocks")]);
    assert!(plays.len() >= 20, "the examples and the Plays of the blocks");
    for (name, text) in plays {
        let migrated = migrate(&name, &text, &Options::default());
        assert_eq!(migrated.text(), text, "{name}: {:?}", migrated.applied);
        assert!(migrated.told.is_empty() && migrated.refused.is_empty(), "{name}");
    }
}

#[test]
fn no_play_of_the_project_gets_worse() {
    let plays = texts(&["tests", "benches"].map(|folder| root().join(folder)));
    assert!(plays.len() > 200, "broken ones too: {}", plays.len());
    all_hold(&plays.iter().filter_map(|(name, text)| broken(name, text)).collect::<Vec<_>>());
    let pages = Code::ALL.iter().flat_map(|code| explain::examples(explain::page(*code)));
    all_hold(&pages.filter_map(|example| broken("page", &example.play)).collect::<Vec<_>>());
}

#[test]
fn no_play_of_the_corpus_gets_worse() {
    let Some(folder) = shared("corpus/plays") else { return };
    let plays = texts(&[folder]);
    assert_eq!(plays.len(), 219, "the corpus is whole");
    all_hold(&plays.iter().filter_map(|(name, text)| broken(name, text)).collect::<Vec<_>>());
}

/// Plays of the corpus, and older ones, with mistakes in them.
#[test]
fn plays_with_mistakes_get_no_worse() {
    let mut plays: Vec<(String, String)> =
        older().into_iter().map(|(path, text)| (path.display().to_string(), text)).collect();
    plays.extend(texts(&[root().join("plays")]));
    plays.extend(shared("corpus/plays").map(|folder| texts(&[folder])).unwrap_or_default());
    let cases: Vec<u64> = (0..if tests::slow() { 20_000 } else { 600 }).collect();
    let failures = tests::on_all_cores(&cases, |seed| {
        // every second one is older
        let older = older().len();
        let at = if seed % 2 == 0 { *seed as usize / 2 % older } else { *seed as usize * 7 % plays.len() };
        let (name, text) = &plays[at];
        broken(&format!("{name}, seed {seed}"), &tests::mutate::mutated(text, *seed))
    });
    all_hold(&failures.into_iter().flatten().collect::<Vec<_>>());
}

/// Older Plays with one line gone, doubled or in another place: whatever is wrong, it does not get worse.
#[test]
fn older_plays_in_pieces_get_no_worse() {
    let mut pieces = Vec::new();
    for (path, text) in older() {
        let lines: Vec<&str> = text.lines().collect();
        for at in 0..lines.len() {
            let mut gone = lines.clone();
            let line = gone.remove(at);
            pieces.push((format!("{} without line {}", path.display(), at + 1), gone.join("\n")));
            if at % 3 == 0 {
                let mut moved = gone.clone();
                moved.insert((at * 7) % lines.len(), line);
                pieces.push((format!("{} with line {} elsewhere", path.display(), at + 1), moved.join("\n")));
                let mut twice = lines.clone();
                twice.insert(at, line);
                pieces.push((format!("{} with line {} twice", path.display(), at + 1), twice.join("\n")));
            }
        }
    }
    assert!(pieces.len() > 200, "{}", pieces.len());
    let failures = tests::on_all_cores(&pieces, |(name, text)| broken(name, text));
    all_hold(&failures.into_iter().flatten().collect::<Vec<_>>());
}
