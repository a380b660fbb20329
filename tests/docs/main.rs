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
        plays.extend(
            blocks(&text).into_iter().map(|(line, play)| (format!("{}:{line}", page.display()), play)),
        );
    }
    assert!(plays.len() >= 8, "the guide shows {} Plays", plays.len());
    let mut failures = Vec::new();
    for (place, play) in plays {
        let c = driver::compile("guide.yml", &play, &driver::Options::default());
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

/// Line and text of every Play on a page.
fn blocks(page: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, bool, String)> = None;
    for (number, line) in page.lines().enumerate() {
        match (&mut open, line) {
            (Some((start, is_fragment, text)), "```") => {
                let play =
                    if *is_fragment { explain::splice(explain::BASE_PLAY, text) } else { text.clone() };
                found.push((*start, play));
                open = None;
            }
            (Some((_, _, text)), line) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, "```yaml") => open = Some((number + 1, false, String::new())),
            (None, "```yaml,fragment") => open = Some((number + 1, true, String::new())),
            (None, _) => {}
        }
    }
    found
}
