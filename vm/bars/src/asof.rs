//! Which value of one clock is known at the instants of another.

use crate::bars::Bars;

/// For each instant of `at` the index of the last of `times` that is not later; `None` before the first.
/// Both are sorted; `times` may repeat (the last of equals counts).
#[must_use]
pub fn as_of(times: &[i64], at: &[i64]) -> Vec<Option<usize>> {
    let mut next = 0;
    at.iter()
        .map(|&instant| {
            while next < times.len() && times[next] <= instant {
                next += 1;
            }
            next.checked_sub(1)
        })
        .collect()
}

/// For each bar of `fast` the last bar of `slow` that has closed when it closes: never an unfinished bar, never
/// later than the next bar of `slow` after a gap.
#[must_use]
pub fn closed_as_of(slow: &Bars, fast: &Bars) -> Vec<Option<usize>> {
    let closes = |bars: &Bars| bars.open_time.iter().map(|&t| t + bars.timeframe.ms()).collect::<Vec<_>>();
    as_of(&closes(slow), &closes(fast))
}
