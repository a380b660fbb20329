//! The text of a Play with its YAML tree, and edits that leave everything else where it is.

use std::ops::Range;

use diagnostics::{Edit, Span};
use syntax::yaml::{self, Comment, Entry, Kind, Node, Scalar};

use crate::Compilation;

pub struct Draft<'c> {
    pub compilation: &'c Compilation,
    pub text: &'c str,
    /// A map: the top-level sections.
    pub root: Node,
    comments: Vec<Comment>,
}

impl<'c> Draft<'c> {
    /// Nothing where the text is not the map of a Play.
    pub fn read(compilation: &'c Compilation) -> Option<Draft<'c>> {
        let text: &str = &compilation.sources.get(compilation.source).text;
        let (document, _) = yaml::load(compilation.source, text);
        let root = document.root.filter(|root| document.broken.is_empty() && root.entries().is_some())?;
        Some(Draft { compilation, text, root, comments: document.comments })
    }

    /// The entry of a section.
    pub fn get(&self, section: &str) -> Option<&Entry> {
        self.root.get(section)
    }

    /// The sections that hold conditions and what is done on them.
    pub fn sections(&self, names: &'static [&'static str]) -> impl Iterator<Item = &Node> {
        names.iter().filter_map(move |name| Some(&self.get(name)?.value))
    }

    pub fn is_flow(&self, node: &Node) -> bool {
        self.text[node.span.range()].starts_with(['{', '['])
    }

    /// Past the value; past the colon where there is none.
    pub fn end(&self, entry: &Entry) -> usize {
        let end = entry.value.span.end.max(entry.key.span.end) as usize;
        let is_absent = entry.value.span == entry.key.span;
        let colon = || self.text[end..].find(':').map_or(end, |at| end + at + 1);
        if is_absent { colon() } else { end }
    }

    pub fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |before| before + 1)
    }

    /// Past the line break of the line of `at`.
    pub fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |more| at + more + 1)
    }

    /// How many characters stand before `at` in its line.
    pub fn column(&self, at: usize) -> usize {
        self.text[self.line_start(at)..at].chars().count()
    }

    pub fn newline(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// The first comment that begins in this range.
    pub fn comment_in(&self, range: Range<usize>) -> Option<usize> {
        self.comments.iter().map(|c| c.span.start as usize).find(|start| range.contains(start))
    }

    /// Whether the line that begins at `start` holds a comment and nothing else.
    pub fn is_comment_line(&self, start: usize) -> bool {
        let line = &self.text[start..self.line_end(start)];
        let at = start + (line.len() - line.trim_start().len());
        self.comments.iter().any(|c| c.span.start as usize == at)
    }

    /// Where the dash of a block item stands, after `from`.
    pub fn dash(&self, from: usize, item: &Node) -> Option<usize> {
        let item_start = item.span.start as usize;
        let mut end = item_start;
        loop {
            let at = from + self.text.get(from..end)?.rfind('-')?;
            let in_comment = self.comments.iter().any(|c| c.span.range().contains(&at));
            if !in_comment {
                return Some(at);
            }
            end = at;
        }
    }

    pub fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.compilation.source, range)
    }

    pub fn edit(&self, range: Range<usize>, text: impl Into<String>) -> Edit {
        Edit { span: self.span(range), text: text.into() }
    }

    pub fn rename(&self, scalar: &Scalar, new: &str) -> Edit {
        Edit { span: scalar.span, text: new.to_owned() }
    }

    /// The whole of an entry, unless comments stand in it.
    pub fn replace(&self, entry: &Entry, text: impl Into<String>) -> Option<Edit> {
        let range = entry.key.span.start as usize..self.end(entry);
        (self.comment_in(range.clone()).is_none()).then(|| self.edit(range, text))
    }

    /// Takes an entry out of its map, with its line where nothing else stands there; a comment behind it stays.
    /// Nothing for the only entry of a block, and for one with comments inside.
    pub fn remove(&self, map: &Node, key: &str) -> Option<Edit> {
        let entries = map.entries()?;
        let at = entries.iter().position(|e| e.key.text == key)?;
        let entry = &entries[at];
        let (start, end) = (entry.key.span.start as usize, self.end(entry));
        if self.comment_in(start..end).is_some() {
            return None;
        }
        let next = entries.get(at + 1).map(|e| e.key.span.start as usize);
        if self.is_flow(map) {
            let range = match (next, at.checked_sub(1)) {
                (Some(next), _) => start..next,
                (None, Some(before)) => self.end(&entries[before])..end,
                (None, None) => start..end,
            };
            return self.comment_in(range.clone()).is_none().then(|| self.edit(range, ""));
        }
        if entries.len() == 1 {
            return None;
        }
        let (line_start, line_end) = (self.line_start(start), self.line_end(end));
        if let Some(comment) = self.comment_in(end..line_end) {
            return Some(self.edit(start..comment, ""));
        }
        if !self.text[end..line_end].trim().is_empty() {
            return None;
        }
        if self.text[line_start..start].trim().is_empty() {
            return Some(self.edit(line_start..line_end, ""));
        }
        // behind a dash: what follows takes its place
        let next = next?;
        let until = self.comment_in(end..next).unwrap_or(next);
        Some(self.edit(start..until, ""))
    }

    /// Puts `key: value` before an entry of a map.
    pub fn before(&self, map: &Node, entry: &Entry, key: &str, value: &str) -> Edit {
        let at = entry.key.span.start as usize;
        let text = if self.is_flow(map) {
            format!("{key}: {value}, ")
        } else {
            format!("{key}: {value}{}{}", self.newline(), " ".repeat(self.column(at)))
        };
        self.edit(at..at, text)
    }
}

/// The text of the scalar at `key`.
pub fn word<'n>(map: &'n Node, key: &str) -> Option<&'n str> {
    Some(map.get(key)?.value.scalar()?.text.as_str())
}

/// Every node below this one, itself first.
pub fn walk<'n>(node: &'n Node, visit: &mut dyn FnMut(&'n Node)) {
    visit(node);
    match &node.kind {
        Kind::List(items) => items.iter().for_each(|item| walk(item, visit)),
        Kind::Map(entries) => entries.iter().for_each(|entry| walk(&entry.value, visit)),
        Kind::Scalar(_) | Kind::Null | Kind::Error => {}
    }
}
