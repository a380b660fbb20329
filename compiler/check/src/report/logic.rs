//! The words: what is said about conditions that cannot be meant.

use bars::Timeframe;
use diagnostics::{Code, Diagnostic, Span};
use resolve::resolved::{Expr, Play};
use stdlib::Unit;

use crate::describe::name;
use crate::units;

pub fn decided(always: bool, span: Span, reason: &str) -> Diagnostic {
    if always {
        Diagnostic::new(Code::W0702, "this condition is always true", span, "always true").note(reason)
    } else {
        Diagnostic::new(Code::W0701, "this condition is never true", span, "never true")
            .note(reason)
            .note("to see a new extreme, compare with the channel of the bar before: `[1]` after its output")
    }
}

pub fn decided_by_ranges(always: bool, span: Span, bounds: &[Option<String>; 2]) -> Diagnostic {
    let reasons: Vec<&str> = bounds.iter().flatten().map(String::as_str).collect();
    let d = if always {
        Diagnostic::new(Code::W0702, "this condition is always true", span, "always true")
    } else {
        Diagnostic::new(Code::W0701, "this condition is never true", span, "never true")
    };
    if reasons.is_empty() { d.note("it does not depend on the market") } else { d.note(reasons.join("; ")) }
}

pub fn never_crosses(span: Span, reason: &str) -> Diagnostic {
    Diagnostic::new(Code::W0701, "this crossover never happens", span, "never true").note(reason)
}

/// Two parts of an `all` that exclude each other, or of an `any` of which one always holds.
pub fn pair(always: bool, first: Span, second: Span) -> Diagnostic {
    if always {
        Diagnostic::new(Code::W0702, "one of these conditions always holds", second, "this one holds")
            .label(first, "whenever this one does not")
            .note("an `any` of the two is always true")
    } else {
        Diagnostic::new(Code::W0701, "these conditions exclude each other", second, "this one never holds")
            .label(first, "together with this one")
            .note("an `all` of the two is never true")
    }
}

pub fn unreachable(later: Span, earlier: Span) -> Diagnostic {
    Diagnostic::new(Code::W0707, "this case is never reached", later, "an earlier case always comes first")
        .label(earlier, "whenever the later one holds, this one does")
        .note("cases are tried in order and the first that holds ends the block: put the stricter case first")
}

pub fn small_tolerance(value: f64, span: Span) -> Diagnostic {
    // As people mean it: 0.03 for 3 percent. Rounded, so that the fix is what a person would write.
    let percent = (value * 100.0 * 1e9).round() / 1e9;
    Diagnostic::new(
        Code::W0703,
        format!("a tolerance of {value} percent is very small"),
        span,
        format!("{value} % of the price"),
    )
    .note(
        "the tolerance of `near_pct` is in percent: 3 means 3 %, 0.03 means three hundredths of one percent",
    )
    .maybe(format!("write `{percent}` for {percent} %"), span, format!("{percent}"))
}

pub fn unit_clash(
    play: &Play,
    (left, a): (&Expr, Unit),
    (right, b): (&Expr, Unit),
    verb: &str,
) -> Diagnostic {
    Diagnostic::new(
        Code::W0705,
        format!("{} and {} are {verb}", units::noun(a), units::noun(b)),
        left.span.to(right.span),
        "measure different things",
    )
    .label(left.span, format!("{} is {}", name(play, left), units::noun(a)))
    .label(right.span, format!("{} is {}", name(play, right), units::noun(b)))
}

pub fn count_never(wanted: f64, samples: u32, clock: Timeframe, span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::W0701,
        "this window is never true",
        span,
        format!("only {samples} bar(s) of {clock} fit into it"),
    )
    .note(format!("the condition is known once every {clock}, so {wanted} true bars never fit"))
}
