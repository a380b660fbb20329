//! Broken Plays. Each says in its head what is wrong with it and what must be found first, and where:
//!
//! ```yaml
//! # The list spelling names the feature as well.
//! # expect: E0301 at "rsi14"
//! ```
//!
//! `at "x" in "a x b"` is the `x` of that text, where there are several; `after "x"` the place behind it. These lines
//! are written by hand. What the whole report looks like is a golden beside it.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use diagnostics::{Applicability, Code, Diagnostic, render};
use driver::{Compilation, Options};
use tests::{all_hold, files, golden, root};

fn compile(path: &Path, text: &str) -> Compilation {
    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    driver::compile(&name, text, &Options::default())
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("it was listed")
}

/// What the head of a file declares.
struct Expected {
    code: Code,
    bytes: Range<usize>,
}

fn expected(text: &str) -> Option<Expected> {
    let line = text.lines().nth(1)?;
    let (code, place) = line.strip_prefix("# expect: ")?.split_once(' ')?;
    let (how, quoted) = place.split_once(' ')?;
    let mut words = serde_json::Deserializer::from_str(quoted).into_iter::<String>();
    let wanted = words.next()?.ok()?;
    let rest = quoted.get(words.byte_offset()..)?;
    let context: String = match rest.strip_prefix(" in ") {
        Some(context) => serde_json::from_str(context).ok()?,
        None if rest.is_empty() => wanted.clone(),
        None => return None,
    };
    // the head itself does not count
    let head: usize = text.split_inclusive('\n').take(2).map(str::len).sum();
    let around = head + text.get(head..)?.find(&context)?;
    let start = around + context.find(&wanted)?;
    let bytes = match how {
        "at" => start..start + wanted.len(),
        "after" => start + wanted.len()..start + wanted.len(),
        _ => return None,
    };
    Some(Expected { code: Code::parse(code)?, bytes })
}

fn problems(path: &Path) -> Vec<String> {
    let (name, text) = (path.display(), read(path));
    let Some(expected) = expected(&text) else {
        return vec![format!(
            "{name}: the second line must be `# expect: CODE at \"text\"`, with text of the Play"
        )];
    };
    let c = compile(path, &text);
    let Some(first) = c.diagnostics.first() else { return vec![format!("{name}: nothing is found")] };
    let mut problems = Vec::new();
    if (first.code, first.span().range()) != (expected.code, expected.bytes.clone()) {
        problems.push(format!(
            "{name}: expected {} at {:?}, found {} at {:?}",
            expected.code.as_str(),
            text.get(expected.bytes),
            first.code.as_str(),
            text.get(first.span().range()),
        ));
    }
    problems.extend(mended(path, &text, &c, first));
    let all: Vec<String> = c.diagnostics.iter().map(|d| render::human(&c.sources, d, false)).collect();
    problems.extend(golden(&path.with_extension("golden"), &all.join("\n")).err());
    problems
}

/// A fix that may be made unasked makes a Play that compiles and that no longer has the finding.
fn mended(path: &Path, text: &str, c: &Compilation, first: &Diagnostic) -> Option<String> {
    let fix = first.fixes.iter().find(|f| f.applicability == Applicability::Machine)?;
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
    let mut mended = text.to_owned();
    for edit in &edits {
        mended.replace_range(edit.span.range(), &edit.text);
    }
    let again = compile(path, &mended);
    // what else is wrong with the file stays
    let others = c.diagnostics.iter().filter(|d| d.is_error()).count() - usize::from(first.is_error());
    let errors: Vec<String> =
        again.diagnostics.iter().filter(|d| d.is_error()).map(|d| d.message.clone()).collect();
    let is_there = again.diagnostics.iter().any(|d| d.message == first.message && d.code == first.code);
    (errors.len() > others || is_there).then(|| {
        format!("{}: `{}` leaves {errors:?}, the finding itself: {is_there}", path.display(), fix.title)
    })
}

#[test]
fn broken_plays_are_told_what_is_wrong() {
    let plays = files(&root().join("tests/diagnostics"), "yml");
    assert!(plays.len() >= 120, "there are {} broken Plays", plays.len());
    all_hold(&plays.iter().flat_map(|path| problems(path)).collect::<Vec<_>>());
}

#[test]
fn no_golden_is_left_over() {
    let goldens = files(&root().join("tests/diagnostics"), "golden");
    let left = goldens.iter().filter(|path| !path.with_extension("yml").exists());
    all_hold(&left.map(|path| format!("{}: its Play is gone", path.display())).collect::<Vec<_>>());
}

/// What is said of blocks; their broken ones are in `compiler/driver/tests/block_errors.rs`, with the files they need.
const OF_BLOCKS: [Code; 7] =
    [Code::E0314, Code::E0315, Code::E0316, Code::E0317, Code::E0318, Code::W0809, Code::W0810];

/// Here or among the broken texts of the syntax; E0109 is of bytes that are no text (`tests/explain`).
#[test]
fn every_code_has_a_broken_play() {
    let folders = ["tests/diagnostics", "tests/syntax/err"].map(|folder| root().join(folder));
    let plays = folders.iter().flat_map(|folder| files(folder, "yml"));
    let mut found: BTreeSet<Code> = BTreeSet::from([Code::E0109]);
    found.extend(OF_BLOCKS);
    for path in plays {
        // one of them is no UTF-8
        let text = String::from_utf8_lossy(&std::fs::read(&path).expect("it was listed")).into_owned();
        found.extend(compile(&path, &text).diagnostics.iter().map(|d| d.code));
    }
    let missing = Code::ALL.iter().filter(|code| !found.contains(code));
    all_hold(&missing.map(|code| format!("{}: no broken Play has it", code.as_str())).collect::<Vec<_>>());
}
