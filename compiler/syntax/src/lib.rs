//! Text to tree: YAML with byte spans, the Play document, and the expression language in its three spellings.
//!
//! Takes the text of one file. Gives an `ast::Play` and diagnostics; parsing never fails and never panics.
//! Never looks a name up.

pub mod ast;
