//! The page of every diagnostic keeps its word: the wrong example gives the code, the right one compiles.

use diagnostics::{Code, explain};
use tests::all_hold;

#[test]
fn every_page_keeps_its_word() {
    let mut failures = Vec::new();
    for &code in Code::ALL {
        let examples = explain::examples(code);
        if examples.wrong.is_empty() || examples.right.is_empty() {
            failures.push(format!("{}: the page has no wrong or no right example", code.as_str()));
        }
        for play in &examples.wrong {
            let found = codes(play);
            if !found.contains(&code) {
                failures.push(format!("{}: the wrong example gives {found:?}", code.as_str()));
            }
        }
        for play in &examples.right {
            let c = driver::compile("right.yml", play, &driver::Options::default());
            let bad = c.diagnostics.iter().find(|d| d.is_error() || d.code == code);
            if let Some(bad) = bad {
                failures.push(format!("{}: the right example gives {:?}: {}", code.as_str(), bad.code, bad.message));
            }
        }
    }
    all_hold(&failures);
}

fn codes(play: &str) -> Vec<Code> {
    let c = driver::compile("wrong.yml", play, &driver::Options::default());
    c.diagnostics.iter().map(|d| d.code).collect()
}
