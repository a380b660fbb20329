//! The sections of a block file, as `compiler/syntax/src/block.rs` reads them.

use serde_json::{Map, Value, json};
use syntax::ast::BlockKind;

use super::sections::{self, ROLES, TIMEFRAME};
use super::shapes::{described, free_keys, map, name, reference, require};

pub fn all() -> Value {
    let kinds: Vec<&str> = BlockKind::ALL.map(BlockKind::name).to_vec();
    let version = json!({"type": ["integer", "null"], "minimum": 1});
    let logic = described(json!({}), "a condition, one for each side, or a risk model: as the type says");
    json!({
        "id": described(name(), "what Plays call the block, with or without its version"),
        "name": described(name(), "another word for `id`"),
        "version": described(version, "a whole number from 1, as in the file's name"),
        "type": described(json!({ "enum": kinds }), "what the block is for, and so where it may stand"),
        "description": described(name(), "what it does, for people"),
        "params": described(params(), "what a Play may set under `with`"),
        "requires": described(requires(), "what it needs; created for it, and seen by it alone"),
        "logic": logic,
    })
}

/// What goes with each type: a feature set has no logic, everything else has.
pub fn by_type() -> Value {
    let is = |kind: BlockKind| json!({"properties": {"type": {"const": kind.name()}}, "required": ["type"]});
    let rule = |kind: BlockKind| {
        let then = match kind {
            BlockKind::FeatureSet => json!({"required": ["requires"], "properties": {"logic": false}}),
            BlockKind::Risk => with_logic(sections::risk_model()),
            BlockKind::Filter | BlockKind::Entry | BlockKind::Exit => with_logic(sides()),
        };
        json!({"if": is(kind), "then": then})
    };
    BlockKind::ALL.map(rule).to_vec().into()
}

fn with_logic(logic: Value) -> Value {
    json!({"required": ["logic"], "properties": {"logic": logic}})
}

/// A condition, or one for each side of the market.
fn sides() -> Value {
    let both = map(json!({"long": reference("condition"), "short": reference("condition")}), &[]);
    let has_side = json!({"anyOf": [{"required": ["long"]}, {"required": ["short"]}]});
    json!({
        "if": {"type": "object", "allOf": [has_side]},
        "then": both,
        "else": reference("condition"),
    })
}

fn requires() -> Value {
    let mut keys = Map::new();
    super::sections::block_use(&mut keys);
    let used = map(Value::Object(keys), &["use"]);
    let blocks = json!({
        "type": ["object", "null"], "patternProperties": free_keys(), "additionalProperties": used,
    });
    let keys = json!({
        "features": sections::features(),
        "structures": sections::structures(),
        "blocks": described(blocks, "other blocks, by the names that the logic has for them"),
    });
    map(keys, &[])
}

/// Each is a map with its type, or just its default.
fn params() -> Value {
    let param = json!({
        "if": {"type": "object"},
        "then": param(),
        "else": {"type": ["number", "boolean"]},
    });
    json!({"type": ["object", "null"], "patternProperties": {"^x-": true}, "additionalProperties": param})
}

fn param() -> Value {
    let types = ["int", "number", "bool", "choice", "timeframe"];
    let keys = json!({
        "type": described(json!({ "enum": types }), "what values it takes"),
        "default": described(json!({}), "its value where a Play gives none"),
        "min": described(reference("number"), "the least it takes"),
        "max": described(reference("number"), "the most it takes"),
        "choices": described(json!({"type": "array", "minItems": 1, "items": name()}), "the words it takes"),
        "description": described(name(), "what it is, for people"),
    });
    let mut shape = map(keys, &[]);
    shape["type"] = json!("object");
    require(&mut shape, &["type"]);
    shape["allOf"] = types.map(of_type).to_vec().into();
    shape
}

/// Bounds are for numbers, choices for words, and the default is of the type.
fn of_type(ty: &str) -> Value {
    let timeframe = json!({"type": "string", "pattern": format!("^(exec|{})$|{TIMEFRAME}", ROLES.join("|"))});
    let (default, forbidden): (Value, &[&str]) = match ty {
        "int" => {
            (json!({"type": ["integer", "object", "null"], "allOf": [reference("search")]}), &["choices"])
        }
        "number" => {
            (json!({"type": ["number", "object", "null"], "allOf": [reference("search")]}), &["choices"])
        }
        "bool" => (json!({"type": ["boolean", "null"]}), &["min", "max", "choices"]),
        "choice" => (name(), &["min", "max"]),
        _ => (json!({"anyOf": [timeframe, {"type": "null"}]}), &["min", "max", "choices"]),
    };
    let mut properties = Map::from_iter([("default".to_owned(), default)]);
    properties.extend(forbidden.iter().map(|key| ((*key).to_owned(), json!(false))));
    let mut then = json!({ "properties": properties });
    if ty == "choice" {
        then["required"] = json!(["choices"]);
    }
    json!({"if": {"properties": {"type": {"const": ty}}, "required": ["type"]}, "then": then})
}
