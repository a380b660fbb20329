//! Typed IR to bytecode: common work removed, constants folded, registers numbered, places noted.
//!
//! Takes a verified `ir::Module` and the Play's text. Gives a `bytecode::Program`.
//! Never reports to the author: whatever could be wrong with a Play was said before.

mod conditions;
mod emit;
mod fold;
mod guard;
mod joined;

use bytecode::{Identity, Program};
use diagnostics::SourceMap;
use ir::Module;

/// Compiles a module. `sources` are the texts that its spans point into, the Play's own first.
#[must_use]
pub fn lower(module: &Module, sources: &SourceMap, identity: Identity) -> Program {
    let folded = fold::fold(module);
    emit::emit(module, folded, sources, identity)
}
