//! One moment of a run, for people: the Play's own lines with what every condition came to.

use std::collections::BTreeMap;
use std::fmt::Write;

use backtest::explain::{ActionAt, CaseMisses, ConditionAt, Held, Moment};
use backtest::{Decision, DecisionKind};
use bytecode::Place;
use data::format_time;

use crate::explain::values;
use crate::words;

/// ANSI colours; all empty where the output is no terminal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Paint {
    yes: &'static str,
    no: &'static str,
    unknown: &'static str,
    faint: &'static str,
    off: &'static str,
}

impl Paint {
    #[must_use]
    pub fn terminal() -> Paint {
        Paint { yes: "\x1b[32m", no: "\x1b[31m", unknown: "\x1b[33m", faint: "\x1b[2m", off: "\x1b[0m" }
    }

    fn of(&self, truth: Option<bool>) -> &'static str {
        match truth {
            Some(true) => self.yes,
            Some(false) => self.no,
            None => self.unknown,
        }
    }
}

/// What the Play's actions came to at a moment. `source` is the Play's text, where there is one: then every condition
/// is shown in it, else as a list.
#[must_use]
pub fn text(moment: &Moment, source: Option<&str>, paint: Paint) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "At {}: {}", format_time(moment.at_ms), position(moment.position.as_ref()));
    for action in &moment.actions {
        let _ = writeln!(out, "\n{}", headline(action));
        if action.close_ms.is_none() || action.bars_to_warm > 0 {
            continue;
        }
        for case in &action.cases {
            match source {
                Some(source) => in_the_text(&mut out, &case.condition, source, paint),
                None => as_a_list(&mut out, &case.condition, 1, paint),
            }
        }
    }
    let _ = writeln!(out, "\n{}", decided(&moment.decisions));
    out
}

/// The bars on which each entry came closest.
#[must_use]
pub fn misses(all: &[CaseMisses]) -> String {
    let mut out = String::new();
    for case in all.iter().filter(|case| !case.misses.is_empty()) {
        let _ = writeln!(out, "\nNearest misses of {} (line {})", case.action, case.place.line);
        for miss in &case.misses {
            let time = format_time(miss.time_ms);
            let _ = writeln!(out, "  {time}  {} of {} held; failed:", miss.held, miss.of);
            for failed in &miss.failed {
                let values = values(failed);
                let gap = if values.is_empty() { "" } else { "   " };
                let _ = writeln!(out, "      {}{gap}{values}", failed.text);
            }
        }
    }
    out
}

fn position(held: Option<&Held>) -> String {
    let Some(held) = held else { return "no position".into() };
    let level = |name: &str, level: f64| {
        if level.is_finite() { format!(", {name} {}", words::value(level)) } else { String::new() }
    };
    format!(
        "{} {} since {} at {}{}{}",
        words::side(held.side),
        words::value(held.qty),
        format_time(held.entry_time),
        words::value(held.entry_price),
        level("stop", held.stop),
        level("target", held.target)
    )
}

fn headline(action: &ActionAt) -> String {
    let Some(close_ms) = action.close_ms else {
        return format!("{}: no {} bar has closed yet", action.action, action.timeframe);
    };
    let close = format!("{}, {} bar closed {}", action.action, action.timeframe, format_time(close_ms));
    if action.bars_to_warm > 0 {
        return format!("{close}: not evaluated, {} more bars are needed to be warm", action.bars_to_warm);
    }
    let truths: Vec<Option<bool>> = action.cases.iter().map(|case| case.condition.truth).collect();
    match &truths[..] {
        [one] => format!("{close}: {}", truth(*one)),
        several => match several.iter().position(|t| *t == Some(true)) {
            Some(case) => format!("{close}: case {} of {} holds", case + 1, several.len()),
            None => format!("{close}: none of {} cases holds", several.len()),
        },
    }
}

fn truth(truth: Option<bool>) -> &'static str {
    match truth {
        Some(true) => "true",
        Some(false) => "false",
        None => "unknown",
    }
}

/// Of a comparison, its two values.
fn told(condition: &ConditionAt) -> String {
    let truth = truth(condition.truth);
    match (condition.left, condition.right) {
        (Some(left), Some(right)) => format!("{truth}: {}", words::against(left, right)),
        (Some(left), None) => format!("{truth}: {} against a missing value", words::value(left)),
        (None, Some(right)) => format!("{truth}: a missing value against {}", words::value(right)),
        (None, None) => truth.into(),
    }
}

fn as_a_list(out: &mut String, condition: &ConditionAt, depth: usize, paint: Paint) {
    let colour = paint.of(condition.truth);
    let indent = "  ".repeat(depth);
    let _ = writeln!(out, "{indent}{colour}{}{}  {}", told(condition), paint.off, condition.text);
    for child in &condition.children {
        as_a_list(out, child, depth + 1, paint);
    }
}

/// What a condition came to, and where that is shown.
struct Mark<'c> {
    condition: &'c ConditionAt,
    place: Place,
    /// Part of a block: it is written in another file, so that its text has to be told.
    is_in_block: bool,
}

/// The lines of the Play that a condition covers, each followed by what the conditions on it came to.
fn in_the_text(out: &mut String, condition: &ConditionAt, source: &str, paint: Paint) {
    let mut marks: BTreeMap<u32, Vec<Mark<'_>>> = BTreeMap::new();
    collect(condition, condition.place, false, source, &mut marks);
    let lines = || marks.keys().copied();
    let (Some(first), Some(last)) = (lines().min(), lines().max()) else { return };
    let first = first.min(condition.place.line);
    for (number, line) in (1_u32..).zip(source.lines()) {
        if number < first || number > last {
            continue;
        }
        let _ = writeln!(out, "{}{number:>5} |{} {line}", paint.faint, paint.off);
        for mark in marks.get(&number).into_iter().flatten() {
            let at = " ".repeat(mark.place.col.saturating_sub(1) as usize);
            let (faint, off, colour) = (paint.faint, paint.off, paint.of(mark.condition.truth));
            let told = told(mark.condition);
            let _ = match mark.is_in_block {
                true => {
                    writeln!(out, "      {faint}|{off} {at}  {colour}{told}{off}   {}", mark.condition.text)
                }
                false => {
                    let width = underlined(mark.place, source, line);
                    writeln!(out, "      {faint}|{off} {at}{colour}{width} {told}{off}")
                }
            };
        }
    }
}

/// Conditions without parts, by line; those with parts where their value is not plain from the parts. What a block
/// brings along is shown where the Play uses it: `around` is the place of the condition around.
fn collect<'c>(
    condition: &'c ConditionAt,
    around: Place,
    in_block: bool,
    source: &str,
    marks: &mut BTreeMap<u32, Vec<Mark<'c>>>,
) {
    let is_foreign = !is_written_at(condition, source);
    let own = condition.place;
    // a block that is used twice has the place of its first use
    let is_inside = around.start <= own.start && own.end <= around.end;
    let place = if is_foreign && !is_inside { around } else { own };
    let parts = if in_block { &["all", "any", "not", "setup"][..] } else { &["all", "any", "not"] };
    let is_plain = parts.contains(&condition.kind) && !condition.children.is_empty();
    if !is_plain {
        let mark = Mark { condition, place, is_in_block: in_block };
        marks.entry(place.line).or_default().push(mark);
    }
    for child in &condition.children {
        collect(child, place, is_foreign, source, marks);
    }
}

/// Whether the condition is written in the Play at its place.
fn is_written_at(condition: &ConditionAt, source: &str) -> bool {
    let written = source.get(condition.place.start as usize..condition.place.end as usize);
    written.is_some_and(|written| written.split_whitespace().eq(condition.text.split_whitespace()))
}

/// As many marks as the condition has characters on its first line.
fn underlined(place: Place, source: &str, line: &str) -> String {
    let range = place.start as usize..place.end as usize;
    let text = source.get(range).and_then(|text| text.lines().next()).unwrap_or_default();
    let room = line.chars().count().saturating_sub(place.col.saturating_sub(1) as usize);
    "~".repeat(text.trim_end().chars().count().clamp(1, room.max(1)))
}

fn decided(decisions: &[Decision]) -> String {
    if decisions.is_empty() {
        return "Nothing was ordered at this close.".into();
    }
    let words = decisions.iter().map(|decision| match decision.kind {
        DecisionKind::EnterLong => "enter long".into(),
        DecisionKind::EnterShort => "enter short".into(),
        DecisionKind::Exit(reason) => format!("exit ({})", reason.as_str()),
        DecisionKind::Protect => format!(
            "stop {}, target {}",
            words::value_or_none(decision.price),
            words::value_or_none(decision.amount)
        ),
        DecisionKind::CancelEntry => "cancel the waiting entry".into(),
        DecisionKind::Halt => "halt: the drawdown limit was reached".into(),
    });
    format!("Ordered at this close: {}.", words.collect::<Vec<String>>().join("; "))
}
