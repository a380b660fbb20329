//! Features and structures: exact for every row of the catalogue.

use std::collections::BTreeSet;

use resolve::{COMMON_EXTRAS, RENAMED};
use serde_json::{Map, Value, json};
use stdlib::{BUILTINS, Builtin, Default, Input, Kind, Outputs, Param, ParamType};

use crate::schema::shapes::{
    self, Shapes, VARIABLE, described, in_any_case, map, name, names, reference, require,
};

pub fn definitions(shapes: &mut Shapes) -> Map<String, Value> {
    let mut all = Map::new();
    all.insert("feature".into(), feature(false));
    all.insert("feature_item".into(), feature(true));
    all.insert("structure".into(), structure());
    for row in BUILTINS {
        all.insert(params_name(row), params(row, shapes));
    }
    all
}

fn feature(with_id: bool) -> Value {
    let timeframe = format!("^(exec|low_tf|med_tf|high_tf)$|{}", super::sections::TIMEFRAME);
    let mut properties = json!({
        "indicator": described(builtin_name(Kind::Indicator), "the indicator that this feature is"),
        "params": reference("params"),
        "tf": described(shapes::text(&timeframe), "a role, or a timeframe written out; `exec` without it"),
        "source": described(name(), "a bar column or a feature; `close` without it"),
        "uses": described(names(), "the structures that it reads"),
        "anchor_structure": described(names(), "the structures that it reads"),
    });
    let mut required = vec!["indicator"];
    if with_id {
        properties["id"] = described(name(), "the name that conditions use");
        required.push("id");
    }
    let mut shape = map(properties, &required);
    shape["allOf"] = by_name(Kind::Indicator, "indicator");
    shape
}

fn structure() -> Value {
    let properties = json!({
        "type": described(builtin_name(Kind::Structure), "the structure that is detected"),
        "key": described(name(), "the name that conditions use"),
        "params": reference("params"),
        "uses": described(names(), "the structures that it reads"),
        "source": described(name(), "a bar column or a feature; `close` without it"),
    });
    let mut shape = map(properties, &["type", "key"]);
    shape["allOf"] = by_name(Kind::Structure, "type");
    shape
}

fn rows(kind: Kind) -> impl Iterator<Item = &'static Builtin> {
    BUILTINS.iter().copied().filter(move |row| row.kind == kind)
}

/// Every name with its summary, as editors offer it; in another case it is the same name.
fn builtin_name(kind: Kind) -> Value {
    let words: Vec<&str> = rows(kind).map(|row| row.name).collect();
    let mut any: Vec<Value> =
        rows(kind).map(|row| json!({"const": row.name, "description": row.summary})).collect();
    any.push(json!({"type": "string", "pattern": format!("{}|{VARIABLE}", in_any_case(&words))}));
    any.push(json!({"type": "null"}));
    json!({ "anyOf": any })
}

/// Which `params` belong to which name.
fn by_name(kind: Kind, key: &str) -> Value {
    let rule = |row: &Builtin| {
        let is = json!({"type": "string", "pattern": in_any_case(&[row.name])});
        let mut then = json!({"properties": {"params": reference(&params_name(row))}});
        let must = row.params.iter().any(is_required);
        if must {
            require(&mut then, &["params"]);
        }
        json!({"if": {"type": "object", "properties": {key: is}, "required": [key]}, "then": then})
    };
    rows(kind).map(rule).collect()
}

fn params_name(row: &Builtin) -> String {
    match row.kind {
        Kind::Indicator => format!("indicator_{}", row.name),
        Kind::Structure => format!("structure_{}", row.name),
    }
}

/// A feature may also be found among those of the Play.
fn is_required(param: &Param) -> bool {
    param.default == Default::Required && param.ty != ParamType::Feature
}

fn params(row: &Builtin, shapes: &mut Shapes) -> Value {
    let mut properties = Map::new();
    for param in row.params {
        properties.insert(param.name.into(), param_shape(param, shapes));
    }
    for (_, old, new) in RENAMED.iter().filter(|(of, ..)| *of == row.name) {
        let meant = properties.get(*new).cloned().unwrap_or(Value::Bool(true));
        properties.insert((*old).into(), described(meant, &format!("an older spelling of `{new}`")));
    }
    for ignored in COMMON_EXTRAS {
        properties.entry(*ignored).or_insert_with(|| json!({"deprecated": true, "description": "ignored"}));
    }
    if row.inputs.contains(&Input::Source) {
        let source = json!({"type": "string", "description": "a bar column or a feature"});
        properties.entry("source").or_insert(source);
    }
    let required: Vec<&str> = row.params.iter().filter(|p| is_required(p)).map(|p| p.name).collect();
    let mut shape = map(Value::Object(properties), &required);
    // Notes have no place among parameters.
    shape["patternProperties"] = json!({VARIABLE: true});
    described(shape, &format!("{}; it gives {}", row.summary, outputs(row).join(", ")))
}

/// What conditions may read of it; `value` is the feature itself.
fn outputs(row: &Builtin) -> Vec<String> {
    match row.outputs {
        Outputs::Fixed(outputs) => outputs.iter().map(|o| o.name.to_string()).collect(),
        Outputs::Family { families, .. } => families.iter().map(|f| f.pattern.to_string()).collect(),
    }
}

/// An output of a feature or structure: those that every declaration of some row has are offered, the members of
/// families are any text.
pub fn output() -> Value {
    let fixed = |row: &&Builtin| matches!(row.outputs, Outputs::Fixed(_));
    let known: BTreeSet<String> = BUILTINS.iter().copied().filter(fixed).flat_map(outputs).collect();
    json!({"anyOf": [{ "enum": known }, name()]})
}

fn param_shape(param: &Param, shapes: &mut Shapes) -> Value {
    let shape = match param.ty {
        ParamType::Int { min, max } => shapes.bounded(true, &json!(min), &json!(max)),
        ParamType::Float { min, max } => shapes.bounded(false, &json!(min), &json!(max)),
        ParamType::Bool => shapes::flag(),
        ParamType::Choice(words) => shapes::word_in_any_case(words),
        ParamType::List { min, max } => {
            let mut one = shapes.bounded(false, &json!(min), &json!(max));
            one["type"] = json!(["number", "object", "string", "null"]);
            let items = json!({
                "type": ["number", "string"], "minimum": min, "maximum": max, "pattern": VARIABLE,
            });
            json!({
                "if": {"type": "array"},
                "then": {"minItems": 1, "items": items},
                "else": one,
            })
        }
        ParamType::Feature => json!({"type": ["string", "null"]}),
    };
    let mut shape = described(shape, param.doc);
    match param.default {
        Default::Int(v) => shape["default"] = json!(v),
        Default::Float(v) => shape["default"] = json!(v),
        Default::Bool(v) => shape["default"] = json!(v),
        Default::Choice(word) => shape["default"] = json!(word),
        Default::List(values) => shape["default"] = json!(values),
        Default::Absent | Default::Required => {}
    }
    shape
}
