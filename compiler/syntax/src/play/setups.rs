//! `setups:` named conditions.

use crate::ast::Setup;
use crate::condition;
use crate::read::{Cx, check_id, is_free, shape_error, spanned};
use crate::yaml::{Entry, Kind};

pub fn read(cx: &mut Cx, entry: &Entry) -> Vec<Setup> {
    let Kind::Map(setups) = &entry.value.kind else {
        if entry.value.kind != Kind::Error {
            let report = shape_error(&entry.value, "setups", "a map of conditions")
                .note("as in `pullback: \"rsi_14 < 40 and close > ema_200\"`");
            cx.report(report);
        }
        return Vec::new();
    };
    let mut out = Vec::with_capacity(setups.len());
    for setup in setups.iter().filter(|s| !is_free(&s.key)) {
        check_id(cx, "setup", &setup.key);
        let condition = condition::read_at(cx, &setup.key.text, setup.key.span, &setup.value);
        out.push(Setup { id: spanned(&setup.key), condition });
    }
    out
}
