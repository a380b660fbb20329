//! Declarations that nothing reads, or only what is itself not read.

use diagnostics::Diagnostic;
use rustc_hash::FxHashSet;
use syntax::ast;

use crate::names::{Declared, Used};
use crate::report;
use crate::resolved::{Call, Input};

/// A feature that another feature, a structure, the risk section or metadata reads is used, where that one is.
pub fn report(play: &ast::Play, calls: &[Call], used: &Used, out: &mut Vec<Diagnostic>) {
    if play.broken || used.unread {
        return;
    }
    let reads = reads(play, calls, used);
    let is_read = |declared: Declared| reads.iter().any(|(_, read)| *read == declared);
    let live = live(&used.by_play, &reads);
    for (at, call) in calls.iter().enumerate() {
        let declared = Declared::Call(at);
        if !live.contains(&declared) && call.builtin.is_some() {
            out.push(report::unused_call(call, is_read(declared)));
        }
    }
    for (at, setup) in play.setups.iter().enumerate() {
        let declared = Declared::Setup(at);
        if !live.contains(&declared) {
            out.push(report::unused_setup(&setup.id, is_read(declared)));
        }
    }
    for variable in play.variables.iter().filter(|v| !v.used) {
        out.push(report::unused_variable(&variable.name));
    }
}

/// Who reads what among the declarations.
fn reads(play: &ast::Play, calls: &[Call], used: &Used) -> Vec<(Declared, Declared)> {
    let of_setups = used.by_setups.iter().map(|(setup, read)| (Declared::Setup(setup.0), *read));
    let mut reads: Vec<(Declared, Declared)> = of_setups.collect();
    for (at, call) in calls.iter().enumerate() {
        for input in &call.inputs {
            if let Input::Output(output) = input {
                reads.push((Declared::Call(at), Declared::Call(output.call.0)));
            }
        }
    }
    // Structures named in `uses` are meant to be used, even where the built-in does not read them.
    let place = |id: &str| calls.iter().position(|c| c.id.value == id).map(Declared::Call);
    let of_features = play.features.iter().map(|f| (Some(&f.id), &f.uses));
    let of_structures = play.structures.iter().map(|s| (s.key.as_ref(), &s.uses));
    for (reader, uses) in of_features.chain(of_structures) {
        let Some(reader) = reader.and_then(|id| place(&id.value)) else { continue };
        reads.extend(uses.iter().filter_map(|name| Some((reader, place(&name.value)?))));
    }
    reads
}

/// What the Play reads, and what that reads in turn.
fn live(roots: &[Declared], reads: &[(Declared, Declared)]) -> FxHashSet<Declared> {
    let mut live = FxHashSet::default();
    let mut waiting = roots.to_vec();
    while let Some(next) = waiting.pop() {
        if live.insert(next) {
            waiting.extend(reads.iter().filter(|(reader, _)| *reader == next).map(|(_, read)| *read));
        }
    }
    live
}
