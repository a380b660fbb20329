//! The sections of a Play: the keys that each takes, as their readers in `compiler/syntax/src/play` know them.

use serde_json::{Map, Value, json};

use crate::schema::shapes::{
    VARIABLE, above_zero, at_least_zero, described, flag, map, name, names, number, reference, text, word,
    word_in_any_case,
};

/// A timeframe written out, as in `15m`, `4h`, `D`.
pub const TIMEFRAME: &str = r"^\s*([0-9]*[dDwW]|[0-9]+(m|min|h|H))\s*$";

const ORDER_TYPES: &[&str] = &["Market", "Limit"];
const ROLES: &[&str] = &["low_tf", "med_tf", "high_tf"];

pub fn all() -> Value {
    json!({
        "version": described(name(), "the version of the language, \"3.0.0\""),
        "id": described(name(), "what programs and results call the Play; `name` without it"),
        "name": described(name(), "what people call the Play"),
        "description": described(name(), "free text"),
        "symbol": described(name(), "the market that is traded, as in `BTCUSDT`"),
        "symbol_universe": described(names(), "the older form of `symbol`; it holds one"),
        "timeframes": described(timeframes(), "the three roles and which of them the Play acts on"),
        "account": described(account(), "money, leverage, fees"),
        "backtest": described(backtest(), "what a simulation starts from"),
        "deploy": described(deploy(), "for live sessions"),
        "features": described(features(), "the indicators that conditions read"),
        "structures": described(structures(), "the market structures that conditions read"),
        "setups": described(setups(), "named conditions"),
        "filters": described(filters(), "what every entry needs beside its own condition"),
        "actions": described(actions(), "what to do when"),
        "position_policy": described(policy(), "which sides, which exits, how many positions"),
        "risk": described(risk(), "stop, target, size: the shorthand"),
        "risk_model": described(risk_model(), "stop, target, size: the full form"),
        "entry": described(entry(), "how entries are ordered"),
        "variables": described(variables(), "values that `${name}` puts in"),
        "validation": described(validation(), "the sample bars that the Play is tried on"),
        "use": false,
    })
}

fn timeframes() -> Value {
    let mut keys = json!({ "exec": described(word(ROLES), "the role whose bars the Play acts on") });
    for role in ROLES {
        keys[role] = text(TIMEFRAME);
    }
    map(keys, &["low_tf", "med_tf", "high_tf", "exec"])
}

fn account() -> Value {
    let fees = map(json!({"taker_bps": at_least_zero(), "maker_bps": number(json!({}))}), &[]);
    let keys = json!({
        "starting_equity_usdt": above_zero(),
        "max_leverage": above_zero(),
        "max_drawdown_pct": number(json!({"exclusiveMinimum": 0, "maximum": 100})),
        "margin_mode": word(&["isolated_usdt"]),
        "fee_model": fees,
        "slippage_bps": at_least_zero(),
        "min_trade_notional_usdt": at_least_zero(),
        "maintenance_margin_rate": number(json!({"minimum": 0, "exclusiveMaximum": 1})),
        "mm_deduction": at_least_zero(),
        "on_sl_beyond_liq": word(&["reject", "adjust", "warn"]),
        "risk_per_trade_pct": above_zero(),
    });
    map(keys, &[])
}

fn backtest() -> Value {
    let keys = ["tick_size", "qty_step", "min_qty", "min_notional"];
    let custom: Map<String, Value> = keys.map(|key| (key.to_owned(), at_least_zero())).into_iter().collect();
    let instrument = json!({
        "if": {"type": "object"},
        "then": map(Value::Object(custom), &[]),
        "else": word(&["exchange", "none"]),
    });
    let keys = json!({
        "equity": above_zero(),
        "slippage_bps": at_least_zero(),
        "end_of_data": word(&["close", "mark"]),
        "warmup_tolerance": number(json!({"exclusiveMinimum": 0, "maximum": 1})),
        "instrument": instrument,
    });
    map(keys, &[])
}

fn deploy() -> Value {
    let keys = json!({
        "capital": above_zero(),
        "settle_coin": word(&["USDT", "USDC"]),
        "dcp_window": above_zero(),
    });
    map(keys, &[])
}

/// A map of id to feature, or a list of features with `id`.
fn features() -> Value {
    json!({
        "type": ["object", "array", "string", "null"],
        "pattern": VARIABLE,
        "patternProperties": {"^x-": true},
        "additionalProperties": or_block(reference("feature")),
        "items": or_block(reference("feature_item")),
    })
}

/// A set of features that a block brings along stands where a feature stands.
fn or_block(feature: Value) -> Value {
    let mut keys = Map::new();
    block_use(&mut keys);
    keys.insert("id".into(), name());
    let set = map(Value::Object(keys), &["use"]);
    json!({"if": {"type": "object", "required": ["use"]}, "then": set, "else": feature})
}

/// The keys that name a block and give it its parameters.
pub fn block_use(keys: &mut Map<String, Value>) {
    keys.insert("use".into(), described(name(), "a block, as in `trend_filter_v1`"));
    keys.insert("version".into(), described(number(json!({"minimum": 1})), "the version of the block"));
    let with = json!({"type": ["object", "string", "null"], "pattern": VARIABLE});
    keys.insert("with".into(), described(with, "the parameters of the block"));
}

/// One condition, or one for each side.
fn filters() -> Value {
    let sides =
        map(json!({"entry_long": reference("condition"), "entry_short": reference("condition")}), &[]);
    let has_side = json!({"anyOf": [{"required": ["entry_long"]}, {"required": ["entry_short"]}]});
    json!({
        "if": {"type": "object", "allOf": [has_side]},
        "then": sides,
        "else": reference("condition"),
    })
}

/// For each role a list, or a map of timeframes to lists.
fn structures() -> Value {
    let list = json!({"type": ["array", "string"], "pattern": VARIABLE, "items": reference("structure")});
    let role = json!({
        "type": ["array", "object", "string", "null"],
        "pattern": VARIABLE,
        "items": reference("structure"),
        "additionalProperties": list,
    });
    map(json!({"exec": role, "low_tf": role, "med_tf": role, "high_tf": role}), &[])
}

fn setups() -> Value {
    json!({
        "type": ["object", "string", "null"],
        "pattern": VARIABLE,
        "patternProperties": {"^x-": true},
        "additionalProperties": reference("condition"),
    })
}

/// A map of action to condition, or a list of blocks with cases.
fn actions() -> Value {
    let conditions: Map<String, Value> =
        syntax::actions().iter().map(|action| ((*action).to_owned(), reference("condition"))).collect();
    let action = word(syntax::actions());
    let intent = json!({
        "action": action,
        "percent": number(json!({"exclusiveMinimum": 0, "maximum": 100})),
        "metadata": metadata(),
    });
    let emit = json!({
        "type": ["array", "string", "null"],
        "pattern": VARIABLE,
        "minItems": 1,
        "items": {"if": {"type": "object"}, "then": map(intent, &["action"]), "else": action},
    });
    let case = map(json!({"when": reference("condition"), "emit": emit}), &["when", "emit"]);
    let cases = json!({
        "type": ["array", "string", "null"], "pattern": VARIABLE, "minItems": 1, "items": case,
    });
    let block = json!({"id": name(), "cases": cases, "else": map(json!({"emit": emit}), &["emit"])});
    json!({
        "type": ["object", "array", "string"],
        "pattern": VARIABLE,
        "minProperties": 1,
        "minItems": 1,
        "properties": conditions,
        "patternProperties": {VARIABLE: true},
        "additionalProperties": false,
        "items": map(block, &["id", "cases"]),
    })
}

/// What is noted beside an action: features by reference, and values.
fn metadata() -> Value {
    let noted = json!({
        "if": {"type": "object", "required": ["feature_id"]},
        "then": reference("reference"),
        "else": reference("value"),
    });
    json!({"type": ["object", "string", "null"], "pattern": VARIABLE, "additionalProperties": noted})
}

fn policy() -> Value {
    let never = json!({"anyOf": [{"enum": [false, null]}, {"type": "string", "pattern": VARIABLE}]});
    let keys = json!({
        "mode": word(&["long_only", "short_only", "long_short"]),
        "exit_mode": word(&["sl_tp_only", "signal", "first_hit"]),
        "max_positions_per_symbol": number(json!({"minimum": 1, "maximum": 1})),
        "allow_flip": flag(),
        "allow_scale_in": never,
        "allow_scale_out": never,
    });
    map(keys, &[])
}

fn risk() -> Value {
    let mut keys = risk_parts();
    for key in ["stop_loss_pct", "take_profit_pct", "max_position_pct", "risk_per_trade_pct"] {
        keys[key] = reference("number");
    }
    let plain = map(keys, &[]);
    json!({"if": {"type": "object", "required": ["use"]}, "then": risk_of_block(), "else": plain})
}

fn risk_model() -> Value {
    let plain = map(risk_parts(), &[]);
    json!({"if": {"type": "object", "required": ["use"]}, "then": risk_of_block(), "else": plain})
}

fn risk_of_block() -> Value {
    let mut keys = risk_parts();
    if let Value::Object(keys) = &mut keys {
        block_use(keys);
    }
    map(keys, &[])
}

fn risk_parts() -> Value {
    let number = || reference("number");
    let basis = || described(word(&["roi", "price"]), "percent of margin, or of price");
    let stop = json!({
        "type": word(&["percent", "atr_multiple", "fixed_points", "structure", "trailing_atr", "trailing_pct"]),
        "value": number(), "basis": basis(), "atr_feature_id": name(),
        "level": level(), "level_long": level(), "level_short": level(),
        "buffer_pct": number(), "atr_multiplier": number(), "trail_pct": number(), "activation_pct": number(),
    });
    let target = json!({
        "type": word(&["percent", "rr_ratio", "atr_multiple", "fixed_points"]),
        "value": number(), "basis": basis(), "atr_feature_id": name(),
    });
    let sizing = json!({
        "model": word(&["percent_equity", "risk_based", "fixed_usdt"]),
        "value": number(), "max_leverage": number(), "max_position_pct": number(), "include_fees": flag(),
    });
    let trailing = json!({
        "atr_multiplier": number(), "atr_feature_id": name(), "trail_pct": number(), "activation_pct": number(),
    });
    json!({
        "stop_loss": map(stop, &[]),
        "take_profit": map(target, &[]),
        "sizing": map(sizing, &["model", "value"]),
        "trailing": map(trailing, &[]),
        "break_even": map(json!({"activation_pct": number(), "offset_pct": number()}), &[]),
        "tp_order_type": word(ORDER_TYPES),
        "sl_order_type": word(ORDER_TYPES),
    })
}

fn level() -> Value {
    json!({"if": {"type": "null"}, "then": true, "else": reference("operand")})
}

fn entry() -> Value {
    let keys = json!({
        "order_type": word_in_any_case(&["MARKET", "LIMIT"]),
        "limit_offset_pct": at_least_zero(),
        "time_in_force": word(&["GTC", "IOC", "FOK", "PostOnly"]),
        "expire_after_bars": number(json!({"minimum": 0, "multipleOf": 1})),
    });
    map(keys, &[])
}

fn variables() -> Value {
    json!({"type": ["object", "null"], "additionalProperties": reference("value")})
}

fn validation() -> Value {
    let keys = json!({
        "pattern": described(name(), "the pattern of the sample bars; `playvm data sample --list` lists them"),
        "seed": number(json!({})),
        "bars": above_zero(),
    });
    map(keys, &[])
}
