//! `entry:` how entries are ordered.

use crate::ast::Entry as EntryOrder;
use crate::play::account::at_least_zero;
use crate::read::{Cx, Fields};
use crate::yaml::Entry;

const KEYS: &[&str] = &["order_type", "limit_offset_pct", "time_in_force", "expire_after_bars"];

pub fn read(cx: &mut Cx, entry: &Entry) -> Option<EntryOrder> {
    let fields = Fields::open(cx, &entry.key, &entry.value, KEYS)?;
    let rule = "must be a whole number of bars, 0 for never";
    Some(EntryOrder {
        order_type: order_type(cx, &fields),
        limit_offset_pct: at_least_zero(cx, &fields, "limit_offset_pct"),
        time_in_force: fields.word(cx, "time_in_force", &["GTC", "IOC", "FOK", "PostOnly"]),
        expire_after_bars: fields
            .number_where(cx, "expire_after_bars", rule, |v| v >= 0.0 && v.fract() == 0.0),
        span: fields.span,
    })
}

/// `MARKET` or `LIMIT`, in any case.
fn order_type(cx: &mut Cx, fields: &Fields) -> Option<crate::ast::Name> {
    let words = ["MARKET", "LIMIT"];
    let entry = fields.get(cx, "order_type")?;
    let written = entry.value.scalar().map(|s| s.text.to_uppercase());
    match written {
        Some(upper) if words.contains(&upper.as_str()) => {
            Some(diagnostics::Spanned::new(upper, entry.value.span))
        }
        _ => fields.word(cx, "order_type", &words),
    }
}
