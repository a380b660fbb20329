//! Fixes that may be made unasked: put into the text of a Play or block, byte range by byte range, never for the worse.
//!
//! The text is spliced, not printed anew, so comments and layout stay. After each step the Play is compiled again;
//! what brings an error that was not there, or mends nothing, is left out.

use std::collections::BTreeMap;

use diagnostics::{Applicability, Code, Diagnostic, Edit, Fix, Position, SourceId, Span};

use crate::edits::{in_order, spliced};
use crate::{Compilation, Options, check_block, compile};

/// Fixes uncover findings that have fixes of their own; no Play of this world does so this often.
const ROUNDS_MAX: usize = 100;

/// A Play after its fixes.
#[derive(Debug)]
pub struct Fixed {
    text: String,
    /// Of the text as it is now.
    pub compilation: Compilation,
    /// In the order in which they were made.
    pub applied: Vec<Step>,
    /// What could not be made without harm.
    pub refused: Vec<Refused>,
}

impl Fixed {
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// One fix: what it is for, and where that stood when it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub code: Code,
    pub place: Position,
    pub title: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    pub step: Step,
    pub why: Refusal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The Play would have this error, which it does not have now.
    NewError(Code),
    /// The Play would have no fewer findings.
    MendsNothing,
}

/// Makes every machine-applicable fix that leaves the Play better than it was, until there is none.
#[must_use]
pub fn fix(name: &str, text: &str, options: &Options) -> Fixed {
    mended(name, text, options, |name, text, options| {
        let c = compile(name, text, options);
        (Some(c.source), c)
    })
}

/// The same for a block file, which is checked alone.
#[must_use]
pub fn fix_block(name: &str, text: &str, options: &Options) -> Fixed {
    mended(name, text, options, |name, text, options| {
        let c = check_block(name, text, options);
        let own = c.sources.iter().find(|(id, source)| *id != c.source && source.name == name);
        (own.map(|(id, _)| id), c)
    })
}

fn mended(name: &str, text: &str, options: &Options, check: Check) -> Fixed {
    let (source, now) = check(name, text, options);
    let (applied, refused) = (Vec::new(), Vec::new());
    let text = text.to_owned();
    let mut work = Work { name, options, check, text, now, source, is_changed: false, applied, refused };
    for _ in 0..ROUNDS_MAX {
        // a refusal holds for the text that it was tried on
        if std::mem::take(&mut work.is_changed) {
            work.refused.clear();
        }
        let batch = work.batch();
        if batch.is_empty() {
            break;
        }
        work.settle(&batch);
    }
    let refused = work.refused.into_iter().map(|(c, why)| Refused { step: c.step, why }).collect();
    Fixed { text: work.text, compilation: work.now, applied: work.applied, refused }
}

/// A fix and the bytes it touches, from its first edit to its last.
#[derive(Clone, PartialEq)]
struct Candidate {
    step: Step,
    edits: Vec<Edit>,
    start: u32,
    end: u32,
}

/// Compiles a text: which of the sources it is, and what was found.
type Check = fn(&str, &str, &Options) -> (Option<SourceId>, Compilation);

struct Work<'a> {
    name: &'a str,
    options: &'a Options,
    check: Check,
    text: String,
    now: Compilation,
    /// Of the text.
    source: Option<SourceId>,
    /// Since the round began.
    is_changed: bool,
    applied: Vec<Step>,
    refused: Vec<(Candidate, Refusal)>,
}

impl Work<'_> {
    /// Fixes that do not touch each other, in the order of their places.
    fn batch(&self) -> Vec<Candidate> {
        let offered = self.now.diagnostics.iter().flat_map(|d| {
            d.fixes.iter().filter(|f| f.applicability == Applicability::Machine).map(move |f| (d, f))
        });
        let mut all: Vec<Candidate> = offered.filter_map(|(d, f)| self.candidate(d, f)).collect();
        all.retain(|c| !self.refused.iter().any(|(refused, _)| refused == c));
        all.sort_by_key(|c| (c.start, c.end));
        let mut batch: Vec<Candidate> = Vec::new();
        for next in all {
            let is_free = batch.last().is_none_or(|b| b.end <= next.start && b.start < next.end);
            if is_free {
                batch.push(next);
            }
        }
        batch
    }

    /// Nothing for edits that are not of this file, touch each other, or cut a character in two.
    fn candidate(&self, diagnostic: &Diagnostic, fix: &Fix) -> Option<Candidate> {
        let own = self.source?;
        if fix.edits.iter().any(|edit| edit.span.source != own) {
            return None;
        }
        let source = self.now.sources.get(own);
        let edits = in_order(&source.text, fix.edits.clone())?;
        let (start, end) = (edits.first()?.span.start, edits.last()?.span.end);
        // what stands in a block may be mended in the Play: there the step is
        let place =
            source.position(if diagnostic.span().source == own { diagnostic.span().start } else { start });
        let step = Step { code: diagnostic.code, place, title: fix.title.clone() };
        Some(Candidate { step, edits, start, end })
    }

    /// All together if that does good, else each half for itself: the later first, so that places before it stay.
    fn settle(&mut self, batch: &[Candidate]) {
        match (self.attempt(batch), batch) {
            (Ok((text, source, next)), _) => {
                (self.text, self.source, self.now) = (text, source, next);
                self.is_changed = true;
                self.applied.extend(batch.iter().map(|c| c.step.clone()));
            }
            (Err(why), [only]) => self.refused.push((only.clone(), why)),
            (Err(_), _) => {
                let (early, late) = batch.split_at(batch.len() / 2);
                self.settle(late);
                self.settle(early);
            }
        }
    }

    fn attempt(&self, batch: &[Candidate]) -> Result<(String, Option<SourceId>, Compilation), Refusal> {
        let edits: Vec<&Edit> = batch.iter().flat_map(|c| &c.edits).collect();
        let text = spliced(&self.text, &edits);
        let (source, next) = (self.check)(self.name, &text, self.options);
        if let Some(code) = new_error(self.source, &self.now, &next, &edits) {
            return Err(Refusal::NewError(code));
        }
        if findings(&next) < findings(&self.now) {
            Ok((text, source, next))
        } else {
            Err(Refusal::MendsNothing)
        }
    }
}

/// What each step makes less, so that there is a last one.
fn findings(c: &Compilation) -> (usize, usize) {
    (c.diagnostics.iter().filter(|d| d.is_error()).count(), c.diagnostics.len())
}

/// An error of `next` that `now` does not have. Errors are the same that have the same code and stand on the same
/// text, as the edits have made it; each is counted as often as it is there.
fn new_error<'c>(
    edited: Option<SourceId>,
    now: &'c Compilation,
    next: &'c Compilation,
    edits: &[&Edit],
) -> Option<Code> {
    let mut known: BTreeMap<(Code, &str), usize> = BTreeMap::new();
    let text = |c: &'c Compilation, span: Span| c.sources.find(span.source).map_or("", |s| s.slice(span));
    for d in now.diagnostics.iter().filter(|d| d.is_error()) {
        // the edits are all in one file
        let is_edited = Some(d.span().source) == edited;
        let there = if is_edited { text(next, carried(d.span(), edits)) } else { text(now, d.span()) };
        *known.entry((d.code, there)).or_default() += 1;
    }
    for d in next.diagnostics.iter().filter(|d| d.is_error()) {
        match known.get_mut(&(d.code, text(next, d.span()))) {
            Some(left) if *left > 0 => *left -= 1,
            _ => return Some(d.code),
        }
    }
    None
}

/// Where a span is after the edits. What is put in at one of its ends is outside; an edit across an end is inside.
fn carried(span: Span, edits: &[&Edit]) -> Span {
    let (mut start, mut end) = (i64::from(span.start), i64::from(span.end));
    for edit in edits {
        let growth = edit.text.len() as i64 - i64::from(edit.span.end - edit.span.start);
        if edit.span.end <= span.start {
            start += growth;
        } else if edit.span.start < span.start {
            start -= i64::from(span.start - edit.span.start);
        }
        if edit.span.end <= span.end && edit.span.start < span.end {
            end += growth;
        } else if edit.span.start < span.end {
            end += growth + i64::from(edit.span.end - span.end);
        }
    }
    Span::new(span.source, start.max(0) as usize..end.max(start).max(0) as usize)
}
