//! The shapes that values have: numbers, words, maps. Each lets a variable and a missing value through.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// A variable may stand in any text, and in any key.
pub const VARIABLE: &str = r"\$\{";

/// A number in quotes, which the compiler reads with a warning, or a variable.
const NUMBER_TEXT: &str =
    r"^\s*([-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|0x[0-9a-fA-F]+|0o[0-7]+)\s*$|\$\{";

/// Number shapes that are used more than once are written once, under `definitions`.
#[derive(Default)]
pub struct Shapes {
    numbers: BTreeMap<String, Value>,
}

impl Shapes {
    /// A parameter's number: in the bounds whether written or searched, and never in quotes.
    pub fn bounded(&mut self, whole: bool, min: &Value, max: &Value) -> Value {
        let ty = if whole { "integer" } else { "number" };
        let name = format!("{ty}_{min}_to_{max}");
        let plain =
            json!({"type": [ty, "string", "null"], "minimum": min, "maximum": max, "pattern": NUMBER_TEXT});
        let items = json!({"type": ["array", "string", "null"], "pattern": VARIABLE, "items": plain});
        let shape = json!({
            "type": [ty, "object", "string", "null"],
            "minimum": min,
            "maximum": max,
            "pattern": VARIABLE,
            "properties": {"min": plain, "max": plain, "default": plain, "choices": items},
            "allOf": [reference("search")],
        });
        self.numbers.insert(name.clone(), shape);
        reference(&name)
    }

    pub fn definitions(self) -> Map<String, Value> {
        let mut all: Map<String, Value> = self.numbers.into_iter().collect();
        all.insert("search".into(), search());
        all.insert("number".into(), number(json!({})));
        all.insert("value".into(), value());
        // What stands under `params` whatever the built-in; its own rules come by its name.
        all.insert("params".into(), json!({"type": ["object", "string", "null"], "pattern": VARIABLE}));
        all
    }
}

pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// `base` with a description, and whatever else an editor shows.
pub fn described(mut base: Value, description: &str) -> Value {
    base["description"] = json!(description);
    base
}

/// The keys of a search range; the value beside it may be anything else.
fn search() -> Value {
    let plain = json!({"type": ["number", "string", "null"], "pattern": NUMBER_TEXT});
    let choices = json!({
        "type": ["array", "string", "null"], "pattern": VARIABLE, "minItems": 1, "items": plain,
    });
    json!({
        "description": "A number that a search may vary: `{min, max, step, default}` or `{choices, default}`.",
        "properties": {"min": plain, "max": plain, "step": plain, "default": plain, "choices": choices},
        "patternProperties": free_keys(),
        "additionalProperties": false,
    })
}

/// A section's number with more rules, such as a minimum.
pub fn number(rules: Value) -> Value {
    let mut shape = json!({
        "type": ["number", "object", "string", "null"],
        "pattern": NUMBER_TEXT,
        "allOf": [reference("search")],
    });
    for (key, rule) in rules.as_object().into_iter().flatten() {
        shape[key] = rule.clone();
    }
    shape
}

pub fn flag() -> Value {
    json!({"type": ["boolean", "string", "null"], "pattern": VARIABLE})
}

/// Any scalar, read as text.
pub fn name() -> Value {
    json!({"type": ["string", "number", "boolean", "null"]})
}

/// Text of a form.
pub fn text(pattern: &str) -> Value {
    json!({"type": ["string", "null"], "pattern": format!(r"{pattern}|{VARIABLE}")})
}

/// One name or several.
pub fn names() -> Value {
    json!({"type": ["array", "string", "number", "boolean", "null"], "items": name()})
}

/// One of a closed set.
pub fn word(words: &[&str]) -> Value {
    let mut values: Vec<Value> = words.iter().map(|w| json!(w)).collect();
    values.push(Value::Null);
    json!({"anyOf": [{"enum": values}, {"type": "string", "pattern": VARIABLE}]})
}

/// One of a closed set, in whatever case; an editor offers the words as they are.
pub fn word_in_any_case(words: &[&str]) -> Value {
    let mut shape = word(words);
    shape["anyOf"][1]["pattern"] = json!(format!("{}|{VARIABLE}", in_any_case(words)));
    shape
}

/// A pattern, as those of JSON Schema know no flags.
pub fn in_any_case(words: &[&str]) -> String {
    let letter = |c: char| match c.is_ascii_alphabetic() {
        true => format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase()),
        false if c == '_' || c.is_ascii_digit() => c.to_string(),
        false => format!(r"\{c}"),
    };
    let words: Vec<String> = words.iter().map(|w| w.chars().map(letter).collect()).collect();
    format!("^({})$", words.join("|"))
}

/// A map with these keys, notes under `x-`, and keys that variables make.
pub fn map(properties: Value, required: &[&str]) -> Value {
    let mut shape = json!({
        "type": ["object", "string", "null"],
        "pattern": VARIABLE,
        "properties": properties,
        "patternProperties": free_keys(),
        "additionalProperties": false,
    });
    require(&mut shape, required);
    shape
}

/// The keys must be there, unless variables make keys here.
pub fn require(shape: &mut Value, required: &[&str]) {
    if !required.is_empty() {
        shape["if"] = json!({"propertyNames": {"not": {"pattern": VARIABLE}}});
        shape["then"] = json!({ "required": required });
    }
}

pub fn free_keys() -> Value {
    json!({"^x-": true, VARIABLE: true})
}

/// A value whose type is not known before names are looked up.
fn value() -> Value {
    json!({
        "type": ["string", "number", "boolean", "null", "array", "object"],
        "items": reference("value"),
        "allOf": [reference("search")],
    })
}
