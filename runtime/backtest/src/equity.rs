//! The equity curve, from the ledger and the closes, in one pass after the run.

use crate::options::EquityDetail;
use crate::path::{ClockOnPath, Path};
use crate::record::Ledger;
use crate::result::Equity;

const DAY_MS: i64 = 86_400_000;

/// `end` is the boundary at which the run ended.
#[must_use]
pub fn equity(
    ledger: &[Ledger],
    exec: &ClockOnPath<'_>,
    path: &Path<'_>,
    end: usize,
    detail: EquityDetail,
) -> Equity {
    let last_bar = exec.closed_by(end);
    let first = exec.first.min(last_bar);
    let Some(start) = ledger.first() else { return Equity::default() };
    let begin_ms = exec.open_ms.get(first).copied().unwrap_or(path.time_ms[0]);
    let mut curve = Equity { time_ms: vec![begin_ms], equity: vec![start.cash] };
    match detail {
        EquityDetail::Full => {
            curve.time_ms.extend(exec.open_ms[first..last_bar].iter().map(|&t| t + exec.bar_ms));
            every_close(ledger, exec, first, last_bar, &mut curve.equity);
        }
        EquityDetail::Daily => day_ends(ledger, exec, first, last_bar, &mut curve),
    }
    end_exactly(ledger, path, end, &mut curve);
    curve
}

fn every_close(ledger: &[Ledger], exec: &ClockOnPath<'_>, first: usize, last_bar: usize, out: &mut Vec<f64>) {
    out.reserve(last_bar - first + 2);
    let mut bar = first;
    for (record, next) in ledger.iter().zip(ledger.iter().skip(1).map(Some).chain([None])) {
        // The closes up to the boundary before the next record's.
        let until = next.map_or(last_bar, |n| exec.closed_by(n.from.saturating_sub(1))).min(last_bar);
        if until <= bar {
            continue;
        }
        let closes = &exec.close[bar..until];
        if record.qty == 0.0 {
            out.extend(closes.iter().map(|_| record.cash));
        } else {
            out.extend(closes.iter().map(|&close| record.equity(close)));
        }
        bar = until;
    }
}

fn day_ends(ledger: &[Ledger], exec: &ClockOnPath<'_>, first: usize, last_bar: usize, curve: &mut Equity) {
    let bars_a_day = (DAY_MS / exec.bar_ms).max(1) as usize;
    let mut bar = first;
    let mut record = 0;
    while bar < last_bar {
        // A bar that closes at midnight belongs to the day that ends there.
        let day_end = (exec.close_ms(bar) - 1).div_euclid(DAY_MS) * DAY_MS + DAY_MS;
        let in_day = |&t: &i64| t + exec.bar_ms <= day_end;
        let part = &exec.open_ms[bar..last_bar.min(bar + bars_a_day)];
        // Most days are whole.
        let day = if part.last().is_some_and(in_day) { part.len() } else { part.partition_point(in_day) };
        let last = bar + day.max(1) - 1;
        let boundary = exec.boundary_of(last);
        record = latest(ledger, record, boundary);
        curve.time_ms.push(exec.close_ms(last));
        curve.equity.push(ledger[record].equity(exec.close[last]));
        bar = last + 1;
    }
}

/// The last record in force at this boundary, from one known to be: in steps that double, as days differ in trades.
fn latest(ledger: &[Ledger], from: usize, boundary: usize) -> usize {
    let mut step = 1;
    while from + step < ledger.len() && ledger[from + step].from <= boundary {
        step *= 2;
    }
    let part = &ledger[from + step / 2..ledger.len().min(from + step)];
    from + step / 2 + part.partition_point(|l| l.from <= boundary) - 1
}

/// The last point is what is left after the last fill, at the last close of the path.
fn end_exactly(ledger: &[Ledger], path: &Path<'_>, end: usize, curve: &mut Equity) {
    let last = end.min(path.len()) - 1;
    let (Some(record), Some(&time_ms)) = (ledger.last(), curve.time_ms.last()) else { return };
    let equity = record.equity(path.close[last]);
    if time_ms < path.close_ms(last) {
        curve.time_ms.push(path.close_ms(last));
        curve.equity.push(equity);
    } else if let Some(point) = curve.equity.last_mut() {
        *point = equity;
    }
}
