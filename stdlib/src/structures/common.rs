//! What the detectors share: the bar, the ATR they measure by, rows of outputs.

use serde::{Deserialize, Serialize};

use crate::params::{Default, Param, ParamType};

/// Words of a direction that is missing before the first event.
pub(super) const SIDES: &[&str] = &["bullish", "bearish"];
/// Words of a direction that is `none` before the first event.
pub(super) const SIDES_OR_NONE: &[&str] = &["none", "bullish", "bearish"];

/// The parameter by which a detector takes its ATR.
pub(super) const ATR_KEY: Param = Param {
    name: "atr_key",
    ty: ParamType::Feature,
    default: Default::Absent,
    doc: "the ATR feature that distances are measured in; when not given, ATR(14) is computed inside",
};

/// Bars until the ATR computed inside has forgotten its seed.
pub(super) fn atr_warmup(given: bool, w: crate::signature::Warmup) -> usize {
    if given { 0 } else { ATR_LENGTH + w.smoothing(1.0 / ATR_LENGTH as f64) }
}

/// The places of the bars of a block.
pub(super) fn bars(column: &[f64]) -> std::ops::Range<usize> {
    0..column.len()
}

/// Writes one bar of every output.
#[inline]
pub(super) fn put<const N: usize>(outputs: &mut [&mut [f64]], t: usize, row: [f64; N]) {
    debug_assert_eq!(outputs.len(), N, "the row and the declared outputs differ");
    for (out, value) in outputs.iter_mut().zip(row) {
        out[t] = value;
    }
}

/// Every output of this bar is missing.
pub(super) fn put_missing(outputs: &mut [&mut [f64]], t: usize) {
    for out in outputs.iter_mut() {
        out[t] = f64::NAN;
    }
}

/// Writes rows that seldom change: every column that is read is filled in runs of equal bars.
pub(super) struct Runs<'a, const N: usize> {
    since: usize,
    row: [f64; N],
    read: &'a [usize],
}

impl<const N: usize> Runs<'_, N> {
    pub fn new(read: &[usize]) -> Runs<'_, N> {
        Runs { since: 0, row: [f64::NAN; N], read }
    }

    /// From bar `t` of the block on, the outputs are these figures.
    #[inline]
    pub fn turn(&mut self, outputs: &mut [&mut [f64]], t: usize, figure: impl Fn(usize) -> f64) {
        self.fill(outputs, t);
        self.read.iter().for_each(|&k| self.row[k] = figure(k));
    }

    /// Writes what is not yet written of the bars before `end`.
    pub fn fill(&mut self, outputs: &mut [&mut [f64]], end: usize) {
        debug_assert_eq!(outputs.len(), N, "the row and the declared outputs differ");
        self.read.iter().for_each(|&k| outputs[k][self.since..end].fill(self.row[k]));
        self.since = end;
    }
}

/// The value of an optional input on this bar; missing when the input was not given.
#[inline]
pub(super) fn optional(column: &[f64], t: usize) -> f64 {
    column.get(t).copied().unwrap_or(f64::NAN)
}

#[inline]
pub(super) fn flag(on: bool) -> f64 {
    f64::from(u8::from(on))
}

/// A bar number, or missing.
#[inline]
pub(super) fn bar_number(bar: Option<u64>) -> f64 {
    bar.map_or(f64::NAN, |b| b as f64)
}

/// A level of a bar that is known so far, with that bar's number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Pivot {
    pub level: f64,
    pub bar: u64,
}

impl Pivot {
    /// From a level column and a bar-number column; `None` while either is missing.
    #[inline]
    pub fn read(level: f64, bar: f64) -> Option<Pivot> {
        (level.is_finite() && bar >= 0.0).then_some(Pivot { level, bar: bar as u64 })
    }
}

pub(super) fn level(pivot: Option<Pivot>) -> f64 {
    pivot.map_or(f64::NAN, |p| p.level)
}

pub(super) fn bar_of(pivot: Option<Pivot>) -> f64 {
    bar_number(pivot.map(|p| p.bar))
}

/// 64 bits that name these words: the finaliser of SplitMix64, word after word.
pub(super) fn name_of(words: &[u64]) -> u64 {
    words.iter().fold(0x9E37_79B9_7F4A_7C15, |name, word| {
        let mut z = (name ^ word).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    })
}

/// Tells whether a counter that another structure carries has moved since it was last asked.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Watch(u64);

impl Watch {
    #[inline]
    pub fn moved(&mut self, version: f64) -> bool {
        let version = version as u64;
        let moved = version != self.0;
        self.0 = version;
        moved
    }
}

const ATR_LENGTH: usize = 14;

/// The ATR that a detector measures by: the feature of `atr_key`, else TA-Lib's ATR(14) of its own bars.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Atr {
    given: bool,
    last_close: f64,
    /// True ranges seen, up to the length.
    seen: usize,
    value: f64,
}

impl Atr {
    pub fn new(given: bool) -> Atr {
        Atr { given, last_close: f64::NAN, seen: 0, value: 0.0 }
    }

    /// The ATR of this bar; `None` while there is none, or when it is not positive.
    #[inline]
    pub fn step(&mut self, high: f64, low: f64, close: f64, column: &[f64], t: usize) -> Option<f64> {
        let value = if self.given { optional(column, t) } else { self.own(high, low, close) };
        (value.is_finite() && value > 0.0).then_some(value)
    }

    fn own(&mut self, high: f64, low: f64, close: f64) -> f64 {
        let before = std::mem::replace(&mut self.last_close, close);
        if before.is_nan() {
            return f64::NAN;
        }
        let range = (high - low).max((high - before).abs()).max((low - before).abs());
        let n = ATR_LENGTH as f64;
        if self.seen >= ATR_LENGTH {
            self.value = (self.value * (n - 1.0) + range) / n;
            return self.value;
        }
        self.seen += 1;
        self.value += range;
        if self.seen < ATR_LENGTH {
            return f64::NAN;
        }
        self.value /= n;
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_atr_starts_like_talib_at_bar_14() {
        let mut atr = Atr::new(false);
        let values: Vec<Option<f64>> =
            (0..16).map(|i| atr.step(10.0 + f64::from(i), 9.0, 9.5, &[], 0)).collect();
        assert!(values[..14].iter().all(Option::is_none));
        // True ranges of bars 1 to 14 are 2, 3, .. 15; their mean is 8.5; then (13 * 8.5 + 16) / 14.
        assert_eq!(values[14], Some(8.5));
        assert_eq!(values[15], Some((13.0 * 8.5 + 16.0) / 14.0));
    }
}
