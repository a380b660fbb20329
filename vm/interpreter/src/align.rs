//! Values of a slower clock on a faster one: as of the close of each bar (L7).

use crate::registers::BitsMut;

/// Up to (not including) bar `end` of the block, row `row` of the slower clock is the latest that has closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    pub end: usize,
    /// `None` before the first.
    pub row: Option<usize>,
}

/// The segments of a block. Both times are openings, sorted; a bar closes its period later.
pub fn segments(slow: (&[i64], i64), fast: (&[i64], i64), out: &mut Vec<Segment>) {
    out.clear();
    let ((slow_open, slow_ms), (fast_open, fast_ms)) = (slow, fast);
    let Some(&first) = fast_open.first() else { return };
    // The latest opening of a slow bar that has closed when a fast bar that opens at `open` closes.
    let visible = |open: i64| open.saturating_add(fast_ms).saturating_sub(slow_ms);
    let mut next = slow_open.partition_point(|&t| t <= visible(first));
    for (bar, &open) in fast_open.iter().enumerate() {
        let before = next;
        while next < slow_open.len() && slow_open[next] <= visible(open) {
            next += 1;
        }
        if next != before {
            out.push(Segment { end: bar, row: before.checked_sub(1) });
        }
    }
    out.push(Segment { end: fast_open.len(), row: next.checked_sub(1) });
}

pub fn numbers(segments: &[Segment], slow: &[f64], out: &mut [f64]) {
    let mut from = 0;
    for segment in segments {
        out[from..segment.end].fill(segment.row.map_or(f64::NAN, |row| slow[row]));
        from = segment.end;
    }
}

pub fn conditions(segments: &[Segment], slow: (&[u64], &[u64]), out: &mut BitsMut<'_>, bars: usize) {
    let words = bars.div_ceil(64);
    out.known[..words].fill(0);
    out.truth[..words].fill(0);
    let mut from = 0;
    for segment in segments {
        if let Some(row) = segment.row {
            let (word, bit) = (row / 64, row % 64);
            if (slow.0[word] >> bit) & 1 == 1 {
                set(out.known, from, segment.end);
            }
            if (slow.1[word] >> bit) & 1 == 1 {
                set(out.truth, from, segment.end);
            }
        }
        from = segment.end;
    }
}

/// Sets the bits from `from` up to `end`.
fn set(words: &mut [u64], mut from: usize, end: usize) {
    while from < end {
        let (word, bit) = (from / 64, from % 64);
        let count = (end - from).min(64 - bit);
        words[word] |= crate::kleene::low_bits(count) << bit;
        from += count;
    }
}
