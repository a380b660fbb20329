//! The shapes of risk and entry orders.

use super::sections::key;
use super::{Key, Shape};

static ORDER_TYPES: &[(&str, &str)] =
    &[("Market", "fills at the market, with slippage"), ("Limit", "fills at its price or better")];

const STOP: Key = key("stop_loss", Shape::Map(STOP_KEYS), "where a position is given up");
const TARGET: Key = key("take_profit", Shape::Map(TARGET_KEYS), "where a profit is taken");
const SIZING: Key = key("sizing", Shape::Map(SIZING_KEYS), "how big a position is");
const TRAILING: Key = key("trailing", Shape::Map(TRAILING_KEYS), "a stop that follows the best close");
const BREAK_EVEN: Key =
    key("break_even", Shape::Map(BREAK_EVEN_KEYS), "a stop that moves to the entry price");
const TARGET_ORDER: Key = key("tp_order_type", Shape::Words(ORDER_TYPES), "how the target is ordered");
const STOP_ORDER: Key = key("sl_order_type", Shape::Words(ORDER_TYPES), "how the stop is ordered");

pub(super) static RISK: &[Key] = &[
    key(
        "stop_loss_pct",
        Shape::Number,
        "stop in percent of the margin (ROI): the price distance is value / leverage",
    ),
    STOP,
    key("take_profit_pct", Shape::Number, "target in percent of the margin (ROI)"),
    TARGET,
    key("max_position_pct", Shape::Number, "margin of a position in percent of equity"),
    key("risk_per_trade_pct", Shape::Number, "what a hit stop may lose, in percent of equity"),
    SIZING,
    TRAILING,
    BREAK_EVEN,
    TARGET_ORDER,
    STOP_ORDER,
    USE_RISK,
];

pub(super) static RISK_MODEL: &[Key] =
    &[STOP, TARGET, SIZING, TRAILING, BREAK_EVEN, TARGET_ORDER, STOP_ORDER, USE_RISK];

const USE_RISK: Key = key("use", Shape::Block, "a block of risk rules; what stands beside it comes first");

static STOP_TYPES: &[(&str, &str)] = &[
    ("percent", "`value` percent of the margin (ROI); of the price with `basis: price`"),
    ("atr_multiple", "`value` ATRs of the signal bar from the fill"),
    ("fixed_points", "`value` in price units"),
    ("structure", "at `level`, `buffer_pct` beyond it"),
    ("trailing_atr", "follows the best close at `atr_multiplier` ATRs"),
    ("trailing_pct", "follows the best close at `trail_pct` percent"),
];

static TARGET_TYPES: &[(&str, &str)] = &[
    ("percent", "`value` percent of the margin (ROI); of the price with `basis: price`"),
    ("rr_ratio", "`value` times the stop's distance"),
    ("atr_multiple", "`value` ATRs of the signal bar from the fill"),
    ("fixed_points", "`value` in price units"),
];

static BASES: &[(&str, &str)] = &[
    ("roi", "percent of the margin: the price distance is value / leverage"),
    ("price", "percent of the price"),
];

const BASIS: Key = key("basis", Shape::Words(BASES), "what `value` is a percentage of; `roi` when absent");
const ATR: Key = key("atr_feature_id", Shape::Feature, "the ATR that is multiplied");
const TRAIL: Key = key("trail_pct", Shape::Number, "distance of a trailing stop; percent of the price");
const ACTIVATION: Key =
    key("activation_pct", Shape::Number, "profit at which it begins; percent of the price");
const ATR_MULTIPLIER: Key = key("atr_multiplier", Shape::Number, "distance of a trailing stop, in ATRs");

static STOP_KEYS: &[Key] = &[
    key("type", Shape::Words(STOP_TYPES), "how the stop is found"),
    key("value", Shape::Number, "its distance"),
    BASIS,
    ATR,
    key("level", Shape::Operand, "the price level of a structure stop, such as `swing.low_level`"),
    key("level_long", Shape::Operand, "its level for long positions"),
    key("level_short", Shape::Operand, "its level for short positions"),
    key("buffer_pct", Shape::Number, "how far beyond the level; percent of the price"),
    ATR_MULTIPLIER,
    TRAIL,
    ACTIVATION,
];

static TARGET_KEYS: &[Key] = &[
    key("type", Shape::Words(TARGET_TYPES), "how the target is found"),
    key("value", Shape::Number, "its distance"),
    BASIS,
    ATR,
];

static SIZING_MODELS: &[(&str, &str)] = &[
    ("percent_equity", "margin is `value` percent of equity"),
    ("risk_based", "a hit stop loses `value` percent of equity, fees included"),
    ("fixed_usdt", "margin is `value` USDT"),
];

static SIZING_KEYS: &[Key] = &[
    Key { is_required: true, ..key("model", Shape::Words(SIZING_MODELS), "how the size is found") },
    Key { is_required: true, ..key("value", Shape::Number, "percent or USDT, as the model says") },
    key("max_leverage", Shape::Number, "highest leverage of the position"),
    key("max_position_pct", Shape::Number, "highest margin, in percent of equity"),
    key("include_fees", Shape::Flag, "whether the entry fee is part of the share"),
];

static TRAILING_KEYS: &[Key] = &[ATR_MULTIPLIER, ATR, TRAIL, ACTIVATION];

static BREAK_EVEN_KEYS: &[Key] =
    &[ACTIVATION, key("offset_pct", Shape::Number, "how far beyond the entry price; percent of the price")];

static ENTRY_ORDERS: &[(&str, &str)] =
    &[("MARKET", "at the next open, with slippage"), ("LIMIT", "at a price away from the signal's close")];

static IN_FORCE: &[(&str, &str)] = &[
    ("GTC", "until it fills or is cancelled"),
    ("IOC", "what fills at once; the rest is cancelled"),
    ("FOK", "all at once, or nothing"),
    ("PostOnly", "only as a maker"),
];

pub(super) static ENTRY: &[Key] = &[
    key("order_type", Shape::Words(ENTRY_ORDERS), "how entries are ordered"),
    key("limit_offset_pct", Shape::Number, "how far a limit lies from the close; percent"),
    key("time_in_force", Shape::Words(IN_FORCE), "how long a limit order stands"),
    key("expire_after_bars", Shape::Number, "bars after which an unfilled limit is cancelled, 0 for never"),
];
