//! The layout of a Play: what each rule makes of a text, and that it makes nothing more of it a second time.

use syntax::format::{format, layout};

fn formatted(text: &str) -> String {
    let once = format(text).unwrap_or_else(|found| panic!("{text}: {found:?}"));
    let twice = format(&once).unwrap_or_else(|found| panic!("{once}: {found:?}"));
    assert_eq!(once, twice, "the layout of {text}");
    once
}

/// Name, before, after.
const RULES: &[(&str, &str, &str)] = &[
    ("empty", "", ""),
    ("only comments", "\n\n# a\n\n\n# b\n", "# a\n\n# b\n"),
    ("spaces", "a:   1   \nb :  2\n\n\n\nc: 3", "a: 1\nb: 2\n\nc: 3\n"),
    ("windows", "a: 1\r\nb:\r\n    c: 2\r\n", "a: 1\n\nb:\n  c: 2\n"),
    ("indentation", "a:\n      b:\n         c: 1\n      d: 2\n", "a:\n  b:\n    c: 1\n  d: 2\n"),
    ("lists below their key", "a:\n- 1\n-   b: 2\n    c: 3\n", "a:\n  - 1\n  - b: 2\n    c: 3\n"),
    ("lists in lists", "a:\n- - 1\n  - 2\n-\n  - 3\n", "a:\n  - - 1\n    - 2\n  - - 3\n"),
    ("sections", "a: 1\nb:\n  c: 1\nd: 2\ne: 3\n", "a: 1\n\nb:\n  c: 1\n\nd: 2\ne: 3\n"),
    ("flow", "a: { b: 1,c: [ 1,2 , 3 ] , d: {} }\n", "a: {b: 1, c: [1, 2, 3], d: {}}\n"),
    ("flow over lines", "a: [1,\n    2,\n  3]\n", "a: [1, 2, 3]\n"),
    ("flow with comments", "a: [1,  # one\n  2]  # end\n", "a:\n  - 1  # one\n  - 2  # end\n"),
    ("flow with a comment at its end", "a: {b: 1,\n  # end\n  }\n", "a:\n  b: 1\n  # end\n"),
    ("flow without values", "a: {b, c: }\n", "a: {b: null, c: null}\n"),
    (
        "filters and the logic of blocks",
        "filters: [ 'a>1', {use: x, with: {way: 'a-b'}} ]\nlogic:\n  long: 'a<b-c'\n  short: {not: 'a<b'}\n",
        "filters: [\"a > 1\", {use: x, with: {way: \"a-b\"}}]\n\nlogic:\n  long: \"a < b - c\"\n  short: {not: \"a < b\"}\n",
    ),
    (
        "the parameters of blocks are no expressions",
        "setups:\n  s: {use: x, with: {way: \"a-b\"}}\nrisk: {use: y, with: {level: \"a-b\"}}\n",
        "setups:\n  s: {use: x, with: {way: \"a-b\"}}\n\nrisk: {use: y, with: {level: \"a-b\"}}\n",
    ),
    (
        "quotes",
        "a: 'x'\nb: 'say \"x\"'\nc: 'it''s'\nd: \"x\"\ne: x\n",
        "a: \"x\"\nb: 'say \"x\"'\nc: 'it''s'\nd: \"x\"\ne: x\n",
    ),
    ("absent values", "a:\nb: ~\nc: null\n", "a:\nb: ~\nc: null\n"),
    (
        "comments",
        "# head\n\na: 1 # beside\n# of b\n\nb:   # beside b\n    # of c\n    c: 1\n    # end of b\n# of d\nd: 1\n",
        "# head\n\na: 1  # beside\n\n# of b\n\nb:  # beside b\n  # of c\n  c: 1\n  # end of b\n\n# of d\nd: 1\n",
    ),
    (
        "a comment after a comment beside",
        "a:\n    b: 1  # one\n    # two\nc: 1\n",
        "a:\n  b: 1  # one\n  # two\n\nc: 1\n",
    ),
    (
        "comments of nested blocks",
        "a:\n  b:\n    c: 1\n    # in b\n  # in a\n  d: 1\n",
        "a:\n  b:\n    c: 1\n    # in b\n  # in a\n  d: 1\n",
    ),
    ("a comment before a value", "a:  # why\n  \"x\"\nb: 1\n", "a:  # why\n  \"x\"\n\nb: 1\n"),
    ("a list at its key's column", "a:\n- 1\n# of b\nb: 1\n", "a:\n  - 1\n\n# of b\nb: 1\n"),
    (
        "literal",
        "a: |\n     one\n       two\n\n     three\n\n\nb: 1\n",
        "a: |\n  one\n    two\n\n  three\n\nb: 1\n",
    ),
    ("folded", "a: >-   # why\n one\n two\nb: 1\n", "a: >-  # why\n  one\n  two\n\nb: 1\n"),
    ("kept line ends", "a:\n- |+\n   x\n\n- 1\n", "a:\n  - |+\n    x\n\n  - 1\n"),
    ("text over lines", "a: one\n  two\nb: \"one\n     two\"\n", "a: one two\nb: \"one two\"\n"),
    ("paragraphs", "a: \"one\n\n     two\"\n", "a: \"one\n\n  two\"\n"),
    ("document start", "# head\n---\na: 1\n", "# head\n---\na: 1\n"),
    (
        "expressions",
        "setups:\n  s: 'a>1 and  ( b-c )*-2<= macd . signal [ 1 ]'\n  t: [a,\"crosses   above\", 'b+1']\n",
        "setups:\n  s: \"a > 1 and (b - c) * -2 <= macd.signal[1]\"\n  t: [a, \"crosses above\", \"b + 1\"]\n",
    ),
    (
        "texts that are no expressions",
        "name: \"a>1\"\nsetups:\n  s: [x, in, [\"a-b\"]]\n  t: \"a >\"\n  u: \"a  b\"\n  v: \"a > ${b}\"\n",
        "name: \"a>1\"\n\nsetups:\n  s: [x, in, [\"a-b\"]]\n  t: \"a >\"\n  u: \"a  b\"\n  v: \"a > ${b}\"\n",
    ),
    (
        "windows in expressions",
        "actions:\n  entry_long: \"holds_for( 3,rsi<30,anchor_tf:1h ) and not(a>b)\"\n",
        "actions:\n  entry_long: \"holds_for(3, rsi < 30, anchor_tf: 1h) and not (a > b)\"\n",
    ),
    (
        "cases",
        "actions:\n- id: x\n  cases:\n  - when: a>b\n    emit: [ entry_long ]\n",
        "actions:\n  - id: x\n    cases:\n      - when: a > b\n        emit: [entry_long]\n",
    ),
];

#[test]
fn each_rule_does_what_it_says() {
    let mut wrong = Vec::new();
    for (name, before, after) in RULES {
        let found = formatted(before);
        if found != *after {
            wrong.push(format!("{name}\n--- expected\n{after}\n--- found\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn long_lines_are_opened() {
    let item = "{setup: a_name_that_is_rather_long}";
    let text = format!("setups:\n  s: {{all: [{item}, {item}, {item}]}}\n");
    let item = "- {setup: a_name_that_is_rather_long}\n";
    assert_eq!(formatted(&text), format!("setups:\n  s:\n    all:\n      {item}      {item}      {item}"));
}

#[test]
fn what_is_not_yaml_is_reported() {
    let found = format("a: [1\nb: 2\n").expect_err("it cannot be read");
    assert!(found.iter().any(diagnostics::Diagnostic::is_error));
}

/// Whatever the lexer of expressions skips may stand in one.
#[test]
fn odd_spaces_in_an_expression_are_put_in_order() {
    for space in ["\t", "\u{a0}", "\u{feff}"] {
        let play = format!("actions:\n  entry_long: \"close{space}>open\"\n");
        assert_eq!(formatted(&play), "actions:\n  entry_long: \"close > open\"\n", "{space:?}");
    }
}

/// A carriage return on its own ends a line, and with it a comment.
#[test]
fn lines_may_end_as_they_once_did() {
    assert_eq!(formatted("# one\ra:   1 # two\rb: [x,  y]\r"), "# one\na: 1  # two\nb: [x, y]\n");
    assert_eq!(formatted("#\r+\n"), "#\n+\n");
    assert_eq!(formatted("a:   1\r\nb:  2\r\n"), "a: 1\nb: 2\n");
}

/// Line breaks after no text are a text that only `+` keeps.
#[test]
fn blocks_of_line_breaks_alone_stay() {
    for text in ["|+\n\n", "a: |+\n\n", "a: |+\n\n\nb: 1\n", "a: |\n\nb: 1\n", "- |+\n\n\n", "- >\n- a\n"] {
        assert_eq!(formatted(text), text);
    }
}

/// The sign of a block is not looked for in a comment.
#[test]
fn comments_about_blocks_are_no_blocks() {
    assert_eq!(formatted("\n#|\n|\n"), "#|\n|\n");
    assert_eq!(formatted("a: |- # |>\n  x\n"), "a: |-  # |>\n  x\n");
}

/// What would end the document at the beginning of a line does not stand there.
#[test]
fn marks_of_the_end_are_set_in() {
    for text in ["  ---\n", "  --- a: 1\n  b: 2\n", "  ...\n"] {
        assert_eq!(formatted(text), text);
    }
    assert_eq!(formatted("  ---a\n"), "---a\n");
}

/// Where the layout would mean something else.
#[test]
fn what_has_no_layout_stays() {
    for text in ["|1\n\n\n  o\n", "? |\n {", " {a: ?}", "|\n \n#"] {
        assert_eq!(layout(text), Ok(None));
        assert_eq!(formatted(text), text);
    }
}

/// Every text of a few characters that mean something in YAML: what a layout forgets is found by the shortest.
#[test]
fn every_short_text_is_laid_out_once_and_for_all() {
    const CHARACTERS: [&str; 14] = [" ", "\n", "a", "-", ":", "#", "|", "+", ">", "\"", "'", "[", "]", ","];
    let longest = if std::env::var_os("PLAY_SLOW").is_some() { 7 } else { 5 };
    for length in 1..=longest {
        for number in 0..CHARACTERS.len().pow(length) {
            let digits = (0..length).map(|digit| number / CHARACTERS.len().pow(digit) % CHARACTERS.len());
            let text: String = digits.map(|digit| CHARACTERS[digit]).collect();
            let Ok(once) = layout(&text) else { continue };
            let Some(once) = once else {
                // the comment would stand in the block
                assert!(text.contains(['|', '>']) && text.contains("\n#"), "{text:?} has no layout");
                continue;
            };
            assert_eq!(format(&once).as_ref(), Ok(&once), "{text:?}");
        }
    }
}
