//! Numbers, and the ranges of a search over numbers.

use diagnostics::codes::Code;
use diagnostics::{Applicability, Diagnostic, Edit};

use crate::ast::{Candidates, Number, Search};
use crate::read::{Cx, Fields, listed, shape_error};
use crate::yaml::{Entry, Kind, Node, Plain, Scalar, Style};

const SEARCH_KEYS: &[&str] = &["min", "max", "step", "choices", "default"];

/// A number, or a search range, which stands for its default.
pub fn number(cx: &mut Cx, key: &str, node: &Node) -> Option<Number> {
    match &node.kind {
        Kind::Scalar(scalar) => {
            let value = scalar_number(cx, key, scalar)?;
            Some(Number { value, span: node.span, search: None })
        }
        Kind::Map(entries) if is_search(entries) => {
            let search = search(cx, key, node)?;
            let first = match &search.candidates {
                Candidates::Steps { min, .. } => Some(*min),
                Candidates::Choices(choices) => choices.first().copied(),
            };
            let value = search.default.or(first)?;
            Some(Number { value, span: node.span, search: Some(search) })
        }
        Kind::Error => None,
        _ => {
            let report = shape_error(node, key, "a number")
                .note("a number that a search may vary is a map: `{min: 5, max: 50, step: 5, default: 20}`");
            cx.report(report);
            None
        }
    }
}

fn scalar_number(cx: &mut Cx, key: &str, scalar: &Scalar) -> Option<f64> {
    match scalar.plain() {
        Plain::Number { value, .. } if value.is_finite() => return Some(value),
        Plain::Number { .. } => {
            let label = "neither infinity nor not-a-number";
            cx.wrong_value(format!("`{key}` takes a finite number"), scalar.span, label);
            return None;
        }
        Plain::Null | Plain::Bool(_) | Plain::Text => {}
    }
    let unquoted = crate::yaml::resolve_plain(scalar.text.trim());
    if scalar.style == Style::Quoted
        && let Plain::Number { value, .. } = unquoted
        && value.is_finite()
    {
        let report = Diagnostic::new(
            Code::W0808,
            format!("`{key}` is a number in quotes"),
            scalar.span,
            "text in YAML",
        )
        .fix("remove the quotes", scalar.span, scalar.text.trim());
        cx.report(report);
        return Some(value);
    }
    let message = format!("`{key}` takes a number, not `{}`", scalar.text.trim_end());
    let mut report =
        Diagnostic::new(Code::E0107, message, scalar.span, format!("this is {}", scalar.plain().noun()));
    if let Some(trap) = scalar.trap() {
        if let Plain::Number { .. } = crate::yaml::resolve_plain(&trap.meant) {
            report = report.fix(format!("write {}", trap.meant), scalar.span, trap.meant.clone());
        }
        let note =
            format!("`{}` is {} here; YAML 1.1 readers take it for {}", scalar.text, trap.here, trap.there);
        report = report.note(note);
    } else if let Some(digits) = scalar.text.strip_suffix('%').map(str::trim)
        && matches!(crate::yaml::resolve_plain(digits), Plain::Number { .. })
    {
        report = report
            .fix(format!("write {digits}"), scalar.span, digits)
            .note("keys that end in `_pct` are percent already");
    }
    cx.report(report);
    None
}

pub fn is_search(entries: &[Entry]) -> bool {
    entries.iter().any(|e| matches!(e.key.text.as_str(), "min" | "max" | "step" | "choices"))
}

/// `{min, max, step, default}` or `{choices, default}`.
pub fn search(cx: &mut Cx, key: &str, node: &Node) -> Option<Search> {
    let fields = Fields::open_as(cx, &format!("the range of `{key}`"), node.span, node, SEARCH_KEYS)?;
    let default = fields.get(cx, "default").and_then(|e| plain_number(cx, "default", &e.value));
    let candidates = if let Some(choices) = fields.get(cx, "choices") {
        for other in ["min", "max", "step"].into_iter().filter(|k| fields.has(k)) {
            let note = "either `choices`, or `min`, `max` and `step`";
            let message = format!("`{other}` beside `choices`");
            cx.report(Diagnostic::new(Code::E0507, message, node.span, "this search range").note(note));
        }
        choices_of(cx, &choices.value)?
    } else {
        steps_of(cx, &fields, node)?
    };
    Some(Search { candidates, default, span: node.span })
}

fn choices_of(cx: &mut Cx, node: &Node) -> Option<Candidates> {
    let items = super::expect_list(cx, "choices", node)?;
    if items.is_empty() {
        let report = Diagnostic::new(Code::E0507, "`choices` is empty", node.span, "no candidate");
        cx.report(report.note("list the numbers to try: `choices: [10, 20, 50]`"));
        return None;
    }
    let numbers: Vec<f64> = items.iter().filter_map(|item| plain_number(cx, "choices", item)).collect();
    (numbers.len() == items.len()).then_some(Candidates::Choices(numbers))
}

fn steps_of(cx: &mut Cx, fields: &Fields, node: &Node) -> Option<Candidates> {
    let mut bound = |key: &str| {
        let entry = fields.get(cx, key)?;
        plain_number(cx, key, &entry.value)
    };
    let (min, max, step) = (bound("min"), bound("max"), bound("step"));
    for key in ["min", "max", "step"].into_iter().filter(|key| !fields.has(key)) {
        let note = format!("a search range needs {}, or `choices`", listed(&["min", "max", "step"]));
        let message = format!("the search range has no `{key}`");
        cx.report(Diagnostic::new(Code::E0507, message, node.span, format!("`{key}` is missing")).note(note));
    }
    let (min, max, step) = (min?, max?, step?);
    if min > max {
        let entry = |key| node.get(key).map(|e| e.value.span);
        let mut report = Diagnostic::new(Code::E0507, "`min` is above `max`", node.span, "an empty range");
        if let (Some(low), Some(high)) = (entry("min"), entry("max")) {
            let edits =
                vec![Edit { span: low, text: max.to_string() }, Edit { span: high, text: min.to_string() }];
            report = report.with_fix("exchange them", Applicability::Machine, edits);
        }
        cx.report(report);
        return None;
    }
    if step <= 0.0 {
        let span = node.get("step").map_or(node.span, |e| e.value.span);
        cx.report(Diagnostic::new(Code::E0507, "`step` must be above 0", span, "no way from `min` to `max`"));
        return None;
    }
    Some(Candidates::Steps { min, max, step })
}

/// A number that cannot itself be a search range.
fn plain_number(cx: &mut Cx, key: &str, node: &Node) -> Option<f64> {
    match &node.kind {
        Kind::Scalar(scalar) => scalar_number(cx, key, scalar),
        Kind::Error => None,
        _ => {
            cx.wrong_shape(node, key, "a number");
            None
        }
    }
}
