//! The reference page of a built-in, from its catalogue row: what `playc doc` prints and the book holds.

mod blocks;

use std::fmt::Write;

pub use blocks::{block_param_default, block_param_type, blocks};
use stdlib::{
    Builtin, Default, Input, Kind, Output, Outputs, Param, ParamType, Params, Range, Type, Unit, Warmup,
};

/// The tolerance that pages state warm-up for, as `check` declares it.
const TOLERANCE: f64 = 1e-4;

/// The page as Markdown; the book adds the chart of `docs/reference/charts`.
#[must_use]
pub fn page(row: &Builtin) -> String {
    let mut text = format!("# {}\n\n{}.\n\n", row.name, row.summary);
    let kind = match row.kind {
        Kind::Indicator => "indicator",
        Kind::Structure => "structure",
    };
    put(&mut text, format!("{kind} · {} · source: {}\n", row.category, row.source));
    put(&mut text, format!("## Formula\n\n```text\n{}\n```\n", row.formula.trim()));
    put(&mut text, format!("## Inputs\n\n{}\n", inputs(row)));
    put(&mut text, parameters(row));
    put(&mut text, outputs(row));
    put(&mut text, warmup(row));
    put(&mut text, format!("## Edge cases\n\n{}\n", row.edge_cases.trim()));
    put(&mut text, format!("## In a Play\n\n```yaml\n{}```\n", example(row)));
    text
}

fn put(text: &mut String, part: impl AsRef<str>) {
    text.push_str(part.as_ref());
    text.push('\n');
}

fn inputs(row: &Builtin) -> String {
    let name = |input: &Input| match input {
        Input::Bar(field) => format!("`{}`", field.name()),
        Input::Source => "`source` (default `close`; any bar column or feature)".to_string(),
        Input::Feature { param } => format!("the feature named by `{param}`"),
        Input::Uses { structure, output, optional } => {
            format!("`{output}` of the `{structure}` it uses{}", if *optional { " (if any)" } else { "" })
        }
    };
    row.inputs.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn parameters(row: &Builtin) -> String {
    if row.params.is_empty() {
        return "## Parameters\n\nNone.\n".into();
    }
    let mut text =
        String::from("## Parameters\n\n| name | type and range | default | meaning |\n|---|---|---|---|\n");
    for param in row.params {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            param.name,
            param_type(param),
            param_default(param),
            param.doc
        );
    }
    text
}

/// `int, 2 to 100000`
#[must_use]
pub fn param_type(param: &Param) -> String {
    match param.ty {
        ParamType::Int { min, max } => format!("int, {min} to {max}"),
        ParamType::Float { min, max } => format!("number, {min} to {max}"),
        ParamType::Bool => "true or false".into(),
        ParamType::Choice(words) => words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", "),
        ParamType::List { min, max } => format!("list of numbers, each {min} to {max}"),
        ParamType::Feature => "id of a feature on the same timeframe".into(),
    }
}

/// The default as pages show it.
#[must_use]
pub fn param_default(param: &Param) -> String {
    match param.default {
        Default::Int(v) => v.to_string(),
        Default::Float(v) => v.to_string(),
        Default::Bool(v) => v.to_string(),
        Default::Choice(word) => format!("`{word}`"),
        Default::List(values) => format!("{values:?}"),
        Default::Absent => "none".into(),
        Default::Required => "required".into(),
    }
}

fn outputs(row: &Builtin) -> String {
    let mut text = String::from("## Outputs\n\n| name | type, unit, range | meaning |\n|---|---|---|\n");
    if let Outputs::Family { families, .. } = row.outputs {
        for family in families {
            let _ = writeln!(text, "| `{}` | family | {} |", family.pattern, family.doc);
        }
    }
    for output in row.outputs(&Params::defaults(row.params)) {
        let _ = writeln!(text, "| `{}` | {} | {} |", output.name, output_type(&output), output.doc);
    }
    text
}

/// `number, price, at least 0; primary`
#[must_use]
pub fn output_type(output: &Output) -> String {
    let mut text = match output.ty {
        Type::Float { unit, range } => format!("number, {}{}", unit_name(unit), bounds(range)),
        Type::Int { unit, range } => format!("int, {}{}", unit_name(unit), bounds(range)),
        Type::Bool => "true or false".into(),
        Type::Enum(words) => words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", "),
    };
    if output.primary {
        text.push_str("; primary");
    }
    if output.sparse {
        text.push_str("; missing on many bars");
    }
    text
}

#[must_use]
pub fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Price => "price",
        Unit::PriceDelta => "price difference",
        Unit::Percent => "percent",
        Unit::Ratio => "ratio",
        Unit::Oscillator => "oscillator",
        Unit::Volume => "volume",
        Unit::Count => "count",
        Unit::BarIndex => "bar number",
        Unit::Direction => "direction",
        Unit::Time => "milliseconds UTC",
        Unit::Scalar => "no unit",
    }
}

fn bounds(range: Range) -> String {
    match (range.min.is_finite(), range.max.is_finite()) {
        (true, true) => format!(", {} to {}", range.min, range.max),
        (true, false) => format!(", at least {}", range.min),
        (false, true) => format!(", at most {}", range.max),
        (false, false) => String::new(),
    }
}

fn warmup(row: &Builtin) -> String {
    let params = Params::defaults(row.params);
    let hour = Warmup { tolerance: TOLERANCE, period_ms: 3_600_000 };
    format!(
        "## Warm-up\n\nWith the defaults the first value is at bar {} (counted from 0); after {} bars \
         what is left of the start is below {TOLERANCE} of its initial size.\n",
        (row.first)(&params),
        (row.warmup)(&params, hour)
    )
}

/// The declaration with its defaults written out, and with what it needs: sections of a Play that compiles.
#[must_use]
pub fn example(row: &Builtin) -> String {
    let mut features: Vec<String> = Vec::new();
    let mut structures: Vec<String> = Vec::new();
    declare(row, &format!("my_{}", row.name), &mut features, &mut structures);
    let mut text = String::new();
    if !features.is_empty() {
        let _ = write!(text, "features:\n{}", features.concat());
    }
    if !structures.is_empty() {
        let _ = write!(text, "structures:\n  exec:\n{}", structures.concat());
    }
    text
}

/// What it depends on comes first, each built-in once.
fn declare(row: &Builtin, id: &str, features: &mut Vec<String>, structures: &mut Vec<String>) {
    let mut uses: Vec<&str> = Vec::new();
    for input in row.inputs {
        if let Input::Uses { structure, optional: false, .. } = *input
            && !uses.contains(&structure)
        {
            uses.push(structure);
        }
    }
    for name in &uses {
        let known = structures.iter().any(|s| s.contains(&format!("type: {name},")));
        if let (false, Some(needed)) = (known, stdlib::lookup(Kind::Structure, name)) {
            declare(stdlib::builtin(needed), &format!("my_{name}"), features, structures);
        }
    }
    let needs_feature =
        row.params.iter().any(|p| p.ty == ParamType::Feature && p.default == Default::Required);
    if needs_feature {
        features.push("  my_rsi: {indicator: rsi, params: {length: 14}}\n".into());
    }
    let params = written_params(row);
    match row.kind {
        Kind::Indicator => features.push(format!("  {id}: {{indicator: {}{params}}}\n", row.name)),
        Kind::Structure => {
            let uses: Vec<String> = uses.iter().map(|s| format!("my_{s}")).collect();
            let uses = if uses.is_empty() { String::new() } else { format!(", uses: [{}]", uses.join(", ")) };
            structures.push(format!("    - {{type: {}, key: {id}{uses}{params}}}\n", row.name));
        }
    }
}

fn written_params(row: &Builtin) -> String {
    let mut written = Vec::new();
    for param in row.params {
        let value = match (param.default, param.ty) {
            (Default::Required, ParamType::Feature) => "my_rsi".to_string(),
            (_, ParamType::Feature) => continue,
            (Default::Required, ParamType::Choice(words)) => words[0].to_string(),
            (Default::Required, ParamType::Int { min, .. }) => min.max(20).to_string(),
            (Default::Required, ParamType::Float { min, .. } | ParamType::List { min, .. }) => {
                min.max(1.0).to_string()
            }
            (Default::Required, ParamType::Bool) => "true".to_string(),
            _ => param_default(param).replace('`', ""),
        };
        written.push(format!("{}: {value}", param.name));
    }
    if written.is_empty() { String::new() } else { format!(", params: {{{}}}", written.join(", ")) }
}
