//! Any text, any place: no panic, ranges within the text, positions of whole characters.

mod common;

use common::{BODY, HEAD};
use ide::Analysis;
use proptest::prelude::*;

fn every_question(text: &str, step: usize) {
    let analysis = Analysis::new("any.yml", text, &driver::Options::default());
    let is_range = |range: &std::ops::Range<usize>| assert!(text.get(range.clone()).is_some(), "{range:?}");
    for token in analysis.tokens() {
        is_range(&token.range);
    }
    for symbol in analysis.symbols() {
        is_range(&symbol.range);
        symbol.children.iter().for_each(|c| is_range(&c.range));
    }
    for hint in analysis.hints(&(0..text.len())) {
        is_range(&(hint.offset..hint.offset));
    }
    for action in analysis.actions(&(0..text.len())) {
        action.edits.iter().for_each(|e| is_range(&e.range));
    }
    let offsets = (0..=text.len()).filter(|&o| text.is_char_boundary(o));
    for offset in offsets.step_by(step) {
        for completion in analysis.completions(offset) {
            is_range(&completion.range);
            assert!(completion.range.end == offset, "{completion:?}");
        }
        if let Some(hover) = analysis.hover(offset) {
            is_range(&hover.range);
        }
        if let Some(range) = analysis.definition(offset) {
            is_range(&range);
        }
        analysis.references(offset, true).iter().for_each(is_range);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn noise(text in "[a-z:{}\\[\\]\"'#,|>$&*\\-\\\\ \n\t\u{1f600}é0-9.]{0,120}") {
        every_question(&text, 1);
    }

    /// A Play in the middle of an edit: a piece is missing, another is there twice, quotes and brackets are odd.
    #[test]
    fn torn_plays(
        from in 0_usize..900,
        len in 0_usize..200,
        noise in "[{}\\[\\]\"': ,\n$#-]{0,6}",
        cut in 0_usize..1400,
    ) {
        let actions = "actions:\n  entry_long: \"ema_9 > macd.signal and calm\"\n  \
                       exit_long: [close, \"<\", \"${x}\"]\n";
        let mut text = format!("{HEAD}{BODY}{actions}");
        let from = from.min(text.len());
        let end = (from + len).min(text.len());
        text.replace_range(from..end, &noise);
        text.truncate(cut);
        every_question(&text, 7);
    }
}

#[test]
fn deep_nesting_ends() {
    every_question(&"[".repeat(5_000), 997);
    every_question(&"a: {".repeat(3_000), 997);
    every_question(&(0..400).map(|n| format!("{}a:\n", " ".repeat(n))).collect::<String>(), 9973);
}
