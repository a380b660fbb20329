//! Parameters of a built-in against its row: names, types, ranges, relations.

use diagnostics::{Diagnostic, Span, Spanned};
use stdlib::{Builtin, Param, ParamType, Params, Value};
use syntax::ast::{self, Candidates, Name};

use crate::report::params as report;
use crate::words;

/// Written beside `params` or among them: see `calls`.
pub const SOURCE: &str = "source";

pub fn takes_source(row: &Builtin) -> bool {
    row.inputs.contains(&stdlib::Input::Source)
}

/// Checked values, and the features that parameters name (by the parameter's index).
pub struct Checked {
    pub params: Params,
    pub features: Vec<(usize, Name)>,
}

/// Wrong values are reported and replaced by the default.
pub fn check(row: &Builtin, given: &[ast::Param], owner: Span, out: &mut Vec<Diagnostic>) -> Checked {
    let before = out.len();
    let mut values: Vec<Option<Value>> = vec![None; row.params.len()];
    let mut spans: Vec<Option<Span>> = vec![None; row.params.len()];
    let mut features = Vec::new();
    for param in given {
        let Some(at) = index(row, given, param, out) else { continue };
        spans[at] = Some(param.value.span);
        let declared = &row.params[at];
        if let (ParamType::Feature, ast::Value::Text(id)) = (declared.ty, &param.value.value) {
            features.push((at, Name::new(id.clone(), param.value.span)));
            values[at] = Some(Value::Feature(true));
        } else {
            values[at] = convert(row, declared, &param.value, out);
        }
    }
    for (declared, span) in row.params.iter().zip(&spans) {
        // A required feature may be found among those of the Play: see `inputs`.
        let required = declared.default == stdlib::Default::Required && declared.ty != ParamType::Feature;
        if required && span.is_none() {
            out.push(report::missing(row, declared, owner));
        }
    }
    let fill = |(value, declared): (Option<Value>, &Param)| value.unwrap_or_else(|| declared.default_value());
    let params = Params(values.into_iter().zip(row.params).map(fill).collect());
    let clean = !out[before..].iter().any(Diagnostic::is_error);
    if clean && let Err(error) = (row.check)(&params) {
        let span = row.param_index(error.param).and_then(|at| spans[at]).unwrap_or(owner);
        out.push(report::relation(row, &error, span));
    }
    Checked { params, features }
}

/// The declared parameter that `param` gives a value to.
fn index(
    row: &Builtin,
    given: &[ast::Param],
    param: &ast::Param,
    out: &mut Vec<Diagnostic>,
) -> Option<usize> {
    let name = param.name.value.as_str();
    if let Some(at) = row.param_index(name) {
        return Some(at);
    }
    if let Some(new) = words::renamed(row.name, name)
        && !given.iter().any(|p| p.name.value == new)
    {
        out.push(report::renamed(row, &param.name, new));
        return row.param_index(new);
    }
    if name == SOURCE && takes_source(row) && matches!(param.value.value, ast::Value::Text(_)) {
        return None;
    }
    if words::COMMON_EXTRAS.contains(&name) {
        out.push(report::ignored(row, &param.name));
        return None;
    }
    let free = row.params.iter().map(|p| p.name).filter(|n| !given.iter().any(|p| p.name.value == *n));
    let free: Vec<&str> = free.collect();
    out.push(report::unknown(row, &param.name, words::suggest(name, free.iter().copied())));
    None
}

fn convert(
    row: &Builtin,
    param: &Param,
    value: &Spanned<ast::Value>,
    out: &mut Vec<Diagnostic>,
) -> Option<Value> {
    match (&value.value, param.ty) {
        (ast::Value::Error, _) => None,
        (ast::Value::Null, ParamType::Choice(words)) => {
            words.iter().position(|w| *w == "none").map(|at| Value::Choice(at as u16))
        }
        (ast::Value::Null, _) => None,
        (ast::Value::Search(search), _) => searched(row, param, search, out),
        (ast::Value::Number { value: v, .. }, _) => number(row, param, *v, value.span, out),
        (ast::Value::Bool(v), ParamType::Bool) => Some(Value::Bool(*v)),
        (ast::Value::Text(word), ParamType::Choice(words)) => {
            let found = words.iter().position(|w| w.eq_ignore_ascii_case(word));
            if found.is_none() {
                out.push(report::unknown_choice(row, param, word, words, value.span));
            }
            found.map(|at| Value::Choice(at as u16))
        }
        (ast::Value::List(items), ParamType::List { min, max }) => {
            list(row, param, items, (min, max), value.span, out)
        }
        (given, _) => {
            out.push(report::wrong_type(row, param, given, value.span));
            None
        }
    }
}

fn number(row: &Builtin, param: &Param, v: f64, span: Span, out: &mut Vec<Diagnostic>) -> Option<Value> {
    let (min, max) = match param.ty {
        ParamType::Int { min, max } => (min as f64, max as f64),
        ParamType::Float { min, max } | ParamType::List { min, max } => (min, max),
        ParamType::Bool | ParamType::Choice(_) | ParamType::Feature => {
            out.push(report::wrong_number(row, param, v, span));
            return None;
        }
    };
    let whole = matches!(param.ty, ParamType::Int { .. });
    if whole && v.fract() != 0.0 {
        out.push(report::not_whole(row, param, v, span));
        return None;
    }
    if !(min..=max).contains(&v) {
        out.push(report::out_of_range(row, param, v, (min, max), span));
        return None;
    }
    param.ty.value(v)
}

fn list(
    row: &Builtin,
    param: &Param,
    items: &[Spanned<ast::Value>],
    (min, max): (f64, f64),
    span: Span,
    out: &mut Vec<Diagnostic>,
) -> Option<Value> {
    let mut numbers = Vec::with_capacity(items.len());
    for item in items {
        match item.value {
            ast::Value::Number { value, .. } if (min..=max).contains(&value) => numbers.push(value),
            ast::Value::Number { value, .. } => {
                out.push(report::out_of_range(row, param, value, (min, max), item.span));
                return None;
            }
            ast::Value::Error => return None,
            ref other => {
                out.push(report::wrong_type(row, param, other, item.span));
                return None;
            }
        }
    }
    if numbers.is_empty() {
        out.push(report::empty_list(row, param, span));
        return None;
    }
    Some(Value::List(numbers))
}

/// Every candidate of a search must be a value that the parameter takes.
fn searched(row: &Builtin, param: &Param, search: &ast::Search, out: &mut Vec<Diagnostic>) -> Option<Value> {
    let candidates: Vec<f64> = match &search.candidates {
        Candidates::Steps { min, max, step } if min <= max && *step > 0.0 => {
            // a step that is not whole shows at the second candidate
            let second = Some(min + step).filter(|second| second < max);
            [Some(*min), second, Some(*max)].into_iter().flatten().collect()
        }
        Candidates::Steps { .. } => Vec::new(),
        Candidates::Choices(values) => values.clone(),
    };
    let Some(&first) = candidates.first() else {
        out.push(report::empty_search(row, param, search.span));
        return None;
    };
    let mut found = Vec::new();
    for &v in candidates.iter().chain(search.default.as_ref()) {
        number(row, param, v, search.span, &mut found);
    }
    if let Some(wrong) = found.into_iter().next() {
        out.push(report::bad_search(wrong));
        return None;
    }
    number(row, param, search.default.unwrap_or(first), search.span, out)
}
