//! What is written as a call: windows, sequences, scores, setups, nearness, crossovers; every other name is a
//! function.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span};

use crate::ast::{CrossDirection, Expr, ExprKind, Extent, Name, NearKind, Number, Window, WindowKind};
use crate::expr::build::{Arg, ArgValue, Build};
use crate::expr::{Sub, check_bars, check_min_true, duration_ms, error, joined};

pub fn call(build: &mut Build, name: Name, args: Vec<Arg>, span: Span) -> Sub {
    match name.value.as_str() {
        "holds_for" | "holds_for_duration" => window(build, WindowKind::HoldsFor, &name, args, span),
        "occurred_within" | "occurred_within_duration" => {
            window(build, WindowKind::OccurredWithin, &name, args, span)
        }
        "count_true" | "count_true_duration" => window(build, WindowKind::CountTrue, &name, args, span),
        "then" => joined::then(build, args, span),
        "at_least" => joined::at_least(build, args, span),
        "score" => joined::score(build, args, span),
        "setup" => setup(build, args, span),
        "near_pct" => near(build, NearKind::Pct, args, span),
        "near_abs" => near(build, NearKind::Abs, args, span),
        "cross_above" => cross(build, CrossDirection::Above, args, span),
        "cross_below" => cross(build, CrossDirection::Below, args, span),
        _ => function(build, name, args, span),
    }
}

fn function(build: &mut Build, name: Name, args: Vec<Arg>, span: Span) -> Sub {
    let mut below = 0;
    let mut exprs = Vec::with_capacity(args.len());
    for arg in args {
        let at = arg.span();
        let refused = match (&arg.label, arg.value) {
            (None, ArgValue::Expr(it)) => {
                below = below.max(it.depth);
                exprs.push(it.expr);
                continue;
            }
            (Some(label), _) => {
                let message = format!("`{}` takes no named arguments", name.value);
                let report = Diagnostic::new(Code::E0201, message, label.expr.span, "a named argument");
                report.note(format!("write `{}(a, b)`", name.value))
            }
            (None, ArgValue::Duration { .. } | ArgValue::List { .. }) => {
                let message = format!("`{}` takes no duration", name.value);
                let report = Diagnostic::new(Code::E0201, message, at, "a duration");
                report.note("durations measure windows, as in `holds_for(30m, ..)`")
            }
        };
        build.diagnostics.push(refused);
        exprs.push(error(at));
    }
    build.node(ExprKind::Function { name, args: exprs }, below, span)
}

pub(super) fn fail(build: &mut Build, message: String, span: Span, usage: &str) -> Sub {
    let report = Diagnostic::new(Code::E0201, message, span, "here").note(format!("it is written `{usage}`"));
    build.diagnostics.push(report);
    Sub { expr: error(span), depth: 1 }
}

fn setup(build: &mut Build, mut args: Vec<Arg>, span: Span) -> Sub {
    let only = if args.len() == 1 { args.pop() } else { None };
    if let Some(Arg { label: None, value: ArgValue::Expr(it) }) = only {
        match it.expr.kind {
            ExprKind::Path(path) if path.segments.is_empty() => {
                return Sub { expr: Expr { kind: ExprKind::Setup(path.base), span }, depth: 1 };
            }
            ExprKind::Text(text) => {
                let name = Name::new(text, it.expr.span);
                return Sub { expr: Expr { kind: ExprKind::Setup(name), span }, depth: 1 };
            }
            ExprKind::Error => return Sub { expr: error(span), depth: 1 },
            _ => {}
        }
    }
    fail(build, "`setup` takes the id of one setup".to_owned(), span, "setup(pullback)")
}

/// The arguments, when they are exactly `N` values without names.
fn values<const N: usize>(args: Vec<Arg>) -> Option<[Sub; N]> {
    let value = |arg: Arg| match arg {
        Arg { label: None, value: ArgValue::Expr(it) } => Some(it),
        _ => None,
    };
    let values: Vec<Sub> = args.into_iter().map(value).collect::<Option<_>>()?;
    values.try_into().ok()
}

fn near(build: &mut Build, kind: NearKind, args: Vec<Arg>, span: Span) -> Sub {
    let word = if kind == NearKind::Pct { "near_pct" } else { "near_abs" };
    if let [a, b] = args.as_slice() {
        let after = a.span().to(b.span());
        let end = Span { start: after.end, ..after };
        let report = Diagnostic::new(Code::E0204, format!("`{word}` needs a tolerance"), span, "how near?")
            .note(format!("it is written `{word}(a, b, 3)`"));
        build.diagnostics.push(report.maybe("add a tolerance", end, ", 3"));
        return Sub { expr: error(span), depth: 1 };
    }
    let Some([left, right, tolerance]) = values::<3>(args) else {
        return fail(
            build,
            format!("`{word}` takes two values and a tolerance"),
            span,
            &format!("{word}(a, b, 3)"),
        );
    };
    let below = left.depth.max(right.depth).max(tolerance.depth);
    let kind = ExprKind::Near {
        kind,
        left: Box::new(left.expr),
        right: Box::new(right.expr),
        tolerance: Box::new(tolerance.expr),
    };
    build.node(kind, below, span)
}

fn cross(build: &mut Build, direction: CrossDirection, args: Vec<Arg>, span: Span) -> Sub {
    let Some([left, right]) = values::<2>(args) else {
        return fail(build, "a crossover takes two values".to_owned(), span, "a crosses above b");
    };
    let below = left.depth.max(right.depth);
    let kind = ExprKind::Cross { direction, left: Box::new(left.expr), right: Box::new(right.expr) };
    build.node(kind, below, span)
}

/// `holds_for(5, cond)`, `occurred_within(30m, cond, anchor_tf: 1h)`, `count_true(10, 6, cond)`.
fn window(build: &mut Build, kind: WindowKind, name: &Name, args: Vec<Arg>, span: Span) -> Sub {
    let counts = kind == WindowKind::CountTrue;
    let usage = if counts { "count_true(10, 6, cond)" } else { "holds_for(5, cond)" };
    let mut anchor_tf = None;
    let mut positional = Vec::with_capacity(3);
    for arg in args {
        match arg.name() {
            Some(label) if label.value == "anchor_tf" => anchor_tf = timeframe(arg),
            Some(label) => {
                let (message, at) =
                    (format!("`{}` has no argument `{}`", name.value, label.value), label.span);
                let usage = format!("{usage}` or `{}", usage.replace(')', ", anchor_tf: 1h)"));
                return fail(build, message, at, &usage);
            }
            None if arg.label.is_some() => {
                let message = format!("`{}` has no such argument", name.value);
                return fail(build, message, arg.span(), usage);
            }
            None => positional.push(arg),
        }
    }
    let expected = if counts { 3 } else { 2 };
    if positional.len() != expected {
        let message = format!("`{}` takes {expected} arguments, not {}", name.value, positional.len());
        return fail(build, message, span, usage);
    }
    let mut positional = positional.into_iter();
    let extent = positional.next().and_then(|arg| extent(build, arg));
    let min_true = if counts { positional.next().and_then(|arg| count(build, arg)) } else { None };
    let Some(Arg { value: ArgValue::Expr(it), .. }) = positional.next() else {
        return fail(build, format!("`{}` needs a condition", name.value), span, usage);
    };
    if let Some(min_true) = &min_true {
        check_min_true(min_true, extent.as_ref().and_then(extent_units), &mut build.diagnostics);
    }
    let Some(extent) = extent.filter(|_| !counts || min_true.is_some()) else {
        return Sub { expr: error(span), depth: 1 };
    };
    let window = Window { kind, extent, min_true, anchor_tf, expr: it.expr, span };
    build.node(ExprKind::Window(Box::new(window)), it.depth, span)
}

/// Bars of the window, or minutes.
pub fn extent_units(extent: &Extent) -> Option<f64> {
    match extent {
        Extent::Bars(bars) => bars.search.is_none().then_some(bars.value),
        Extent::Duration { ms, .. } => Some(*ms as f64 / 60_000.0),
    }
}

pub(super) fn timeframe(arg: Arg) -> Option<Name> {
    match arg.value {
        ArgValue::Duration { text, span } => Some(Name::new(text, span)),
        ArgValue::Expr(it) => match it.expr.kind {
            ExprKind::Path(path) => Some(path.base),
            ExprKind::Text(text) => Some(Name::new(text, it.expr.span)),
            _ => None,
        },
        ArgValue::List { .. } => None,
    }
}

pub(super) fn extent(build: &mut Build, arg: Arg) -> Option<Extent> {
    if let ArgValue::Duration { text, span } = &arg.value {
        return duration_ms(text, *span, &mut build.diagnostics)
            .map(|ms| Extent::Duration { ms, span: *span });
    }
    let bars = count(build, arg)?;
    check_bars(&bars, &mut build.diagnostics).then_some(Extent::Bars(bars))
}

fn count(build: &mut Build, arg: Arg) -> Option<Number> {
    let span = arg.span();
    if let ArgValue::Expr(it) = &arg.value {
        match it.expr.kind {
            ExprKind::Number { value, is_percent: false, .. } => {
                return Some(Number { value, span, search: None });
            }
            ExprKind::Error => return None,
            _ => {}
        }
    }
    fail(
        build,
        "a number of bars is needed".to_owned(),
        span,
        "holds_for(5, cond)` or `holds_for(30m, cond)",
    );
    None
}
