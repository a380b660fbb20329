//! `position_policy:` which sides, which exits, how many positions.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span, Spanned};

use crate::ast::{Number, PositionPolicy};
use crate::read::{Cx, Fields};
use crate::yaml::Entry;

const KEYS: &[&str] =
    &["mode", "exit_mode", "max_positions_per_symbol", "allow_flip", "allow_scale_in", "allow_scale_out"];

pub fn read(cx: &mut Cx, entry: &Entry) -> PositionPolicy {
    let Some(fields) = Fields::open(cx, &entry.key, &entry.value, KEYS) else {
        return PositionPolicy::default();
    };
    PositionPolicy {
        mode: fields.word(cx, "mode", &["long_only", "short_only", "long_short"]),
        exit_mode: fields.word(cx, "exit_mode", &["sl_tp_only", "signal", "first_hit"]),
        max_positions_per_symbol: one_position(cx, &fields),
        allow_flip: fields.flag(cx, "allow_flip"),
        allow_scale_in: no_scaling(cx, &fields, "allow_scale_in"),
        allow_scale_out: no_scaling(cx, &fields, "allow_scale_out"),
        span: Some(fields.span),
    }
}

fn one_position(cx: &mut Cx, fields: &Fields) -> Option<Number> {
    let number = fields.number(cx, "max_positions_per_symbol")?;
    if number.value != 1.0 {
        unsupported(cx, "more than one position in a symbol", number.span, "only 1 is supported", "1");
        return None;
    }
    Some(number)
}

fn no_scaling(cx: &mut Cx, fields: &Fields, key: &str) -> Option<Spanned<bool>> {
    let flag = fields.flag(cx, key)?;
    if flag.value {
        unsupported(cx, &format!("`{key}: true`"), flag.span, "only false is supported", "false");
        return None;
    }
    Some(flag)
}

fn unsupported(cx: &mut Cx, what: &str, span: Span, label: &str, instead: &str) {
    cx.report(
        Diagnostic::new(Code::E0606, format!("{what} is not supported"), span, label)
            .maybe(format!("write {instead}"), span, instead)
            .note("partial exits are there: `emit: [{action: exit_long, percent: 50}]`"),
    );
}
