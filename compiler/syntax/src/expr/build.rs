//! What the grammar's actions do: nodes with places of the file, and bounded depth.

use std::ops::Range;

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span, Spanned};
use lalrpop_util::ParseError;

use crate::ast::{ArithmeticOp, CompareOp, CrossDirection, Expr, ExprKind, Name, NearKind, Path, Segment};
use crate::expr::errors::{self, Failure};
use crate::expr::token::{Lexed, Tok};
use crate::expr::{MAX_DEPTH, Sub, calls};
use crate::yaml::Scalar;

pub struct Build<'s> {
    scalar: &'s Scalar,
    failures: Vec<Failure>,
    pub(super) diagnostics: Vec<Diagnostic>,
    too_deep: bool,
}

/// An argument of a function, window, sequence or score.
pub struct Arg {
    /// What stands before the colon.
    pub label: Option<Sub>,
    pub value: ArgValue,
}

pub enum ArgValue {
    Expr(Sub),
    Duration {
        text: String,
        span: Span,
    },
    /// `within: [5, 30m]`
    List {
        items: Vec<Arg>,
        span: Span,
    },
}

impl Arg {
    pub fn value(it: Sub) -> Arg {
        Arg { label: None, value: ArgValue::Expr(it) }
    }

    pub fn labelled(self, label: Sub) -> Arg {
        Arg { label: Some(label), ..self }
    }

    /// The label, where it is a name.
    pub fn name(&self) -> Option<&Name> {
        match &self.label.as_ref()?.expr.kind {
            ExprKind::Path(path) if path.segments.is_empty() => Some(&path.base),
            _ => None,
        }
    }

    pub fn span(&self) -> Span {
        match &self.value {
            ArgValue::Expr(it) => it.expr.span,
            ArgValue::Duration { span, .. } | ArgValue::List { span, .. } => *span,
        }
    }
}

impl<'s> Build<'s> {
    pub fn new(scalar: &'s Scalar) -> Build<'s> {
        Build { scalar, failures: Vec::new(), diagnostics: Vec::new(), too_deep: false }
    }

    pub fn span(&self, at: Range<usize>) -> Span {
        self.scalar.place(at.start, at.end)
    }

    pub fn name(&self, text: &str, at: Range<usize>) -> Name {
        Spanned::new(text.to_owned(), self.span(at))
    }

    pub fn leaf(&mut self, kind: ExprKind, at: Range<usize>) -> Sub {
        Sub { expr: Expr { kind, span: self.span(at) }, depth: 1 }
    }

    pub fn error(&mut self, at: Range<usize>) -> Sub {
        self.leaf(ExprKind::Error, at)
    }

    /// A node above others. Beyond the limit the part is dropped: no tree can grow too deep to walk or to drop.
    pub(super) fn node(&mut self, kind: ExprKind, below: u16, span: Span) -> Sub {
        if below < MAX_DEPTH {
            return Sub { expr: Expr { kind, span }, depth: below + 1 };
        }
        if !std::mem::replace(&mut self.too_deep, true) {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::E0201,
                    "the expression is nested too deeply",
                    span,
                    "too deep from here on",
                )
                .note(format!("the limit is {MAX_DEPTH} levels; name parts of it under `setups:`")),
            );
        }
        Sub { expr: Expr { kind: ExprKind::Error, span }, depth: 1 }
    }

    pub fn number(&mut self, text: &str, is_percent: bool, at: Range<usize>) -> Sub {
        let digits = text.trim_end_matches('%');
        let value = digits.parse::<f64>().unwrap_or(f64::INFINITY);
        if !value.is_finite() {
            let span = self.span(at.clone());
            self.diagnostics.push(Diagnostic::new(
                Code::E0201,
                "the number is too large",
                span,
                "beyond 1.8e308",
            ));
            return self.error(at);
        }
        let is_int = !digits.contains(['.', 'e', 'E']);
        self.leaf(ExprKind::Number { value, is_int, is_percent }, at)
    }

    pub fn path(&mut self, base: Name, segments: Vec<Segment>, at: Range<usize>) -> Sub {
        self.leaf(ExprKind::Path(Path { base, segments, offset: None }), at)
    }

    /// Parentheses group, and belong to the place of what they hold.
    pub fn parenthesised(&mut self, it: Sub, at: Range<usize>) -> Sub {
        let span = self.span(at);
        Sub { expr: Expr { kind: it.expr.kind, span }, depth: it.depth }
    }

    pub fn negate(&mut self, it: Sub, at: Range<usize>) -> Sub {
        let span = self.span(at.clone());
        if let ExprKind::Number { value, is_int, is_percent } = it.expr.kind {
            return self.leaf(ExprKind::Number { value: -value, is_int, is_percent }, at);
        }
        self.node(ExprKind::Negate(Box::new(it.expr)), it.depth, span)
    }

    pub fn not(&mut self, it: Sub, at: Range<usize>) -> Sub {
        let span = self.span(at);
        self.node(ExprKind::Not(Box::new(it.expr)), it.depth, span)
    }

    pub fn arithmetic(&mut self, op: ArithmeticOp, left: Sub, right: Sub, at: Range<usize>) -> Sub {
        let below = left.depth.max(right.depth);
        let kind = ExprKind::Arithmetic { op, left: Box::new(left.expr), right: Box::new(right.expr) };
        let span = self.span(at);
        self.node(kind, below, span)
    }

    /// A chain of `and` is one node.
    pub fn all(&mut self, left: Sub, right: Sub, at: Range<usize>) -> Sub {
        self.chain(left, right, at, ExprKind::All, |kind| match kind {
            ExprKind::All(items) => Ok(items),
            other => Err(other),
        })
    }

    pub fn any(&mut self, left: Sub, right: Sub, at: Range<usize>) -> Sub {
        self.chain(left, right, at, ExprKind::Any, |kind| match kind {
            ExprKind::Any(items) => Ok(items),
            other => Err(other),
        })
    }

    fn chain(
        &mut self,
        left: Sub,
        right: Sub,
        at: Range<usize>,
        whole: fn(Vec<Expr>) -> ExprKind,
        items: fn(ExprKind) -> Result<Vec<Expr>, ExprKind>,
    ) -> Sub {
        let span = self.span(at);
        match items(left.expr.kind) {
            Ok(mut items) => {
                // `left` is as deep as its deepest item already, and one more for itself.
                let below = (left.depth - 1).max(right.depth);
                items.push(right.expr);
                self.node(whole(items), below, span)
            }
            Err(kind) => {
                let below = left.depth.max(right.depth);
                let left = Expr { kind, span: left.expr.span };
                self.node(whole(vec![left, right.expr]), below, span)
            }
        }
    }

    pub fn compare(
        &mut self,
        left: Sub,
        op: CompareOp,
        op_at: Range<usize>,
        right: Sub,
        at: Range<usize>,
    ) -> Sub {
        let below = left.depth.max(right.depth);
        let (span, op_span) = (self.span(at), self.span(op_at));
        let kind = ExprKind::Compare { op, op_span, left: Box::new(left.expr), right: Box::new(right.expr) };
        self.node(kind, below, span)
    }

    pub fn cross(&mut self, left: Sub, direction: CrossDirection, right: Sub, at: Range<usize>) -> Sub {
        let below = left.depth.max(right.depth);
        let kind = ExprKind::Cross { direction, left: Box::new(left.expr), right: Box::new(right.expr) };
        let span = self.span(at);
        self.node(kind, below, span)
    }

    pub fn between(&mut self, value: Sub, low: Sub, high: Sub, at: Range<usize>) -> Sub {
        let below = value.depth.max(low.depth).max(high.depth);
        let kind = ExprKind::Between {
            value: Box::new(value.expr),
            low: Box::new(low.expr),
            high: Box::new(high.expr),
        };
        let span = self.span(at);
        self.node(kind, below, span)
    }

    /// The items of the list are literals: a bare word is text.
    pub fn in_list(&mut self, value: Sub, items: Vec<Sub>, at: Range<usize>) -> Sub {
        let span = self.span(at);
        if items.is_empty() {
            self.diagnostics.push(errors::empty_in(span));
            return Sub { expr: Expr { kind: ExprKind::Error, span }, depth: 1 };
        }
        let below = items.iter().map(|item| item.depth).max().unwrap_or(0).max(value.depth);
        let items = items.into_iter().map(|item| literal(item.expr)).collect();
        self.node(ExprKind::In { value: Box::new(value.expr), items }, below, span)
    }

    pub fn near(
        &mut self,
        kind: Option<NearKind>,
        left: Sub,
        right: Sub,
        tolerance: Sub,
        at: Range<usize>,
    ) -> Sub {
        let percent = matches!(tolerance.expr.kind, ExprKind::Number { is_percent: true, .. });
        let kind = kind.unwrap_or(if percent { NearKind::Pct } else { NearKind::Abs });
        let below = left.depth.max(right.depth).max(tolerance.depth);
        let kind = ExprKind::Near {
            kind,
            left: Box::new(left.expr),
            right: Box::new(right.expr),
            tolerance: Box::new(tolerance.expr),
        };
        let span = self.span(at);
        self.node(kind, below, span)
    }

    pub fn near_without_tolerance(
        &mut self,
        kind: Option<NearKind>,
        left: Sub,
        op: Range<usize>,
        right: Sub,
        at: Range<usize>,
    ) -> Sub {
        let word = match kind {
            None => "near",
            Some(NearKind::Pct) => "near_pct",
            Some(NearKind::Abs) => "near_abs",
        };
        let op_span = self.span(op);
        self.diagnostics.push(errors::missing_tolerance(word, op_span, right.expr.span));
        drop((left, right));
        self.error(at)
    }

    pub fn duration(&mut self, text: &str, at: Range<usize>) -> Arg {
        let value = ArgValue::Duration { text: text.to_owned(), span: self.span(at) };
        Arg { label: None, value }
    }

    pub fn list(&mut self, items: Vec<Arg>, at: Range<usize>) -> Arg {
        Arg { label: None, value: ArgValue::List { items, span: self.span(at) } }
    }

    pub fn call(&mut self, name: Name, args: Vec<Arg>, at: Range<usize>) -> Sub {
        let span = self.span(at);
        calls::call(self, name, args, span)
    }

    /// A syntax error that the parser went on after, or the last one.
    pub fn recovered(&mut self, error: ParseError<usize, Tok, ()>) {
        self.failures.push(Failure::of(&error, self.scalar.text.len()));
    }

    /// Words the errors, now that all tokens are at hand.
    pub fn report_into(self, tokens: &[Lexed], out: &mut Vec<Diagnostic>) {
        out.extend(self.diagnostics);
        for failure in &self.failures {
            out.push(errors::describe(failure, tokens, self.scalar));
        }
    }
}

/// A bare word in an `in` list is text.
pub fn literal(expr: Expr) -> Expr {
    match expr.kind {
        ExprKind::Path(path) if path.segments.is_empty() && path.offset.is_none() => {
            Expr { kind: ExprKind::Text(path.base.value), span: expr.span }
        }
        kind => Expr { kind, span: expr.span },
    }
}
