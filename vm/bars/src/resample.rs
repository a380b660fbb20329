//! Slower bars from faster ones.

use crate::bars::{Bars, Series};
use crate::column::Column;
use crate::timeframe::Timeframe;

/// Bars of a slower timeframe, each from the faster bars that exist within it: first open, highest high, lowest low,
/// last close, sum of volumes; a named series gives its last value. Highs and lows that are missing are passed over.
///
/// A slower bar that begins before the data or ends after it is left out: it would be made of a part only.
/// `None` when `to` is not a whole multiple of the bars' timeframe.
#[must_use]
pub fn resample(bars: &Bars, to: Timeframe) -> Option<Bars> {
    if !to.is_multiple_of(bars.timeframe) {
        return None;
    }
    if to == bars.timeframe {
        return Some(bars.clone());
    }
    let groups = groups(bars, to);
    let rows = groups.len();
    let mut volume = Vec::with_capacity(rows);
    let (mut open, mut high) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let (mut low, mut close) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    for &(_, first, end) in &groups {
        open.push(bars.open[first]);
        high.push(bars.high[first..end].iter().copied().fold(f64::NAN, f64::max));
        low.push(bars.low[first..end].iter().copied().fold(f64::NAN, f64::min));
        close.push(bars.close[end - 1]);
        volume.push(bars.volume[first..end].iter().sum());
    }
    let last =
        |column: &Column<f64>| groups.iter().map(|&(_, _, end)| column[end - 1]).collect::<Vec<_>>().into();
    Some(Bars {
        timeframe: to,
        open_time: groups.iter().map(|g| g.0).collect::<Vec<_>>().into(),
        open: open.into(),
        high: high.into(),
        low: low.into(),
        close: close.into(),
        volume: volume.into(),
        series: bars
            .series
            .iter()
            .map(|s| Series { name: s.name.clone(), values: last(&s.values) })
            .collect(),
    })
}

/// (opening time, first fast bar, end) of every whole slower bar.
fn groups(bars: &Bars, to: Timeframe) -> Vec<(i64, usize, usize)> {
    let times = &bars.open_time;
    let (Some(&begin), Some(&last)) = (times.first(), times.last()) else { return Vec::new() };
    let end_ms = last + bars.timeframe.ms();
    let mut groups = Vec::with_capacity(times.len() / (to.ms() / bars.timeframe.ms()).max(1) as usize + 2);
    let mut first = 0;
    while first < times.len() {
        let open = to.open_of(times[first]);
        let end = first + times[first..].partition_point(|&t| t < open + to.ms());
        if open >= begin && open + to.ms() <= end_ms {
            groups.push((open, first, end));
        }
        first = end;
    }
    groups
}
