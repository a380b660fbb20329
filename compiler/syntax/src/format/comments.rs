//! The comments of a file in their order, each to be printed once.

use crate::yaml::Comment;

/// A comment, or the `---` before a Play.
#[derive(Clone, Copy)]
pub struct Note<'t> {
    pub start: usize,
    pub end: usize,
    /// With its `#`, without trailing spaces.
    pub text: &'t str,
}

/// Those that are not printed yet.
pub struct Comments<'t> {
    text: &'t str,
    notes: Vec<Note<'t>>,
    next: usize,
}

impl<'t> Comments<'t> {
    pub fn new(text: &'t str, comments: &[Comment], root_start: usize) -> Comments<'t> {
        let mut notes: Vec<Note> =
            comments.iter().filter_map(|c| note(text, c.span.start as usize)).collect();
        if let Some(at) = document_start(text, root_start) {
            notes.push(Note { start: at, end: at + 3, text: "---" });
        }
        notes.sort_by_key(|note| note.start);
        Comments { text, notes, next: 0 }
    }

    pub fn peek(&self) -> Option<Note<'t>> {
        self.notes.get(self.next).copied()
    }

    /// The end of the last one that was printed.
    pub fn printed_to(&self) -> usize {
        self.next.checked_sub(1).and_then(|at| self.notes.get(at)).map_or(0, |note| note.end)
    }

    /// The next one if it stands before this byte.
    pub fn before(&mut self, at: usize) -> Option<Note<'t>> {
        self.next_if(|note| note.start < at)
    }

    /// The next one if it ends the line that `at` is on, with nothing but punctuation between.
    pub fn beside(&mut self, at: usize) -> Option<Note<'t>> {
        let text = self.text;
        self.next_if(|note| {
            let between = text.get(at..note.start);
            between.is_some_and(|b| b.chars().all(|c| matches!(c, ' ' | '\t' | ',' | ':' | ']' | '}')))
        })
    }

    pub fn next_if(&mut self, wanted: impl Fn(&Note) -> bool) -> Option<Note<'t>> {
        let note = self.peek().filter(wanted)?;
        self.next += 1;
        Some(note)
    }
}

fn note(text: &str, at: usize) -> Option<Note<'_>> {
    let line = text.get(at..)?.lines().next()?;
    Some(Note { start: at, end: at + line.len(), text: line.trim_end() })
}

/// Where a line `---` stands before the Play.
fn document_start(text: &str, root_start: usize) -> Option<usize> {
    let mut at = 0;
    for line in text.get(..root_start)?.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some(at);
        }
        at += line.len();
    }
    None
}
