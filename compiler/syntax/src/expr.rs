//! The expression language: the text of one scalar -> `ast::Expr`. The grammar itself is `grammar/expr.lalrpop`.

mod build;
mod calls;
mod errors;
mod grammar;
mod joined;
mod limits;
mod token;
mod words;

use std::sync::OnceLock;

use diagnostics::{Diagnostic, Span};

use crate::ast::{Expr, ExprKind, Path, Segment};
use crate::yaml::Scalar;

pub use build::Build;
pub use calls::extent_units;
pub use limits::{check_bars, check_min_true, duration_ms};
pub use token::{Tok, is_identifier, is_reserved, tokens};
pub use words::{compare_op, operator_alias};

/// How deep an expression may be nested.
pub const MAX_DEPTH: u16 = 100;

/// A part of an expression while it is built; the depth is kept so that no tree ever grows beyond `MAX_DEPTH`.
#[derive(Debug)]
pub struct Sub {
    pub expr: Expr,
    pub depth: u16,
}

/// Reads an expression. Errors are reported, and what was hit by them is `ExprKind::Error`.
pub fn parse(scalar: &Scalar, out: &mut Vec<Diagnostic>) -> Expr {
    static PARSER: OnceLock<grammar::ExpressionParser> = OnceLock::new();
    let parser = PARSER.get_or_init(grammar::ExpressionParser::new);
    let tokens = token::tokens(&scalar.text, scalar, out);
    let whole = scalar.span;
    let error = Expr { kind: ExprKind::Error, span: whole };
    if tokens.is_empty() {
        out.push(errors::empty(whole));
        return error;
    }
    let mut build = Build::new(scalar);
    let spans: Vec<token::Lexed> = tokens.clone();
    match parser.parse(&mut build, tokens.into_iter().map(Ok)) {
        Ok(sub) => {
            build.report_into(&spans, out);
            sub.expr
        }
        Err(parse_error) => {
            build.recovered(parse_error);
            build.report_into(&spans, out);
            error
        }
    }
}

/// A path such as `macd.histogram`, without operators; `None` when the text is something else.
pub fn parse_path(scalar: &Scalar) -> Option<Path> {
    let mut unread = Vec::new();
    match parse(scalar, &mut unread).kind {
        ExprKind::Path(path) if unread.is_empty() => Some(path),
        _ => None,
    }
}

/// `a.b[0]` as the segments that follow a base: `.a.b[0]`.
pub fn segments(path: Path) -> Vec<Segment> {
    let mut segments = vec![Segment::Field(path.base)];
    segments.extend(path.segments);
    segments
}

pub fn error(span: Span) -> Expr {
    Expr { kind: ExprKind::Error, span }
}
