//! One scalar as it is written in its layout.

use crate::format::expression;
use crate::yaml::{self, Comment, Origin, Scalar, Style};

/// On one line; `None` for blocks and for texts with line breaks.
pub fn inline(text: &str, scalar: &Scalar, is_expression: bool) -> Option<String> {
    let raw = text.get(scalar.span.range())?;
    if scalar.style == Style::Block || scalar.text.contains('\n') && raw.contains('\n') {
        return None;
    }
    if raw.contains('\n') {
        return joined(raw, scalar);
    }
    let spaced = match scalar.origin {
        Origin::Exact { .. } if is_expression => expression::spaced(scalar),
        _ => None,
    };
    let Some(inner) = raw.strip_prefix(['"', '\'']).filter(|_| scalar.style == Style::Quoted) else {
        return Some(spaced.unwrap_or_else(|| raw.to_owned()));
    };
    let inner = inner.get(..inner.len().saturating_sub(1))?;
    Some(quoted(raw, &spaced.unwrap_or_else(|| inner.to_owned())))
}

/// A text over several lines that has none in it.
fn joined(raw: &str, scalar: &Scalar) -> Option<String> {
    match scalar.style {
        Style::Plain => Some(scalar.text.clone()),
        _ if is_bare(&scalar.text) => Some(format!("\"{}\"", scalar.text)),
        // what is escaped stays as it is written
        _ if raw.starts_with('\'') => Some(format!("'{}'", scalar.text.replace('\'', "''"))),
        _ => None,
    }
}

/// In double quotes, unless that would take escapes.
fn quoted(raw: &str, inner: &str) -> String {
    let quote = if raw.starts_with('"') || is_bare(inner) && !inner.contains('\'') { '"' } else { '\'' };
    format!("{quote}{inner}{quote}")
}

/// What means itself between double quotes.
fn is_bare(text: &str) -> bool {
    !text.chars().any(|c| c == '"' || c == '\\' || c.is_control())
}

/// Where the head of a block begins.
pub fn sign(text: &str, scalar: &Scalar, comments: &[Comment]) -> Option<usize> {
    let start = scalar.span.start as usize;
    // one without a text may begin with its head
    let is_head = is_blank(scalar) && text.get(start..)?.starts_with(['|', '>']);
    if is_head { Some(start) } else { yaml::block_sign(text, comments, start) }
}

/// The head of a block, as in `|-`, from its sign on.
pub fn head(text: &str, sign: usize) -> &str {
    let rest = text.get(sign..).unwrap_or_default();
    let length = rest.find(|c: char| !matches!(c, '|' | '>' | '+' | '-' | '0'..='9')).unwrap_or(rest.len());
    rest.get(..length).unwrap_or_default()
}

/// Line breaks alone, which only `+` keeps, or nothing.
fn is_blank(scalar: &Scalar) -> bool {
    scalar.text.bytes().all(|byte| byte == b'\n')
}

/// The head that says how the text ends: without a line break, with one, or with those that it has.
pub fn chomped(head: &str, scalar: &Scalar) -> String {
    if scalar.text.is_empty() {
        return head.to_owned();
    }
    let style: String = head.chars().filter(|c| !matches!(c, '+' | '-')).collect();
    match scalar.text.len() - scalar.text.trim_end_matches('\n').len() {
        0 => style + "-",
        1 if !is_blank(scalar) => style,
        _ => style + "+",
    }
}

/// The lines of a block, each without the indentation that they share.
pub fn block_lines<'t>(text: &'t str, scalar: &Scalar, head: &str) -> Vec<&'t str> {
    if is_blank(scalar) {
        return vec![""; scalar.text.len()];
    }
    let start = scalar.span.start as usize;
    let before = text.get(..start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let leading = before.get(..line_start).unwrap_or_default();
    // blank lines between the head and the first text
    let blank = leading.lines().rev().take_while(|line| line.trim().is_empty()).count();
    let depth = start - line_start;
    let body = text.get(line_start..scalar.span.end as usize).unwrap_or_default();
    let mut lines: Vec<&str> = vec![""; blank];
    lines.extend(
        body.lines()
            .map(|line| line.get(depth..).unwrap_or_else(|| line.trim_start()).trim_end_matches('\r')),
    );
    if body.ends_with('\n') || body.is_empty() {
        // the part of the next line that belongs to it is none
    } else if lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
    if !head.contains('+') {
        while lines.last().is_some_and(|line| line.trim().is_empty()) {
            lines.pop();
        }
    }
    lines
}

/// The lines of a text that has line breaks in it, to be indented anew: spaces at their beginning mean nothing.
pub fn folded_lines<'t>(text: &'t str, scalar: &Scalar) -> Vec<&'t str> {
    let raw = text.get(scalar.span.range()).unwrap_or_default();
    raw.lines().map(str::trim).collect()
}
