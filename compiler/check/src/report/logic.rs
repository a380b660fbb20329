//! The words: what is said about conditions that cannot be meant.

use bars::Timeframe;
use diagnostics::{Code, Diagnostic, Span};
use resolve::resolved::{Expr, Play};
use stdlib::Unit;

use crate::describe::name;
use crate::facts::Fact;
use crate::units;

/// Decided by what is always so between the two sides.
pub fn decided(always: bool, span: Span, fact: &Fact) -> Diagnostic {
    with_hint(verdict(always, span).note(&fact.reason), fact, always)
}

pub fn never_crosses(span: Span, fact: &Fact) -> Diagnostic {
    let d =
        Diagnostic::new(Code::W0701, "this crossover never happens", span, "never true").note(&fact.reason);
    with_hint(d, fact, false)
}

fn with_hint(d: Diagnostic, fact: &Fact, always: bool) -> Diagnostic {
    if fact.includes_current && !always {
        d.note("to see a new extreme, compare with the channel of the bar before: `[1]` after its output")
    } else {
        d
    }
}

pub fn decided_by_ranges(always: bool, span: Span, bounds: &[Option<String>; 2]) -> Diagnostic {
    let reasons: Vec<&str> = bounds.iter().flatten().map(String::as_str).collect();
    let d = verdict(always, span);
    if reasons.is_empty() { d.note("it does not depend on the market") } else { d.note(reasons.join("; ")) }
}

fn verdict(always: bool, span: Span) -> Diagnostic {
    if always {
        Diagnostic::new(Code::W0702, "this condition is always true", span, "always true")
    } else {
        Diagnostic::new(Code::W0701, "this condition is never true", span, "never true")
    }
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

/// `verb`: what is done to the two. A sum that mixes the columns of a bar means nothing at all, hence an
/// error.
pub fn unit_clash(
    play: &Play,
    (left, a): (&Expr, Unit),
    (right, b): (&Expr, Unit),
    verb: &str,
    senseless: bool,
) -> Diagnostic {
    Diagnostic::new(
        if senseless { Code::E0403 } else { Code::W0705 },
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

/// `wanted`: bars that the steps of a sequence need; `fit`: bars that its limits leave.
pub fn sequence_never(steps: usize, fit: u32, clock: Timeframe, span: Span) -> Diagnostic {
    let label = format!("{fit} bar(s) of {clock} fit into the limit");
    Diagnostic::new(Code::W0701, "this sequence is never true", span, label).note(format!(
        "each step comes on a later bar than the one before, so {steps} step(s) after the first need {steps} bar(s)"
    ))
}

/// `bound`: the most that the weights add up to, or the least.
pub fn score_decided(always: bool, bound: f64, min: f64, span: Span) -> Diagnostic {
    let side = if always { "least" } else { "most" };
    verdict(always, span).note(format!("the weights add up to at {side} {bound}, and `min` is {min}"))
}

/// `all`: both must hold; else one of them must.
pub fn redundant(all: bool, idle: Span, other: Span) -> Diagnostic {
    let (label, of_other, note) = if all {
        ("always holds here", "whenever this one does", "an `all` of the two is the stricter one alone")
    } else {
        ("adds nothing", "holds whenever it does", "an `any` of the two is the wider one alone")
    };
    Diagnostic::new(Code::W0710, "another condition implies this one", idle, label)
        .label(other, of_other)
        .note(note)
}

pub fn else_unreachable(span: Span, first: Span, second: Span) -> Diagnostic {
    let told = Diagnostic::new(Code::W0707, "`else` is never reached", span, "one of the cases always holds");
    if first == second {
        told.label(first, "this one, whenever its values are known")
    } else {
        told.label(first, "this one").label(second, "or, where it does not, this one")
    }
}
