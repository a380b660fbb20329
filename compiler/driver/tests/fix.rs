//! Fixing never makes a Play worse and leaves nothing to fix: over broken files, the diagnostics' pages and the corpus.
#![expect(clippy::disallowed_methods, reason = "tests read files")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use diagnostics::{Applicability, Code, explain};
use driver::fix::{Fixed, Refusal, fix};
use driver::{Compilation, Options, compile};

fn plays(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a readable folder").filter_map(|e| Some(e.ok()?.path())).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            plays(&path, out);
        } else if path.extension().is_some_and(|e| e == "yml" || e == "yaml") {
            out.push(path);
        }
    }
}

fn texts(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    plays(folder, &mut files);
    let read = |path: &PathBuf| Some((path.display().to_string(), std::fs::read_to_string(path).ok()?));
    files.iter().filter_map(read).collect()
}

fn errors(c: &Compilation) -> BTreeMap<Code, usize> {
    let mut count = BTreeMap::new();
    for d in c.diagnostics.iter().filter(|d| d.is_error()) {
        *count.entry(d.code).or_default() += 1;
    }
    count
}

/// No code has more errors than before, every error was there before, and a second time nothing is fixed.
fn holds(name: &str, text: &str) -> Fixed {
    let options = Options::default();
    let before = compile(name, text, &options);
    let fixed = fix(name, text, &options);
    let after = compile(name, fixed.text(), &options);
    let place = |c: &Compilation| {
        let words = c.diagnostics.iter().filter(|d| d.is_error());
        words
            .map(|d| (d.code, d.message.clone(), c.sources.get(c.source).slice(d.span()).to_owned()))
            .collect::<Vec<_>>()
    };
    let (was, is) = (place(&before), place(&after));
    for (code, message, span) in &is {
        let known = was.iter().any(|(c, m, s)| c == code && (m == message || s == span));
        assert!(known, "{name}: {} {message} is new\n{}", code.as_str(), fixed.text());
    }
    let old = errors(&before);
    for (code, count) in errors(&after) {
        assert!(count <= old.get(&code).copied().unwrap_or(0), "{name}: more {}", code.as_str());
    }
    assert_eq!(is, place(&fixed.compilation), "{name}: the compilation is not that of the text");
    let again = fix(name, fixed.text(), &options);
    assert_eq!(again.text(), fixed.text(), "{name}: fixing twice is not fixing once");
    assert!(again.applied.is_empty(), "{name}: {:?}", again.applied);
    assert_eq!(again.refused, fixed.refused, "{name}");
    assert_eq!(fixed.applied.is_empty(), fixed.text() == text, "{name}");
    fixed
}

#[test]
fn broken_files_get_better() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/syntax/err");
    let fixed: usize = texts(&folder).iter().map(|(name, text)| holds(name, text).applied.len()).sum();
    assert!(fixed >= 40, "only {fixed} fixes were made");
}

#[test]
fn pages_get_better() {
    let (mut fixed, mut mended) = (0, 0);
    for code in Code::ALL {
        for example in explain::examples(explain::page(*code)) {
            let done = holds(code.as_str(), &example.play);
            fixed += done.applied.len();
            mended += usize::from(!done.applied.is_empty() && done.compilation.program.is_some());
            let was_right = !compile("", &example.play, &Options::default()).has_errors();
            assert!(!was_right || done.compilation.program.is_some(), "{}", code.as_str());
        }
    }
    assert!(fixed >= 12 && mended >= 12, "{fixed} fixes, {mended} Plays mended");
}

#[test]
fn the_corpus_gets_no_worse() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (name, text) in texts(&root.join("plays")) {
        holds(&name, &text);
    }
    let shared = std::env::var_os("PLAY_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    if !shared.is_dir() {
        eprintln!("skipped: no shared material (set PLAY_SHARED)");
        return;
    }
    let corpus = texts(&shared.join("corpus/plays"));
    assert!(corpus.len() >= 219, "only {} Plays found", corpus.len());
    for (name, text) in corpus {
        holds(&name, &text);
    }
}

/// The base Play with another section in the place of its own.
fn with(fragment: &str) -> String {
    explain::splice(explain::BASE_PLAY, fragment)
}

#[test]
fn only_the_bytes_of_a_fix_change() {
    let wrong = with(
        "# what it says\naccount:   # keep me\n  starting_equity_usdt:   10000   # é, and me\n  max_levrage: 2\n",
    );
    let fixed = holds("typo", &wrong);
    assert_eq!(fixed.text(), wrong.replace("max_levrage", "max_leverage"));
    assert_eq!(fixed.applied.len(), 1);
    let windows = wrong.replace('\n', "\r\n");
    assert_eq!(holds("crlf", &windows).text(), windows.replace("max_levrage", "max_leverage"));
}

#[test]
fn a_fix_that_brings_an_error_is_left_out() {
    // the key's right name uncovers a value that is no number
    let wrong = with("account:\n  starting_equity_usdt: 10000\n  max_levrage: [a]\n");
    let offered = compile("", &wrong, &Options::default());
    let is_offered =
        |d: &diagnostics::Diagnostic| d.fixes.iter().any(|f| f.applicability == Applicability::Machine);
    assert!(offered.diagnostics.iter().any(is_offered), "{:#?}", offered.diagnostics);
    let fixed = holds("uncovers", &wrong);
    assert_eq!(fixed.text(), wrong);
    assert!(
        matches!(fixed.refused[..], [ref one] if matches!(one.why, Refusal::NewError(_))),
        "{:?}",
        fixed.refused
    );
}

#[test]
fn a_bad_fix_does_not_keep_good_ones_out() {
    let wrong = with(
        "account:\n  max_levrage: [a]\n  starting_equity_usd: 10000\nposition_policy: {mode: long_onlly, exit_mode: first_hit}\n",
    );
    let fixed = holds("mixed", &wrong);
    assert!(
        fixed.text().contains("starting_equity_usdt: 10000") && fixed.text().contains("mode: long_only,")
    );
    assert!(fixed.text().contains("max_levrage"), "{}", fixed.text());
}

#[test]
fn a_fix_inside_of_another_is_made_after_it() {
    // the bounds are exchanged around a step that has quotes
    let wrong =
        with("features:\n  ema_9: {indicator: ema, params: {length: {min: 50, step: \"5\", max: 10}}}\n");
    let fixed = holds("nested", &wrong);
    assert!(fixed.text().contains("{min: 10, step: 5, max: 50}"), "{}", fixed.text());
    assert_eq!(fixed.applied.len(), 2);
}
