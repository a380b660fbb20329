//! Conditions and operands: texts, lists and maps, one in the other.

use serde_json::{Map, Value, json};

use crate::schema::shapes::{self, VARIABLE, map, name, number, reference, word};

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

const DURATION: &str = r"^\s*[0-9]+[mhdMHD]\s*$";

pub fn definitions() -> Map<String, Value> {
    let mut all = Map::new();
    all.insert("condition".into(), described_condition(false));
    all.insert("operand".into(), described_condition(true));
    all.insert("reference".into(), feature_reference());
    all.insert("condition_map".into(), condition_map());
    all.insert("part".into(), part());
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
            "if": {"type": "object", "anyOf": any, "not": {"required": ["score"]}},
            "then": reference("search"),
            "else": {
                "if": {"type": "object", "required": ["when"]},
                "then": reference("part"),
                "else": shape["else"],
            },
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
    super::sections::block_use(&mut properties);
    properties.insert("side".into(), shapes::described(word(&["long", "short"]), "the side of the block"));
    for key in ["lhs", "rhs", "tolerance"] {
        properties.insert(key.into(), operand_or_bounds());
    }
    properties.insert("op".into(), word_operator());
    for (key, counts) in [("holds_for", false), ("occurred_within", false), ("count_true", true)] {
        properties.insert(key.into(), window(false, counts));
        properties.insert(format!("{key}_duration"), window(true, counts));
    }
    joined(&mut properties);
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

/// A step of a sequence, or a part of a score.
fn part() -> Value {
    map(json!({"when": reference("condition"), "within": limit(), "weight": number(json!({}))}), &["when"])
}

/// Bars, or a duration.
fn limit() -> Value {
    json!({"anyOf": [bars(), shapes::text(DURATION)]})
}

fn bars() -> Value {
    number(json!({"minimum": 1, "maximum": 500, "multipleOf": 1}))
}

/// Sequences, counts and scores: keys that stand beside each other.
fn joined(properties: &mut Map<String, Value>) {
    let list = |items: Value| json!({"type": ["array", "string"], "pattern": VARIABLE, "items": items});
    properties
        .insert("then".into(), shapes::described(list(reference("operand")), "steps, one after the other"));
    let limits = json!({"if": {"type": "array"}, "then": {"items": limit()}, "else": limit()});
    properties
        .insert("within".into(), shapes::described(limits, "how long each step may come after the last"));
    properties.insert("within_total".into(), limit());
    properties.insert("anchor_tf".into(), name());
    properties.insert("at_least".into(), bars());
    properties.insert("of".into(), list(reference("condition")));
    properties.insert("score".into(), list(part()));
    properties.insert("min".into(), number(json!({})));
}

fn window(by_duration: bool, counts: bool) -> Value {
    let mut properties = json!({ "expr": reference("condition") });
    let extent = if by_duration {
        properties["duration"] = shapes::text(DURATION);
        "duration"
    } else {
        properties["bars"] = bars();
        properties["anchor_tf"] = name();
        "bars"
    };
    let mut required = vec![extent, "expr"];
    if counts && !by_duration {
        // `count_true: {at_least: 2, of: [..]}` counts conditions, not bars.
        let over = map(json!({"at_least": bars(), "of": {"type": "array"}}), &["at_least", "of"]);
        properties["min_true"] = number(json!({"minimum": 1, "multipleOf": 1}));
        required.push("min_true");
        let over_time = map(properties, &required);
        return json!({"if": {"type": "object", "required": ["of"]}, "then": over, "else": over_time});
    }
    if counts {
        properties["min_true"] = number(json!({"minimum": 1, "multipleOf": 1}));
        required.push("min_true");
    }
    map(properties, &required)
}
