//! Every code block of the guide is tried: Plays compile, whole ones (`yaml`), fragments (`yaml,fragment`, put into the
//! base Play) and blocks (`yaml,block NAME`); commands, their options and `make` targets exist; settings of editors can
//! be read.

#![allow(clippy::disallowed_methods, reason = "tests read files")]

use std::path::{Path, PathBuf};

use diagnostics::explain;
use tests::{all_hold, files, root};

/// The generated pages show declarations with defaults, and the diagnostics' pages have their own test.
fn pages() -> Vec<PathBuf> {
    let mut pages = files(&root().join("docs"), "md");
    pages.push(root().join("README.md"));
    pages.retain(|page| !page.components().any(|c| c.as_os_str() == "reference"));
    pages
}

#[test]
fn every_play_of_the_guide_compiles() {
    let mut plays = Vec::new();
    for page in pages() {
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

/// What stands between fences: line, tag, text.
fn fenced(page: &str) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String, String)> = None;
    for (number, line) in (1..).zip(page.lines()) {
        match (line.trim_start().strip_prefix("```"), open.take()) {
            (Some(tag), None) => open = Some((number, tag.trim().to_owned(), String::new())),
            (Some(_), Some(block)) => found.push(block),
            (None, Some((at, tag, text))) => open = Some((at, tag, text + line + "\n")),
            (None, None) => {}
        }
    }
    found
}

#[test]
fn every_code_block_is_of_a_kind_that_is_tried() {
    let mut failures = Vec::new();
    let (mut commands, mut settings) = (0, 0);
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("it was listed");
        for (line, tag, text) in fenced(&text) {
            let tried = match tag.as_str() {
                "yaml" | "yaml,fragment" => Ok(()),
                tag if tag.starts_with("yaml,block ") => Ok(()),
                // pictures of terminals and formulas; what Neovim reads, `compiler/lsp/tests/neovim.lua` tries
                "text" | "lua" => Ok(()),
                "console" => {
                    let all = text.lines().filter_map(|line| line.strip_prefix("$ "));
                    commands += 1;
                    all.map(command).find(Result::is_err).unwrap_or(Ok(()))
                }
                "json" => {
                    settings += 1;
                    let whole = if text.starts_with('{') { text } else { format!("{{{text}}}") };
                    serde_json::from_str::<serde_json::Value>(&whole).map(|_| ()).map_err(|e| e.to_string())
                }
                "toml" => {
                    settings += 1;
                    text.parse::<toml::Table>().map(|_| ()).map_err(|e| e.to_string())
                }
                other => Err(format!("nothing tries a block of the kind `{other}`")),
            };
            failures.extend(tried.err().map(|why| format!("{}:{line}: {why}", page.display())));
        }
    }
    assert!(commands > 10 && settings > 5, "{commands} of commands, {settings} of settings");
    all_hold(&failures);
}

/// Whether the command is one of ours, has this subcommand and these options.
fn command(line: &str) -> Result<(), String> {
    let line = line.split(" #").next().unwrap_or(line);
    let mut words = line.split_whitespace().filter(|w| !w.contains('=') || w.starts_with('-')).peekable();
    let name = words.next().unwrap_or_default();
    let sources = match name {
        "playc" => "compiler/playc/src",
        "playvm" => "runtime/playvm/src",
        "make" => {
            let makefile = std::fs::read_to_string(root().join("Makefile")).expect("there is one");
            let known = |target: &str| makefile.contains(&format!("\n{target}:"));
            let unknown = words.find(|target| !known(target));
            return unknown.map_or(Ok(()), |target| Err(format!("`make {target}` does not exist")));
        }
        "cargo" | "code" => return Ok(()),
        other => return Err(format!("`{other}` is no command of ours")),
    };
    let source: String = files(&root().join(sources), "rs").iter().map(|path| read(path)).collect();
    let subcommand = words.peek().copied().unwrap_or_default();
    let is_there = |file: String| root().join(sources).join(file).exists();
    if !is_there(format!("{subcommand}.rs")) && !is_there(format!("{subcommand}_command.rs")) {
        return Err(format!("`{name} {subcommand}` does not exist"));
    }
    let option = |word: &str| Some(word.strip_prefix("--")?.split('=').next()?.to_owned());
    let declared = |option: &String| {
        source.contains(&format!("{}:", option.replace('-', "_")))
            || source.contains(&format!("\"{option}\""))
    };
    match words.filter_map(option).find(|option| !declared(option)) {
        Some(option) => Err(format!("`{name} {subcommand}` has no option `--{option}`")),
        None => Ok(()),
    }
}

/// Links lead to files that are there, and to headings that these have. Links out of `docs` would be dead in the book.
#[test]
fn every_link_leads_somewhere() {
    let docs = root().join("docs");
    let mut failures = Vec::new();
    let mut count = 0;
    for page in files(&docs, "md").into_iter().chain([root().join("README.md")]) {
        let folder = page.parent().expect("a file lies in a folder");
        for (line, link) in links(&read(&page)) {
            count += 1;
            let (path, heading) = link.split_once('#').unwrap_or((&link, ""));
            let target = if path.is_empty() { page.clone() } else { folder.join(path) };
            let is_dead = !target.exists()
                || (page.starts_with(&docs) && path.starts_with("../") && {
                    let whole = target.canonicalize().expect("it exists");
                    !whole.starts_with(docs.canonicalize().expect("it exists"))
                });
            let has_heading = heading.is_empty() || headings(&target).contains(&heading.to_owned());
            if is_dead || !has_heading {
                failures.push(format!("{}:{line}: `{link}` leads nowhere", page.display()));
            }
        }
    }
    assert!(count > 50, "{count} links");
    all_hold(&failures);
}

/// The line and target of each link or picture within the project, outside of code.
fn links(page: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut in_code = false;
    for (number, line) in (1..).zip(page.lines()) {
        in_code ^= line.trim_start().starts_with("```");
        // what stands between backticks is every second part
        let text: String = line.split('`').step_by(2).collect::<Vec<_>>().join("");
        for rest in text.split("](").skip(1).filter(|_| !in_code) {
            let target = rest.split(')').next().unwrap_or_default();
            if !target.contains("://") {
                found.push((number, target.to_owned()));
            }
        }
    }
    found
}

/// The anchors of a page's headings, as mdBook and code hosts make them.
fn headings(page: &Path) -> Vec<String> {
    let text = read(page);
    let titles = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |title: &str| -> String {
        let kept = title.trim_start_matches('#').trim().chars();
        let kept = kept.filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
    };
    titles.map(anchor).collect()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("it was listed")
}
