//! Rows that cannot be right.

use bars::Timeframe;

use crate::certificate::{Defect, DefectKind, Place};
use crate::table::Table;

/// Places named for each kind of defect.
pub(crate) const PLACES_MAX: usize = 5;
/// Rows are looked at in blocks: a block is first asked as a whole whether anything is wrong in it.
const BLOCK: usize = 1024;

/// The defects of single rows, and which rows are bad (`None`: not one).
pub(crate) fn scan(table: &Table, timeframe: Timeframe) -> (Vec<Defect>, Option<Vec<bool>>) {
    let mut defects: Vec<Defect> = Vec::new();
    let mut bad: Option<Vec<bool>> = None;
    let rows = table.rows();
    for first in (0..rows).step_by(BLOCK) {
        let end = (first + BLOCK).min(rows);
        if is_clean(table, first, end, timeframe) {
            continue;
        }
        for row in first..end {
            let Some((kind, what)) = defect(table, row, timeframe) else { continue };
            bad.get_or_insert_with(|| vec![false; rows])[row] = true;
            let place = || Place { row: table.place(row), time_ms: table.time_ms[row], what };
            add(&mut defects, kind, place);
        }
    }
    defects.sort_by_key(|d| d.kind);
    (defects, bad)
}

/// Counts a defect, and names its place while few are named.
pub(crate) fn add(defects: &mut Vec<Defect>, kind: DefectKind, place: impl FnOnce() -> Place) {
    let at = defects.iter().position(|d| d.kind == kind).unwrap_or_else(|| {
        defects.push(Defect { kind, rows: 0, places: Vec::new() });
        defects.len() - 1
    });
    let defect = &mut defects[at];
    defect.rows += 1;
    if defect.places.len() < PLACES_MAX {
        defect.places.push(place());
    }
}

/// Without branches on values, so that it runs over many rows at a time.
fn is_clean(table: &Table, first: usize, end: usize, timeframe: Timeframe) -> bool {
    let [open, high, low, close] = table.prices.each_ref().map(|column| &column[first..end]);
    let (volume, times) = (&table.volume[first..end], &table.time_ms[first..end]);
    let mut bad = false;
    for row in 0..end - first {
        let (o, h, l, c) = (open[row], high[row], low[row], close[row]);
        // A comparison with NaN is false: each is written so that false means bad.
        let inside = (h >= o) & (h >= c) & (l <= o) & (l <= c);
        let sound = inside & (l > 0.0) & (h < f64::INFINITY);
        bad |= !sound | (volume[row] < 0.0) | (volume[row] == f64::INFINITY);
    }
    let aligned = times.iter().fold(true, |all, &t| all & (timeframe.open_of(t) == t));
    !bad & aligned
}

fn defect(table: &Table, row: usize, timeframe: Timeframe) -> Option<(DefectKind, String)> {
    let [open, high, low, close] = table.prices.each_ref().map(|column| column[row]);
    let shown = format!("open {open}, high {high}, low {low}, close {close}");
    let prices = [open, high, low, close];
    if prices.iter().any(|p| !p.is_finite()) {
        return Some((DefectKind::NotFinite, shown));
    }
    if prices.iter().any(|&p| p <= 0.0) {
        return Some((DefectKind::NotPositive, shown));
    }
    if high < open.max(close) || low > open.min(close) {
        return Some((DefectKind::OhlcViolation, shown));
    }
    let volume = table.volume[row];
    if volume < 0.0 || volume.is_infinite() {
        return Some((DefectKind::NegativeVolume, format!("volume {volume}")));
    }
    let time = table.time_ms[row];
    let off = time - timeframe.open_of(time);
    let what = || format!("{} after the opening of a {timeframe} bar", duration(off));
    (off != 0).then(|| (DefectKind::Misaligned, what()))
}

/// `59.999 s`, `15 min`, `22 h`.
pub(crate) fn duration(ms: i64) -> String {
    match ms {
        ms if ms % 86_400_000 == 0 => format!("{} d", ms / 86_400_000),
        ms if ms % 3_600_000 == 0 => format!("{} h", ms / 3_600_000),
        ms if ms % 60_000 == 0 => format!("{} min", ms / 60_000),
        ms => format!("{} s", ms as f64 / 1_000.0),
    }
}
