//! Older spellings of the dialect, put into today's: byte range by byte range, so that comments and layout stay.
//!
//! A Play that compiles goes on compiling to the same program. One that has errors, often because of what it is
//! written in, never has more of them afterwards. What cannot be put into today's spelling is told.

mod draft;
mod features;
mod head;
mod spelling;
mod structures;

use diagnostics::{Edit, Position, Span};

use crate::edits::{in_order, spliced};
use crate::{Compilation, Options, compile, meaning};
use draft::Draft;

/// Each step takes an older spelling away; no Play of this world has so many.
const STEPS_MAX: usize = 10_000;

/// In this order: what a condition reads is known before the conditions are.
const RULES: &[Rule] = &[
    head::symbol,
    head::timeframes,
    head::role_names,
    head::exec_tf,
    features::keys,
    features::role_names,
    features::common_extras,
    features::structures_among_them,
    structures::keys,
    structures::moved,
    structures::role_names,
    features::list,
    head::blocks,
    spelling::offered,
    spelling::prefixed,
    spelling::inert_actions,
];

type Rule = fn(&Draft) -> Vec<Change>;

/// One older spelling and the edits that make it today's.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    at: Span,
    /// `` `blocks` is now `actions` ``
    what: String,
    edits: Vec<Edit>,
}

/// A Play in today's spelling.
#[derive(Debug)]
pub struct Migrated {
    /// Of the text as it is now; the text itself is that of its source.
    pub compilation: Compilation,
    /// In the order in which they were made.
    pub applied: Vec<Step>,
    /// Older spellings that stay, as a Play with errors would have more of them, or another program.
    pub refused: Vec<Step>,
    /// What is older still, and what to do about it.
    pub told: Vec<Step>,
}

impl Migrated {
    #[must_use]
    pub fn text(&self) -> &str {
        text(&self.compilation)
    }
}

/// What was done, or is to be done, and where that stood when it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub place: Position,
    pub what: String,
}

/// Puts every older spelling into today's that can be without harm.
#[must_use]
pub fn migrate(name: &str, text: &str, options: &Options) -> Migrated {
    let work = Work { name, options };
    let before = compile(name, text, options);
    let (after, applied) = work.at_once(&before);
    let (compilation, applied, refused) = match after {
        Some(after) if is_no_worse(&before, &after) => (after, applied, Vec::new()),
        Some(_) => work.one_by_one(before),
        None => (before, applied, Vec::new()),
    };
    let told = Draft::read(&compilation).map_or_else(Vec::new, |draft| head::still_older(&draft));
    Migrated { compilation, applied, refused, told }
}

struct Work<'a> {
    name: &'a str,
    options: &'a Options,
}

impl Work<'_> {
    /// Rule after rule, until none finds anything; `None` where the first look finds nothing.
    fn at_once(&self, before: &Compilation) -> (Option<Compilation>, Vec<Step>) {
        let (mut now, mut applied) = (None, Vec::new());
        for _ in 0..STEPS_MAX {
            let current: &Compilation = now.as_ref().unwrap_or(before);
            let Some(draft) = Draft::read(current) else { break };
            let next = RULES.iter().find_map(|rule| {
                let changes = apart(&draft, rule(&draft));
                let text = put_in(draft.text, changes.iter().flat_map(|c| c.edits.clone()).collect())?;
                (text != draft.text).then_some((changes, text))
            });
            let Some((changes, text)) = next else { break };
            applied.extend(changes.iter().map(|change| step(current, change)));
            now = Some(compile(self.name, &text, self.options));
        }
        (now, applied)
    }

    /// Each change for itself, and only those that do no harm, until there is none left.
    fn one_by_one(&self, before: Compilation) -> (Compilation, Vec<Step>, Vec<Step>) {
        let (mut now, mut applied) = (before, Vec::new());
        for _ in 0..STEPS_MAX {
            let Some(draft) = Draft::read(&now) else { break };
            let mut refused = Vec::new();
            let good = RULES.iter().flat_map(|rule| rule(&draft)).find_map(|change| {
                let text = put_in(draft.text, change.edits.clone()).filter(|text| text != draft.text)?;
                let next = compile(self.name, &text, self.options);
                if is_no_worse(&now, &next) {
                    return Some((step(&now, &change), next));
                }
                refused.push(step(&now, &change));
                None
            });
            let Some((made, next)) = good else { return (now, applied, refused) };
            applied.push(made);
            now = next;
        }
        (now, applied, Vec::new())
    }
}

/// Those that do not touch the bytes of an earlier one.
fn apart(draft: &Draft, changes: Vec<Change>) -> Vec<Change> {
    let mut taken: Vec<Edit> = Vec::new();
    changes
        .into_iter()
        .filter(|change| {
            let both: Vec<Edit> = taken.iter().chain(&change.edits).cloned().collect();
            let is_free = in_order(draft.text, both.clone()).is_some();
            if is_free {
                taken = both;
            }
            is_free
        })
        .collect()
}

fn put_in(text: &str, edits: Vec<Edit>) -> Option<String> {
    let edits = in_order(text, edits)?;
    Some(spliced(text, &edits.iter().collect::<Vec<_>>()))
}

fn text(compilation: &Compilation) -> &str {
    &compilation.sources.get(compilation.source).text
}

fn step(compilation: &Compilation, change: &Change) -> Step {
    let place = compilation.sources.get(compilation.source).position(change.at.start);
    Step { place, what: change.what.clone() }
}

/// The same program, or no more errors than before; and every comment.
fn is_no_worse(before: &Compilation, after: &Compilation) -> bool {
    let errors = |c: &Compilation| c.diagnostics.iter().filter(|d| d.is_error()).count();
    let means_the_same = match (&before.program, &after.program) {
        (Some(a), Some(b)) => meaning::of(a.clone()) == meaning::of(b.clone()),
        (Some(_), None) => false,
        (None, _) => errors(after) <= errors(before),
    };
    means_the_same && comments(before) == comments(after)
}

/// Sorted, as what moves takes its comments along.
fn comments(compilation: &Compilation) -> Vec<String> {
    let (document, _) = syntax::yaml::load(compilation.source, text(compilation));
    let mut all: Vec<String> = document.comments.iter().map(|c| c.text.trim().to_owned()).collect();
    all.sort_unstable();
    all
}
