//! What may be done to the text: fixes that a person may choose, all sure fixes at once, the layout.

use std::ops::Range;

use diagnostics::{Applicability, Diagnostic};

use crate::{Analysis, Edit, Kind};

/// One thing that may be done about a diagnostic.
#[derive(Clone, Debug, PartialEq)]
pub struct Action<'d> {
    pub title: String,
    pub diagnostic: &'d Diagnostic,
    /// Surely what the author meant.
    pub is_preferred: bool,
    /// In the order of the text.
    pub edits: Vec<Edit>,
}

impl Analysis {
    /// The fixes of all diagnostics that touch the range.
    #[must_use]
    pub fn actions(&self, range: &Range<usize>) -> Vec<Action<'_>> {
        let near = self.diagnostics().iter().filter(|d| {
            let at = self.shown_at(d);
            at.start <= range.end && range.start <= at.end
        });
        near.flat_map(|d| d.fixes.iter().map(move |fix| (d, fix)))
            .filter_map(|(diagnostic, fix)| {
                let mut edits = Vec::with_capacity(fix.edits.len());
                for edit in &fix.edits {
                    let range = self.place(edit.span)?;
                    edits.push(Edit { range, text: edit.text.clone() });
                }
                edits.sort_by_key(|e| (e.range.start, e.range.end));
                let is_preferred = fix.applicability == Applicability::Machine;
                Some(Action { title: fix.title.clone(), diagnostic, is_preferred, edits })
            })
            .collect()
    }

    /// The text in the one layout of Plays; nothing when it has it, or while it is no YAML.
    #[must_use]
    pub fn formatted(&self) -> Option<Edit> {
        let text = syntax::format::format(&self.text).ok()?;
        (text != *self.text).then(|| difference(&self.text, &text))
    }

    /// The whole text with every fix made that is surely meant; nothing when there is none.
    #[must_use]
    pub fn fix_all(&self) -> Option<Edit> {
        let has_fix = |d: &Diagnostic| d.fixes.iter().any(|f| f.applicability == Applicability::Machine);
        if !self.diagnostics().iter().any(has_fix) {
            return None;
        }
        let fix = match self.kind {
            Kind::Play => driver::fix::fix,
            Kind::Block => driver::fix::fix_block,
        };
        let fixed = fix(&self.name, &self.text, &self.options);
        (*fixed.text() != *self.text).then(|| difference(&self.text, fixed.text()))
    }
}

/// The one edit from the first to the last byte that differs.
pub(crate) fn difference(before: &str, after: &str) -> Edit {
    let mut start = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
    while !before.is_char_boundary(start) || !after.is_char_boundary(start) {
        start -= 1;
    }
    let limit = (before.len() - start).min(after.len() - start);
    let same = before.bytes().rev().zip(after.bytes().rev()).take(limit).take_while(|(a, b)| a == b).count();
    let mut tail = same;
    while !before.is_char_boundary(before.len() - tail) || !after.is_char_boundary(after.len() - tail) {
        tail -= 1;
    }
    Edit { range: start..before.len() - tail, text: after[start..after.len() - tail].to_owned() }
}
