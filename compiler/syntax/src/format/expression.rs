//! Expressions with one space around operators and none inside brackets.

use crate::expr::{self, Tok};
use crate::yaml::{Scalar, Style};

/// The expression with its spaces in order; `None` when the text is no expression that could be read.
pub fn spaced(scalar: &Scalar) -> Option<String> {
    let text = scalar.text.as_str();
    let tokens = read(text, scalar)?;
    let is_expression = tokens.iter().any(|(token, _)| !matches!(token, Tok::Name(_)));
    // `anchor_tf: 1h` outside of quotes would be a key
    let is_safe = scalar.style == Style::Quoted || !tokens.iter().any(|(token, _)| *token == Tok::Colon);
    // a lone operator is one side of `[ema_9, "crosses  above", ema_21]`
    let is_read = || {
        let mut unread = Vec::new();
        expr::parse(scalar, &mut unread);
        unread.is_empty()
    };
    if !is_expression || !is_safe || tokens.len() > 1 && !is_read() {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 8);
    for (at, (token, written)) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at)).map(|(token, _)| *token);
        let earlier = at.checked_sub(2).and_then(|at| tokens.get(at)).map(|(token, _)| *token);
        if let Some(before) = before
            && is_apart(earlier, before, *token)
        {
            out.push(' ');
        }
        let words: Vec<&str> = match token {
            Tok::CrossAbove | Tok::CrossBelow => written.split_whitespace().collect(),
            _ => vec![*written],
        };
        out.push_str(&words.join(" "));
    }
    let again = read(&out, scalar)?;
    let is_same = again.iter().map(|(token, _)| token).eq(tokens.iter().map(|(token, _)| token));
    is_same.then_some(out)
}

fn read<'i>(text: &'i str, scalar: &Scalar) -> Option<Vec<(Tok<'i>, &'i str)>> {
    let mut unread = Vec::new();
    let tokens = expr::tokens(text, scalar, &mut unread);
    let is_read = unread.is_empty() && !tokens.iter().any(|(_, token, _)| matches!(token, Tok::Bad(_)));
    let pairs = tokens.into_iter().filter_map(|(start, token, end)| Some((token, text.get(start..end)?)));
    is_read.then(|| pairs.collect())
}

fn is_apart(earlier: Option<Tok>, before: Tok, next: Tok) -> bool {
    match (before, next) {
        (_, Tok::Dot | Tok::Comma | Tok::Colon | Tok::Close | Tok::CloseIndex)
        | (Tok::Dot | Tok::Open | Tok::OpenIndex, _)
        | (Tok::Name(_), Tok::Open)
        | (Tok::Name(_) | Tok::Close | Tok::CloseIndex, Tok::OpenIndex) => false,
        (Tok::Minus | Tok::Plus, _) => earlier.is_some_and(Tok::ends_value),
        _ => true,
    }
}
