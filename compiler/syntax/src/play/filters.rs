//! `filters:` conditions that every entry needs, or those of one side.

use crate::ast::Filter;
use crate::condition;
use crate::read::{Cx, is_free, spanned};
use crate::yaml::{Entry, Kind};

const ACTIONS: &[&str] = &["entry_long", "entry_short"];

/// One condition for both sides (a list is all of them), or a map with one for each.
pub fn read(cx: &mut Cx, entry: &Entry) -> Vec<Filter> {
    if let Kind::Map(sides) = &entry.value.kind
        && sides.iter().any(|s| ACTIONS.contains(&s.key.text.as_str()))
    {
        let mut out = Vec::new();
        for side in sides.iter().filter(|s| !is_free(&s.key)) {
            if ACTIONS.contains(&side.key.text.as_str()) {
                let condition = condition::read_at(cx, &side.key.text, side.key.span, &side.value);
                out.push(Filter { action: Some(spanned(&side.key)), condition });
            } else {
                let report = crate::read::unknown_key(&side.key, "`filters`", ACTIONS, sides)
                    .note("a condition for both sides stands under `filters:` itself, or in a list there");
                cx.report(report);
            }
        }
        return out;
    }
    let condition = condition::read_at(cx, "filters", entry.key.span, &entry.value);
    vec![Filter { action: None, condition }]
}
