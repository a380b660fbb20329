//! The layout of Plays: it does not change what it made, keeps every comment, and keeps the meaning.
//!
//! The Plays are those of the project and of the corpus, as they are and in disorder; `PROPTEST_CASES` says how many.

use std::path::PathBuf;
use std::sync::OnceLock;

use bytecode::Program;
use diagnostics::{Code, SourceId};
use proptest::prelude::*;
use syntax::format::{format, layout};
use syntax::yaml;
use tests::{all_hold, files, root, shared};

use crate::plays::{Dice, random_play};
use crate::{config_of, disorder};

/// Cases in an ordinary run: each compiles a Play three times.
const CASES: u32 = 200;

/// The program but for the text it was made from, and the findings but for their places.
fn meaning(text: &str) -> (Option<Program>, Vec<Code>) {
    let c = driver::compile("play.yml", text, &driver::Options::default());
    let mut codes: Vec<Code> = c.diagnostics.iter().map(|d| d.code).collect();
    codes.sort_unstable();
    (c.program.map(driver::meaning::of), codes)
}

fn comments(text: &str) -> Vec<String> {
    let (document, _) = yaml::load(SourceId(0), text);
    document.comments.iter().map(|c| c.text.trim_end().to_owned()).collect()
}

/// What the layout breaks in this text, if anything; `None` also where there is no layout, as it is no YAML.
pub fn broken(name: &str, text: &str) -> Option<String> {
    let Some(once) = layout(text).ok()? else { return Some(format!("{name}: has no layout\n{text}")) };
    let twice = match format(&once) {
        Ok(twice) => twice,
        Err(found) => return Some(format!("{name}: no YAML any more: {found:?}\n{once}")),
    };
    if once != twice {
        return Some(format!("{name}: changes a second time\n{once}\n--- again\n{twice}"));
    }
    if comments(text) != comments(&once) {
        return Some(format!("{name}: comments are lost\n{text}\n---\n{once}"));
    }
    if once.lines().any(|line| line != line.trim_end()) && !text.contains('|') {
        return Some(format!("{name}: spaces at the end of a line\n{once}"));
    }
    (meaning(text) != meaning(&once)).then(|| format!("{name}: means something else\n{text}\n---\n{once}"))
}

fn texts(folders: &[PathBuf]) -> Vec<(String, String)> {
    let paths = folders.iter().flat_map(|folder| files(folder, "yml"));
    // one file is not UTF-8 on purpose
    paths.filter_map(|p| Some((p.display().to_string(), std::fs::read_to_string(&p).ok()?))).collect()
}

fn of_the_project() -> Vec<(String, String)> {
    texts(&["plays", "tests", "benches"].map(|folder| root().join(folder)))
}

#[test]
fn plays_of_the_project_keep_their_meaning() {
    let plays = of_the_project();
    assert!(plays.len() > 100, "examples and the Plays of the tests, broken ones too");
    all_hold(&plays.iter().filter_map(|(name, text)| broken(name, text)).collect::<Vec<_>>());
}

#[test]
fn plays_of_the_corpus_keep_their_meaning() {
    let Some(folder) = shared("corpus/plays") else { return };
    let plays = texts(&[folder]);
    assert!(plays.len() > 200, "the corpus is whole");
    all_hold(&plays.iter().filter_map(|(name, text)| broken(name, text)).collect::<Vec<_>>());
}

/// They are what people take as an example.
#[test]
fn the_examples_are_in_their_layout() {
    let wrong = texts(&[root().join("plays")]).into_iter().filter_map(|(name, text)| {
        let formatted = format(&text).unwrap_or_else(|found| panic!("{name}: {found:?}"));
        (formatted != text).then(|| format!("{name}: run `playc fmt`\n{formatted}"))
    });
    all_hold(&wrong.collect::<Vec<_>>());
}

/// Plays that can be read, to be put into disorder.
pub fn readable() -> &'static [String] {
    static PLAYS: OnceLock<Vec<String>> = OnceLock::new();
    PLAYS.get_or_init(|| {
        let mut plays = of_the_project();
        plays.extend(shared("corpus/plays").map(|folder| texts(&[folder])).unwrap_or_default());
        let texts = plays.into_iter().map(|(_, text)| text);
        texts.filter(|text| text.len() < 20_000 && format(text).is_ok()).collect()
    })
}

proptest! {
    #![proptest_config(config_of(CASES))]

    #[test]
    fn disorder_is_put_in_order(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let plays = readable();
        let text = if dice.chance(30) { random_play(&mut dice) } else { plays[dice.below(plays.len())].clone() };
        let messy = disorder::disordered(&text, &mut dice);
        let before = meaning(&text);
        // a condition that cannot be read is another one with other spaces
        let is_kept = before.0.is_none() || meaning(&messy) == before;
        prop_assert!(is_kept, "the disorder itself changes the meaning\n{text}\n---\n{messy}");
        let failure = broken(&format!("seed {seed}"), &messy);
        prop_assert!(failure.is_none(), "{}", failure.unwrap_or_default());
    }
}
