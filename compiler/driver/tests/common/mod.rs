//! Plays with block files beside them.
#![allow(dead_code, reason = "each test file uses a part")]

use std::path::Path;

use diagnostics::{Code, Span, explain};
use driver::{Compilation, Library, Options, compile, library};

/// Block files by name and text, nearest folder first.
pub fn options(folders: &[&[(&str, &str)]]) -> Options {
    let file = |(name, text): &(&str, &str)| library::file(Path::new(name), text.as_bytes());
    let folders = folders.iter().map(|folder| folder.iter().map(file).collect()).collect();
    Options { blocks: Library::new(folders), ..Options::default() }
}

/// The Play of the pages with these sections, and these block files beside it.
pub fn with(blocks: &[(&str, &str)], fragment: &str) -> Compilation {
    let text = explain::splice(explain::BASE_PLAY, fragment);
    compile("play.yml", &text, &options(&[blocks]))
}

/// Code, file and text of every finding in the order of the report.
pub fn findings(c: &Compilation) -> Vec<(&'static str, String, String)> {
    let leftover = |code| matches!(code, Code::W0802 | Code::W0803);
    let all = c.diagnostics.iter().filter(|d| !leftover(d.code));
    all.map(|d| (d.code.as_str(), file(c, d.span()), slice(c, d.span()))).collect()
}

/// Those that are errors.
pub fn errors(c: &Compilation) -> Vec<(&'static str, String, String)> {
    findings(c).into_iter().filter(|f| f.0.starts_with('E')).collect()
}

pub fn file(c: &Compilation, span: Span) -> String {
    c.sources.get(span.source).name.clone()
}

pub fn slice(c: &Compilation, span: Span) -> String {
    c.sources.get(span.source).slice(span).to_owned()
}
