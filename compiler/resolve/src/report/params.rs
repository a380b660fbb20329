//! The words: what is said about parameters.

use diagnostics::suggest::nearest;
use diagnostics::{Code, Diagnostic, Span};
use stdlib::{Builtin, Param, ParamError, ParamType};
use syntax::ast::{Name, Value};

use super::list;

pub fn unknown(row: &Builtin, name: &Name, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0501,
        format!("`{}` has no parameter `{}`", row.name, name.value),
        name.span,
        "unknown parameter",
    );
    let d = if row.params.is_empty() {
        d.note(format!("`{}` takes no parameters", row.name))
    } else {
        d.note(format!("its parameters are {}", list(row.params.iter().map(|p| p.name))))
    };
    match near {
        Some(near) => d.fix(format!("write `{near}`"), name.span, near),
        None => d,
    }
}

pub fn renamed(row: &Builtin, name: &Name, new: &str) -> Diagnostic {
    Diagnostic::new(
        Code::W0808,
        format!("`{}` of `{}` is now called `{new}`", name.value, row.name),
        name.span,
        "older spelling",
    )
    .fix(format!("write `{new}`"), name.span, new)
}

pub fn ignored(row: &Builtin, name: &Name) -> Diagnostic {
    Diagnostic::new(
        Code::W0806,
        format!("`{}` has no effect on `{}`", name.value, row.name),
        name.span,
        "ignored",
    )
    .note("other engines take this parameter for every indicator; write `id[3]` for a value of 3 bars ago")
}

pub fn missing(row: &Builtin, param: &Param, owner: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0504,
        format!("`{}` needs the parameter `{}`", row.name, param.name),
        owner,
        format!("`{}` is missing", param.name),
    )
    .note(format!("{}: {}; {}", param.name, param.doc, expected(param)))
}

pub fn relation(row: &Builtin, error: &ParamError, span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0505,
        format!("{}: {}", row.name, error.message),
        span,
        format!("`{}` does not fit", error.param),
    )
}

pub fn unknown_choice(row: &Builtin, param: &Param, word: &str, words: &[&str], span: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0107,
        format!("`{}` of `{}` is never `{word}`", param.name, row.name),
        span,
        "not one of its values",
    )
    .note(format!("{}: {}; one of {}", param.name, param.doc, list(words.iter().copied())));
    match nearest(word, words.iter().copied()) {
        Some(near) => d.fix(format!("write `{near}`"), span, near),
        None => d,
    }
}

pub fn wrong_type(row: &Builtin, param: &Param, given: &Value, span: Span) -> Diagnostic {
    let d = type_mismatch(row, param, span);
    match (given, param.ty) {
        (Value::Text(text), ParamType::Int { .. } | ParamType::Float { .. })
            if text.trim().parse::<f64>().is_ok() =>
        {
            d.fix("write it without quotes", span, text.trim())
        }
        (Value::Text(text), ParamType::Bool) => match text.to_lowercase().as_str() {
            "yes" | "on" => d.fix("write `true`", span, "true"),
            "no" | "off" => d.fix("write `false`", span, "false"),
            _ => d,
        },
        _ => d,
    }
}

pub fn wrong_number(row: &Builtin, param: &Param, value: f64, span: Span) -> Diagnostic {
    let d = type_mismatch(row, param, span);
    match param.ty {
        ParamType::Bool if value == 1.0 => d.fix("write `true`", span, "true"),
        ParamType::Bool if value == 0.0 => d.fix("write `false`", span, "false"),
        _ => d,
    }
}

pub fn not_whole(row: &Builtin, param: &Param, value: f64, span: Span) -> Diagnostic {
    let rounded = value.round();
    type_mismatch(row, param, span).maybe(format!("write `{rounded}`"), span, format!("{rounded}"))
}

fn type_mismatch(row: &Builtin, param: &Param, span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0503,
        format!("`{}` of `{}` has the wrong type", param.name, row.name),
        span,
        expected(param),
    )
    .note(format!("{}: {}", param.name, param.doc))
}

pub fn out_of_range(
    row: &Builtin,
    param: &Param,
    value: f64,
    (min, max): (f64, f64),
    span: Span,
) -> Diagnostic {
    let nearest = if value < min { min } else { max };
    let d = Diagnostic::new(
        Code::E0502,
        format!("`{}` of `{}` is {value}", param.name, row.name),
        span,
        format!("must be {}", between(min, max)),
    )
    .note(format!("{}: {}", param.name, param.doc));
    if nearest.is_finite() { d.maybe(format!("write `{nearest}`"), span, format!("{nearest}")) } else { d }
}

pub fn empty_list(row: &Builtin, param: &Param, span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0502,
        format!("`{}` of `{}` is empty", param.name, row.name),
        span,
        "needs at least one number",
    )
}

pub fn empty_search(row: &Builtin, param: &Param, span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0507,
        format!("the search over `{}` of `{}` has no candidates", param.name, row.name),
        span,
        "nothing to try",
    )
    .note("write `{min: 5, max: 30, step: 5}` with min <= max and step > 0, or `{choices: [..]}`")
}

/// A candidate that the parameter does not take.
pub fn bad_search(mut wrong: Diagnostic) -> Diagnostic {
    wrong.code = Code::E0507;
    wrong.severity = Code::E0507.severity();
    wrong.fixes.clear();
    wrong.note("every candidate of a search must be a value that the parameter takes")
}

fn expected(param: &Param) -> String {
    match param.ty {
        ParamType::Int { min, max } => format!("a whole number, {}", between(min as f64, max as f64)),
        ParamType::Float { min, max } => format!("a number, {}", between(min, max)),
        ParamType::Bool => "true or false".to_owned(),
        ParamType::Choice(words) => format!("one of {}", list(words.iter().copied())),
        ParamType::List { min, max } => format!("a list of numbers, each {}", between(min, max)),
        ParamType::Feature => "the id of a feature on the same timeframe".to_owned(),
    }
}

fn between(min: f64, max: f64) -> String {
    match (min.is_finite(), max.is_finite()) {
        (true, true) => format!("from {min} to {max}"),
        (true, false) => format!("at least {min}"),
        (false, true) => format!("at most {max}"),
        (false, false) => "any number".to_owned(),
    }
}
