//! `timeframes:` the three roles and which of them the Play acts on.

use crate::ast::Timeframes;
use crate::read::{Cx, Fields};
use crate::yaml::Entry;

const KEYS: &[&str] = &["low_tf", "med_tf", "high_tf", "exec"];

pub fn read(cx: &mut Cx, entry: &Entry) -> Option<Timeframes> {
    let fields = Fields::open(cx, &entry.key, &entry.value, KEYS)?;
    fields.require(cx, KEYS);
    Some(Timeframes {
        low: fields.name(cx, "low_tf"),
        med: fields.name(cx, "med_tf"),
        high: fields.name(cx, "high_tf"),
        exec: fields.name(cx, "exec"),
        span: fields.span,
    })
}
