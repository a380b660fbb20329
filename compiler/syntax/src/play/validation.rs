//! `validation:` the sample bars that the Play is tried on.

use crate::ast::Validation;
use crate::play::account::above_zero;
use crate::read::{Cx, Fields};
use crate::yaml::Entry;

pub fn read(cx: &mut Cx, entry: &Entry) -> Option<Validation> {
    let fields = Fields::open(cx, &entry.key, &entry.value, &["pattern", "seed", "bars"])?;
    Some(Validation {
        pattern: fields.name(cx, "pattern"),
        seed: fields.number(cx, "seed"),
        bars: above_zero(cx, &fields, "bars"),
        span: fields.span,
    })
}
