//! The order of rows: what period they have, sorting, and rows that stand for the same time.

use std::collections::BTreeMap;
use std::ops::Range;

use bars::Timeframe;

use crate::certificate::{DefectKind, Order, Place};
use crate::defects;
use crate::error::{DataError, Kind};
use crate::settle::Findings;
use crate::table::Table;

/// The period of the bars: the difference between neighbours in time that prevails.
pub(crate) fn detect_timeframe(table: &Table, place: &str) -> Result<Timeframe, DataError> {
    let give = "say the period of the bars, such as 1m or 1h";
    let error = |what: String, next: &str| DataError::new(Kind::Timeframe, place, what, next);
    let times = &table.time_ms;
    let differences = if times.is_sorted() || times.iter().rev().is_sorted() {
        count_differences(times)
    } else {
        let mut sorted = times.clone();
        sorted.sort_unstable();
        count_differences(&sorted)
    };
    // Of two equally common ones the smaller, which is the one met first.
    let common = differences.iter().fold(None, |best: Option<(i64, usize)>, (&ms, &count)| match best {
        Some((_, most)) if most >= count => best,
        _ => Some((ms, count)),
    });
    // Where bars exist only for minutes with trades no difference prevails; the smallest that can be a period is it.
    let all: usize = differences.values().sum();
    let smallest = differences.keys().copied().find(|&ms| Timeframe::from_ms(ms).is_some());
    let common = match (common, smallest) {
        (Some((_, count)), Some(smallest)) if count * 2 < all => Some(smallest),
        (common, _) => common.map(|(ms, _)| ms),
    };
    let Some(ms) = common else {
        let what = format!("{} bar of one time does not tell the period", times.len());
        return Err(error(what, give));
    };
    Timeframe::from_ms(ms).ok_or_else(|| {
        let what =
            format!("the bars are {} apart, which is not a period that is supported", defects::duration(ms));
        error(what, "use periods of whole minutes that divide a day, days, or weeks from Monday")
    })
}

/// How often each difference greater than zero occurs. Runs of one difference are counted at once.
fn count_differences(times: &[i64]) -> BTreeMap<i64, usize> {
    let mut counts = BTreeMap::new();
    let (mut run_ms, mut run) = (0, 0);
    for pair in times.windows(2) {
        let ms = pair[1].abs_diff(pair[0]).min(i64::MAX as u64) as i64;
        if ms != run_ms {
            *counts.entry(run_ms).or_default() += run;
            (run_ms, run) = (ms, 0);
        }
        run += 1;
    }
    *counts.entry(run_ms).or_default() += run;
    counts.remove(&0);
    counts
}

/// Leaves the good rows in strictly increasing time, one each, and writes down what it met.
pub(crate) fn arrange(table: &mut Table, bad: Option<&[bool]>, findings: &mut Findings) {
    let times = &table.time_ms;
    findings.order = match () {
        () if times.is_sorted() => Order::Sorted,
        () if times.iter().rev().is_sorted() => Order::Reversed,
        () => Order::Unsorted,
    };
    let strict = times.windows(2).all(|t| t[0] != t[1]);
    if bad.is_none() && strict && findings.order != Order::Unsorted {
        if findings.order == Order::Reversed {
            table.reverse();
        }
        return;
    }
    let mut rows: Vec<usize> = (0..times.len()).filter(|&r| bad.is_none_or(|bad| !bad[r])).collect();
    findings.rows_bad = times.len() - rows.len();
    rows.sort_by_key(|&r| times[r]);
    let mut kept = Vec::with_capacity(rows.len());
    let mut first = 0;
    while first < rows.len() {
        let same = rows[first..].iter().take_while(|&&r| times[r] == times[rows[first]]).count();
        keep_one(table, &rows, first..first + same, &mut kept, findings);
        first += same;
    }
    table.pick(&kept);
}

/// One of identical rows is kept; of rows that contradict each other none, as no one knows which is true.
fn keep_one(
    table: &Table,
    rows: &[usize],
    group: Range<usize>,
    kept: &mut Vec<usize>,
    findings: &mut Findings,
) {
    let (&first, others) = rows[group].split_first().expect("a group begins with a row");
    let Some(&other) = others.iter().find(|&&r| !table.same(first, r)) else {
        findings.duplicates_identical += others.len();
        kept.push(first);
        return;
    };
    findings.rows_bad += others.len() + 1;
    defects::add(&mut findings.defects, DefectKind::ConflictingDuplicate, || Place {
        row: table.place(first),
        time_ms: table.time_ms[first],
        what: format!("differs from {}", table.place(other)),
    });
}
