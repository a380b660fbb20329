//! Parameter sets to try: defaults, and each parameter varied.

use stdlib::{Builtin, ParamType, Params, Value};

/// Defaults; for rows with a feature that may be left out, also with it.
pub fn base_sets(row: &Builtin) -> Vec<Params> {
    let defaults = Params::defaults(row.params);
    let mut sets = Vec::new();
    let required = |k: usize| row.params[k].default == stdlib::Default::Required;
    let is_feature = |k: usize| row.params[k].ty == ParamType::Feature;
    let given = |all: bool| {
        let mut params = defaults.clone();
        for k in 0..row.params.len() {
            if is_feature(k) {
                params.0[k] = Value::Feature(all || required(k));
            }
        }
        params
    };
    for params in [given(false), given(true)] {
        if !sets.contains(&params) && (row.check)(&params).is_ok() {
            sets.push(params);
        }
    }
    sets
}

/// Other values for one parameter, near ones first.
pub fn variations(row: &Builtin, params: &Params, index: usize) -> Vec<Params> {
    let values: Vec<Value> = match (row.params[index].ty, &params.0[index]) {
        (ParamType::Int { min, max }, Value::Int(now)) => {
            let now = *now;
            let tries = [now + 1, now - 1, now * 2, now / 2, now + 5, min, min + 1, min + 2, max.min(40)];
            tries.into_iter().filter(|v| (min..=max).contains(v) && *v != now).map(Value::Int).collect()
        }
        (ParamType::Float { min, max }, Value::Float(now)) => {
            let now = *now;
            let tries = [
                now * 1.5,
                now * 0.5,
                now + 0.1,
                now * 4.0,
                now * 0.1,
                now + 5.0,
                min.max(-1e6),
                max.min(1e6),
            ];
            tries.into_iter().filter(|v| (min..=max).contains(v) && *v != now).map(Value::Float).collect()
        }
        (ParamType::Bool, Value::Bool(now)) => vec![Value::Bool(!now)],
        (ParamType::Choice(words), Value::Choice(now)) => {
            (0..words.len() as u16).filter(|v| v != now).map(Value::Choice).collect()
        }
        (ParamType::List { min, max }, Value::List(now)) => {
            let mut shorter = now.clone();
            shorter.pop();
            let moved: Vec<f64> = now.iter().map(|v| (v * 0.9 + 0.01).clamp(min, max)).collect();
            [moved, shorter].into_iter().filter(|v| !v.is_empty() && v != now).map(Value::List).collect()
        }
        (ParamType::Feature, Value::Feature(now)) => vec![Value::Feature(!now)],
        (ty, value) => panic!("{}: {value:?} is not a {ty:?}", row.name),
    };
    let set = |value: Value| {
        let mut varied = params.clone();
        varied.0[index] = value;
        varied
    };
    let required_feature = row.params[index].default == stdlib::Default::Required;
    values
        .into_iter()
        .filter(|v| !(required_feature && *v == Value::Feature(false)))
        .map(set)
        .filter(|p| (row.check)(p).is_ok())
        .collect()
}

/// Base sets, and each with one parameter varied.
pub fn all_sets(row: &Builtin) -> Vec<Params> {
    let mut sets = base_sets(row);
    for base in base_sets(row) {
        for index in 0..row.params.len() {
            for varied in variations(row, &base, index).into_iter().take(4) {
                if !sets.contains(&varied) {
                    sets.push(varied);
                }
            }
        }
    }
    sets
}
