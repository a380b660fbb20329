//! The page of every diagnostic keeps its word: the wrong example gives the code, the right one compiles.

use diagnostics::{Code, explain};
use tests::all_hold;

#[test]
fn every_page_keeps_its_word() {
    let mut failures = Vec::new();
    for &code in Code::ALL {
        let examples = explain::examples(explain::page(code));
        for is_wrong in [true, false] {
            // no text can show what is not text: see the test below
            let cannot_be_shown = is_wrong && code == Code::E0109;
            if !cannot_be_shown && !examples.iter().any(|e| e.is_wrong == is_wrong) {
                failures
                    .push(format!("{}: the page has no example that is_wrong = {is_wrong}", code.as_str()));
            }
        }
        for example in &examples {
            let c = driver::compile("example.yml", &example.play, &tests::with_blocks(&example.blocks));
            if example.is_wrong {
                let found: Vec<_> = c.diagnostics.iter().map(|d| d.code).collect();
                if !found.contains(&code) {
                    failures.push(format!("{}: the wrong example gives {found:?}", code.as_str()));
                }
                continue;
            }
            let bad = c.diagnostics.iter().find(|d| d.is_error() || d.code == code);
            if let Some(bad) = bad {
                failures.push(format!(
                    "{}: the right example gives {:?}: {}",
                    code.as_str(),
                    bad.code,
                    bad.message
                ));
            }
        }
    }
    all_hold(&failures);
}

#[test]
fn bytes_that_are_no_text_are_met_with_their_code() {
    let c = driver::compile_bytes("latin-1.yml", b"name: caf\xe9\n", &driver::Options::default());
    let found: Vec<_> = c.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(found, [Code::E0109]);
    assert!(c.program.is_none());
}
