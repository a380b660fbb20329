//! Reads a file, and goes on after a syntax error.
//!
//! YAML readers stop at the first error. The top-level section it is in is blanked out (same length, so that spans
//! stay right) and the rest is read again: one run finds the errors of every section.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, SourceId, Span};

use super::events::{self, Failure, Why};
use super::{Comment, Kind, MAX_DEPTH, Node, duplicates, errors};

/// How many broken sections are skipped before the rest is given up.
const MAX_ATTEMPTS: usize = 12;

#[derive(Clone, Debug)]
pub struct Document {
    /// `None`: the file is empty or nothing of it could be read.
    pub root: Option<Node>,
    pub comments: Vec<Comment>,
    /// The top-level keys whose sections could not be read; `""` where the key is not known.
    pub broken: Vec<String>,
}

impl Document {
    /// See `yaml::duplicates`.
    pub fn remove_duplicates(&mut self, out: &mut Vec<Diagnostic>) {
        if let Some(root) = &mut self.root {
            duplicates::remove(root, out);
        }
    }
}

/// Takes any text. Errors of the YAML itself are among the diagnostics; what was not hit by them is in the tree.
pub fn load(source: SourceId, text: &str) -> (Document, Vec<Diagnostic>) {
    let mut readable = text.to_owned();
    let mut syntax_errors = Vec::new();
    let mut broken = Vec::new();
    for _ in 0..MAX_ATTEMPTS {
        let outcome = events::read(source, &readable);
        let Some(failure) = outcome.failure else {
            let mut root = outcome.root;
            if let Some(Node { kind: Kind::Null, span }) = &root
                && span.start == span.end
            {
                root = None;
            }
            syntax_errors.extend(outcome.diagnostics);
            return (Document { root, comments: outcome.comments, broken }, syntax_errors);
        };
        let section = failing_section(&readable, &failure);
        syntax_errors.push(describe(source, &readable, &failure, section.start));
        broken.push(top_level_key(&readable[section.clone()]));
        if !blank(&mut readable, section) {
            break;
        }
    }
    (Document { root: None, comments: Vec::new(), broken }, syntax_errors)
}

fn describe(source: SourceId, text: &str, failure: &Failure, section_start: usize) -> Diagnostic {
    match &failure.why {
        Why::Scan(error) => errors::describe(source, text, error, section_start),
        Why::TooDeep(at) => too_deep(*at),
    }
}

fn too_deep(at: Span) -> Diagnostic {
    Diagnostic::new(Code::E0101, "maps and lists are nested too deeply", at, "too deep")
        .note(format!("the limit is {MAX_DEPTH} levels"))
}

/// The lines of the top-level key that could not be read.
fn failing_section(text: &str, failure: &Failure) -> std::ops::Range<usize> {
    let marker = match &failure.why {
        Why::Scan(error) => error.marker().byte_offset().unwrap_or(0),
        Why::TooDeep(at) => at.start as usize,
    };
    let start = failure
        .open_key
        .map(|key| line_start(text, key))
        .or_else(|| {
            // On the line where the reading stopped, or else on the next one that begins a section.
            let from = failure.read_to.min(marker);
            let same_line = !text[from..marker.min(text.len())].contains('\n');
            top_level_lines(text, from).find(|start| same_line || *start >= from)
        })
        .unwrap_or_else(|| line_start(text, marker.min(text.len())));
    let next_line = text[start..].find('\n').map_or(text.len(), |at| start + at + 1);
    let end = top_level_lines(text, next_line).next().unwrap_or(text.len());
    start..end
}

fn line_start(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut start = at.min(bytes.len());
    while start > 0 && bytes[start - 1] != b'\n' {
        start -= 1;
    }
    if start == 0 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { start }
}

/// The starts of lines from the line of `from` on that begin a top-level key: not blank, not indented, no comment,
/// no list item (lists may stand at their key's own column), no closing bracket.
fn top_level_lines(text: &str, from: usize) -> impl Iterator<Item = usize> + '_ {
    let mut at = line_start(text, from);
    std::iter::from_fn(move || {
        while at < text.len() {
            let start = at;
            at = text[start..].find('\n').map_or(text.len(), |n| start + n + 1);
            if !text[start..].starts_with([' ', '\t', '\r', '\n', '#', '-', ']', '}', ',', '.', '%']) {
                return Some(start);
            }
        }
        None
    })
}

fn top_level_key(section: &str) -> String {
    let line = section.lines().next().unwrap_or("");
    line.split_once(':').map_or("", |(key, _)| key).trim().trim_matches(['"', '\'']).to_owned()
}

/// Overwrites by spaces, byte for byte; line ends stay. `false`: there was nothing left to overwrite.
fn blank(text: &mut String, section: std::ops::Range<usize>) -> bool {
    let blanked: String = text[section.clone()]
        .chars()
        .flat_map(|c| std::iter::repeat_n(if c == '\n' { '\n' } else { ' ' }, c.len_utf8()))
        .collect();
    let changed = blanked != text[section.clone()];
    text.replace_range(section, &blanked);
    changed
}
