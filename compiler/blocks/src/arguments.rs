//! `with:` against the parameters of the block: names, types, ranges; what is not given has its default.

use bars::Timeframe;
use diagnostics::Diagnostic;
use syntax::ast::{Argument, BlockHead, BlockParam, BlockParamType, Candidates, Search, Use, Value};
use syntax::block::Given;

use crate::report::params as report;

/// The roles that stand for timeframes of the Play.
const ROLES: [&str; 4] = ["exec", "low_tf", "med_tf", "high_tf"];

/// A value for each parameter; `None` when one has none that could be used, which has been reported.
pub fn values(head: &BlockHead, block: &Use, out: &mut Vec<Diagnostic>) -> Option<Vec<Given>> {
    for argument in &block.with {
        if !head.params.iter().any(|p| p.name.value == argument.name.value) {
            out.push(report::unknown(block, &argument.name, head));
        }
    }
    let mut values = Vec::with_capacity(head.params.len());
    let mut complete = true;
    for param in &head.params {
        let given = block.with.iter().find(|a| a.name.value == param.name.value);
        let value = match given.or(param.default.as_ref()) {
            Some(argument) => value(param, argument, out),
            None => {
                out.push(report::missing(block, param));
                None
            }
        };
        complete &= value.is_some();
        values.extend(value);
    }
    complete.then_some(values)
}

fn value(param: &BlockParam, argument: &Argument, out: &mut Vec<Diagnostic>) -> Option<Given> {
    let ty = param.ty.as_ref()?;
    let before = out.len();
    let written = argument.node.scalar().map(|s| s.text.as_str());
    match (ty, &argument.value.value) {
        (_, Value::Error) => return None,
        (BlockParamType::Int { min, max }, Value::Number { value, .. }) => {
            if value.fract() == 0.0 {
                in_range(param, argument, *value, (*min, *max), out);
            } else {
                out.push(report::wrong_type(param, argument));
            }
        }
        (BlockParamType::Number { min, max }, Value::Number { value, .. }) => {
            in_range(param, argument, *value, (*min, *max), out);
        }
        (BlockParamType::Int { min, max }, Value::Search(search)) => {
            searched(param, argument, search, (*min, *max), true, out);
        }
        (BlockParamType::Number { min, max }, Value::Search(search)) => {
            searched(param, argument, search, (*min, *max), false, out);
        }
        (BlockParamType::Bool, Value::Bool(_)) => {}
        (BlockParamType::Choice(words), _) if written.is_some() => {
            if !words.iter().any(|w| Some(w.as_str()) == written) {
                out.push(report::unknown_choice(param, argument, written.unwrap_or_default(), words));
            }
        }
        (BlockParamType::Timeframe, _) if written.is_some_and(is_timeframe) => {}
        _ => out.push(report::wrong_type(param, argument)),
    }
    if out.len() > before {
        return None;
    }
    let in_text = match &argument.value.value {
        Value::Search(search) => Some(plain_run(search)?.to_string()),
        _ => None,
    };
    Some(Given { name: param.name.clone(), value: argument.node.clone(), in_text })
}

fn is_timeframe(text: &str) -> bool {
    ROLES.contains(&text) || Timeframe::parse(text).is_some()
}

fn in_range(
    param: &BlockParam,
    argument: &Argument,
    value: f64,
    range: (Option<f64>, Option<f64>),
    out: &mut Vec<Diagnostic>,
) {
    if range.0.is_some_and(|min| value < min) || range.1.is_some_and(|max| value > max) {
        out.push(report::out_of_range(param, argument, value, range));
    }
}

/// Every candidate must be a value that the parameter takes.
fn searched(
    param: &BlockParam,
    argument: &Argument,
    search: &Search,
    (low, high): (Option<f64>, Option<f64>),
    whole: bool,
    out: &mut Vec<Diagnostic>,
) {
    let mut candidates = match &search.candidates {
        Candidates::Steps { min, max, step } if whole => vec![*min, *max, min + step],
        Candidates::Steps { min, max, .. } => vec![*min, *max],
        Candidates::Choices(choices) => choices.clone(),
    };
    candidates.extend(search.default);
    let fits = |v: &f64| {
        // the step itself may lead beyond the range; that it is whole is what counts
        let is_bound = !matches!(search.candidates, Candidates::Steps { min, step, .. } if *v == min + step);
        let in_range = low.is_none_or(|low| *v >= low) && high.is_none_or(|high| *v <= high);
        (!whole || v.fract() == 0.0) && (!is_bound || in_range)
    };
    if let Some(wrong) = candidates.into_iter().find(|v| !fits(v)) {
        out.push(report::bad_search(param, argument, wrong, (low, high), whole));
    }
}

/// What a run that does not search takes.
fn plain_run(search: &Search) -> Option<f64> {
    search.default.or(match &search.candidates {
        Candidates::Steps { min, .. } => Some(*min),
        Candidates::Choices(choices) => choices.first().copied(),
    })
}

/// The values as text: uses with the same text are the same instance.
pub fn key(head: &BlockHead, block: &Use) -> String {
    let given = |param: &BlockParam| {
        let given = block.with.iter().find(|a| a.name.value == param.name.value);
        given.or(param.default.as_ref()).map_or_else(String::new, |a| {
            let text = a.node.scalar().map(|s| s.text.clone());
            format!("{}={};", param.name.value, text.unwrap_or_else(|| searched_text(&a.value.value)))
        })
    };
    head.params.iter().map(given).collect()
}

fn searched_text(value: &Value) -> String {
    match value {
        Value::Search(search) => format!("{:?} {:?}", search.candidates, search.default),
        other => format!("{other:?}"),
    }
}
