//! What is said about wrong files: each `tests/syntax/err/*.yml` beside its rendered diagnostics. What right files
//! are read as: each `tests/syntax/ok/*.yml` beside its tree.
//!
//! `BLESS=1 cargo test -p syntax --test goldens` writes the goldens anew; read the difference before you commit it.
#![expect(clippy::disallowed_methods, reason = "tests read and write files")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use diagnostics::{Applicability, Code, Diagnostic, Edit, Severity, Source, SourceMap, render};

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/syntax").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of cases")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    files.sort();
    files
}

/// All diagnostics of a file as people see them, and whether there is an error among them.
fn rendered(path: &Path) -> (String, bool) {
    let bytes = std::fs::read(path).expect("a readable case");
    let mut sources = SourceMap::default();
    let id = diagnostics::SourceId(0);
    let (text, mut diagnostics) = syntax::decode(id, &bytes);
    let name = path.file_name().expect("a file").to_string_lossy().into_owned();
    sources.add(Source::new(name, text.as_str()));
    if diagnostics.is_empty() {
        diagnostics = syntax::parse(id, &text).1;
    }
    let is_wrong = diagnostics.iter().any(|d| d.severity == Severity::Error);
    let text: String = diagnostics.iter().map(|d| render::human(&sources, d, false)).collect();
    (text.replace('\r', ""), is_wrong)
}

/// Compares with the golden beside the case, or writes it.
fn check(case: &Path, found: &str, wrong: &mut Vec<String>) {
    let golden = case.with_extension("golden");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&golden, found).expect("a writable golden");
        return;
    }
    let expected = std::fs::read_to_string(&golden).unwrap_or_default();
    if found != expected {
        wrong.push(format!("{}\n--- expected\n{expected}\n--- found\n{found}", case.display()));
    }
}

#[test]
fn wrong_files_are_met_with_the_right_words() {
    let mut wrong = Vec::new();
    for case in files("err", "yml") {
        let (found, is_wrong) = rendered(&case);
        let only_warns = case.file_stem().is_some_and(|s| s.to_string_lossy().starts_with("warn_"));
        assert!(is_wrong != only_warns, "{} has no error, or is named warn_ and has one", case.display());
        check(&case, &found, &mut wrong);
    }
    assert!(
        wrong.is_empty(),
        "{} goldens differ (BLESS=1 rewrites them):\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn right_files_are_read_as_their_trees() {
    let mut wrong = Vec::new();
    for case in files("ok", "yml") {
        let text = std::fs::read_to_string(&case).expect("a readable case");
        let (play, diagnostics) = syntax::parse(diagnostics::SourceId(0), &text);
        assert!(diagnostics.is_empty(), "{}: {diagnostics:#?}", case.display());
        check(&case, &syntax::print::play(&play), &mut wrong);
    }
    assert!(
        wrong.is_empty(),
        "{} goldens differ (BLESS=1 rewrites them):\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_golden_has_its_case() {
    let stems = |folder, extension| -> BTreeSet<PathBuf> {
        files(folder, extension).iter().map(|path| path.with_extension("")).collect()
    };
    assert!(stems("err", "yml").len() >= 40);
    for folder in ["err", "ok"] {
        let unused: Vec<_> = stems(folder, "golden").difference(&stems(folder, "yml")).cloned().collect();
        assert!(unused.is_empty(), "goldens without a case: {unused:?}");
    }
}

/// A fix that tools may apply unasked removes what it was offered for, and leaves the file as readable as before.
#[test]
fn machine_fixes_mend() {
    let id = diagnostics::SourceId(0);
    let mut tried = 0;
    for case in files("err", "yml") {
        let (text, reports) = syntax::decode(id, &std::fs::read(&case).expect("a readable case"));
        if !reports.is_empty() {
            continue;
        }
        let before = syntax::parse(id, &text).1;
        for (n, diagnostic) in before.iter().enumerate() {
            for fix in diagnostic.fixes.iter().filter(|f| f.applicability == Applicability::Machine) {
                let mended = apply(&text, &fix.edits);
                let after = syntax::parse(id, &mended).1;
                let count = |all: &[Diagnostic], wanted: &dyn Fn(&Diagnostic) -> bool| {
                    all.iter().filter(|d| wanted(d)).count()
                };
                let same = |d: &Diagnostic| (d.code, &d.message) == (diagnostic.code, &diagnostic.message);
                let unreadable = |d: &Diagnostic| matches!(d.code, Code::E0101 | Code::E0201);
                let at = format!(
                    "{}, diagnostic {n}: {}\n{mended}\n{after:#?}",
                    case.display(),
                    diagnostic.message
                );
                assert!(count(&after, &same) < count(&before, &same), "the fix does not mend: {at}");
                assert!(count(&after, &unreadable) <= count(&before, &unreadable), "the fix breaks: {at}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 40, "only {tried} fixes were tried");
}

fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.span.range(), &edit.text);
    }
    text
}
