//! Text to tree: YAML with byte spans, the Play document, and the expression language in its three spellings.
//!
//! Takes the text of one file. Gives an `ast::Play` and diagnostics; parsing never fails and never panics.
//! Never looks a name up.

pub mod ast;
pub mod block;
mod condition;
pub mod decode;
pub mod expr;
pub mod format;
mod joined;
mod play;
pub mod print;
mod read;
pub mod scope;
mod settings;
pub mod shape;
mod variables;
pub mod yaml;

use diagnostics::{Diagnostic, SourceId};

pub use decode::decode;
pub use settings::Setting;

/// Reads one Play. The diagnostics are in the order of the file.
#[must_use]
pub fn parse(source: SourceId, text: &str) -> (ast::Play, Vec<Diagnostic>) {
    parse_set(source, text, &[])
}

/// The same with other defaults for some of its search ranges.
#[must_use]
pub fn parse_set(source: SourceId, text: &str, settings: &[Setting]) -> (ast::Play, Vec<Diagnostic>) {
    let (mut document, mut diagnostics) = yaml::load(source, text);
    settings::apply(&mut document, settings);
    let declared = variables::substitute(&mut document, &mut diagnostics);
    document.remove_duplicates(&mut diagnostics);
    let mut cx = read::Cx { source, text, diagnostics };
    let play = play::read(&mut cx, &document, &declared);
    let mut diagnostics = cx.diagnostics;
    play::remove_explained_traps(&mut diagnostics);
    diagnostics.sort_by_key(|d| (d.span().start, d.span().end, d.code));
    (play, diagnostics)
}

/// The actions that `emit:` and the map form of `actions:` know.
#[must_use]
pub fn actions() -> &'static [&'static str] {
    play::ACTIONS
}
