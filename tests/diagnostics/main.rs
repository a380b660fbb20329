//! Broken Plays. Each says in its head what is wrong with it and what must be found first, and where:
//!
//! ```yaml
//! # The list spelling names the feature as well.
//! # expect: E0301 at "rsi14"
//! ```
//!
//! `at "x" in "a x b"` is the `x` of that text, where there are several; `after "x"` the place behind it; with
//! ` of "b.yml"` at the end it is in that block file. These lines are written by hand. What the whole report looks like
//! is a golden beside it. The blocks that they use lie in `blocks/`; most of those are broken too. `README.md` says
//! which pitfall each of them is.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use diagnostics::{Applicability, Code, Diagnostic, render};
use driver::{Compilation, Options};
use tests::{all_hold, files, golden, root, with_blocks};

fn compile(path: &Path, text: &str) -> Compilation {
    static OPTIONS: OnceLock<Options> = OnceLock::new();
    let options = OPTIONS.get_or_init(|| {
        let files = files(&root().join("tests/diagnostics/blocks"), "yml");
        with_blocks(&files.iter().map(|path| (name(path), read(path))).collect::<Vec<_>>())
    });
    driver::compile(&name(path), text, options)
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("it was listed")
}

/// What the head of a file declares.
struct Expected {
    code: Code,
    /// Of the Play, or of a block.
    file: String,
    bytes: Range<usize>,
}

fn expected(path: &Path, text: &str) -> Option<Expected> {
    let line = text.lines().nth(1)?;
    let (line, block) = line.split_once(" of ").map_or((line, None), |(line, block)| (line, Some(block)));
    let block: Option<String> = block.and_then(|block| serde_json::from_str(block).ok());
    let file = block.clone().unwrap_or_else(|| name(path));
    let of_block = block.map(|block| read(&root().join("tests/diagnostics/blocks").join(block)));
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
    // the head of the Play does not count
    let head: usize = text.split_inclusive('\n').take(2).map(str::len).sum();
    let (text, head) = of_block.as_deref().map_or((text, head), |block| (block, 0));
    let around = head + text.get(head..)?.find(&context)?;
    let start = around + context.find(&wanted)?;
    let bytes = match how {
        "at" => start..start + wanted.len(),
        "after" => start + wanted.len()..start + wanted.len(),
        _ => return None,
    };
    Some(Expected { code: Code::parse(code)?, file, bytes })
}

fn problems(path: &Path) -> Vec<String> {
    let (shown, text) = (path.display(), read(path));
    let Some(expected) = expected(path, &text) else {
        return vec![format!(
            "{shown}: the second line must be `# expect: CODE at \"text\"`, with text of the Play"
        )];
    };
    let c = compile(path, &text);
    let Some(first) = c.diagnostics.first() else { return vec![format!("{shown}: nothing is found")] };
    let source = c.sources.get(first.span().source);
    let mut problems = Vec::new();
    let found = (first.code, source.name.as_str(), first.span().range());
    if found != (expected.code, expected.file.as_str(), expected.bytes.clone()) {
        problems.push(format!(
            "{shown}: expected {} at {:?} of {}, found {} at {:?} of {}",
            expected.code.as_str(),
            expected.bytes,
            expected.file,
            first.code.as_str(),
            source.slice(first.span()),
            source.name,
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
    if fix.edits.iter().any(|edit| edit.span.source != c.source) {
        // a block is mended where it is
        return None;
    }
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

/// The blocks beside them are none.
fn plays() -> Vec<PathBuf> {
    let mut plays = files(&root().join("tests/diagnostics"), "yml");
    plays.retain(|path| path.parent().is_some_and(|folder| !folder.ends_with("blocks")));
    plays
}

#[test]
fn broken_plays_are_told_what_is_wrong() {
    let plays = plays();
    assert!(plays.len() >= 120, "there are {} broken Plays", plays.len());
    all_hold(&plays.iter().flat_map(|path| problems(path)).collect::<Vec<_>>());
}

#[test]
fn no_golden_is_left_over() {
    let goldens = files(&root().join("tests/diagnostics"), "golden");
    let left = goldens.iter().filter(|path| !path.with_extension("yml").exists());
    all_hold(&left.map(|path| format!("{}: its Play is gone", path.display())).collect::<Vec<_>>());
}

/// Here or among the broken texts of the syntax; E0109 is of bytes that are no text (`tests/explain`).
#[test]
fn every_code_has_a_broken_play() {
    let plays = plays().into_iter().chain(files(&root().join("tests/syntax/err"), "yml"));
    let mut found: BTreeSet<Code> = BTreeSet::from([Code::E0109]);
    for path in plays {
        // one of them is no UTF-8
        let text = String::from_utf8_lossy(&std::fs::read(&path).expect("it was listed")).into_owned();
        found.extend(compile(&path, &text).diagnostics.iter().map(|d| d.code));
    }
    let missing = Code::ALL.iter().filter(|code| !found.contains(code));
    all_hold(&missing.map(|code| format!("{}: no broken Play has it", code.as_str())).collect::<Vec<_>>());
}

/// `README.md` says what each of them is about, and of none that is not there.
#[test]
fn every_broken_play_is_in_the_table() {
    let table = read(&root().join("tests/diagnostics/README.md"));
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let mut listed: Vec<String> = rows.map(str::to_owned).collect();
    listed.sort_unstable();
    let stems = plays().iter().filter_map(|p| Some(p.file_stem()?.to_str()?.to_owned())).collect::<Vec<_>>();
    assert_eq!(listed, stems);
}

/// The reference refuses a structure that stands before the one it is built on. Here the order of the lines means
/// nothing: in every order of structures and features the Play is the same, and there is nothing to be told.
#[test]
fn structures_may_stand_in_any_order() {
    let path = root().join("tests/diagnostics/order_trend_without_swing.yml");
    let in_order = read(&path)
        .replace("- {type: trend, key: trend}", "- {type: trend, key: trend, uses: swing}")
        .replace("  exec:\n", "  exec:\n    - {type: swing, key: swing, params: {atr_key: atr_14}}\n")
        .replace("  rsi_14:", "  atr_14: {indicator: atr, params: {length: 14}}\n  rsi_14:")
        .replace("trend.direction == 1", "trend.direction == 1 and breaks.bos_this_bar")
        .replace(
            "trend, uses: swing}",
            "trend, uses: swing}\n    - {type: market_structure, key: breaks, uses: swing}",
        );
    let (c, first) = (compile(&path, &in_order), meaning(&path, &in_order));
    assert!(c.diagnostics.iter().all(|d| d.code == Code::W0802), "{:?}", c.diagnostics);
    let items: Vec<&str> = in_order.lines().filter(|line| line.starts_with("    - {type: ")).collect();
    assert_eq!(items.len(), 3);
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let again = order.map(|at| items[at]).join("\n");
        let text = in_order.replace(&items.join("\n"), &again);
        assert_ne!(text, in_order);
        assert_eq!(compile(&path, &text).diagnostics.len(), c.diagnostics.len(), "{text}");
        assert!(meaning(&path, &text) == first, "{text}");
    }
}

fn meaning(path: &Path, text: &str) -> bytecode::Program {
    let c = compile(path, text);
    let mut program =
        driver::meaning::of(c.program.unwrap_or_else(|| panic!("it compiles: {:?}", c.diagnostics)));
    // in the order of the lines, for people
    program.exports.sort_by(|a, b| a.name.cmp(&b.name));
    program
}
