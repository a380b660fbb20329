//! Why orders were not sent, in words; and why a run has no trades at all.

use backtest::funnel::Conjunct;
use backtest::{CaseFunnel, Grade};
use data::format_time;
use kernel::Refusal;

use crate::words::{count, share};
use crate::{Run, words};

/// Of the bars on which a case held: how many came to nothing, and why.
#[must_use]
pub fn blocked(case: &CaseFunnel) -> Vec<(usize, String)> {
    let by = &case.blocked;
    let position = if enters(case) { "a position was open" } else { "no position of this side was open" };
    let reasons = [
        (by.earlier_case, "an earlier case of this action was taken"),
        (by.position, position),
        (by.pending_order, "a limit entry was waiting"),
        (by.side, "position_policy.mode allows the other side only"),
        (by.exit_mode, "exit_mode turns signal exits off"),
    ];
    let reasons = reasons.into_iter().filter(|(bars, _)| *bars > 0);
    let mut lines: Vec<(usize, String)> = reasons.map(|(bars, why)| (bars, why.to_owned())).collect();
    lines.extend(by.refused.iter().map(|(refusal, times)| (*times as usize, refused(*refusal))));
    lines
}

#[must_use]
pub fn refused(refusal: Refusal) -> String {
    format!("refused: {}", refusal.words())
}

#[must_use]
pub fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Exact => "exact",
        Grade::Approximated => "approximated",
        Grade::NotModelled => "not modelled",
    }
}

/// Clocks that lack warm-up, one line each.
#[must_use]
pub fn missing_bars(run: &Run<'_>) -> Vec<String> {
    let line = |m: &backtest::result::MissingBars| {
        let more = m.needed.saturating_sub(m.have);
        format!(
            "{}: the Play needs {} bars to warm up, the data has {}; {} more are missing",
            m.timeframe,
            count(m.needed),
            count(m.have),
            count(more)
        )
    };
    run.result.missing_bars.iter().map(line).collect()
}

/// The reasons, the first one first; empty for a run with trades.
#[must_use]
pub fn no_trades(run: &Run<'_>) -> Vec<String> {
    if !run.result.trades.is_empty() {
        return Vec::new();
    }
    let mut lines = missing_bars(run);
    if run.result.span.bars == 0 {
        lines.push("No bar was evaluated: the data ends before everything the Play reads is warm.".into());
        return lines;
    }
    let cases = run.result.funnel.iter().flat_map(|a| a.cases.iter().map(move |c| (a.action.as_str(), c)));
    let entries: Vec<(&str, &CaseFunnel)> = cases.filter(|(_, case)| enters(case)).collect();
    if entries.is_empty() {
        lines.push("No action of the Play enters a position.".into());
    }
    lines.extend(entries.into_iter().map(|(action, case)| why_not(action, case)));
    lines
}

fn enters(case: &CaseFunnel) -> bool {
    case.emits.iter().any(|a| words::action(*a).starts_with("entry"))
}

fn why_not(action: &str, case: &CaseFunnel) -> String {
    let head = format!("{action} (line {})", case.place.line);
    if case.held == Some(0) {
        return format!("{head} never held on {} bars{}{}", count(case.bars), rarest(case), nearest(case));
    }
    if case.sent > 0 {
        return format!("{head} sent {} entries, of which none was filled", case.sent);
    }
    let reasons: Vec<String> =
        blocked(case).into_iter().map(|(bars, why)| format!("{} x {why}", count(bars))).collect();
    match (case.held, reasons.is_empty()) {
        (Some(held), false) => format!("{head} held on {} bars, but: {}", count(held), reasons.join("; ")),
        (Some(held), true) => {
            format!("{head} held on {} bars without an order: too late to be filled", count(held))
        }
        (None, _) => format!("{head} depends on the position, which never was"),
    }
}

/// The condition that held least, where there are several.
fn rarest(case: &CaseFunnel) -> String {
    let known = case.conjuncts.iter().filter_map(|c| Some((c.held?, c)));
    match known.min_by_key(|(held, _)| *held) {
        Some((held, conjunct)) if case.conjuncts.len() > 1 => {
            format!("; rarest: `{}`, on {} ({})", conjunct.text, count(held), share(held, case.bars))
        }
        _ => String::new(),
    }
}

fn nearest(case: &CaseFunnel) -> String {
    let Some(miss) = &case.nearest else { return String::new() };
    format!("; nearest on {}, when {} of {} held", format_time(miss.time_ms), miss.held, miss.of)
}

/// `between` is two conditions with one text: which of them the one at this index is.
#[must_use]
pub fn bound(conjuncts: &[Conjunct], at: usize) -> &'static str {
    let is_same = |other: Option<&Conjunct>| {
        other.zip(conjuncts.get(at)).is_some_and(|(a, b)| a.place == b.place && a.text == b.text)
    };
    match (
        is_same(conjuncts.get(at + 1)),
        is_same(at.checked_sub(1).and_then(|before| conjuncts.get(before))),
    ) {
        (true, false) => " (lower bound)",
        (false, true) => " (upper bound)",
        _ => "",
    }
}

/// The values of a condition that failed.
#[must_use]
pub fn values(failed: &backtest::nearest::Failed) -> String {
    match (failed.left, failed.right) {
        (Some(left), Some(right)) => {
            format!("{}{}", words::against(left, right), crossed_before(&failed.text, left, right))
        }
        (Some(one), None) | (None, Some(one)) => words::value(one),
        (None, None) => String::new(),
    }
}

/// Why a crossing failed whose sides stand right.
fn crossed_before(text: &str, left: f64, right: f64) -> &'static str {
    let is = |word: &str| text.contains("cross") && text.contains(word);
    match (is("above") && left > right, is("below") && left < right) {
        (true, _) => ", but it was above before",
        (_, true) => ", but it was below before",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::crossed_before;

    #[test]
    fn a_crossing_that_is_over_says_so() {
        assert_eq!(crossed_before("a crosses above b", 2.0, 1.0), ", but it was above before");
        assert_eq!(crossed_before("[a, cross_below, b]", 1.0, 2.0), ", but it was below before");
        assert_eq!(crossed_before("a crosses above b", 1.0, 2.0), "");
        assert_eq!(crossed_before("a > b", 2.0, 1.0), "");
    }
}
