//! Plays that others wrote are read without an error.
#![expect(clippy::disallowed_methods, reason = "tests read and write files")]

use std::path::{Path, PathBuf};

use diagnostics::{Severity, SourceId};

/// The folder of shared material, where there is one.
fn shared() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("PLAY_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    shared.is_dir().then_some(shared)
}

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

#[test]
fn every_play_of_the_corpus_is_read() {
    let Some(shared) = shared() else {
        eprintln!("skipped: no shared material (set PLAY_SHARED)");
        return;
    };
    let mut files = Vec::new();
    plays(&shared.join("corpus/plays"), &mut files);
    assert!(files.len() >= 219, "only {} plays found", files.len());
    let mut wrong = Vec::new();
    for file in &files {
        let text = std::fs::read_to_string(file).expect("a readable play");
        let (play, diagnostics) = syntax::parse(SourceId(0), &text);
        assert!(play.id.is_some() && !play.actions.is_empty(), "{}", file.display());
        for d in diagnostics.iter().filter(|d| d.severity == Severity::Error) {
            let line = text[..d.span().start as usize].lines().count();
            wrong.push(format!("{}:{line}: {}: {}", file.display(), d.code.as_str(), d.message));
        }
    }
    // This one declares its structure in a shape that does not exist; the other wrong ones are wrong in their names.
    let (known, unexpected): (Vec<_>, Vec<_>) = wrong.iter().partition(|w| w.contains("DV_002"));
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    assert!(matches!(known.as_slice(), [one] if one.contains(":29: E0106")), "{known:#?}");
}
