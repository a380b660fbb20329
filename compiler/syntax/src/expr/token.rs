//! Text to tokens.
//!
//! Spellings of other languages (`&&`, `=`, `<>`) are reported with their fix and handed on as what they mean, so
//! that the rest of the expression is still read.

use std::fmt;

use diagnostics::Diagnostic;
use diagnostics::codes::Code;
use logos::Logos;

use crate::yaml::Scalar;

pub type Lexed<'i> = (usize, Tok<'i>, usize);

#[derive(Logos, Clone, Copy, Debug, PartialEq)]
#[logos(skip(r"[ \t\r\n\u{a0}\u{feff}]+"))]
pub enum Tok<'i> {
    // `level_0.618` is the flat name of a family's member; `4h_trend` is a name too.
    #[regex(r"[\p{XID_Start}_]\p{XID_Continue}*", priority = 3)]
    #[regex(r"[\p{XID_Start}_]\p{XID_Continue}*_[0-9]+\.[0-9]+")]
    #[regex(r"[0-9]+[A-Za-z]+_\p{XID_Continue}*")]
    Name(&'i str),
    #[regex(r"[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")]
    #[regex(r"\.[0-9]+([eE][+-]?[0-9]+)?")]
    Number(&'i str),
    #[regex(r"[0-9]+(\.[0-9]+)?%")]
    #[regex(r"\.[0-9]+%")]
    Percent(&'i str),
    #[regex(r"[0-9]+[mhdwMHDW]")]
    Duration(&'i str),
    #[regex(r#""[^"]*""#, |lex| inner(lex.slice()))]
    #[regex(r"'[^']*'", |lex| inner(lex.slice()))]
    Quoted(&'i str),

    #[token("and")]
    And,
    #[token("or")]
    Or,
    #[token("not")]
    Not,
    #[token("true")]
    #[token("True")]
    True,
    #[token("false")]
    #[token("False")]
    False,
    #[token("between")]
    Between,
    #[token("in")]
    In,
    #[token("near")]
    Near,
    #[token("near_pct")]
    NearPct,
    #[token("near_abs")]
    NearAbs,
    #[token("within")]
    Within,
    #[token("cross_above")]
    #[token("crosses_above")]
    #[regex(r"cross(es)?[ \t\r\n]+above")]
    CrossAbove,
    #[token("cross_below")]
    #[token("crosses_below")]
    #[regex(r"cross(es)?[ \t\r\n]+below")]
    CrossBelow,

    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token("*")]
    Star,
    #[token("/")]
    Slash,
    #[token("%")]
    Rem,
    #[token(">")]
    Gt,
    #[token(">=")]
    Ge,
    #[token("<")]
    Lt,
    #[token("<=")]
    Le,
    #[token("==")]
    Eq,
    #[token("!=")]
    Ne,
    #[token("(")]
    Open,
    #[token(")")]
    Close,
    #[token("[")]
    OpenIndex,
    #[token("]")]
    CloseIndex,
    #[token(".")]
    Dot,
    #[token(",")]
    Comma,
    /// `name: value` in the arguments of a call.
    #[token(":")]
    Colon,

    #[token("&&")]
    #[token("||")]
    #[token("!")]
    #[token("=")]
    #[token("=>")]
    #[token("=<")]
    #[token("<>")]
    #[token("===")]
    #[token("!==")]
    #[token("≥")]
    #[token("≤")]
    #[token("≠")]
    #[token("×")]
    #[token("÷")]
    #[token("−")]
    Foreign(&'i str),

    /// A character that begins nothing.
    Bad(&'i str),
}

fn inner(quoted: &str) -> &str {
    &quoted[1..quoted.len() - 1]
}

/// All tokens of the text with their byte ranges in it.
pub fn tokens<'i>(text: &'i str, scalar: &Scalar, out: &mut Vec<Diagnostic>) -> Vec<Lexed<'i>> {
    let mut tokens: Vec<Lexed<'i>> = Vec::new();
    for (token, range) in Tok::lexer(text).spanned() {
        let token = match token {
            Ok(Tok::Foreign(written)) => native(written, range.start, &tokens, scalar, out),
            Ok(token) if matches!(tokens.last(), Some((_, Tok::Dot, _))) => {
                as_field(token, &text[range.clone()])
            }
            // `, within: 10` is an argument; the `within` of `near` never comes after these.
            Ok(Tok::Within) if matches!(tokens.last(), Some((_, Tok::Comma | Tok::Open, _))) => {
                Tok::Name(&text[range.clone()])
            }
            Ok(token) => token,
            Err(()) => Tok::Bad(&text[range.clone()]),
        };
        split_percent(&mut tokens, token);
        tokens.push((range.start, token, range.end));
    }
    tokens
}

/// After a dot a keyword is a name: outputs may be called `in` or `near`.
fn as_field<'i>(token: Tok<'i>, written: &'i str) -> Tok<'i> {
    if is_word(written) { Tok::Name(written) } else { token }
}

/// `10 %3`: a percent sign between two values is the remainder.
fn split_percent(tokens: &mut Vec<Lexed>, next: Tok) {
    let begins_value = matches!(next, Tok::Name(_) | Tok::Number(_) | Tok::Open | Tok::Percent(_));
    if let (true, Some((start, Tok::Percent(written), end))) = (begins_value, tokens.last().copied()) {
        tokens.pop();
        tokens.push((start, Tok::Number(&written[..written.len() - 1]), end - 1));
        tokens.push((end - 1, Tok::Rem, end));
    }
}

/// Reports a spelling of another language and gives our token.
fn native<'i>(
    written: &'i str,
    at: usize,
    before: &[Lexed<'i>],
    scalar: &Scalar,
    out: &mut Vec<Diagnostic>,
) -> Tok<'i> {
    if written == "=" && names_argument(before) {
        return Tok::Colon;
    }
    let (token, ours) = match written {
        "&&" => (Tok::And, "and"),
        "||" => (Tok::Or, "or"),
        "!" => (Tok::Not, "not "),
        "=>" | "≥" => (Tok::Ge, ">="),
        "=<" | "≤" => (Tok::Le, "<="),
        "<>" | "!==" | "≠" => (Tok::Ne, "!="),
        "×" => (Tok::Star, "*"),
        "÷" => (Tok::Slash, "/"),
        "−" => (Tok::Minus, "-"),
        _ => (Tok::Eq, "=="),
    };
    let span = scalar.place(at, at + written.len());
    let name = ours.trim_end();
    let report =
        Diagnostic::new(Code::E0202, format!("there is no operator `{written}`"), span, "unknown operator");
    // In a quoted scalar with escapes the span is the whole scalar, which a fix must not replace.
    out.push(if span == scalar.span && scalar.text.len() > written.len() {
        report.note(format!("write `{name}`"))
    } else {
        report.fix(format!("write `{name}`"), span, ours)
    });
    token
}

/// `, anchor_tf = 1h`
fn names_argument(before: &[Lexed]) -> bool {
    matches!(before, [.., (_, Tok::Comma | Tok::Open, _), (_, Tok::Name(_), _)])
}

fn is_word(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c == '_') && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether conditions can name this id.
pub fn is_identifier(text: &str) -> bool {
    let mut lexer = Tok::lexer(text);
    let first = lexer.next();
    let whole = lexer.span() == (0..text.len()) && !text.contains('.');
    matches!(first, Some(Ok(Tok::Name(_)))) && whole || is_reserved(text)
}

/// A word of the language, which cannot be an id.
pub fn is_reserved(text: &str) -> bool {
    let mut lexer = Tok::lexer(text);
    let first = lexer.next();
    lexer.span() == (0..text.len()) && is_word(text) && !matches!(first, Some(Ok(Tok::Name(_))) | None)
}

impl Tok<'_> {
    /// Whether a value may end with it: a minus behind it takes away, elsewhere it is a sign.
    #[must_use]
    pub fn ends_value(self) -> bool {
        matches!(
            self,
            Tok::Name(_)
                | Tok::Number(_)
                | Tok::Percent(_)
                | Tok::Duration(_)
                | Tok::Quoted(_)
                | Tok::True
                | Tok::False
                | Tok::Close
                | Tok::CloseIndex
        )
    }
}

impl fmt::Display for Tok<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Tok::Name(text) | Tok::Number(text) | Tok::Percent(text) | Tok::Duration(text) => text,
            Tok::Quoted(text) | Tok::Foreign(text) | Tok::Bad(text) => text,
            Tok::And => "and",
            Tok::Or => "or",
            Tok::Not => "not",
            Tok::True => "true",
            Tok::False => "false",
            Tok::Between => "between",
            Tok::In => "in",
            Tok::Near => "near",
            Tok::NearPct => "near_pct",
            Tok::NearAbs => "near_abs",
            Tok::Within => "within",
            Tok::CrossAbove => "crosses above",
            Tok::CrossBelow => "crosses below",
            Tok::Plus => "+",
            Tok::Minus => "-",
            Tok::Star => "*",
            Tok::Slash => "/",
            Tok::Rem => "%",
            Tok::Gt => ">",
            Tok::Ge => ">=",
            Tok::Lt => "<",
            Tok::Le => "<=",
            Tok::Eq => "==",
            Tok::Ne => "!=",
            Tok::Open => "(",
            Tok::Close => ")",
            Tok::OpenIndex => "[",
            Tok::CloseIndex => "]",
            Tok::Dot => ".",
            Tok::Comma => ",",
            Tok::Colon => ":",
        };
        f.write_str(text)
    }
}
