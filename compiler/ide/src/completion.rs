//! What may be written at an offset, also in the middle of something that does not parse yet.

mod blocks;
mod expressions;
mod keys;
mod values;

use std::ops::Range;

use syntax::shape::{Form, Shape};

use crate::Analysis;
use crate::declarations::{Declaration, DeclarationKind};
use crate::outline::{End, Outline, SlotId, Style, Value, scan};
use crate::shapes::{Shapes, is_expression, is_operator};

/// One proposal: put `insert` in place of `range`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    pub label: String,
    pub kind: CompletionKind,
    /// Beside the label: type, unit, range, default.
    pub detail: String,
    /// Markdown.
    pub documentation: String,
    pub range: Range<usize>,
    pub insert: String,
    /// What is likelier has the lower number.
    pub rank: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    Key,
    Feature,
    Structure,
    Setup,
    Variable,
    Output,
    Parameter,
    Indicator,
    Block,
    Word,
    Operator,
    Series,
    Function,
}

impl Analysis {
    /// In the order of their ranks.
    #[must_use]
    pub fn completions(&self, offset: usize) -> Vec<Completion> {
        let Some(prefix) = self.text.get(..offset) else { return Vec::new() };
        let outline = scan(prefix);
        let shapes = Shapes::new(&outline, prefix, self.kind);
        let end = outline.end.clone();
        let mut cx = Cx {
            analysis: self,
            prefix,
            outline,
            shapes,
            typed: offset..offset,
            quoted: false,
            out: Vec::new(),
        };
        if !cx.variables() {
            cx.at(&end);
        }
        let mut out = cx.out;
        out.sort_by(|a, b| (a.rank, &a.label).cmp(&(b.rank, &b.label)));
        out.dedup_by(|b, a| a.label == b.label && a.insert == b.insert);
        out
    }
}

/// The text up to the cursor, read for itself, beside the whole document.
struct Cx<'a> {
    analysis: &'a Analysis,
    prefix: &'a str,
    outline: Outline,
    shapes: Shapes,
    /// The beginning of the word that is being written.
    typed: Range<usize>,
    /// Whether that is inside quotes.
    quoted: bool,
    out: Vec<Completion>,
}

impl<'a> Cx<'a> {
    fn at(&mut self, end: &End) {
        match end {
            End::Nothing => {}
            End::Key { map, typed } => {
                self.typed = typed.clone();
                self.keys(*map);
            }
            End::Item { list } => self.item(*list),
            End::Value { slot, inline } => {
                let shape = self.shapes.get(*slot);
                if *inline {
                    self.inline(*slot);
                } else if !has_keys(shape) {
                    self.scalar(*slot, shape);
                } else {
                    self.keys(*slot);
                    if is_expression(shape) {
                        self.scalar(*slot, shape);
                    }
                }
            }
            End::Scalar { slot } => self.in_scalar(*slot),
        }
    }

    /// Inside of a word or quotes.
    fn in_scalar(&mut self, slot: SlotId) {
        let Value::Scalar(token) = &self.outline.slot(slot).value else { return };
        let token = token.clone();
        self.quoted = matches!(token.style, Style::Quoted(_));
        let written = self.prefix.get(token.range.clone()).unwrap_or("");
        let word = written.len() - written.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_').len();
        self.typed = token.range.end - word..token.range.end;
        let shape = self.shapes.get(slot);
        if has_keys(shape) && token.style == Style::Plain && self.begins_line(slot, token.range.start) {
            self.typed = token.range.clone();
            self.keys(slot);
        }
        if is_expression(shape) {
            self.expression(token.range, self.subject(slot));
        } else {
            self.typed = token.range.clone();
            self.scalar(slot, shape);
        }
        if self.may_be_operator(slot) {
            self.typed = token_range(&self.outline, slot);
            self.operators();
        }
    }

    /// A new item of a list.
    fn item(&mut self, list: SlotId) {
        let around = self.shapes.get(list);
        let items = self.outline.slot(list).children.clone();
        let shape = around.item();
        if !is_expression(shape) {
            let shape = shape.of_form(Form::Scalar);
            return self.scalar(list, shape);
        }
        let operator =
            items.get(1).and_then(|&i| self.outline.scalar(self.prefix, i)).filter(|o| is_operator(o));
        match (items.len(), operator) {
            (1, _) if self.outline.scalar(self.prefix, items[0]).is_some() => {
                self.operators();
                self.operands(shape.of_form(Form::Scalar));
            }
            (2.., Some(_)) => {
                let subject = self.outline.scalar(self.prefix, items[0]).map(str::to_owned);
                self.words_of(subject.as_deref());
                self.operands(Shape::Operand);
            }
            _ => self.operands(Shape::Condition),
        }
    }

    /// Behind a key, nothing written yet.
    fn inline(&mut self, slot: SlotId) {
        let shape = self.shapes.get(slot);
        if matches!(shape.of_form(Form::Scalar), Shape::Map(_) | Shape::Any)
            && !self.is_param(slot)
            && !self.is_argument(slot)
        {
            return self.skeleton(slot);
        }
        self.scalar(slot, shape);
        if self.may_be_operator(slot) {
            self.operators();
        }
    }

    fn is_param(&self, slot: SlotId) -> bool {
        matches!(self.shapes.get(self.outline.slot(slot).parent), Shape::Params)
    }

    /// The second item of a list of operands.
    fn may_be_operator(&self, slot: SlotId) -> bool {
        let parent = self.outline.slot(slot).parent;
        let is_second = self.outline.slot(parent).children.get(1) == Some(&slot);
        let in_list = matches!(self.outline.slot(parent).value, Value::List { .. });
        let around = self.shapes.get(parent).item();
        in_list && is_second && is_expression(around) && !matches!(self.shapes.get(slot), Shape::Operator)
    }

    /// The left side of the condition in whose list the slot is the right side.
    fn subject(&self, slot: SlotId) -> Option<String> {
        let parent = self.outline.slot(slot).parent;
        let items = &self.outline.slot(parent).children;
        let is_right = items.get(2) == Some(&slot) && self.outline.slot(slot).key.is_none();
        if is_right {
            return self.outline.scalar(self.prefix, items[0]).map(str::to_owned);
        }
        let is_rhs = self.outline.key(self.prefix, slot) == Some("rhs");
        is_rhs.then(|| self.outline.word(self.prefix, parent, "lhs").map(str::to_owned)).flatten()
    }

    /// Whether a map in block style may begin here: behind blanks and dashes, outside of brackets.
    fn begins_line(&self, slot: SlotId, start: usize) -> bool {
        let line = self.prefix.get(..start).unwrap_or("").rsplit('\n').next().unwrap_or("");
        let around = &self.outline.slot(self.outline.slot(slot).parent).value;
        let is_flow = matches!(around, Value::List { is_flow: true } | Value::Map { is_flow: true });
        line.trim_matches([' ', '-']).is_empty() && !is_flow
    }

    /// `${na`: the variables, and nothing else.
    fn variables(&mut self) -> bool {
        let line = self.prefix.rsplit('\n').next().unwrap_or("");
        let Some(open) = line.rfind("${") else { return false };
        let inner = &line[open + 2..];
        if inner.contains('}') || line[..open].contains(" #") {
            return false;
        }
        let end = self.prefix.len();
        self.typed = end - inner.trim_start().len()..end;
        for d in self.declared(DeclarationKind::is_text) {
            let slot = self.analysis.outline.slot(d.slot).range.clone();
            let documentation = format!("```yaml\n{}\n```", self.analysis.slice(&slot));
            let insert = format!("{}}}", d.name);
            self.push_as(&d.name, insert, CompletionKind::Variable, d.kind.noun(), documentation, 0);
        }
        true
    }

    fn push(
        &mut self,
        label: &str,
        kind: CompletionKind,
        detail: &str,
        documentation: impl Into<String>,
        rank: u8,
    ) {
        self.push_as(label, label.to_owned(), kind, detail, documentation.into(), rank);
    }

    fn push_as(
        &mut self,
        label: &str,
        insert: String,
        kind: CompletionKind,
        detail: &str,
        documentation: String,
        rank: u8,
    ) {
        self.out.push(Completion {
            label: label.to_owned(),
            kind,
            detail: detail.to_owned(),
            documentation,
            range: self.typed.clone(),
            insert,
            rank,
        });
    }

    fn declared(&self, wanted: impl Fn(DeclarationKind) -> bool) -> Vec<&'a Declaration> {
        // what is being declared here cannot be made of itself
        let is_here = |d: &Declaration| {
            let whole = &self.analysis.outline.slot(d.slot).range;
            crate::touches(&d.range, self.typed.end) || crate::touches(whole, self.typed.end)
        };
        self.analysis.declarations.iter().filter(|d| wanted(d.kind) && !is_here(d)).collect()
    }
}

fn has_keys(shape: Shape) -> bool {
    let shape = shape.of_form(Form::Map);
    !shape.keys().is_empty() || matches!(shape, Shape::Params | Shape::Arguments)
}

fn token_range(outline: &Outline, slot: SlotId) -> Range<usize> {
    match &outline.slot(slot).value {
        Value::Scalar(token) => token.range.clone(),
        _ => outline.slot(slot).range.clone(),
    }
}
