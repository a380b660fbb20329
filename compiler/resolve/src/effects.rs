//! Parameters and sections that are read and yet change nothing, or nothing as written.

use bars::SAMPLE_PATTERNS;
use diagnostics::{Code, Diagnostic, suggest};
use stdlib::Value;
use syntax::ast;

use crate::report::wiring;
use crate::resolved::{Call, Input};

pub fn report(play: &ast::Play, calls: &[Call], out: &mut Vec<Diagnostic>) {
    if let Some(pattern) = play.validation.as_ref().and_then(|validation| validation.pattern.as_ref()) {
        unknown_pattern(pattern, out);
    }
    for structure in &play.structures {
        let Some(key) = &structure.key else { continue };
        let Some(call) = calls.iter().find(|call| call.id.span == key.span) else { continue };
        match call.row().map(|row| row.name) {
            Some("fibonacci") => fibonacci(calls, call, out),
            Some("order_block") => order_block(structure, call, out),
            _ => {}
        }
    }
}

/// Whether the call follows a structure of this kind.
fn follows(call: &Call, kind: &str) -> bool {
    let Some(row) = call.row() else { return false };
    let of_kind =
        |input: &stdlib::Input| matches!(input, stdlib::Input::Uses { structure, .. } if *structure == kind);
    row.inputs.iter().zip(&call.inputs).any(|(wanted, given)| of_kind(wanted) && *given != Input::Absent)
}

fn flag(call: &Call, param: &str) -> Option<bool> {
    let at = call.row()?.param_index(param)?;
    match call.params.0.get(at) {
        Some(Value::Bool(value)) => Some(*value),
        _ => None,
    }
}

/// Anchored on the pairs of a trend that is not there, it never has a level.
fn fibonacci(calls: &[Call], call: &Call, out: &mut Vec<Diagnostic>) {
    let unbound = call.inputs.is_empty();
    if flag(call, "use_trend_anchor") == Some(true) && !unbound && !follows(call, "trend") {
        let told = wiring::missing_dependency(calls, call, "trend");
        out.push(told.note("with `use_trend_anchor` levels are drawn only while that trend has a direction"));
    }
}

/// What a displacement is, is decided elsewhere, or not asked.
fn order_block(structure: &ast::Structure, call: &Call, out: &mut Vec<Diagnostic>) {
    let reason = if flag(call, "require_displacement") == Some(false) {
        "with `require_displacement: false` the impulse needs no displacement"
    } else if follows(call, "displacement") {
        "the displacement in `uses` decides what a displacement is"
    } else {
        return;
    };
    for param in &structure.params {
        let name = param.name.value.as_str();
        if matches!(name, "body_atr_min" | "wick_ratio_max" | "atr_key") {
            let message = format!("`{name}` has no effect here");
            let told = Diagnostic::new(Code::W0806, message, param.name.span, "changes nothing");
            out.push(told.label(call.id.span, "in this structure").note(reason));
        }
    }
}

fn unknown_pattern(pattern: &ast::Name, out: &mut Vec<Diagnostic>) {
    let name = pattern.value.as_str();
    if SAMPLE_PATTERNS.contains(&name) {
        return;
    }
    let message = format!("there is no sample pattern `{name}`");
    let told = Diagnostic::new(Code::E0107, message, pattern.span, "unknown pattern");
    let told = match suggest::nearest(name, SAMPLE_PATTERNS) {
        Some(near) => told.fix(format!("write `{near}`"), pattern.span, near),
        None => told,
    };
    out.push(told.note("`playvm data sample --help` lists the patterns"));
}
