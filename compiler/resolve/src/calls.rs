//! Features and structures as declared: ids, built-ins, timeframes, parameters.

use bars::Timeframe;
use diagnostics::{Diagnostic, Span};
use rustc_hash::FxHashMap;
use stdlib::{BUILTINS, Kind, Params};
use syntax::ast::{self, Name};
use syntax::scope;

use crate::names::RESERVED;
use crate::resolved::Call;
use crate::timeframes::Timeframes;
use crate::{params, report, words};

/// What a call reads, by name; bound when every call is known.
#[derive(Clone, Debug, Default)]
pub struct Wiring {
    pub source: Option<Name>,
    pub uses: Vec<Name>,
    /// Features named by parameters, by the parameter's index.
    pub features: Vec<(usize, Name)>,
}

struct Declaration<'p> {
    id: &'p Name,
    kind: Kind,
    /// What it is a kind of.
    builtin: Option<&'p Name>,
    tf: Timeframe,
    params: &'p [ast::Param],
    span: Span,
}

pub fn declare(play: &ast::Play, tfs: &Timeframes, out: &mut Vec<Diagnostic>) -> (Vec<Call>, Vec<Wiring>) {
    let mut calls = Vec::new();
    let mut wirings = Vec::new();
    for f in &play.features {
        let tf = f.tf.as_ref().map_or(Some(tfs.exec), |tf| tfs.get(tf, out)).unwrap_or(tfs.exec);
        let declaration = Declaration {
            id: &f.id,
            kind: Kind::Indicator,
            builtin: f.indicator.as_ref(),
            tf,
            params: &f.params,
            span: f.span,
        };
        let (call, features) = build(&declaration, out);
        let source = f.source.clone().or_else(|| source_param(&call, &f.params));
        calls.push(call);
        wirings.push(Wiring { source, uses: f.uses.clone(), features });
    }
    for s in &play.structures {
        let Some(key) = &s.key else { continue };
        let tf = tfs.get(s.tf.as_ref().unwrap_or(&s.role), out).unwrap_or(tfs.exec);
        let declaration = Declaration {
            id: key,
            kind: Kind::Structure,
            builtin: s.kind.as_ref(),
            tf,
            params: &s.params,
            span: s.span,
        };
        let (call, features) = build(&declaration, out);
        let source = s.source.clone().or_else(|| source_param(&call, &s.params));
        calls.push(call);
        wirings.push(Wiring { source, uses: s.uses.clone(), features });
    }
    unique(&calls, out);
    (calls, wirings)
}

fn build(declaration: &Declaration<'_>, out: &mut Vec<Diagnostic>) -> (Call, Vec<(usize, Name)>) {
    let builtin = declaration.builtin.and_then(|name| {
        let found = stdlib::lookup(declaration.kind, &name.value);
        if found.is_none() {
            out.push(unknown_builtin(declaration.kind, name));
        }
        found
    });
    let mut call = Call {
        id: declaration.id.clone(),
        kind: declaration.kind,
        builtin,
        tf: declaration.tf,
        params: Params::default(),
        outputs: Vec::new(),
        inputs: Vec::new(),
        span: declaration.span,
    };
    let Some(row) = call.row() else { return (call, Vec::new()) };
    let owner = declaration.builtin.map_or(declaration.span, |b| b.span);
    let checked = params::check(row, declaration.params, owner, out);
    call.outputs = row.outputs(&checked.params);
    call.params = checked.params;
    (call, checked.features)
}

/// Version 3 Plays write the source of a `rolling_window` among its params.
fn source_param(call: &Call, given: &[ast::Param]) -> Option<Name> {
    let row = call.row().filter(|row| params::takes_source(row))?;
    let param =
        given.iter().find(|p| p.name.value == params::SOURCE && row.param_index(params::SOURCE).is_none())?;
    match &param.value.value {
        ast::Value::Text(text) => Some(Name::new(text.clone(), param.value.span)),
        _ => None,
    }
}

fn unknown_builtin(kind: Kind, name: &Name) -> Diagnostic {
    let of = |kind: Kind| BUILTINS.iter().filter(move |b| b.kind == kind).map(|b| b.name);
    let other = if kind == Kind::Indicator { Kind::Structure } else { Kind::Indicator };
    let nearest = words::suggest(&name.value, of(kind));
    report::unknown_builtin(kind, name, nearest, stdlib::lookup(other, &name.value).is_some())
}

/// Ids of features and structures share one namespace, with the names that the reference reserves.
fn unique(calls: &[Call], out: &mut Vec<Diagnostic>) {
    let mut first: FxHashMap<&str, &Name> = FxHashMap::default();
    for call in calls {
        if RESERVED.contains(&scope::bare(&call.id.value)) {
            out.push(report::reserved(&call.id));
        } else if let Some(earlier) = first.insert(&call.id.value, &call.id) {
            out.push(report::duplicate(&call.id, earlier));
        }
    }
}
