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

/// Parts of an `all` that exclude each other, or of an `any` of which one always holds.
pub fn exclude(always: bool, others: &[Span], last: Span, reasons: &[String]) -> Diagnostic {
    let whole = if others.len() == 1 { "of the two" } else { "of them" };
    let d = if always {
        let d = Diagnostic::new(Code::W0702, "one of these conditions always holds", last, "this one holds");
        labelled(d, others, "whenever this one does not", "and this one does not")
            .note(format!("an `any` {whole} is always true"))
    } else {
        let d =
            Diagnostic::new(Code::W0701, "these conditions exclude each other", last, "this one never holds");
        labelled(d, others, "together with this one", "and this one")
            .note(format!("an `all` {whole} is never true"))
    };
    with_reasons(d, reasons)
}

/// Other words for the first of several places than for the rest.
fn labelled(d: Diagnostic, places: &[Span], first: &str, further: &str) -> Diagnostic {
    let words = std::iter::once(first).chain(std::iter::repeat(further));
    places.iter().zip(words).fold(d, |d, (place, words)| d.label(*place, words))
}

fn with_reasons(d: Diagnostic, reasons: &[String]) -> Diagnostic {
    reasons.iter().fold(d, |d, reason| d.note(reason))
}

/// `earlier`: the cases of which one always comes first.
pub fn unreachable(later: Span, earlier: &[Span]) -> Diagnostic {
    let label = if earlier.len() == 1 {
        "an earlier case always comes first"
    } else {
        "earlier cases always come first"
    };
    let d = Diagnostic::new(Code::W0707, "this case is never reached", later, label);
    labelled(d, earlier, "whenever the later one holds, this one does", "or this one")
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

/// A part of one beside a value that is counted in hundredths.
pub fn fraction(play: &Play, expr: &Expr, fraction: f64, at: Span) -> Diagnostic {
    let hundredths = (fraction * 1e8).round() / 1e6;
    Diagnostic::new(
        Code::W0705,
        format!("{} runs from 0 to 100, and {fraction} looks like a fraction", name(play, expr)),
        at,
        format!("less than one hundredth of the way; {hundredths} was meant?"),
    )
    .label(expr.span, "0 to 100")
    .maybe(format!("write `{hundredths}`"), at, hundredths.to_string())
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

/// `all`: every one must hold; else one of them must. `others`: the conditions that make this one idle.
pub fn redundant(all: bool, idle: Span, others: &[Span], reasons: &[String]) -> Diagnostic {
    let one = others.len() == 1;
    let message = if one { "another condition implies this one" } else { "other conditions imply this one" };
    let (label, first, further, note) = match (all, one) {
        (true, true) => (
            "always holds here",
            "whenever this one does",
            "",
            "an `all` of the two is the stricter one alone",
        ),
        (true, false) => (
            "always holds here",
            "whenever this one does",
            "and this one",
            "the `all` is the same without it",
        ),
        (false, true) => {
            ("adds nothing", "holds whenever it does", "", "an `any` of the two is the wider one alone")
        }
        (false, false) => {
            ("adds nothing", "holds whenever it does", "or this one does", "the `any` is the same without it")
        }
    };
    let d = labelled(Diagnostic::new(Code::W0710, message, idle, label), others, first, further);
    with_reasons(d.note(note), reasons)
}

/// `cases`: those of which one always holds.
pub fn else_unreachable(span: Span, cases: &[Span]) -> Diagnostic {
    let told = Diagnostic::new(Code::W0707, "`else` is never reached", span, "one of the cases always holds");
    match cases {
        [only] => told.label(*only, "this one, whenever its values are known"),
        [first, second] => told.label(*first, "this one").label(*second, "or, where it does not, this one"),
        _ => labelled(told, cases, "this one", "or this one"),
    }
}
