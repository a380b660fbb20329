//! The words: what is said about types, clocks and limits.

use bars::Timeframe;
use diagnostics::{Applicability, Code, Diagnostic, Edit, Span, Spanned};
use resolve::resolved::{CompareOp, Expr, Play};
use stdlib::Type;

use crate::describe::name;

/// The tolerance that a fix suggests, in percent.
const SUGGESTED_PCT: &str = "0.1";

pub fn word_alone(word: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0407, format!("`{word}` is a word, not a number"), span, "a number is needed")
}

pub fn not_a_number(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0407, "a condition stands where a number is needed", span, "this is true or false")
        .note("conditions are joined with and, or, not; numbers are compared")
}

pub fn not_a_condition(play: &Play, expr: &Expr, ty: Type) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0406,
        "a number stands where a condition is needed",
        expr.span,
        format!("{} is {}", name(play, expr), kind(ty)),
    );
    match ty {
        Type::Enum(words) => d.note(format!("compare it with a word: {}", list(words))),
        _ => d.note("compare it with something, such as `> 0`"),
    }
}

pub fn no_arithmetic(play: &Play, expr: &Expr, ty: Type) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0401,
        format!("{} is {}", name(play, expr), kind(ty)),
        expr.span,
        "a number is needed",
    );
    match ty {
        Type::Enum(words) => d.note(format!("compare it with a word: {}", list(words))),
        _ => d.note("it is true or false: use it as a condition by itself, or compare it with `== true`"),
    }
}

pub fn bad_delta(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0502, "`oi_delta` takes a number of bars", span, "a whole number from 1 to 100000")
        .note("`oi_delta(3)` is the change of the open interest over the last 3 bars")
}

pub fn order_of_truths(op_span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0401, "conditions have no order", op_span, "only == and != go with true and false")
}

pub fn bool_beside_number(
    play: &Play,
    op: CompareOp,
    op_span: Span,
    expr: &Expr,
    other: &Expr,
) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0401,
        format!("{} is true or false", name(play, expr)),
        other.span,
        "never a number",
    )
    .label(expr.span, "true or false")
    .note("write `== true` or `== false`; `== 1` and `== 0` mean the same");
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    if equality || op_span == expr.span {
        return d;
    }
    // What the author of `x > 0` means.
    let edits = vec![
        Edit { span: op_span, text: quoted(op_span, "==") },
        Edit { span: other.span, text: "true".to_owned() },
    ];
    d.with_fix("write `== true`", Applicability::Maybe, edits)
}

/// An operator in its place: between quotes where it had them.
fn quoted(op_span: Span, op: &str) -> String {
    // Operators are one or two characters long, so a longer span holds quotes too.
    if op_span.end - op_span.start > 2 { format!("\"{op}\"") } else { op.to_owned() }
}

/// Why the two sides do not go together, if they do not.
pub fn mismatch(
    play: &Play,
    op: CompareOp,
    op_span: Span,
    (left, ta): (&Expr, Type),
    (right, tb): (&Expr, Type),
    span: Span,
) -> Option<Diagnostic> {
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    match (ta, tb) {
        (Type::Enum(a), Type::Enum(b)) if a == b && equality => None,
        (Type::Bool, Type::Bool) if equality => None,
        (Type::Enum(words), _) if equality && is_word(right) => {
            let _ = words;
            None
        }
        (_, Type::Enum(_)) if equality && is_word(left) => None,
        (Type::Enum(words), _) => Some(not_comparable(play, left, words, right.span, op_span, equality)),
        (_, Type::Enum(words)) => Some(not_comparable(play, right, words, left.span, op_span, equality)),
        (Type::Bool, _) => Some(truth_beside(play, left, right)),
        (_, Type::Bool) => Some(truth_beside(play, right, left)),
        (Type::Float { .. }, _) if equality && !is_literal(left) => {
            Some(float_equality(play, op, op_span, left, right, span))
        }
        (_, Type::Float { .. }) if equality && !is_literal(right) => {
            Some(float_equality(play, op, op_span, right, left, span))
        }
        _ => None,
    }
}

fn not_comparable(
    play: &Play,
    expr: &Expr,
    words: &[&str],
    other: Span,
    op_span: Span,
    equality: bool,
) -> Diagnostic {
    let span = if equality { other } else { op_span };
    let label = if equality { "not one of its words" } else { "words have no order" };
    Diagnostic::new(Code::E0401, format!("{} is a word, not a number", name(play, expr)), span, label)
        .label(expr.span, "this one")
        .note(format!("its values are {}; compare them with == or !=", list(words)))
}

fn truth_beside(play: &Play, expr: &Expr, other: &Expr) -> Diagnostic {
    Diagnostic::new(
        Code::E0401,
        format!("{} is true or false", name(play, expr)),
        other.span,
        "compared with a number",
    )
    .label(expr.span, "true or false")
    .note("use it as a condition by itself, or compare it with `== true`")
}

fn float_equality(
    play: &Play,
    op: CompareOp,
    op_span: Span,
    real: &Expr,
    other: &Expr,
    span: Span,
) -> Diagnostic {
    // in `a in [b, c]` the whole of it stands for the operator
    let is_membership = op_span == span;
    let (sign, label) = match op {
        CompareOp::Ne => ("!=", "is hardly ever exactly this"),
        _ if is_membership => ("in", "is hardly ever exactly one of them"),
        _ => ("==", "is hardly ever exactly this"),
    };
    let d = Diagnostic::new(
        Code::E0402,
        format!("`{sign}` on a real number"),
        op_span,
        format!("{} {label}", name(play, real)),
    )
    .note("two computed numbers agree to the last digit only by accident; say how near they must be");
    if op == CompareOp::Ne {
        return d.note("`not` around a `near_pct` says that they are apart");
    }
    if is_membership {
        return d.note("write `between`, or a `near_pct` with a tolerance in percent for each of them");
    }
    let (first, last) = if real.span.start < other.span.start { (real, other) } else { (other, real) };
    match near_edits(op_span, first.span, last.span, span) {
        Some(edits) => {
            d.with_fix("write `near_pct` with a tolerance in percent", Applicability::Maybe, edits)
        }
        None => d.note("write `near_pct` with a tolerance in percent"),
    }
}

/// In an expression: `a near_pct b within 0.1`. In a list: `[a, near_pct, b, 0.1]`. A map needs another line.
fn near_edits(op_span: Span, first: Span, last: Span, span: Span) -> Option<Vec<Edit>> {
    let at = |offset: u32| Span { start: offset, end: offset, ..span };
    let op = |text: &str| Edit { span: op_span, text: text.to_owned() };
    if first.start == span.start && last.end == span.end {
        return Some(vec![
            op("near_pct"),
            Edit { span: at(last.end), text: format!(" within {SUGGESTED_PCT}") },
        ]);
    }
    let bracket = first.start.saturating_sub(span.start) <= 3 && span.end > last.end;
    bracket.then(|| {
        let near = quoted(op_span, "near_pct");
        vec![
            Edit { span: op_span, text: near },
            Edit { span: at(span.end - 1), text: format!(", {SUGGESTED_PCT}") },
        ]
    })
}

pub fn reversed(low: f64, high: f64, low_span: Span, high_span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0107,
        format!("nothing is between {low} and {high}"),
        low_span.to(high_span),
        "the lower bound comes first",
    )
    .with_fix(
        format!("write {high} and {low}"),
        Applicability::Machine,
        vec![
            Edit { span: low_span, text: format!("{high}") },
            Edit { span: high_span, text: format!("{low}") },
        ],
    )
}

pub fn negative_tolerance(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0107, "a tolerance is not negative", span, "must be 0 or more")
}

/// Values noted with a trade and levels of rules are read when the bar of the signal closes.
pub fn too_fast(own: Timeframe, scope: Timeframe, span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0404,
        format!("a value on {own} is read on {scope}"),
        span,
        format!("moves faster than {scope}"),
    )
    .note(format!(
        "rules and metadata read values when a bar of {scope} closes; use one on {scope} or slower"
    ))
}

pub fn bad_anchor(anchor: &Spanned<Timeframe>, inner: Timeframe) -> Diagnostic {
    Diagnostic::new(
        Code::E0404,
        format!("`anchor_tf: {}` does not fit a condition on {inner}", anchor.value),
        anchor.span,
        format!("must be a multiple of {inner}"),
    )
    .note(format!(
        "the window samples its condition once every {}; the condition is known once every {inner}",
        anchor.value
    ))
}

fn is_word(expr: &Expr) -> bool {
    matches!(expr.kind, resolve::resolved::ExprKind::Word { .. })
}

fn is_literal(expr: &Expr) -> bool {
    use resolve::resolved::ExprKind;
    match &expr.kind {
        ExprKind::Number { .. } | ExprKind::Bool(_) => true,
        ExprKind::Negate(a) => is_literal(a),
        _ => false,
    }
}

fn kind(ty: Type) -> &'static str {
    match ty {
        Type::Float { .. } => "a number",
        Type::Int { .. } => "a whole number",
        Type::Bool => "true or false",
        Type::Enum(_) => "a word",
    }
}

fn list(words: &[&str]) -> String {
    words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", ")
}
