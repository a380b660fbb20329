//! Expressions in the Play's own words.

use resolve::resolved::{Expr, ExprKind, Play, Source};
use stdlib::Range;

/// A name where the expression has one, else what it is.
pub fn name(play: &Play, expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Number { value, .. } => format!("{value}"),
        ExprKind::Bool(value) => format!("{value}"),
        ExprKind::Word { word, .. } => format!("`{word}`"),
        ExprKind::Read(read) => {
            let base = match read.source {
                Source::Field(field) => field.name().to_owned(),
                Source::Series(series) => series.name().to_owned(),
                Source::Position(position) => position.name().to_owned(),
                Source::Output(output) => {
                    let call = &play.calls[output.call.0];
                    let id = &call.id.value;
                    match call.outputs.as_slice() {
                        [_] => id.clone(),
                        outputs => format!("{id}.{}", outputs[output.index].name),
                    }
                }
            };
            match read.ago {
                0 => format!("`{base}`"),
                ago => format!("`{base}[{ago}]`"),
            }
        }
        _ => "this value".to_owned(),
    }
}

/// What is known of the value: "`rsi_14` is from 0 to 100".
pub fn bounds(play: &Play, expr: &Expr, range: Range) -> Option<String> {
    if matches!(expr.kind, ExprKind::Number { .. } | ExprKind::Word { .. } | ExprKind::Bool(_)) {
        return None;
    }
    let name = name(play, expr);
    match (range.min.is_finite(), range.max.is_finite()) {
        (true, true) if range.min == range.max => Some(format!("{name} is {}", range.min)),
        (true, true) => Some(format!("{name} is at least {} and at most {}", range.min, range.max)),
        (true, false) => Some(format!("{name} is at least {}", range.min)),
        (false, true) => Some(format!("{name} is at most {}", range.max)),
        (false, false) => None,
    }
}
