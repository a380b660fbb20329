//! The sections of a Play. Keys, words and docs are those of `syntax::shape`; limits of numbers, and what a shape does
//! not say, stand here.

use serde_json::{Map, Value, json};
use syntax::shape::{Form, Key, PLAY, Shape};

use crate::schema::shapes::{
    VARIABLE, described, flag, map, name, names, number, reference, text, word, word_in_any_case,
};

/// A timeframe written out, as in `15m`, `4h`, `D`.
pub const TIMEFRAME: &str = r"^\s*([0-9]*[dDwW]|[0-9]+(m|min|h|H))\s*$";

pub const ROLES: &[&str] = &["low_tf", "med_tf", "high_tf"];

pub fn all() -> Value {
    let section = |key: &Key| match key.name {
        "features" => features(),
        "structures" => structures(),
        "setups" => setups(),
        "filters" => filters(),
        "actions" => actions(),
        "variables" => variables(),
        "risk" | "risk_model" => risk_or_block(key.shape),
        "symbol_universe" => names(),
        section => of(section, key.shape),
    };
    let keys = PLAY.keys().iter();
    let mut all: Map<String, Value> =
        keys.map(|key| (key.name.to_owned(), described(section(key), key.doc))).collect();
    // a block is used where it belongs, not at the top
    all.insert("use".into(), json!(false));
    all.into()
}

/// What may stand at `path`, in the words of the shape.
fn of(path: &str, shape: Shape) -> Value {
    match shape {
        Shape::Number => limits(path).map_or_else(|| reference("number"), number),
        Shape::Flag if path.contains("allow_scale") => {
            json!({"anyOf": [{"enum": [false, null]}, {"type": "string", "pattern": VARIABLE}]})
        }
        Shape::Flag => flag(),
        Shape::Words(words) => {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            if path == "entry.order_type" { word_in_any_case(&words) } else { word(&words) }
        }
        Shape::Timeframe => text(TIMEFRAME),
        Shape::Role => word(ROLES),
        Shape::Operand => level(),
        Shape::Map(keys) => {
            let required: Vec<&str> = keys.iter().filter(|k| k.is_required).map(|k| k.name).collect();
            map(keys_of(path, keys).into(), &required)
        }
        Shape::Either(_) => json!({
            "if": {"type": "object"},
            "then": of(path, shape.of_form(Form::Map)),
            "else": of(path, shape.of_form(Form::Scalar)),
        }),
        _ => name(),
    }
}

fn keys_of(path: &str, keys: &[Key]) -> Map<String, Value> {
    let value = |key: &Key| described(of(&format!("{path}.{}", key.name), key.shape), key.doc);
    // what stands beside `use` is put in where it may stand: see `block_use`
    let own = keys.iter().filter(|key| !matches!(key.shape, Shape::Block));
    own.map(|key| (key.name.to_owned(), value(key))).collect()
}

/// Of the numbers that have some, whatever leverage and prices are.
fn limits(path: &str) -> Option<Value> {
    Some(match path {
        "account.starting_equity_usdt"
        | "account.max_leverage"
        | "account.risk_per_trade_pct"
        | "backtest.equity"
        | "deploy.capital"
        | "deploy.dcp_window"
        | "validation.bars" => json!({"exclusiveMinimum": 0}),
        "account.slippage_bps"
        | "account.min_trade_notional_usdt"
        | "account.mm_deduction"
        | "account.fee_model.taker_bps"
        | "backtest.slippage_bps"
        | "entry.limit_offset_pct" => json!({"minimum": 0}),
        "account.max_drawdown_pct" => json!({"exclusiveMinimum": 0, "maximum": 100}),
        "account.maintenance_margin_rate" => json!({"minimum": 0, "exclusiveMaximum": 1}),
        "backtest.warmup_tolerance" => json!({"exclusiveMinimum": 0, "maximum": 1}),
        "position_policy.max_positions_per_symbol" => json!({"minimum": 1, "maximum": 1}),
        "entry.expire_after_bars" => json!({"minimum": 0, "multipleOf": 1}),
        _ if path.starts_with("backtest.instrument.") => json!({"minimum": 0}),
        _ => return None,
    })
}

/// A map of id to feature, or a list of features with `id`.
pub fn features() -> Value {
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
pub fn structures() -> Value {
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

/// Beside `use` stand the parts that count before the block's.
fn risk_or_block(shape: Shape) -> Value {
    let mut used = risk_keys();
    block_use(&mut used);
    let is_use = json!({"type": "object", "required": ["use"]});
    json!({"if": is_use, "then": map(used.into(), &[]), "else": of("risk", shape)})
}

/// The full form, as blocks write it.
pub fn risk_model() -> Value {
    map(risk_keys().into(), &[])
}

fn risk_keys() -> Map<String, Value> {
    keys_of("risk", PLAY.value_of("risk_model").keys())
}

fn level() -> Value {
    json!({"if": {"type": "null"}, "then": true, "else": reference("operand")})
}

fn variables() -> Value {
    json!({"type": ["object", "null"], "additionalProperties": reference("value")})
}
