//! What stands here: a Markdown answer for the word at an offset.

mod place;
mod value;

pub(crate) use place::param_page;

use std::fmt::Write;
use std::ops::Range;

use diagnostics::explain;

use crate::{Analysis, touches};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// The word that the answer is about.
    pub range: Range<usize>,
    pub markdown: String,
}

impl Analysis {
    /// About the word at the offset, and about the diagnostics that stand on it.
    #[must_use]
    pub fn hover(&self, offset: usize) -> Option<Hover> {
        let about = self.value_hover(offset).or_else(|| self.place_hover(offset));
        let found = self.diagnostic_pages(offset);
        match (about, found) {
            (Some(mut hover), Some((_, pages))) => {
                let _ = write!(hover.markdown, "\n\n---\n\n{pages}");
                Some(hover)
            }
            (Some(hover), None) => Some(hover),
            (None, Some((range, markdown))) => Some(Hover { range, markdown }),
            (None, None) => None,
        }
    }

    /// What the codes at the offset mean, from their pages.
    fn diagnostic_pages(&self, offset: usize) -> Option<(Range<usize>, String)> {
        let here = |range: &Range<usize>| touches(range, offset) && range.len() < self.text.len().max(1);
        let mut codes = Vec::new();
        let mut range: Option<Range<usize>> = None;
        for d in self.diagnostics().iter().filter(|d| here(&self.shown_at(d))) {
            if !codes.contains(&d.code) {
                codes.push(d.code);
            }
            range.get_or_insert_with(|| self.shown_at(d));
        }
        let mut text = String::new();
        for code in codes {
            let page = explain::page(code);
            let _ = writeln!(text, "**{}** {}\n\n{}\n", code.as_str(), code.summary(), section(page));
            let _ = writeln!(text, "`playc explain {}` shows a wrong and a right Play.\n", code.as_str());
        }
        range.map(|range| (range, text.trim_end().to_owned()))
    }
}

/// The text under `## What it means`.
fn section(page: &str) -> &str {
    let Some((_, rest)) = page.split_once("## What it means\n") else { return "" };
    rest.split("\n## ").next().unwrap_or("").trim()
}
