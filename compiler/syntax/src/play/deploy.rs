//! `deploy:` is for live sessions; a file that carries it must carry it right.

use crate::play::account::above_zero;
use crate::read::{Cx, Fields};
use crate::yaml::Entry;

const KEYS: &[&str] = &["capital", "settle_coin", "dcp_window"];

pub fn check(cx: &mut Cx, entry: &Entry) {
    let Some(fields) = Fields::open(cx, &entry.key, &entry.value, KEYS) else { return };
    above_zero(cx, &fields, "capital");
    fields.word(cx, "settle_coin", &["USDT", "USDC"]);
    above_zero(cx, &fields, "dcp_window");
}
