//! Every Play in the guide compiles: whole ones (`yaml`) and fragments (`yaml,fragment`) put into the base Play.

#![allow(clippy::disallowed_methods, reason = "tests read files")]

use diagnostics::explain;
use tests::{all_hold, files, root};

#[test]
fn every_play_of_the_guide_compiles() {
    let mut plays = Vec::new();
    let mut pages = files(&root().join("docs"), "md");
    pages.push(root().join("README.md"));
    // the generated pages show declarations with defaults, and the diagnostics' pages have their own test
    pages.retain(|page| !page.components().any(|c| c.as_os_str() == "reference"));
    for page in pages {
        let text = std::fs::read_to_string(&page).expect("it was listed");
        let shown = explain::plays(&text).into_iter();
        plays.extend(shown.map(|(line, example)| (format!("{}:{line}", page.display()), example)));
    }
    assert!(plays.len() >= 8, "the guide shows {} Plays", plays.len());
    let mut failures = Vec::new();
    for (place, play) in plays {
        let c = driver::compile("guide.yml", &play.play, &tests::with_blocks(&play.blocks));
        failures.extend(
            c.diagnostics
                .iter()
                .filter(|d| d.is_error())
                .map(|d| format!("{place}: {:?} {}", d.code, d.message)),
        );
    }
    all_hold(&failures);
}

#[test]
fn the_book_has_every_page_and_no_other() {
    let docs = root().join("docs");
    let summary = std::fs::read_to_string(docs.join("SUMMARY.md")).expect("the book has a table of contents");
    let mut linked: Vec<&str> =
        summary.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    linked.sort_unstable();
    let mut pages: Vec<String> = files(&docs, "md")
        .iter()
        .filter_map(|page| page.strip_prefix(&docs).ok())
        .map(|page| page.display().to_string())
        .filter(|page| page != "SUMMARY.md")
        .collect();
    pages.sort_unstable();
    assert_eq!(linked, pages);
}
