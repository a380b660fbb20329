//! Every place where a declared name stands: in the tokens of expressions, and as values that are names.
//!
//! Works on tokens, not on the compiler's tree: a Play in the middle of an edit has the one and not always the other.

use std::collections::BTreeMap;
use std::ops::Range;

use diagnostics::{SourceId, Span};
use driver::Compilation;
use resolve::resolved::{Block, Expr, ExprKind, Intent, MetadataValue};
use syntax::expr::Tok;
use syntax::shape::{Form, Shape};
use syntax::yaml;

use crate::declarations::{Declaration, DeclarationKind, value};
use crate::outline::{Outline, SlotId, Value};
use crate::shapes::{Shapes, is_expression};
use crate::words::ROLES;

/// Names of arguments: `holds_for(5, x, anchor_tf: 1h)`.
const ARGUMENTS: &[&str] = &["anchor_tf", "within", "within_total", "min"];

/// A name where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    pub range: Range<usize>,
    /// The index of its declaration.
    pub declared: usize,
    pub is_declaration: bool,
}

/// One token of an expression and its place in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Lexed<'t> {
    pub token: Tok<'t>,
    pub range: Range<usize>,
}

/// In the order of the text.
#[must_use]
pub fn find(
    outline: &Outline,
    shapes: &Shapes,
    text: &str,
    declarations: &[Declaration],
    compilation: &Compilation,
    is_here: impl Fn(Span) -> bool,
) -> Vec<Mention> {
    let mut index = Index {
        outline,
        shapes,
        text,
        declarations,
        by_name: BTreeMap::new(),
        words: words(compilation, is_here),
        out: Vec::new(),
    };
    for (at, d) in declarations.iter().enumerate() {
        index.out.push(Mention { range: d.range.clone(), declared: at, is_declaration: true });
        if !d.kind.is_text()
            && d.kind != DeclarationKind::Role
            && let Some((found, _)) = value(declarations, &d.name)
        {
            index.by_name.entry(d.name.as_str()).or_insert(found);
        }
    }
    (1..outline.slots.len()).for_each(|slot| index.slot(slot));
    index.out.sort_by_key(|m| (m.range.start, m.range.end, !m.is_declaration));
    index.out.dedup_by(|b, a| a.range == b.range);
    index.out
}

/// Reads the tokens of a scalar; `${name}` counts as one word.
#[must_use]
pub fn lex(text: &str, range: Range<usize>) -> Vec<Lexed<'_>> {
    let Some(raw) = text.get(range.clone()) else { return Vec::new() };
    let span = Span::new(SourceId::default(), range.clone());
    let origin = yaml::Origin::Exact { start: span.start };
    let scalar = yaml::Scalar { text: String::new(), style: yaml::Style::Plain, span, origin };
    let tokens = syntax::expr::tokens(raw, &scalar, &mut Vec::new());
    let mut out: Vec<Lexed<'_>> = Vec::with_capacity(tokens.len());
    for (start, token, end) in tokens {
        let range = range.start + start..range.start + end;
        // a variable: `$` begins no token, and what is in the braces is no value's name
        let in_variable = variable_around(text, range.start).is_some();
        match out.last_mut() {
            Some(last) if in_variable && variable_around(text, last.range.start).is_some() => {
                last.range.end = range.end;
            }
            _ if in_variable => out.push(Lexed { token: Tok::Number("${}"), range }),
            _ => out.push(Lexed { token, range }),
        }
    }
    out
}

/// The `${..}` that the offset is in.
#[must_use]
pub fn variable_around(text: &str, offset: usize) -> Option<Range<usize>> {
    let line_start = text.get(..offset)?.rfind('\n').map_or(0, |n| n + 1);
    let before = text.get(line_start..offset)?;
    let at_dollar = text.get(offset..)?.starts_with("${");
    let open = if at_dollar { offset } else { line_start + before.rfind("${")? };
    let close = open + text.get(open..)?.find(['}', '\n'])?;
    (offset <= close && text.as_bytes().get(close) == Some(&b'}')).then_some(open..close + 1)
}

/// The words that stand for a value of an output: no names, even where something is called so.
fn words(compilation: &Compilation, is_here: impl Fn(Span) -> bool) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let play = &compilation.resolved;
    play.setups.iter().for_each(|s| words_of(&s.condition, &mut found));
    for Block { cases, otherwise, .. } in &play.blocks {
        cases.iter().for_each(|c| words_of(&c.when, &mut found));
        let intents = cases.iter().flat_map(|c| &c.emit).chain(otherwise);
        for Intent { metadata, .. } in intents {
            for m in metadata {
                if let MetadataValue::Expr(expr) = &m.value {
                    words_of(expr, &mut found);
                }
            }
        }
    }
    let here = found.iter().filter(|s| is_here(**s));
    let mut out: Vec<(usize, usize)> = here.map(|s| (s.start as usize, s.end as usize)).collect();
    out.sort_unstable();
    out
}

fn words_of(expr: &Expr, out: &mut Vec<Span>) {
    match &expr.kind {
        ExprKind::Word { .. } => out.push(expr.span),
        ExprKind::Negate(a) | ExprKind::Not(a) => words_of(a, out),
        ExprKind::Arithmetic { left, right, .. }
        | ExprKind::Compare { left, right, .. }
        | ExprKind::Cross { left, right, .. } => [left, right].iter().for_each(|e| words_of(e, out)),
        ExprKind::Between { value, low, high } => [value, low, high].iter().for_each(|e| words_of(e, out)),
        ExprKind::Near { left, right, tolerance, .. } => {
            [left, right, tolerance].iter().for_each(|e| words_of(e, out));
        }
        ExprKind::In { value, items } => {
            words_of(value, out);
            items.iter().for_each(|e| words_of(e, out));
        }
        ExprKind::Function { args: items, .. } | ExprKind::All(items) | ExprKind::Any(items) => {
            items.iter().for_each(|e| words_of(e, out));
        }
        ExprKind::Window(window) => words_of(&window.expr, out),
        ExprKind::Sequence(sequence) => sequence.steps.iter().for_each(|e| words_of(e, out)),
        ExprKind::Score(score) => score.parts.iter().for_each(|(e, _)| words_of(e, out)),
        _ => {}
    }
}

struct Index<'a> {
    outline: &'a Outline,
    shapes: &'a Shapes,
    text: &'a str,
    declarations: &'a [Declaration],
    by_name: BTreeMap<&'a str, usize>,
    words: Vec<(usize, usize)>,
    out: Vec<Mention>,
}

impl Index<'_> {
    fn slot(&mut self, id: SlotId) {
        let slot = self.outline.slot(id);
        if let Some(key) = &slot.key {
            self.variables(key.range.clone());
            if matches!(self.shapes.get(id).of_form(Form::List), Shape::List(_)) && self.is_structures(id) {
                self.role(key.range.clone());
            }
        }
        let Value::Scalar(token) = &slot.value else { return };
        let range = token.range.clone();
        self.variables(range.clone());
        let shape = self.shapes.get(id).of_form(Form::Scalar);
        match shape {
            _ if is_expression(shape) => self.expression(range),
            Shape::Role | Shape::Clock => self.role(range),
            Shape::Setup => self.exact(range, |d| d.kind == DeclarationKind::Setup),
            Shape::Structure => self.structure(range),
            Shape::Source | Shape::Feature => self.output(range),
            Shape::Any if self.is_feature_param(id) => self.output(range),
            _ => {}
        }
    }

    fn is_structures(&self, id: SlotId) -> bool {
        let path = self.outline.path(id);
        path.len() == 2 && self.outline.key(self.text, path[0]) == Some("structures")
    }

    /// `atr_key: atr_14` among the parameters of a structure.
    fn is_feature_param(&self, id: SlotId) -> bool {
        let params = self.outline.slot(id).parent;
        if !matches!(self.shapes.get(params), Shape::Params) {
            return false;
        }
        let declaration = self.outline.slot(params).parent;
        let row = crate::shapes::builtin(self.outline, self.text, declaration);
        let name = self.outline.key(self.text, id).unwrap_or("");
        let param = row.and_then(|r| r.params.iter().find(|p| p.name == name));
        param.is_some_and(|p| p.ty == stdlib::ParamType::Feature) || (name == "source" && param.is_none())
    }

    fn push(&mut self, range: Range<usize>, declared: usize) {
        self.out.push(Mention { range, declared, is_declaration: false });
    }

    fn expression(&mut self, range: Range<usize>) {
        let tokens = lex(self.text, range);
        for (at, lexed) in tokens.iter().enumerate() {
            let Tok::Name(name) = lexed.token else { continue };
            let before = at.checked_sub(1).map(|n| &tokens[n].token);
            let after = tokens.get(at + 1).map(|l| &l.token);
            let is_output = before == Some(&Tok::Dot);
            let is_called = after == Some(&Tok::Open);
            // in a score a condition may stand before the colon
            let is_argument = after == Some(&Tok::Colon) && ARGUMENTS.contains(&name);
            let is_word = self.words.binary_search_by(|w| w.0.cmp(&lexed.range.start)).is_ok()
                || self.is_whole_word(&lexed.range);
            if is_output || is_called || is_argument || is_word {
                continue;
            }
            if let Some(&declared) = self.by_name.get(name) {
                self.push(lexed.range.clone(), declared);
            }
        }
    }

    /// A quoted word of a list has its span with the quotes.
    fn is_whole_word(&self, range: &Range<usize>) -> bool {
        let outer = (range.start.saturating_sub(1), range.end + 1);
        self.words.binary_search(&outer).is_ok()
    }

    /// `macd`, `macd.signal`, or a column's name such as `macd_signal`.
    fn output(&mut self, range: Range<usize>) {
        let text = self.text.get(range.clone()).unwrap_or("");
        let start = range.start + (text.len() - text.trim_start().len());
        let text = text.trim();
        let base = text.split(['.', '[']).next().unwrap_or("");
        let by_name = self.by_name.get(base).map(|&d| (d, base.len()));
        let declared = by_name.or_else(|| {
            let calls = self.declarations.iter().enumerate().filter(|(_, d)| d.kind.is_value());
            let mut prefixes = calls.filter(|(_, d)| {
                text.strip_prefix(d.name.as_str()).is_some_and(|rest| rest.starts_with('_'))
            });
            prefixes.next().map(|(at, d)| (at, d.name.len()))
        });
        if let Some((declared, len)) = declared {
            self.push(start..start + len, declared);
        }
    }

    fn structure(&mut self, range: Range<usize>) {
        let is_there = self.declarations.iter().any(|d| {
            d.kind == DeclarationKind::Structure && self.text.get(range.clone()) == Some(d.name.as_str())
        });
        if is_there {
            self.exact(range, |d| d.kind == DeclarationKind::Structure);
        } else {
            self.exact(range, |d| d.kind == DeclarationKind::Feature);
        }
    }

    fn role(&mut self, range: Range<usize>) {
        if self.text.get(range.clone()).is_some_and(|t| ROLES.contains(&t)) {
            self.exact(range, |d| d.kind == DeclarationKind::Role);
        }
    }

    fn exact(&mut self, range: Range<usize>, is: impl Fn(&Declaration) -> bool) {
        let name = self.text.get(range.clone()).unwrap_or("");
        if let Some(declared) = self.declarations.iter().position(|d| is(d) && d.name == name) {
            self.push(range, declared);
        }
    }

    fn variables(&mut self, range: Range<usize>) {
        let mut from = range.start;
        while let Some(open) = self.text.get(from..range.end).and_then(|t| t.find("${")).map(|n| from + n) {
            let Some(close) = self.text.get(open..range.end).and_then(|t| t.find('}')).map(|n| open + n)
            else {
                return;
            };
            let inner = &self.text[open + 2..close];
            let start = open + 2 + (inner.len() - inner.trim_start().len());
            let name = start..start + inner.trim().len();
            self.exact(name, |d| d.kind.is_text());
            from = close + 1;
        }
    }
}
