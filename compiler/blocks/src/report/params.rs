//! The words: what is said about the parameters of blocks.

use diagnostics::suggest::nearest;
use diagnostics::{Code, Diagnostic};
use syntax::ast::{Argument, BlockHead, BlockParam, BlockParamType, Name, Use};

use super::list;

pub fn unknown(block: &Use, name: &Name, head: &BlockHead) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0501,
        format!("block `{}` has no parameter `{}`", block.name.value, name.value),
        name.span,
        "unknown parameter",
    );
    let known = || head.params.iter().map(|p| p.name.value.as_str());
    let d = match head.params.as_slice() {
        [] => d.note("it has no parameters"),
        _ => d.note(format!("its parameters are {}", list(known()))),
    };
    let free = known().filter(|k| !block.with.iter().any(|a| a.name.value == *k));
    match nearest(&name.value, free) {
        Some(near) => d.fix(format!("write `{near}`"), name.span, near),
        None => d,
    }
}

pub fn missing(block: &Use, param: &BlockParam) -> Diagnostic {
    let name = &param.name.value;
    Diagnostic::new(
        Code::E0504,
        format!("block `{}` needs the parameter `{name}`", block.name.value),
        block.name.span,
        format!("used without `{name}`"),
    )
    .label(param.name.span, "declared here, without a default")
    .note(format!("write `with: {{{name}: ..}}`, {}", takes(param.ty.as_ref())))
}

/// In words: "a whole number from 2 to 500".
fn takes(ty: Option<&BlockParamType>) -> String {
    let bounds = |min: &Option<f64>, max: &Option<f64>| match (min, max) {
        (Some(min), Some(max)) => format!(" from {min} to {max}"),
        (Some(min), None) => format!(" from {min}"),
        (None, Some(max)) => format!(" up to {max}"),
        (None, None) => String::new(),
    };
    match ty {
        Some(BlockParamType::Int { min, max }) => format!("a whole number{}", bounds(min, max)),
        Some(BlockParamType::Number { min, max }) => format!("a number{}", bounds(min, max)),
        Some(BlockParamType::Bool) => "true or false".into(),
        Some(BlockParamType::Choice(words)) => format!("one of {}", list(words.iter().map(String::as_str))),
        Some(BlockParamType::Timeframe) => "a timeframe such as 1h, or a role such as `exec`".into(),
        None => "a value".into(),
    }
}

pub fn wrong_type(param: &BlockParam, argument: &Argument) -> Diagnostic {
    let name = &param.name.value;
    Diagnostic::new(
        Code::E0503,
        format!("`{name}` takes {}, not {}", takes(param.ty.as_ref()), found(argument)),
        argument.value.span,
        format!("this is {}", found(argument)),
    )
    .label(param.name.span, "the parameter")
}

fn found(argument: &Argument) -> String {
    match argument.node.scalar() {
        Some(scalar) => format!("`{}`", scalar.text),
        None => argument.node.noun().to_owned(),
    }
}

pub fn unknown_choice(param: &BlockParam, argument: &Argument, word: &str, words: &[String]) -> Diagnostic {
    let d = wrong_type(param, argument);
    match nearest(word, words.iter().map(String::as_str)) {
        Some(near) => d.fix(format!("write `{near}`"), argument.value.span, near),
        None => d,
    }
}

pub fn out_of_range(
    param: &BlockParam,
    argument: &Argument,
    value: f64,
    (min, max): (Option<f64>, Option<f64>),
) -> Diagnostic {
    let name = &param.name.value;
    let bound = min.filter(|min| value < *min).or(max).unwrap_or(value);
    let side = if value < bound { "below" } else { "above" };
    Diagnostic::new(
        Code::E0502,
        format!("`{name}` takes {}, not {value}", takes(param.ty.as_ref())),
        argument.value.span,
        format!("{side} {bound}"),
    )
    .label(param.name.span, "the parameter")
    .maybe(format!("write {bound}"), argument.value.span, bound.to_string())
}

pub fn bad_search(
    param: &BlockParam,
    argument: &Argument,
    wrong: f64,
    (min, max): (Option<f64>, Option<f64>),
    whole: bool,
) -> Diagnostic {
    let name = &param.name.value;
    let why = if whole && wrong.fract() != 0.0 {
        format!("{wrong} is not whole")
    } else if min.is_some_and(|min| wrong < min) {
        format!("{wrong} is below {}", min.unwrap_or(wrong))
    } else {
        format!("{wrong} is above {}", max.unwrap_or(wrong))
    };
    Diagnostic::new(
        Code::E0507,
        format!("the search leads out of what `{name}` takes"),
        argument.value.span,
        why,
    )
    .label(param.name.span, format!("takes {}", takes(param.ty.as_ref())))
}
