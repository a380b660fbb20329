//! What is wrong with an expression, in words: from the token before and the token at the error.

use diagnostics::codes::Code;
use diagnostics::{Applicability, Diagnostic, Edit, Span};
use lalrpop_util::ParseError;

use crate::expr::operator_alias;
use crate::expr::token::{Lexed, Tok};
use crate::yaml::Scalar;

/// Where the parser stopped, in bytes of the text; `start == end`: at the end of the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Failure {
    start: usize,
    end: usize,
}

impl Failure {
    pub fn of(error: &ParseError<usize, Tok, ()>, len: usize) -> Failure {
        match error {
            ParseError::UnrecognizedToken { token: (start, _, end), .. }
            | ParseError::ExtraToken { token: (start, _, end) } => Failure { start: *start, end: *end },
            ParseError::InvalidToken { location } => Failure { start: *location, end: *location },
            ParseError::UnrecognizedEof { .. } | ParseError::User { .. } => Failure { start: len, end: len },
        }
    }
}

pub fn empty(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0201, "the expression is empty", span, "nothing is written here")
        .note("as in `ema_9 crosses above ema_21 and rsi_14 < 70`")
}

pub fn empty_in(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0203, "`in` with an empty list", span, "never true")
        .note("list the values: `trend.direction in [1, -1]`")
}

pub fn missing_tolerance(word: &str, op: Span, after: Span) -> Diagnostic {
    let text = if word == "near_abs" { " within 50" } else { " within 3%" };
    let end = Span { start: after.end, end: after.end, ..after };
    Diagnostic::new(Code::E0204, format!("`{word}` needs a tolerance"), op, "how near?")
        .with_fix(
            format!("add `{}`", text.trim()),
            Applicability::Maybe,
            vec![Edit { span: end, text: text.to_owned() }],
        )
        .note("`a near b within 3%` is relative to b; `a near b within 50` is a distance")
}

pub fn describe(failure: &Failure, tokens: &[Lexed], scalar: &Scalar) -> Diagnostic {
    let at = tokens.iter().position(|(start, _, _)| *start >= failure.start).unwrap_or(tokens.len());
    let at = if failure.start == failure.end { tokens.len() } else { at };
    let place = Place { before: &tokens[..at], at: tokens.get(at).copied(), tokens, scalar };
    place.describe()
}

struct Place<'t, 'i> {
    before: &'t [Lexed<'i>],
    at: Option<Lexed<'i>>,
    tokens: &'t [Lexed<'i>],
    scalar: &'t Scalar,
}

impl Place<'_, '_> {
    fn span(&self, token: &Lexed) -> Span {
        self.scalar.place(token.0, token.2)
    }

    /// The unexpected token, or the last one where the text ends too early.
    fn here(&self) -> Span {
        match self.at.as_ref().or(self.before.last()) {
            Some(token) => self.span(token),
            None => self.scalar.span,
        }
    }

    fn report(&self, message: impl Into<String>, label: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Code::E0201, message, self.here(), label)
    }

    fn describe(&self) -> Diagnostic {
        if let Some((_, Tok::Bad(written), _)) = self.at {
            return self.bad(written);
        }
        if let Some((open, close)) = self.unclosed()
            && self.at.is_none()
            && self.before.last().is_some_and(|(_, token, _)| token.ends_value())
        {
            let message = format!("`{}` is never closed", open.1);
            return Diagnostic::new(Code::E0201, message, self.span(&open), "opened here")
                .note(format!("add the closing `{close}`"));
        }
        match self.before.last() {
            Some((_, token, _)) if token.ends_value() => self.after_value(),
            Some((_, token, _)) => self.value_missing(&format!("after `{token}`")),
            None => self.value_missing("at the beginning"),
        }
    }

    fn value_missing(&self, place: &str) -> Diagnostic {
        let label = match self.at {
            Some((_, token, _)) => format!("`{token}` is no value"),
            None => "the expression ends here".to_owned(),
        };
        let report = self.report(format!("a value is missing {place}"), label);
        match (self.before.last(), self.at) {
            (Some((_, Tok::Dot, _)), _) => report.note("after the dot comes an output: `macd.histogram`"),
            (Some((_, Tok::OpenIndex, _)), _) => {
                report.note("`[..]` holds a number of bars ago, as in `rsi_14[1]`, or the member of a family")
            }
            (_, Some((_, Tok::Duration(_), _))) => {
                report.note("a duration measures a window: `occurred_within(30m, rsi_14 < 30)`")
            }
            (_, Some((_, Tok::Plus, _))) => report.note("numbers are written without a leading `+`"),
            _ => report.note(
                "a value is a feature, an output such as `macd.histogram`, a number, or a bar's `close`",
            ),
        }
    }

    fn after_value(&self) -> Diagnostic {
        let Some((start, token, end)) = self.at else {
            return self.report("the expression ends too early", "something is missing after this");
        };
        let span = self.scalar.place(start, end);
        if let Tok::Name(word) = token {
            return self.word_after_value(word, span);
        }
        if is_comparison(&token) {
            return self
                .report("comparisons do not chain", "a second comparison")
                .note("join two comparisons by `and`: `a < b and b < c`, or write `b between a and c`");
        }
        if let Tok::Close | Tok::CloseIndex = token {
            let open = if matches!(token, Tok::Close) { "(" } else { "[" };
            return self.report(format!("`{token}` without `{open}`"), "closes nothing");
        }
        if let Tok::Comma = token {
            return self
                .report("a `,` outside of parentheses", "here")
                .note("conditions are joined by `and` and `or`; a list of them is written in YAML: `[a > b, c < d]`");
        }
        if let Tok::Not = token {
            return self
                .report("`not` after a value", "here")
                .note("`not` stands before a whole condition: `not (a > b)`, `not (x in [..])`");
        }
        let before = self.before.last().map_or_else(String::new, |(_, token, _)| format!("`{token}`"));
        self.report(
            format!("an operator is missing after {before}"),
            format!("`{token}` cannot follow a value"),
        )
    }

    fn word_after_value(&self, word: &str, span: Span) -> Diagnostic {
        if let Some(ours) = operator_alias(word) {
            let report = Diagnostic::new(
                Code::E0202,
                format!("there is no operator `{word}`"),
                span,
                "unknown operator",
            );
            return if span == self.scalar.span {
                report.note(format!("write `{ours}`"))
            } else {
                report.fix(format!("write `{ours}`"), span, ours)
            };
        }
        let lower = word.to_lowercase();
        if lower != word
            && matches!(lower.as_str(), "and" | "or" | "not" | "between" | "in" | "near" | "within")
        {
            let report = self.report(format!("`{word}` is written `{lower}`"), "in small letters");
            return report.fix(format!("write `{lower}`"), span, lower);
        }
        if matches!(word, "crosses" | "cross") {
            return self
                .report("a crossover needs its direction", "above or below?")
                .note("write `a crosses above b` or `a crosses below b`");
        }
        let before = self.before.last().map_or_else(String::new, |(_, token, _)| format!("`{token}`"));
        self.report(format!("an operator is missing between {before} and `{word}`"), "an operator belongs before this")
            .note("two conditions are joined by `and` or `or`; two values by `>`, `<`, `+`, `crosses above` and so on")
    }

    fn bad(&self, written: &str) -> Diagnostic {
        let report = self.report(format!("`{written}` means nothing in an expression"), "here");
        match written.chars().next() {
            Some('"' | '\'') => report.note("the quote is never closed"),
            Some('$') => report.note("a variable is written `${name}`"),
            Some('^') => report.note("there is no power operator: write `x * x`"),
            Some('{' | '}') => report.note("maps are written in YAML, not inside an expression"),
            _ => report,
        }
    }

    /// The innermost bracket that is still open at the error.
    fn unclosed(&self) -> Option<(Lexed<'_>, char)> {
        let mut open = Vec::new();
        for token in self.tokens {
            match token.1 {
                Tok::Open => open.push((*token, ')')),
                Tok::OpenIndex => open.push((*token, ']')),
                Tok::Close | Tok::CloseIndex => {
                    open.pop();
                }
                _ => {}
            }
        }
        open.pop()
    }
}

fn is_comparison(token: &Tok) -> bool {
    matches!(
        token,
        Tok::Gt
            | Tok::Ge
            | Tok::Lt
            | Tok::Le
            | Tok::Eq
            | Tok::Ne
            | Tok::Between
            | Tok::In
            | Tok::Near
            | Tok::NearPct
            | Tok::NearAbs
            | Tok::CrossAbove
            | Tok::CrossBelow
    )
}
