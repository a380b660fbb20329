//! Declarations that nothing reads.

use diagnostics::Diagnostic;
use syntax::ast;

use crate::names::Used;
use crate::report;
use crate::resolved::{Call, Input};

/// A feature that another feature, a structure, the risk section or metadata reads is used.
pub fn report(play: &ast::Play, calls: &[Call], used: &Used, out: &mut Vec<Diagnostic>) {
    if play.broken || used.unread {
        return;
    }
    let mut read = used.calls.clone();
    for call in calls {
        for input in &call.inputs {
            if let Input::Output(output) = input {
                read[output.call.0] = true;
            }
        }
    }
    // Structures named in `uses` are meant to be used, even where the built-in does not read them.
    let named =
        play.features.iter().flat_map(|f| &f.uses).chain(play.structures.iter().flat_map(|s| &s.uses));
    for name in named {
        if let Some(at) = calls.iter().position(|c| c.id.value == name.value) {
            read[at] = true;
        }
    }
    for (call, _) in calls.iter().zip(&read).filter(|(call, read)| !**read && call.builtin.is_some()) {
        out.push(report::unused_call(call));
    }
    for (setup, _) in play.setups.iter().zip(&used.setups).filter(|(_, used)| !**used) {
        out.push(report::unused_setup(&setup.id));
    }
    for variable in play.variables.iter().filter(|v| !v.used) {
        out.push(report::unused_variable(&variable.name));
    }
}
