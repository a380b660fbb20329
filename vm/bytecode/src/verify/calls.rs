//! Calls against the rows of the catalogue.

use stdlib::{Builtin, Default, Input, Kind, Param, ParamType, Params, Value};

use super::Verifier;
use crate::program::Call;

/// The most numbers in one list parameter.
const MAX_LIST: usize = 256;

pub(super) fn check(v: &mut Verifier<'_>, call: &Call, at: &str) {
    let kind = if call.structure { Kind::Structure } else { Kind::Indicator };
    let row = stdlib::lookup(kind, &call.builtin).map(stdlib::builtin);
    let Some(row) = row.filter(|row| row.name == call.builtin) else {
        return v.fail(at, format!("the catalogue has no {kind:?} `{}`", call.builtin));
    };
    let errors = v.errors.len();
    check_params(v, row, &call.params, at);
    if v.errors.len() > errors {
        return;
    }
    if let Err(error) = (row.check)(&call.params) {
        return v.fail(at, error.message);
    }
    v.require(call.inputs.len() == row.inputs.len(), at, "the row has another number of inputs");
    for (index, (input, given)) in row.inputs.iter().zip(&call.inputs).enumerate() {
        let fits = match input {
            Input::Bar(_) | Input::Source => given.is_some(),
            Input::Feature { param } => {
                let wanted = row.param_index(param).is_some_and(|p| call.params.given(p));
                given.is_some() == wanted
            }
            Input::Uses { optional, .. } => *optional || given.is_some(),
        };
        v.require(
            fits,
            at,
            &format!("input {index} is absent where it must not be, or given where it cannot be"),
        );
    }
    let outputs = row.outputs(&call.params).len();
    v.require(call.outputs.len() == outputs, at, &format!("the row has {outputs} outputs"));
}

fn check_params(v: &mut Verifier<'_>, row: &Builtin, params: &Params, at: &str) {
    if params.0.len() != row.params.len() {
        return v
            .fail(at, format!("`{}` has {} parameters, not {}", row.name, row.params.len(), params.0.len()));
    }
    for (param, value) in row.params.iter().zip(&params.0) {
        if !accepts(param, value) {
            v.fail(
                at,
                format!("parameter `{}` is not of its type or out of its range: {value:?}", param.name),
            );
        }
    }
}

fn accepts(param: &Param, value: &Value) -> bool {
    match (param.ty, value) {
        (ParamType::Int { min, max }, Value::Int(value)) => (min..=max).contains(value),
        (ParamType::Float { min, max }, Value::Float(value)) => (min..=max).contains(value),
        (ParamType::Float { min, max }, Value::Int(value)) => (min..=max).contains(&(*value as f64)),
        (ParamType::Bool, Value::Bool(_)) => true,
        (ParamType::Choice(words), Value::Choice(word)) => usize::from(*word) < words.len(),
        (ParamType::List { min, max }, Value::List(values)) => {
            let in_range = values.iter().all(|value| (min..=max).contains(value));
            (1..=MAX_LIST).contains(&values.len()) && in_range
        }
        (ParamType::Feature, Value::Feature(given)) => *given || param.default != Default::Required,
        _ => false,
    }
}
