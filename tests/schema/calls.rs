//! A feature or structure for each parameter of the catalogue, with values at and beyond the ends of its range.

use std::collections::BTreeSet;
use std::fmt::Write;

use stdlib::{BUILTINS, Builtin, Kind, Param, ParamType};

pub struct Call {
    kind: Kind,
    /// One line: a feature with its id, or a structure of the list.
    pub text: String,
    /// Of what is tried, as the validator writes it.
    pub path: String,
}

pub fn at_the_ends() -> Vec<Call> {
    calls(|param| match param.ty {
        ParamType::Int { min, max } => vec![min.to_string(), max.to_string()],
        ParamType::Float { min, max } | ParamType::List { min, max } => {
            vec![format!("{min:?}"), format!("{max:?}")]
        }
        ParamType::Bool => vec!["true".into()],
        ParamType::Choice(words) => words.iter().map(|w| format!("\"{w}\"")).collect(),
        ParamType::Feature => vec![],
    })
}

pub fn beyond_the_ends() -> Vec<Call> {
    let mut all = calls(|param| match param.ty {
        ParamType::Int { min, max } => vec![(min - 1).to_string(), (max + 1).to_string()],
        ParamType::Float { min, max } => {
            vec![format!("{:?}", min - 1.0), format!("{:?}", max * 2.0 + 1.0), "\"some\"".into()]
        }
        ParamType::List { min, max } => vec![format!("{:?}", min - 1.0), format!("{:?}", max * 2.0 + 1.0)],
        ParamType::Bool => vec!["2".into()],
        ParamType::Choice(_) => vec!["none_of_these".into()],
        ParamType::Feature => vec![],
    });
    for kind in [Kind::Indicator, Kind::Structure] {
        for row in BUILTINS.iter().filter(|row| row.kind == kind) {
            let at = all.iter().filter(|call| call.kind == kind).count();
            let mut call = call(row, at, "no_such_parameter", "1");
            call.path = call.path.trim_end_matches("/no_such_parameter").into();
            all.push(call);
        }
    }
    all
}

fn calls(values: impl Fn(&Param) -> Vec<String>) -> Vec<Call> {
    let mut all: Vec<Call> = Vec::new();
    for row in BUILTINS {
        for param in row.params {
            for value in values(param) {
                let at = all.iter().filter(|call| call.kind == row.kind).count();
                all.push(call(row, at, param.name, &value));
            }
        }
    }
    all
}

fn call(row: &Builtin, at: usize, param: &str, value: &str) -> Call {
    let params = format!("params: {{{param}: {value}}}");
    let (text, path) = match row.kind {
        Kind::Indicator => {
            (format!("  c{at}: {{indicator: {}, {params}}}", row.name), format!("features/c{at}"))
        }
        Kind::Structure => {
            (format!("    - {{type: {}, key: s{at}, {params}}}", row.name), format!("structures/exec/{at}"))
        }
    };
    Call { kind: row.kind, text, path: format!("{path}/params/{param}") }
}

/// A Play with nothing but these.
pub fn play(calls: &[Call]) -> String {
    let mut text = String::new();
    for (kind, head) in [(Kind::Indicator, "features:"), (Kind::Structure, "structures:\n  exec:")] {
        let _ = writeln!(text, "{head}");
        for call in calls.iter().filter(|call| call.kind == kind) {
            let _ = writeln!(text, "{}", call.text);
        }
    }
    text
}

/// The calls on whose value or name the compiler has an error.
pub fn reported(calls: &[Call]) -> BTreeSet<usize> {
    let text = play(calls);
    let c = driver::compile("play", &text, &driver::Options::default());
    let mut lines = BTreeSet::new();
    for d in c.diagnostics.iter().filter(|d| d.is_error()) {
        let place = c.sources.get(c.source).position(d.span().start);
        let line = text.lines().nth(place.line as usize - 1).unwrap_or_default();
        if line.find("params: {").is_some_and(|at| place.col as usize > at + "params: {".len()) {
            lines.insert(line);
        }
    }
    (0..calls.len()).filter(|&at| lines.contains(calls[at].text.as_str())).collect()
}
