//! Sequences and scores as calls: `then(a, b, within: 10)`, `at_least(2, a, b, c)`, `score(min: 5, a: 2, b: 3)`.

use diagnostics::Span;

use crate::ast::{ExprKind, Extent, Number, ScorePart};
use crate::expr::build::{Arg, ArgValue, Build};
use crate::expr::calls::{extent, fail, timeframe};
use crate::expr::{Sub, error};
use crate::joined::{self, Limits, Step};

const THEN: &str = "then(a, b, within: 10)` or `then(a, b, c, within: [10, 30m])";
const AT_LEAST: &str = "at_least(2, a, b, c)";
const SCORE: &str = "score(min: 5, a: 2, b: 3)";

pub fn then(build: &mut Build, args: Vec<Arg>, span: Span) -> Sub {
    let (mut steps, mut limits, mut below) = (Vec::new(), Limits::default(), 0);
    for arg in args {
        let name = arg.name().map(|name| name.value.clone());
        let at = arg.span();
        match (name.as_deref(), arg.value) {
            (None, ArgValue::Expr(it)) if arg.label.is_none() => {
                below = below.max(it.depth);
                steps.push(Step { when: it.expr, within: None });
            }
            (Some("within"), value) => {
                let items = match value {
                    ArgValue::List { items, .. } => items,
                    value => vec![Arg { label: None, value }],
                };
                let read: Vec<_> = items.into_iter().map(|item| limit(build, item)).collect();
                let read: Option<Vec<Extent>> = read.into_iter().collect();
                limits.unread = read.is_none();
                limits.within = read.map(|read| (read, at));
            }
            (Some("within_total"), value) => {
                limits.total = limit(build, Arg { label: None, value });
                limits.unread |= limits.total.is_none();
            }
            (Some("anchor_tf"), value) => limits.anchor_tf = timeframe(Arg { label: None, value }),
            _ => return fail(build, "`then` has no such argument".to_owned(), at, THEN),
        }
    }
    let built = joined::sequence(steps, limits, span, &mut build.diagnostics);
    finish(build, built.map(|expr| expr.kind), below, span)
}

/// Bars or a duration.
fn limit(build: &mut Build, arg: Arg) -> Option<Extent> {
    let at = arg.span();
    let readable = match &arg.value {
        ArgValue::Expr(it) => matches!(it.expr.kind, ExprKind::Number { .. } | ExprKind::Error),
        ArgValue::Duration { .. } => true,
        ArgValue::List { .. } => false,
    };
    if !readable {
        fail(build, "a limit is a number of bars or a duration".to_owned(), at, THEN);
        return None;
    }
    extent(build, arg)
}

pub fn at_least(build: &mut Build, args: Vec<Arg>, span: Span) -> Sub {
    let mut values: Vec<Sub> = Vec::with_capacity(args.len());
    for arg in args {
        let at = arg.span();
        match arg {
            Arg { label: None, value: ArgValue::Expr(it) } => values.push(it),
            _ => return fail(build, "`at_least` has no such argument".to_owned(), at, AT_LEAST),
        }
    }
    let below = values.iter().map(|it| it.depth).max().unwrap_or(0);
    let mut values = values.into_iter();
    let Some(min) = values.next().and_then(|it| number(&it)) else {
        return fail(build, "`at_least` begins with a number".to_owned(), span, AT_LEAST);
    };
    let parts = values.map(|it| ScorePart { when: it.expr, weight: None }).collect();
    let built = joined::score(parts, min, span, &mut build.diagnostics);
    finish(build, built.map(|expr| expr.kind), below, span)
}

pub fn score(build: &mut Build, args: Vec<Arg>, span: Span) -> Sub {
    let (mut parts, mut min, mut below) = (Vec::with_capacity(args.len()), None, 0);
    for arg in args {
        let (at, is_min) = (arg.span(), arg.name().is_some_and(|name| name.value == "min"));
        let weight = match &arg.value {
            ArgValue::Expr(it) => number(it),
            ArgValue::Duration { .. } | ArgValue::List { .. } => None,
        };
        match (arg.label, weight) {
            (Some(_), Some(weight)) if is_min => min = Some(weight),
            (Some(when), Some(weight)) => {
                below = below.max(when.depth);
                parts.push(ScorePart { when: when.expr, weight: Some(weight) });
            }
            (Some(_), None) => return fail(build, "a weight is a number".to_owned(), at, SCORE),
            (None, _) => return fail(build, "each condition needs its weight".to_owned(), at, SCORE),
        }
    }
    let Some(min) = min else {
        return fail(build, "`score` needs `min`".to_owned(), span, SCORE);
    };
    let built = joined::score(parts, min, span, &mut build.diagnostics);
    finish(build, built.map(|expr| expr.kind), below, span)
}

fn number(it: &Sub) -> Option<Number> {
    match it.expr.kind {
        ExprKind::Number { value, is_percent: false, .. } => {
            Some(Number { value, span: it.expr.span, search: None })
        }
        _ => None,
    }
}

fn finish(build: &mut Build, built: Option<ExprKind>, below: u16, span: Span) -> Sub {
    match built {
        Some(kind) => build.node(kind, below, span),
        None => Sub { expr: error(span), depth: 1 },
    }
}
