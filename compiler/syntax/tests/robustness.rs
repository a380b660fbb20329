//! No text makes the parser panic or point outside of the text, and every scalar is where its span says.

use diagnostics::{Diagnostic, SourceId};
use proptest::prelude::*;
use syntax::yaml::{Kind, Node, Origin, Scalar};

const PLAY: &str = include_str!("../../../tests/syntax/ok/everything.yml");

/// Parses and checks every place that is spoken of.
fn survives(text: &str) {
    let (play, diagnostics) = syntax::parse(SourceId(0), text);
    for diagnostic in &diagnostics {
        check_places(text, diagnostic);
    }
    drop(syntax::print::play(&play));
}

fn check_places(text: &str, diagnostic: &Diagnostic) {
    let labels = diagnostic.labels.iter().map(|l| l.span);
    let edits = diagnostic.fixes.iter().flat_map(|f| &f.edits).map(|e| e.span);
    for span in labels.chain(edits) {
        let range = span.range();
        assert!(range.start <= range.end && text.get(range.clone()).is_some(), "{range:?} in {diagnostic:?}");
    }
}

fn check_scalars(text: &str, node: &Node) {
    assert!(text.get(node.span.range()).is_some(), "{:?}", node.span);
    match &node.kind {
        Kind::Scalar(scalar) => check_scalar(text, scalar),
        Kind::List(items) => items.iter().for_each(|item| check_scalars(text, item)),
        Kind::Map(entries) => entries.iter().for_each(|entry| {
            check_scalar(text, &entry.key);
            check_scalars(text, &entry.value);
        }),
        Kind::Null | Kind::Error => {}
    }
}

fn check_scalar(text: &str, scalar: &Scalar) {
    let whole = scalar.place(0, scalar.text.len());
    match scalar.origin {
        Origin::Exact { .. } => assert_eq!(&text[whole.range()], scalar.text),
        Origin::Pieces(_) => {
            for (at, c) in scalar.text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
                let place = scalar.place(at, at + c.len_utf8());
                assert_eq!(&text[place.range()], c.to_string());
            }
        }
        Origin::Whole => assert_eq!(whole, scalar.span),
    }
}

/// Pieces of Plays, of YAML and of expressions, in any order.
fn soup() -> impl Strategy<Value = String> {
    let words = [
        "actions",
        "entry_long",
        "all",
        "any",
        "not",
        "features",
        "setups",
        "risk",
        "use",
        "lhs",
        "op",
        "rhs",
        "variables",
        "structures",
        "exec",
        "ema_9",
        "close",
        "${x}",
        "${",
        "and",
        "or",
        "between",
        "in",
        "near",
        "within",
        "crosses above",
        "holds_for",
        "setup",
        ">",
        ">=",
        "==",
        "&&",
        "%",
        "30m",
        "3%",
        "0.618",
        "1e5",
        "015",
        "yes",
        "~",
        ":",
        ": ",
        "- ",
        "-",
        "?",
        ",",
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        "\"",
        "'",
        "|",
        ">-",
        "#",
        " #",
        "&a",
        "*a",
        "<<",
        "!tag",
        "!",
        "%",
        "@",
        "`",
        "---",
        "...",
        "\n",
        "\n  ",
        "\n    ",
        "\r\n",
        "\t",
        " ",
        "é",
        "\u{feff}",
        "\u{0}",
        "\\x3e",
        "\\",
        "min",
        "max",
        "step",
        "choices",
        "bars",
        "expr",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..60).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let (text, _) = syntax::decode(SourceId(0), &bytes);
        survives(&text);
    }

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        survives(&text);
    }

    #[test]
    fn pieces_of_plays(text in soup()) {
        survives(&text);
        if let Some(root) = syntax::yaml::load(SourceId(0), &text).0.root {
            check_scalars(&text, &root);
        }
    }

    #[test]
    fn expressions(text in soup()) {
        survives(&format!("setups:\n  s: {:?}\n", text));
        survives(&format!("setups:\n  s: '{}'\n", text.replace('\'', "''")));
    }

    /// A Play with a part of it removed, doubled, or replaced.
    #[test]
    fn broken_plays(from in 0..PLAY.len(), len in 0usize..40, soup in soup(), how in 0..3) {
        let border = |mut at: usize| { while !PLAY.is_char_boundary(at) { at -= 1; } at };
        let (from, to) = (border(from), border((from + len).min(PLAY.len())));
        let middle = match how { 0 => String::new(), 1 => PLAY[from..to].repeat(2), _ => soup };
        let text = format!("{}{middle}{}", &PLAY[..from], &PLAY[to..]);
        survives(&text);
        if let Some(root) = syntax::yaml::load(SourceId(0), &text).0.root {
            check_scalars(&text, &root);
        }
    }
}

#[test]
fn depth_and_length_are_no_danger() {
    for n in [90, 200, 5_000, 200_000] {
        survives(&format!("setups: {{s: {}1{}}}", "[".repeat(n), "]".repeat(n)));
        survives(&format!("setups: {{s: {}1{}}}", "{not: ".repeat(n), "}".repeat(n)));
        survives(&format!("setups: {{s: '{}close{}'}}", "(".repeat(n), ")".repeat(n)));
        survives(&format!("setups: {{s: '{} close'}}", "not ".repeat(n)));
        survives(&format!("setups: {{s: '{} close > 1'}}", "- ".repeat(n)));
        survives(&format!("setups: {{s: 'close {}'}}", "+ 1 ".repeat(n)));
        survives(&format!("setups: {{s: 'close {}'}}", "and close > 1 ".repeat(n)));
        survives(&format!("setups: {{s: 'x{}'}}", "[1]".repeat(n)));
        survives(&format!("setups: {{s: 'holds_for(2, {}'}}", "abs(".repeat(n)));
    }
    let deep_block: String = (0..3_000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    survives(&deep_block);
    survives(&"- ".repeat(100_000));
    survives(&"a: &a [*a]\n".repeat(1_000));
}

/// As deep as is allowed, it is read.
#[test]
fn ninety_levels_are_fine() {
    let text = format!("{PLAY}setups: {{s: {}'close > 1'{}}}\n", "[".repeat(90), "]".repeat(90));
    let (play, diagnostics) = syntax::parse(SourceId(0), &text);
    assert!(diagnostics.iter().all(|d| !d.is_error()), "{diagnostics:#?}");
    assert_eq!(syntax::print::expr(&play.setups[0].condition), "(> close 1)");
}

/// A file with a byte order mark and Windows line ends is the same Play.
#[test]
fn windows_files() {
    let unix = syntax::parse(SourceId(0), PLAY).0;
    let windows_text = format!("\u{feff}{}", PLAY.replace('\n', "\r\n"));
    let (windows, diagnostics) = syntax::parse(SourceId(0), &windows_text);
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    assert_eq!(syntax::print::play(&unix), syntax::print::play(&windows));
    let root = syntax::yaml::load(SourceId(0), &windows_text).0.root.expect("a tree");
    check_scalars(&windows_text, &root);
}
