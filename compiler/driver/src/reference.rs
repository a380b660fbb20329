//! The reference page of a built-in, from its catalogue row: what `playc doc` prints and the book holds.

use std::fmt::Write;

use stdlib::{Builtin, Default, Input, Kind, Output, Outputs, Param, ParamType, Params, Range, Type, Unit, Warmup};

/// The tolerance that pages state warm-up for, as `check` declares it.
const TOLERANCE: f64 = 1e-4;

/// The page as Markdown.
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
    let mut text = String::from("## Parameters\n\n| name | type and range | default | meaning |\n|---|---|---|---|\n");
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

fn param_type(param: &Param) -> String {
    match param.ty {
        ParamType::Int { min, max } => format!("int, {min} to {max}"),
        ParamType::Float { min, max } => format!("number, {min} to {max}"),
        ParamType::Bool => "true or false".into(),
        ParamType::Choice(words) => words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", "),
        ParamType::List { min, max } => format!("list of numbers, each {min} to {max}"),
        ParamType::Feature => "id of a feature on the same timeframe".into(),
    }
}

fn param_default(param: &Param) -> String {
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

fn output_type(output: &Output) -> String {
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

fn unit_name(unit: Unit) -> &'static str {
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

/// A declaration with the defaults written out.
fn example(row: &Builtin) -> String {
    let params: Vec<String> = row
        .params
        .iter()
        .filter(|p| p.ty != ParamType::Feature)
        .map(|p| format!("{}: {}", p.name, param_default(p).replace('`', "")))
        .collect();
    let params = params.join(", ");
    match row.kind {
        Kind::Indicator if params.is_empty() => format!("features:\n  my_{0}:\n    indicator: {0}\n", row.name),
        Kind::Indicator => {
            format!("features:\n  my_{0}:\n    indicator: {0}\n    params: {{{params}}}\n", row.name)
        }
        Kind::Structure => {
            let mut text = format!("structures:\n  exec:\n    - type: {0}\n      key: my_{0}\n", row.name);
            let mut used: Vec<&str> = Vec::new();
            for input in row.inputs {
                if let Input::Uses { structure, optional: false, .. } = input
                    && !used.contains(structure)
                {
                    used.push(structure);
                }
            }
            if !used.is_empty() {
                let uses: Vec<String> = used.iter().map(|s| format!("my_{s}")).collect();
                let _ = writeln!(text, "      uses: [{}]", uses.join(", "));
            }
            if !params.is_empty() {
                let _ = writeln!(text, "      params: {{{params}}}");
            }
            text
        }
    }
}
