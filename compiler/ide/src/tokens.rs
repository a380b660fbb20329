//! What each word of the document is, for colours.

use std::ops::Range;

use syntax::expr::Tok;
use syntax::shape::{Form, Shape};

use crate::declarations::DeclarationKind;
use crate::mentions::{Lexed, lex};
use crate::outline::{SlotId, Style, Value};
use crate::shapes::is_expression;
use crate::{Analysis, words};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub range: Range<usize>,
    pub kind: TokenKind,
    pub is_declaration: bool,
    /// A name that needs no declaration.
    pub is_builtin: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Of the language.
    Key,
    Feature,
    Structure,
    Setup,
    Variable,
    Output,
    Parameter,
    /// An indicator, a structure's type, a function.
    Function,
    Number,
    Text,
    /// A word of a closed set.
    Word,
    Operator,
    Comment,
}

impl Analysis {
    /// In the order of the text; they do not overlap.
    #[must_use]
    pub fn tokens(&self) -> Vec<Token> {
        let mut out: Vec<Token> =
            self.outline.comments.iter().map(|c| plain(c.clone(), TokenKind::Comment)).collect();
        (1..self.outline.slots.len()).for_each(|id| self.slot_tokens(id, &mut out));
        // names come first at their place: they say more than what they stand in
        let names = self.mentions.iter().map(|m| Token {
            range: m.range.clone(),
            kind: match self.declarations[m.declared].kind {
                DeclarationKind::Feature => TokenKind::Feature,
                DeclarationKind::Structure | DeclarationKind::Block => TokenKind::Structure,
                DeclarationKind::Setup => TokenKind::Setup,
                DeclarationKind::Variable | DeclarationKind::Parameter => TokenKind::Variable,
                DeclarationKind::Role => TokenKind::Word,
            },
            is_declaration: m.is_declaration,
            is_builtin: false,
        });
        let mut all: Vec<Token> = names.collect();
        all.retain(|t| !t.range.is_empty());
        all.sort_by_key(|t| t.range.start);
        out.retain(|t| !t.range.is_empty() && !overlaps(&all, &t.range));
        all.extend(out);
        all.sort_by_key(|t| (t.range.start, t.range.end));
        all.dedup_by(|b, a| b.range.start < a.range.end);
        all
    }

    fn slot_tokens(&self, id: SlotId, out: &mut Vec<Token>) {
        let slot = self.outline.slot(id);
        let around = self.shapes.get(slot.parent);
        if let Some(key) = &slot.key {
            let kind = if matches!(around.of_form(Form::Map), Shape::Params | Shape::Arguments) {
                TokenKind::Parameter
            } else {
                TokenKind::Key
            };
            out.push(plain(key.range.clone(), kind));
        }
        let Value::Scalar(token) = &slot.value else { return };
        let range = token.range.clone();
        let shape = self.shapes.get(id).of_form(Form::Scalar);
        let kind = match shape {
            _ if is_expression(shape) => {
                out.extend(
                    lex(&self.text, range)
                        .iter()
                        .scan(None, |before, l| Some(self.lexed(l, before)))
                        .flatten(),
                );
                return;
            }
            Shape::Indicator | Shape::StructureType | Shape::Block => TokenKind::Function,
            Shape::Words(_) | Shape::Action | Shape::Timeframe | Shape::Clock | Shape::Role => {
                TokenKind::Word
            }
            Shape::Operator => TokenKind::Operator,
            Shape::Source if words::ambient().any(|a| a.name == self.slice(&range)) => {
                out.push(Token { is_builtin: true, ..plain(range, TokenKind::Variable) });
                return;
            }
            _ if token.style == Style::Plain && self.slice(&range).trim().parse::<f64>().is_ok() => {
                TokenKind::Number
            }
            Shape::Flag => TokenKind::Word,
            _ if matches!(self.slice(&range), "true" | "false") => TokenKind::Word,
            _ => TokenKind::Text,
        };
        out.push(plain(range, kind));
    }

    /// One token of an expression; the one before it tells outputs.
    fn lexed(&self, lexed: &Lexed<'_>, before_dot: &mut Option<bool>) -> Option<Token> {
        let is_output = before_dot.take().unwrap_or(false);
        *before_dot = Some(lexed.token == Tok::Dot);
        let range = lexed.range.clone();
        let kind = match lexed.token {
            Tok::Name(_) if is_output => TokenKind::Output,
            Tok::Name(name) => {
                if words::ambient().any(|a| a.name == name) {
                    return Some(Token { is_builtin: true, ..plain(range, TokenKind::Variable) });
                }
                let is_call = words::meaning(name).is_some();
                if is_call { TokenKind::Function } else { TokenKind::Word }
            }
            Tok::Number("${}") => TokenKind::Text,
            Tok::Number(_) | Tok::Percent(_) | Tok::Duration(_) => TokenKind::Number,
            Tok::Quoted(_) | Tok::True | Tok::False => TokenKind::Word,
            Tok::Open
            | Tok::Close
            | Tok::OpenIndex
            | Tok::CloseIndex
            | Tok::Dot
            | Tok::Comma
            | Tok::Colon => {
                return None;
            }
            Tok::Foreign(_) | Tok::Bad(_) => return None,
            _ => TokenKind::Operator,
        };
        Some(plain(range, kind))
    }
}

fn plain(range: Range<usize>, kind: TokenKind) -> Token {
    Token { range, kind, is_declaration: false, is_builtin: false }
}

/// `sorted` is in the order of the text.
fn overlaps(sorted: &[Token], range: &Range<usize>) -> bool {
    let next = sorted.partition_point(|t| t.range.end <= range.start);
    sorted.get(next).is_some_and(|t| t.range.start < range.end)
}
