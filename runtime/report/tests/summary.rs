//! The summary's text against goldens; `BLESS=1` writes them anew.
#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

mod common;

use std::path::Path;

use common::{Made, busy, quiet};
use report::summary;

fn golden(name: &str, made: &Made) -> String {
    let text = summary::text(&made.run());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("BLESS").is_some_and(|v| v == "1") {
        std::fs::write(&path, &text).expect("the golden can be written");
    }
    let old = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (was, is)) in old.lines().zip(text.lines()).enumerate() {
        assert_eq!(was, is, "{name}:{}", number + 1);
    }
    assert_eq!(old, text, "{name}");
    text
}

#[test]
fn a_run_with_trades() {
    let text = golden("busy.txt", &busy(600, "1h", 25));
    assert!(!text.contains("No trade happened"));
}

#[test]
fn a_run_without_trades_says_why() {
    let text = golden("quiet.txt", &quiet());
    for part in ["No trade happened", "4h: the Play needs 210 bars", "never held on 400 bars", "nearest miss"]
    {
        assert!(text.contains(part), "`{part}` is missing");
    }
    assert!(!text.contains("NaN") && !text.contains("inf"));
}

#[test]
fn no_line_is_wider_than_a_terminal() {
    for made in [busy(600, "1h", 25), quiet()] {
        let widest = summary::text(&made.run()).lines().map(|l| l.chars().count()).max();
        assert!(widest.is_some_and(|w| w <= 140), "{widest:?}");
    }
}
