//! Names in expressions: features, structures, outputs, setups, variables, series, operators.

use std::fmt::Write;
use std::ops::Range;

use driver::reference::output_type;
use stdlib::Output;
use syntax::ast::BlockKind;
use syntax::expr::Tok;
use syntax::shape::{Form, Shape};

use crate::declarations::{Declaration, DeclarationKind};
use crate::facts::usual_outputs;
use crate::hover::Hover;
use crate::mentions::lex;
use crate::outline::Value;
use crate::shapes::is_expression;
use crate::{Analysis, Kind, touches, words};

impl Analysis {
    pub(super) fn value_hover(&self, offset: usize) -> Option<Hover> {
        if let Some(hover) = self.output_hover(offset) {
            return Some(hover);
        }
        if let Some(mention) = self.mention_at(offset) {
            let markdown = self.declared(&self.declarations[mention.declared]);
            return Some(Hover { range: mention.range.clone(), markdown });
        }
        self.word_hover(offset)
    }

    fn declared(&self, declared: &Declaration) -> String {
        match declared.kind {
            DeclarationKind::Feature | DeclarationKind::Structure => self.call_page(declared),
            DeclarationKind::Block => self.alias_page(declared),
            DeclarationKind::Setup => {
                let mut text = format!("**{}** · setup", declared.name);
                if let Some(bars) = self.setup_warmup(&declared.name) {
                    let _ = write!(text, "\n\nwarm after {bars}");
                }
                let written = self.slice(&self.outline.slot(declared.slot).range);
                let _ = write!(text, "\n\n```yaml\n{}\n```", first_lines(written));
                text
            }
            DeclarationKind::Variable | DeclarationKind::Parameter => {
                let written = self.slice(&self.outline.slot(declared.slot).range);
                let noun = declared.kind.noun();
                format!("**${{{}}}** · {noun}\n\n```yaml\n{}\n```", declared.name, first_lines(written))
            }
            DeclarationKind::Role => {
                let tf = self.role(&declared.name).unwrap_or("?");
                let exec = self.compilation.ast.timeframes.as_ref().and_then(|t| t.exec.as_ref());
                let is_exec = exec.is_some_and(|e| e.value == declared.name);
                let note = if is_exec { "; conditions run on it" } else { "" };
                format!("**{}** · timeframe `{tf}`{note}", declared.name)
            }
        }
    }

    fn call_page(&self, declared: &Declaration) -> String {
        let noun = declared.kind.noun();
        let Some(row) = declared.builtin else {
            return format!("**{}** · {noun} of an unknown type", declared.name);
        };
        let mut text = format!("**{}** · {noun} `{}`", declared.name, row.name);
        if let Some(clock) = self.clock(declared) {
            let _ = write!(text, " · timeframe {clock}");
        }
        let _ = write!(text, "\n\n{}.", row.summary);
        if let Some(bars) = self.warmup(declared) {
            let _ = write!(text, "\n\nwarm after {bars}");
        }
        text.push('\n');
        for output in self.outputs(declared).iter().take(OUTPUTS_MAX) {
            let facts = self.output_facts(declared, output);
            let _ = write!(text, "\n- `{}`: {facts}; {}", output.name, output.doc);
        }
        let _ = write!(text, "\n\n```text\n{}\n```", row.formula.trim());
        text
    }

    /// The output after the dot in `macd.histogram`.
    fn output_hover(&self, offset: usize) -> Option<Hover> {
        let (declared, range) = self.output_at(offset)?;
        if declared.kind == DeclarationKind::Block {
            return self.member_hover(declared, range);
        }
        let output = self.named_output(declared, self.slice(&range))?;
        let facts = self.output_facts(declared, &output);
        let mut text = format!("**{}.{}** · {facts}\n\n{}", declared.name, output.name, output.doc);
        let clock = self.clock(declared).map(|clock| format!("timeframe {clock}"));
        let bars = self.warmup(declared).filter(|_| !output.sparse).map(|bars| format!("warm after {bars}"));
        let both: Vec<String> = clock.into_iter().chain(bars).collect();
        if !both.is_empty() {
            let _ = write!(text, "\n\n{}", both.join("; "));
        }
        if let Some(row) = declared.builtin {
            let _ =
                write!(text, "\n\n`{}`: {}\n\n```text\n{}\n```", row.name, row.summary, row.formula.trim());
        }
        Some(Hover { range, markdown: text })
    }

    /// What stands behind the name of a declared value, up to the word at the offset: `histogram`.
    pub(crate) fn output_at(&self, offset: usize) -> Option<(&Declaration, Range<usize>)> {
        let (slot, is_key) = self.outline.at(offset)?;
        let Value::Scalar(token) = &self.outline.slot(slot).value else { return None };
        let shape = self.shapes.get(slot).of_form(Form::Scalar);
        if is_key || !(is_expression(shape) || matches!(shape, Shape::Source | Shape::Feature)) {
            return None;
        }
        let tokens = lex(&self.text, token.range.clone());
        let at = tokens
            .iter()
            .position(|l| touches(&l.range, offset) && matches!(l.token, Tok::Name(_) | Tok::Number(_)))?;
        let base = tokens[..at].iter().rposition(|l| {
            !matches!(l.token, Tok::Dot | Tok::OpenIndex | Tok::CloseIndex | Tok::Number(_)) && {
                // the last name that is no output itself
                self.mentions.iter().any(|m| m.range == l.range)
            }
        })?;
        let is_chain = tokens[base + 1..at].iter().all(|l| {
            matches!(l.token, Tok::Dot | Tok::OpenIndex | Tok::CloseIndex | Tok::Number(_) | Tok::Name(_))
        });
        let joined = base + 1 < at && is_chain && self.is_unbroken(&tokens[base].range, &tokens[at].range);
        let mention = self.mentions.iter().find(|m| m.range == tokens[base].range).filter(|_| joined)?;
        let range = tokens[base + 1].range.end..tokens[at].range.end;
        Some((&self.declarations[mention.declared], range))
    }

    /// `momentum.rsi`, `momentum.macd.signal`: of a set of features.
    fn member_hover(&self, set: &Declaration, range: Range<usize>) -> Option<Hover> {
        let block = self.block_of(set.slot)?;
        let (name, output) = self.slice(&range).split_once('.').unwrap_or((self.slice(&range), ""));
        let member = block.members().into_iter().find(|m| m.name == name)?;
        let row = member.builtin?;
        let mut text =
            format!("**{}.{name}** · feature `{}` of the block `{}`", set.name, row.name, block.file.stem());
        let _ = write!(text, "\n\n{}.\n", row.summary);
        for output in usual_outputs(&member).iter().filter(|o| output.is_empty() || o.name == output) {
            let _ = write!(text, "\n- `{}`: {}; {}", output.name, output_type(output), output.doc);
        }
        let _ = write!(text, "\n\n```text\n{}\n```", row.formula.trim());
        Some(Hover { range, markdown: text })
    }

    /// A name for a block.
    fn alias_page(&self, declared: &Declaration) -> String {
        let Some(block) = self.block_of(declared.slot) else {
            return format!("**{}** · a block that is not found", declared.name);
        };
        let mut text = format!("**{}** is\n\n{}", declared.name, block.page());
        if block.kind() == Some(BlockKind::FeatureSet) {
            let members: Vec<String> =
                block.members().iter().map(|m| format!("`{}.{}`", declared.name, m.name)).collect();
            let _ = write!(text, "\n\nIt holds {}", members.join(", "));
        }
        text
    }

    fn is_unbroken(&self, from: &Range<usize>, to: &Range<usize>) -> bool {
        !self.slice(&(from.start..to.end)).contains(char::is_whitespace)
    }

    /// `level[0.618]` and `zone[0].state` are `level_0.618` and `zone0_state`.
    fn named_output(&self, declared: &Declaration, written: &str) -> Option<Output> {
        let outputs = self.outputs(declared);
        let joined = written.replace("].", "_").replace(['[', ']'], "");
        let spelled = [written.to_owned(), written.replace('[', "_").replace(']', ""), joined];
        outputs.into_iter().find(|o| spelled.iter().any(|s| *s == o.name))
    }

    /// Series, functions, keywords and operators.
    fn word_hover(&self, offset: usize) -> Option<Hover> {
        let (slot, is_key) = self.outline.at(offset)?;
        let Value::Scalar(token) = &self.outline.slot(slot).value else { return None };
        let shape = self.shapes.get(slot).of_form(Form::Scalar);
        let range = token.range.clone();
        if is_key {
            return None;
        }
        if shape_is_operator(shape) {
            let (usage, doc) = words::meaning(self.slice(&range))?;
            return Some(Hover { range, markdown: format!("**{usage}** · operator\n\n{doc}") });
        }
        if !is_expression(shape) && !matches!(shape, Shape::Source | Shape::Feature) {
            return None;
        }
        let tokens = lex(&self.text, range);
        let lexed = tokens.iter().rev().find(|l| touches(&l.range, offset))?;
        let word = self.slice(&lexed.range).split_whitespace().collect::<Vec<_>>().join(" ");
        let range = lexed.range.clone();
        if let Some(name) = words::ambient().find(|a| a.name == word) {
            let mut text = format!("**{}** · {}\n\n{}", name.name, name.kind, name.doc);
            if let Some(unit) = words::unit_of(name.name) {
                let _ = write!(text, "\n\nnumber, {}", driver::reference::unit_name(unit));
                if self.kind == Kind::Play {
                    let _ = write!(text, "; timeframe {}", self.timeframe(self.compilation.resolved.exec));
                }
            }
            return Some(Hover { range, markdown: text });
        }
        let (usage, doc) = words::meaning(&word)?;
        Some(Hover { range, markdown: format!("**{usage}**\n\n{doc}") })
    }
}

/// A built-in with a family of outputs may have dozens.
const OUTPUTS_MAX: usize = 16;

const LINES_MAX: usize = 12;

fn shape_is_operator(shape: Shape) -> bool {
    matches!(shape, Shape::Operator)
}

fn first_lines(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().take(LINES_MAX).collect();
    if text.lines().count() > LINES_MAX {
        lines.push("# ...");
    }
    lines.join("\n")
}
