//! Inside of expressions: what the tokens before the cursor ask for.

use std::ops::Range;

use driver::reference::output_type;
use stdlib::{Type, Unit};
use syntax::expr::Tok;
use syntax::shape::{OPERATORS, Shape};

use super::{CompletionKind, Cx};
use crate::declarations::{Declaration, DeclarationKind, value};
use crate::facts::usual_outputs;
use crate::mentions::{Lexed, lex};
use crate::words;

impl Cx<'_> {
    /// `subject`: what the value is compared with by the list around.
    pub(super) fn expression(&mut self, range: Range<usize>, subject: Option<String>) {
        let mut tokens = lex(self.prefix, range);
        if tokens.last().is_some_and(|l| l.range.end == self.typed.end && !self.typed.is_empty()) {
            tokens.pop();
        }
        let before: Vec<&Tok<'_>> = tokens.iter().map(|l| &l.token).collect();
        match before.as_slice() {
            [.., Tok::Dot] => self.outputs(&tokens),
            [.., Tok::OpenIndex] if !is_in_list(&before) => {}
            [.., Tok::Name("crosses" | "cross")] => {
                for word in ["above", "below"] {
                    self.push(word, CompletionKind::Operator, "", "true on one bar", 0);
                }
            }
            [.., Tok::Name("setup"), Tok::Open] => self.names(|k| k == DeclarationKind::Setup),
            [.., Tok::Name("anchor_tf"), Tok::Colon] => self.timeframes(),
            [.., Tok::Eq | Tok::Ne] => {
                self.words_of(self.left_side(&tokens).as_deref());
                self.operands(Shape::Operand);
            }
            [.., Tok::OpenIndex | Tok::Comma] if is_in_list(&before) => {
                let open = tokens.iter().rposition(|l| l.token == Tok::In).unwrap_or(0);
                self.words_of(self.left_side(&tokens[..=open]).as_deref());
            }
            [] => {
                self.words_of(subject.as_deref());
                let shape = if subject.is_some() { Shape::Operand } else { Shape::Condition };
                self.operands(shape);
            }
            [.., last] if last.ends_value() => self.infix(),
            [.., Tok::And | Tok::Or | Tok::Not | Tok::Open | Tok::Comma] => self.operands(Shape::Condition),
            _ => self.operands(Shape::Operand),
        }
    }

    /// The path before a comparison, as written.
    fn left_side(&self, tokens: &[Lexed<'_>]) -> Option<String> {
        let end = tokens.len().checked_sub(1)?;
        let parts = tokens[..end].iter().rev().take_while(|l| {
            matches!(l.token, Tok::Name(_) | Tok::Dot | Tok::Number(_) | Tok::OpenIndex | Tok::CloseIndex)
        });
        let start = parts.last()?.range.start;
        self.prefix.get(start..tokens[end - 1].range.end).map(str::to_owned)
    }

    /// `macd.`
    fn outputs(&mut self, tokens: &[Lexed<'_>]) {
        let path: String = {
            let mut with_end = tokens.to_vec();
            with_end.extend(tokens.last().cloned());
            self.left_side(&with_end).unwrap_or_default()
        };
        let (base, family) =
            path.trim_end_matches('.').split_once(['.', '[']).unwrap_or((path.trim_end_matches('.'), ""));
        let Some((_, declared)) = value(&self.analysis.declarations, base) else { return };
        if declared.kind == DeclarationKind::Block {
            return self.outputs_of_member(declared, family);
        }
        for output in self.analysis.outputs(declared) {
            // `zones.zone[0].`: the outputs of that member
            let member = family.replace(['[', ']'], "");
            let label = match output.name.strip_prefix(&format!("{member}_")) {
                Some(rest) if !member.is_empty() => rest.to_owned(),
                None if !member.is_empty() => continue,
                _ => output.name.to_string(),
            };
            let rank = if output.primary { 0 } else { 1 };
            let facts = self.analysis.output_facts(declared, &output);
            self.push(&label, CompletionKind::Output, &facts, output.doc.to_string(), rank);
        }
    }

    /// `momentum.` and `momentum.macd.`
    fn outputs_of_member(&mut self, set: &Declaration, member: &str) {
        if member.is_empty() {
            return self.members(set, "");
        }
        let all = self.analysis.block_of(set.slot).map_or_else(Vec::new, |block| block.members());
        let Some(member) = all.into_iter().find(|m| m.name == member) else { return };
        for output in usual_outputs(&member) {
            self.push(&output.name, CompletionKind::Output, &output_type(&output), output.doc.to_string(), 0);
        }
    }

    /// The values of an output that has a closed set of them.
    pub(super) fn words_of(&mut self, subject: Option<&str>) {
        let Some(subject) = subject.map(str::trim) else { return };
        if subject == "position_side" {
            for word in ["long", "short", "flat"] {
                self.push(word, CompletionKind::Word, "position_side", "", 0);
            }
            return;
        }
        let (base, output) = subject.split_once(['.', '[']).unwrap_or((subject, ""));
        let Some((_, declared)) = value(&self.analysis.declarations, base) else { return };
        let outputs = self.analysis.outputs(declared);
        let spelled = output.replace("].", "_").replace(['[', ']'], "");
        let found = match output {
            "" => outputs.iter().find(|o| o.primary).or(outputs.first()),
            _ => outputs.iter().find(|o| o.name == output || o.name == spelled),
        };
        let words: Vec<&str> = match found.map(|o| o.ty) {
            Some(Type::Enum(words)) => words.to_vec(),
            Some(Type::Bool) => vec!["true", "false"],
            Some(Type::Int { unit: Unit::Direction, .. }) => vec!["1", "-1", "0"],
            _ => return,
        };
        for word in words {
            self.push(word, CompletionKind::Word, subject, "", 0);
        }
    }

    /// Everything that may begin a value; where a condition may stand also what is one.
    pub(super) fn operands(&mut self, shape: Shape) {
        self.names(DeclarationKind::is_value);
        self.outputs_of_all();
        for name in words::ambient() {
            self.push(name.name, CompletionKind::Series, name.kind, name.doc, 4);
        }
        for (name, usage, doc) in words::functions() {
            self.push_as(usage, format!("{name}("), CompletionKind::Function, "", doc.to_owned(), 6);
        }
        if matches!(shape, Shape::Condition | Shape::Step) {
            self.names(|k| k == DeclarationKind::Setup);
            for (name, usage, doc) in words::CALLS {
                self.push_as(usage, format!("{name}("), CompletionKind::Function, "", (*doc).to_owned(), 5);
            }
            self.push("not", CompletionKind::Operator, "", "true when it is false", 6);
        }
    }

    /// Between two values.
    fn infix(&mut self) {
        for (at, (word, doc)) in words::KEYWORDS.iter().filter(|(w, _)| *w != "not").enumerate() {
            self.push(word, CompletionKind::Operator, "", *doc, at as u8);
        }
    }

    /// The second element of a list.
    pub(super) fn operators(&mut self) {
        for (at, (operator, doc)) in OPERATORS.iter().enumerate() {
            let is_sign = !operator.starts_with(|c: char| c.is_alphabetic());
            let insert =
                if is_sign && !self.quoted { format!("\"{operator}\"") } else { (*operator).to_owned() };
            self.push_as(operator, insert, CompletionKind::Operator, "", (*doc).to_owned(), at as u8);
        }
    }
}

/// Whether the last bracket that is open follows `in`.
fn is_in_list(tokens: &[&Tok<'_>]) -> bool {
    let open = tokens.iter().rposition(|t| **t == Tok::OpenIndex);
    let is_closed = tokens.iter().rposition(|t| **t == Tok::CloseIndex) > open;
    open.is_some_and(|at| at > 0 && *tokens[at - 1] == Tok::In) && !is_closed
}
