//! Blocks: reusable pieces of Plays, put in where a Play uses them.
//!
//! Takes an `ast::Play` and the library of block files. Gives the Play with every block written out, the files that
//! were read for it, and diagnostics; it never fails.
//! Never binds a name: what a block brings along lives in a scope of its own (`syntax::scope`).

mod arguments;
mod expander;
mod filters;
mod instance;
mod library;
mod registry;
mod report;
mod rewrite;
mod risk;
mod scope;
mod standard;

use diagnostics::{Diagnostic, Source};
use syntax::ast;

pub use library::{File, Library};
pub use registry::name_and_version;

use crate::expander::Expander;
use crate::scope::{Place, Scope};

/// A Play in which no block is named any more.
#[derive(Clone, Debug)]
pub struct Expanded {
    pub play: ast::Play,
    /// The block files in the order in which they were read, numbered on from the Play's own file. A block that is
    /// used with other parameters is there again, so that each place in it belongs to one use.
    pub sources: Vec<Source>,
    /// Name (`trend_filter_v1`) and text of each block that was used, each once, sorted by name.
    pub used: Vec<(String, std::sync::Arc<str>)>,
}

/// Writes out all blocks that the Play uses, and puts its filters before its entries.
#[must_use]
pub fn expand(play: &ast::Play, library: &Library) -> (Expanded, Vec<Diagnostic>) {
    let mut expander = Expander::new(library, play.span.source);
    let mut play = play.clone();
    let names = play.features.iter().map(|f| f.id.value.clone());
    let keys = play.structures.iter().filter_map(|s| s.key.as_ref()).map(|k| k.value.clone());
    let mut scope = Scope::new(String::new(), names.chain(keys).collect());
    expander.sets(std::mem::take(&mut play.sets), &mut scope);
    for feature in &mut play.features {
        expander.feature(feature, &mut scope);
    }
    for structure in &mut play.structures {
        expander.structure(structure, &mut scope);
    }
    for setup in &mut play.setups {
        expander.expr(&mut setup.condition, &mut scope, Place::ANY);
    }
    expander.actions(&mut play, &mut scope);
    expander.play_risk(&mut play, &mut scope);
    let parts = expander.finish(&scope);
    play.features.extend(parts.features);
    play.structures.extend(parts.structures);
    play.setups.extend(parts.setups);
    (Expanded { play, sources: parts.sources, used: parts.used }, parts.out)
}
