//! The parts of both risk forms: stop, target, size, trailing, break-even. Ranges are checked where leverage is known.

use crate::ast::{BreakEven, Expr, Sizing, StopRule, TargetRule, Trailing};
use crate::condition;
use crate::read::{Cx, Fields};
use crate::yaml::Entry;

const STOP_TYPES: &[&str] =
    &["percent", "atr_multiple", "fixed_points", "structure", "trailing_atr", "trailing_pct"];
const TARGET_TYPES: &[&str] = &["percent", "rr_ratio", "atr_multiple", "fixed_points"];
const SIZING_MODELS: &[&str] = &["percent_equity", "risk_based", "fixed_usdt"];
const BASES: &[&str] = &["roi", "price"];

const STOP_KEYS: &[&str] = &[
    "type",
    "value",
    "basis",
    "atr_feature_id",
    "level",
    "level_long",
    "level_short",
    "buffer_pct",
    "atr_multiplier",
    "trail_pct",
    "activation_pct",
];

pub fn stop(cx: &mut Cx, entry: &Entry) -> Option<StopRule> {
    let fields = Fields::open(cx, &entry.key, &entry.value, STOP_KEYS)?;
    Some(StopRule {
        kind: fields.word(cx, "type", STOP_TYPES),
        value: fields.number(cx, "value"),
        basis: fields.word(cx, "basis", BASES),
        atr_feature_id: fields.name(cx, "atr_feature_id"),
        level: level(cx, &fields, "level"),
        level_long: level(cx, &fields, "level_long"),
        level_short: level(cx, &fields, "level_short"),
        buffer_pct: fields.number(cx, "buffer_pct"),
        atr_multiplier: fields.number(cx, "atr_multiplier"),
        trail_pct: fields.number(cx, "trail_pct"),
        activation_pct: fields.number(cx, "activation_pct"),
        span: fields.span,
    })
}

fn level(cx: &mut Cx, fields: &Fields, key: &str) -> Option<Expr> {
    let entry = fields.get(cx, key)?;
    Some(condition::operand(cx, &entry.value))
}

pub fn target(cx: &mut Cx, entry: &Entry) -> Option<TargetRule> {
    let fields = Fields::open(cx, &entry.key, &entry.value, &["type", "value", "basis", "atr_feature_id"])?;
    Some(TargetRule {
        kind: fields.word(cx, "type", TARGET_TYPES),
        value: fields.number(cx, "value"),
        basis: fields.word(cx, "basis", BASES),
        atr_feature_id: fields.name(cx, "atr_feature_id"),
        span: fields.span,
    })
}

pub fn sizing(cx: &mut Cx, entry: &Entry) -> Option<Sizing> {
    let keys = ["model", "value", "max_leverage", "max_position_pct", "include_fees"];
    let fields = Fields::open(cx, &entry.key, &entry.value, &keys)?;
    fields.require(cx, &["model", "value"]);
    Some(Sizing {
        model: fields.word(cx, "model", SIZING_MODELS),
        value: fields.number(cx, "value"),
        max_leverage: fields.number(cx, "max_leverage"),
        max_position_pct: fields.number(cx, "max_position_pct"),
        include_fees: fields.flag(cx, "include_fees"),
        span: fields.span,
    })
}

pub fn trailing(cx: &mut Cx, entry: &Entry) -> Option<Trailing> {
    let keys = ["atr_multiplier", "atr_feature_id", "trail_pct", "activation_pct"];
    let fields = Fields::open(cx, &entry.key, &entry.value, &keys)?;
    Some(Trailing {
        atr_multiplier: fields.number(cx, "atr_multiplier"),
        atr_feature_id: fields.name(cx, "atr_feature_id"),
        trail_pct: fields.number(cx, "trail_pct"),
        activation_pct: fields.number(cx, "activation_pct"),
        span: fields.span,
    })
}

pub fn break_even(cx: &mut Cx, entry: &Entry) -> Option<BreakEven> {
    let fields = Fields::open(cx, &entry.key, &entry.value, &["activation_pct", "offset_pct"])?;
    Some(BreakEven {
        activation_pct: fields.number(cx, "activation_pct"),
        offset_pct: fields.number(cx, "offset_pct"),
        span: fields.span,
    })
}
