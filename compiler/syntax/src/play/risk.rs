//! `risk:` the shorthand, and `risk_model:` the full form.

use crate::ast::{Risk, RiskModel};
use crate::play::rules;
use crate::read::{Cx, Fields, block_use};
use crate::yaml::Entry;

const KEYS: &[&str] = &[
    "stop_loss_pct",
    "stop_loss",
    "take_profit_pct",
    "take_profit",
    "max_position_pct",
    "risk_per_trade_pct",
    "sizing",
    "trailing",
    "break_even",
    "tp_order_type",
    "sl_order_type",
];

const MODEL_KEYS: &[&str] =
    &["stop_loss", "take_profit", "sizing", "trailing", "break_even", "tp_order_type", "sl_order_type"];

/// The keys that may stand beside `use`.
const BLOCK_KEYS: &[&str] = &[
    "use",
    "version",
    "with",
    "stop_loss",
    "take_profit",
    "sizing",
    "trailing",
    "break_even",
    "tp_order_type",
    "sl_order_type",
];

const ORDER_TYPES: &[&str] = &["Market", "Limit"];

pub fn read(cx: &mut Cx, entry: &Entry) -> Option<Risk> {
    let uses = entry.value.get("use").is_some();
    let fields = Fields::open(cx, &entry.key, &entry.value, if uses { BLOCK_KEYS } else { KEYS })?;
    Some(Risk {
        block: block_use(cx, &entry.value),
        stop_loss_pct: fields.number(cx, "stop_loss_pct"),
        stop_loss: fields.get(cx, "stop_loss").and_then(|e| rules::stop(cx, e)),
        take_profit_pct: fields.number(cx, "take_profit_pct"),
        take_profit: fields.get(cx, "take_profit").and_then(|e| rules::target(cx, e)),
        max_position_pct: fields.number(cx, "max_position_pct"),
        risk_per_trade_pct: fields.number(cx, "risk_per_trade_pct"),
        sizing: fields.get(cx, "sizing").and_then(|e| rules::sizing(cx, e)),
        trailing: fields.get(cx, "trailing").and_then(|e| rules::trailing(cx, e)),
        break_even: fields.get(cx, "break_even").and_then(|e| rules::break_even(cx, e)),
        tp_order_type: fields.word(cx, "tp_order_type", ORDER_TYPES),
        sl_order_type: fields.word(cx, "sl_order_type", ORDER_TYPES),
        span: fields.span,
    })
}

pub fn read_model(cx: &mut Cx, entry: &Entry) -> Option<RiskModel> {
    let uses = entry.value.get("use").is_some();
    let fields = Fields::open(cx, &entry.key, &entry.value, if uses { BLOCK_KEYS } else { MODEL_KEYS })?;
    Some(RiskModel {
        block: block_use(cx, &entry.value),
        stop_loss: fields.get(cx, "stop_loss").and_then(|e| rules::stop(cx, e)),
        take_profit: fields.get(cx, "take_profit").and_then(|e| rules::target(cx, e)),
        sizing: fields.get(cx, "sizing").and_then(|e| rules::sizing(cx, e)),
        trailing: fields.get(cx, "trailing").and_then(|e| rules::trailing(cx, e)),
        break_even: fields.get(cx, "break_even").and_then(|e| rules::break_even(cx, e)),
        tp_order_type: fields.word(cx, "tp_order_type", ORDER_TYPES),
        sl_order_type: fields.word(cx, "sl_order_type", ORDER_TYPES),
        span: fields.span,
    })
}
