//! Windows as maps: `holds_for: {bars: 5, expr: ..}` and their kin.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span};

use crate::ast::{Expr, ExprKind, Extent, Window, WindowKind};
use crate::condition::{error, joined, read_at};
use crate::expr::{check_bars, check_min_true, duration_ms};
use crate::read::{Cx, Fields};
use crate::yaml::{Entry, Kind, Node};

pub fn is_window(key: &str) -> bool {
    kind(key).is_some()
}

fn kind(key: &str) -> Option<WindowKind> {
    Some(match key {
        "holds_for" | "holds_for_duration" => WindowKind::HoldsFor,
        "occurred_within" | "occurred_within_duration" => WindowKind::OccurredWithin,
        "count_true" | "count_true_duration" => WindowKind::CountTrue,
        _ => return None,
    })
}

pub fn read(cx: &mut Cx, entry: &Entry, span: Span) -> Expr {
    let key = entry.key.text.as_str();
    let Some(kind) = kind(key) else { return error(span) };
    let counts = kind == WindowKind::CountTrue;
    if key == "count_true" && entry.value.get("of").is_some() {
        return joined::count(cx, entry, span);
    }
    let by_duration = key.ends_with("_duration");
    let mut known = vec![if by_duration { "duration" } else { "bars" }];
    if counts {
        known.push("min_true");
    }
    known.push("expr");
    let required = known.clone();
    if !by_duration {
        known.push("anchor_tf");
    }
    let Some(fields) = Fields::open(cx, &entry.key, &entry.value, &known) else { return error(span) };
    fields.require(cx, &required);
    let extent = if by_duration { duration(cx, &fields) } else { bars(cx, &fields) };
    let min_true = fields.number(cx, "min_true");
    if let Some(min_true) = &min_true {
        let units = extent.as_ref().and_then(crate::expr::extent_units);
        check_min_true(min_true, units, &mut cx.diagnostics);
    }
    let anchor_tf = fields.name(cx, "anchor_tf");
    let expr = match entry.value.get("expr") {
        Some(inner) => read_at(cx, "expr", inner.key.span, &inner.value),
        None => return error(span),
    };
    match extent {
        Some(extent) if !counts || min_true.is_some() => {
            let window = Window { kind, extent, min_true, anchor_tf, expr, span };
            Expr { kind: ExprKind::Window(Box::new(window)), span }
        }
        _ => error(span),
    }
}

fn bars(cx: &mut Cx, fields: &Fields) -> Option<Extent> {
    let entry = fields.get(cx, "bars")?;
    if let Some(duration) = as_duration(&entry.value) {
        let message = "`bars` counts bars";
        let report = Diagnostic::new(Code::E0107, message, entry.value.span, "this is a duration");
        cx.report(report.note(format!(
            "for time write `{}_duration: {{duration: {duration}, ..}}`",
            fields.what.trim_matches('`')
        )));
        return None;
    }
    let bars = fields.number(cx, "bars")?;
    check_bars(&bars, &mut cx.diagnostics).then_some(Extent::Bars(bars))
}

fn as_duration(node: &Node) -> Option<&str> {
    let text = node.scalar()?.text.as_str();
    duration_ms(text, node.span, &mut Vec::new()).map(|_| text)
}

fn duration(cx: &mut Cx, fields: &Fields) -> Option<Extent> {
    let entry = fields.get(cx, "duration")?;
    let Kind::Scalar(scalar) = &entry.value.kind else {
        if entry.value.kind != Kind::Error {
            cx.wrong_shape(&entry.value, "duration", "a duration such as `30m`");
        }
        return None;
    };
    let span = scalar.span;
    duration_ms(&scalar.text, span, &mut cx.diagnostics).map(|ms| Extent::Duration { ms, span })
}
