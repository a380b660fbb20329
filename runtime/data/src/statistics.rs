//! What can be said of good bars: gaps, jumps, volume, the step of prices.

use bars::Bars;

use crate::certificate::{Gap, Gaps, Jump, Jumps, SeriesNote};

/// Gaps and jumps listed one by one.
const LISTED_MAX: usize = 5;
/// A jump is a change beyond this many robust standard deviations (from the median) ...
const JUMP_SIGMAS: f64 = 40.0;
/// ... and beyond this share, so that a market that hardly moves has no jumps of a tick.
const JUMP_SHARE_MIN: f64 = 0.02;
/// The median is taken over at most this many changes, evenly spread.
const SAMPLE_MAX: usize = 16_384;
/// The standard deviation of a normal distribution over its median absolute value.
const SIGMA_OF_MEDIAN: f64 = 1.482_602_218_505_602;

pub(crate) fn gaps(bars: &Bars) -> Gaps {
    let period = bars.timeframe.ms();
    let mut gaps = Gaps::default();
    for pair in bars.open_time.windows(2).filter(|pair| pair[1] - pair[0] != period) {
        let missing = ((pair[1] - pair[0]) / period - 1) as usize;
        gaps.count += 1;
        gaps.bars_missing += missing;
        gaps.largest.push(Gap { from_ms: pair[0] + period, to_ms: pair[1], bars: missing });
        if gaps.largest.len() > 1_000 {
            keep_largest(&mut gaps.largest, |gap| gap.bars as f64);
        }
    }
    keep_largest(&mut gaps.largest, |gap| gap.bars as f64);
    gaps
}

/// Changes from close to close that stand far out. The larger over the smaller price stands for the logarithm of the
/// change: order, and so the median, are the same.
pub(crate) fn jumps(bars: &Bars) -> Jumps {
    let close = &bars.close[..];
    let ratio = |pair: &[f64]| (pair[1] / pair[0]).max(pair[0] / pair[1]);
    let step = (close.len() / SAMPLE_MAX).max(1);
    let mut sample: Vec<f64> = close.windows(2).step_by(step).map(ratio).collect();
    if sample.is_empty() {
        return Jumps::default();
    }
    let middle = sample.len() / 2;
    let median = *sample.select_nth_unstable_by(middle, f64::total_cmp).1;
    let sigma = SIGMA_OF_MEDIAN * libm::log(median);
    let threshold = libm::exp(JUMP_SIGMAS * sigma).max(1.0 + JUMP_SHARE_MIN);
    let mut jumps = Jumps { threshold_pct: (threshold - 1.0) * 100.0, ..Jumps::default() };
    for (before, pair) in close.windows(2).enumerate().filter(|(_, pair)| ratio(pair) > threshold) {
        jumps.count += 1;
        let change_pct = (pair[1] / pair[0] - 1.0) * 100.0;
        jumps.largest.push(Jump { open_ms: bars.open_time[before + 1], change_pct });
        if jumps.largest.len() > 1_000 {
            keep_largest(&mut jumps.largest, |jump| jump.change_pct.abs());
        }
    }
    keep_largest(&mut jumps.largest, |jump| jump.change_pct.abs());
    jumps
}

/// Largest first; of equals the earlier.
fn keep_largest<T>(list: &mut Vec<T>, size: impl Fn(&T) -> f64) {
    list.sort_by(|a, b| size(b).total_cmp(&size(a)));
    list.truncate(LISTED_MAX);
}

/// The share of bars with a volume of zero among those with a known one, and how many have none.
pub(crate) fn volume(bars: &Bars) -> (f64, usize) {
    let missing = bars.volume.iter().filter(|v| v.is_nan()).count();
    let zero = bars.volume.iter().filter(|&&v| v == 0.0).count();
    let known = bars.len() - missing;
    (if known == 0 { 0.0 } else { zero as f64 / known as f64 }, missing)
}

pub(crate) fn series(bars: &Bars) -> Vec<SeriesNote> {
    let note = |s: &bars::Series| SeriesNote {
        name: s.name.clone(),
        missing: s.values.iter().filter(|v| v.is_nan()).count(),
    };
    bars.series.iter().map(note).collect()
}

/// The largest step that a spread sample of prices are all multiples of; `None` when they have no common decimals.
pub(crate) fn tick_size(bars: &Bars) -> Option<f64> {
    let step = (bars.len() / 2_048).max(1);
    let columns = [&bars.open, &bars.high, &bars.low, &bars.close];
    let sample: Vec<f64> = columns.iter().flat_map(|c| c.iter().step_by(step).copied()).collect();
    let scale = std::iter::successors(Some(1.0_f64), |scale| Some(scale * 10.0)).take(11).find(|scale| {
        sample.iter().all(|p| {
            let scaled = p * scale;
            scaled < 9e15 && (scaled - scaled.round()).abs() <= 1e-9 * scaled.max(1.0)
        })
    })?;
    let step = sample.iter().fold(0_u64, |step, p| gcd(step, (p * scale).round() as u64));
    (step > 0).then(|| step as f64 / scale)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
