//! Conditions and operands: texts, lists and maps, one in the other.

use serde_json::{Map, Value, json};

use crate::schema::shapes::{self, VARIABLE, map, name, number, reference};

/// The operators that may be the key of a map.
const OPERATORS: &[&str] = &[
    ">",
    ">=",
    "<",
    "<=",
    "==",
    "!=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "between",
    "in",
    "near_pct",
    "near_abs",
    "cross_above",
    "crosses_above",
    "cross above",
    "crosses above",
    "cross_below",
    "crosses_below",
    "cross below",
    "crosses below",
];

pub fn definitions() -> Map<String, Value> {
    let mut all = Map::new();
    all.insert("condition".into(), described_condition(false));
    all.insert("operand".into(), described_condition(true));
    all.insert("reference".into(), feature_reference());
    all.insert("condition_map".into(), condition_map());
    all
}

/// A list is one condition, `[ema_9, ">", ema_21]`, or all of its items.
fn described_condition(is_operand: bool) -> Value {
    let mut shape = json!({
        "type": ["string", "boolean", "number", "array", "object"],
        "minItems": 1,
        "items": reference("operand"),
        "if": {"type": "object", "anyOf": [{"required": ["feature_id"]}, {"required": ["field"]}]},
        "then": reference("reference"),
        "else": {"if": {"type": "object"}, "then": reference("condition_map")},
    });
    let (title, description) = if is_operand {
        let keys = ["min", "max", "step", "choices"];
        let any: Vec<Value> = keys.iter().map(|key| json!({"required": [key]})).collect();
        shape["else"] = json!({
            "if": {"type": "object", "anyOf": any},
            "then": reference("search"),
            "else": shape["else"],
        });
        ("operand", "One side of a condition, or a condition in a list.")
    } else {
        ("condition", "An expression, `[left, operator, right]`, a list of conditions, or a map of them.")
    };
    shape["title"] = json!(title);
    shape["description"] = json!(description);
    shape
}

fn feature_reference() -> Value {
    let offset = number(json!({"minimum": 0, "multipleOf": 1}));
    map(json!({"feature_id": name(), "field": super::calls::output(), "offset": offset}), &["feature_id"])
}

fn condition_map() -> Value {
    let mut properties = Map::new();
    for key in ["all", "any", "not"] {
        properties.insert(key.into(), reference("condition"));
    }
    properties.insert("setup".into(), shapes::described(name(), "the id of a setup"));
    for key in ["lhs", "rhs", "tolerance"] {
        properties.insert(key.into(), operand_or_bounds());
    }
    properties.insert("op".into(), word_operator());
    for (key, counts) in [("holds_for", false), ("occurred_within", false), ("count_true", true)] {
        properties.insert(key.into(), window(false, counts));
        properties.insert(format!("{key}_duration"), window(true, counts));
    }
    for operator in OPERATORS {
        let sides = json!({
            "type": ["array", "string"], "pattern": VARIABLE, "minItems": 2, "maxItems": 3,
            "items": operand_or_bounds(),
        });
        properties.insert((*operator).into(), sides);
    }
    let mut shape = map(Value::Object(properties), &[]);
    shape["minProperties"] = json!(1);
    shape
}

/// An operand, or the `{low, high}` of `between`.
fn operand_or_bounds() -> Value {
    let bounds = map(json!({"low": reference("operand"), "high": reference("operand")}), &[]);
    json!({
        "if": {"type": "object", "required": ["low"]},
        "then": bounds,
        "else": reference("operand"),
    })
}

fn word_operator() -> Value {
    json!({"anyOf": [{"enum": OPERATORS}, {"type": "string", "pattern": VARIABLE}]})
}

fn window(by_duration: bool, counts: bool) -> Value {
    let mut properties = json!({ "expr": reference("condition") });
    let extent = if by_duration {
        properties["duration"] = shapes::text(r"^\s*[0-9]+[mhdMHD]\s*$");
        "duration"
    } else {
        properties["bars"] = number(json!({"minimum": 1, "maximum": 500, "multipleOf": 1}));
        properties["anchor_tf"] = name();
        "bars"
    };
    let mut required = vec![extent, "expr"];
    if counts {
        properties["min_true"] = number(json!({"minimum": 1, "multipleOf": 1}));
        required.push("min_true");
    }
    map(properties, &required)
}
