//! Semantic tokens: the legend, and the five numbers for each token.

use std::ops::Range;

use ide::TokenKind;
use serde_json::{Value, json};

use crate::documents::Document;

/// In the order of the numbers that `number` gives.
const TYPES: &[&str] = &[
    "keyword",
    "variable",
    "class",
    "event",
    "macro",
    "property",
    "parameter",
    "function",
    "number",
    "string",
    "enumMember",
    "operator",
    "comment",
];

const DECLARATION: u32 = 1;
const DEFAULT_LIBRARY: u32 = 2;

pub fn legend() -> Value {
    json!({"tokenTypes": TYPES, "tokenModifiers": ["declaration", "defaultLibrary"]})
}

fn number(kind: TokenKind) -> u32 {
    match kind {
        TokenKind::Key => 0,
        TokenKind::Feature => 1,
        TokenKind::Structure => 2,
        TokenKind::Setup => 3,
        TokenKind::Variable => 4,
        TokenKind::Output => 5,
        TokenKind::Parameter => 6,
        TokenKind::Function => 7,
        TokenKind::Number => 8,
        TokenKind::Text => 9,
        TokenKind::Word => 10,
        TokenKind::Operator => 11,
        TokenKind::Comment => 12,
    }
}

/// Each token relative to the one before it; a token over several lines is one for each line.
pub fn tokens(document: &Document, within: Option<&Range<usize>>) -> Value {
    let (text, lines) = (&document.text, &document.lines);
    let mut data: Vec<usize> = Vec::new();
    let (mut line_before, mut start_before) = (0, 0);
    for token in document.analysis().tokens() {
        if within.is_some_and(|w| token.range.end < w.start || w.end < token.range.start) {
            continue;
        }
        // what a Play names itself by `close` is not marked as its own
        let modifiers = if token.is_declaration { DECLARATION } else { 0 }
            | if token.is_builtin { DEFAULT_LIBRARY } else { 0 };
        for part in lines.split(text, &token.range) {
            let (line, start) = lines.position(text, part.start);
            let length = lines.encoding.len(&text[part]);
            let delta = if line == line_before { start - start_before } else { start };
            data.extend([line - line_before, delta, length, number(token.kind) as usize, modifiers as usize]);
            (line_before, start_before) = (line, start);
        }
    }
    json!({"data": data})
}
