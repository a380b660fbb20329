//! Sequences and scores, whatever they were written as: limits given to their steps, counts checked.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span};

use crate::ast::{Candidates, Expr, ExprKind, Extent, Name, Number, Score, ScorePart, Sequence};

/// The most steps of a sequence, and the most conditions of a count or score.
pub const MAX_PARTS: usize = 50;
/// Weights are added up exactly, to nine decimals; beyond this they would not be.
const MAX_WEIGHT: f64 = 100_000.0;

/// One step, and the limit written with it.
pub struct Step {
    pub when: Expr,
    pub within: Option<Extent>,
}

/// What stands beside the steps.
#[derive(Default)]
pub struct Limits {
    /// One for all steps, or one for each step but the first; where they are written.
    pub within: Option<(Vec<Extent>, Span)>,
    /// `within` is there, though it cannot be read.
    pub unread: bool,
    pub total: Option<Extent>,
    pub anchor_tf: Option<Name>,
}

/// `None` when it was reported that it is no sequence.
pub fn sequence(steps: Vec<Step>, limits: Limits, span: Span, out: &mut Vec<Diagnostic>) -> Option<Expr> {
    if !(2..=MAX_PARTS).contains(&steps.len()) {
        let label = format!("{} given", steps.len());
        let message = format!("a sequence has 2 to {MAX_PARTS} steps");
        out.push(Diagnostic::new(Code::E0203, message, span, label).note("as in `then: [A, B], within: 10`"));
        return None;
    }
    if let Some(extent) = steps.first().and_then(|first| first.within.as_ref()) {
        let message = "the first step has nothing before it";
        let report = Diagnostic::new(Code::E0203, message, extent_span(extent), "a limit for what?");
        out.push(report.note("the limit of a step is how long it may come after the step before it"));
        return None;
    }
    let own = steps.iter().skip(1).map(|step| step.within.clone());
    let within: Vec<Option<Extent>> = match &limits.within {
        None => own.collect(),
        Some((all, _)) if all.len() == 1 => own.map(|own| own.or_else(|| all.first().cloned())).collect(),
        Some((each, _)) if each.len() == steps.len() - 1 => {
            own.zip(each).map(|(own, each)| own.or_else(|| Some(each.clone()))).collect()
        }
        Some((each, at)) => {
            let message = format!("{} limits for {} steps", each.len(), steps.len());
            let wanted = steps.len() - 1;
            let label = format!("one limit for all, or {wanted}: for each step but the first");
            out.push(Diagnostic::new(Code::E0203, message, *at, label));
            return None;
        }
    };
    let unlimited = limits.total.is_none() && within.iter().any(Option::is_none);
    if unlimited {
        if !limits.unread {
            out.push(
                Diagnostic::new(Code::E0105, "a sequence needs `within`", span, "how long may it take?")
                    .note("`within: 10` or `within: 30m` is how long each step may come after the one before")
                    .note("`within_total: 1h` limits the whole sequence instead, or too"),
            );
        }
        return None;
    }
    let steps = steps.into_iter().map(|step| step.when).collect();
    let Limits { total, anchor_tf, .. } = limits;
    let sequence = Sequence { steps, within, total, anchor_tf, span };
    Some(Expr { kind: ExprKind::Sequence(Box::new(sequence)), span })
}

/// `None` when it was reported that it is no count or score.
pub fn score(parts: Vec<ScorePart>, min: Number, span: Span, out: &mut Vec<Diagnostic>) -> Option<Expr> {
    if parts.is_empty() || parts.len() > MAX_PARTS {
        let message = format!("a count or score is over 1 to {MAX_PARTS} conditions");
        out.push(Diagnostic::new(Code::E0203, message, span, format!("{} given", parts.len())));
        return None;
    }
    let counts = parts.iter().all(|part| part.weight.is_none());
    let sound = if counts {
        let most = parts.len() as f64;
        let fits = |v: f64| v >= 1.0 && v <= most && v.fract() == 0.0;
        let label = format!("a whole number from 1 to {most}");
        check(&min, fits, "`at_least` counts at least 1 and at most all of the conditions", &label, out)
    } else {
        let message = "`min` of a score is out of range";
        check(&min, |v| v.abs() <= MAX_WEIGHT, message, "from -100000 to 100000", out)
            && parts.iter().filter_map(|part| part.weight.as_ref()).all(|weight| {
                let fits = |v: f64| v != 0.0 && v.abs() <= MAX_WEIGHT;
                check(weight, fits, "a weight is out of range", "from -100000 to 100000, not 0", out)
            })
    };
    let score = Score { parts, min, span };
    sound.then(|| Expr { kind: ExprKind::Score(Box::new(score)), span })
}

/// The number and every candidate of its search.
fn check(
    number: &Number,
    fits: impl Fn(f64) -> bool,
    message: &str,
    label: &str,
    out: &mut Vec<Diagnostic>,
) -> bool {
    let searched = number.search.as_ref().is_none_or(|search| match &search.candidates {
        Candidates::Steps { min, max, .. } => fits(*min) && fits(*max),
        Candidates::Choices(choices) => choices.iter().all(|v| fits(*v)),
    });
    if fits(number.value) && searched {
        return true;
    }
    out.push(Diagnostic::new(Code::E0205, message, number.span, label));
    false
}

fn extent_span(extent: &Extent) -> Span {
    match extent {
        Extent::Bars(bars) => bars.span,
        Extent::Duration { span, .. } => *span,
    }
}
