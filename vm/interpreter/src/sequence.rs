//! Sequences of conditions. Unknown counts as not true; the result is always known.
//!
//! A later step may follow any earlier one that is near enough, so the latest earlier one decides: whatever is
//! near enough to an older one is nearer to it. For a limit on the whole, the bar on which a sequence began is
//! carried along; of the sequences that reach a step, the one that reached it last also began last.

use serde::{Deserialize, Serialize};

use crate::kleene::{low_bits, valid};
use crate::registers::{Bits, BitsMut};
use crate::window::dilate;

/// The step before on one of the last `bars` bars, this one excluded; a word at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepBars {
    bars: u32,
    /// How far the latest hit lies before the next bar: 1 is the bar just before it.
    distance: u64,
}

impl StepBars {
    #[must_use]
    pub fn new(bars: u32) -> StepBars {
        StepBars { bars, distance: u64::from(u32::MAX) + 1 }
    }

    pub fn run(&mut self, first: &Bits, next: &Bits, out: &mut BitsMut<'_>, bars: usize) {
        for word in 0..bars.div_ceil(64) {
            let valid = valid(word, bars);
            let hits = first.truth[word] & valid;
            let carried = (u64::from(self.bars) + 1).saturating_sub(self.distance);
            let found = dilate(hits << 1, self.bars) | low_bits(carried.min(64) as usize);
            (out.known[word], out.truth[word]) = (valid, found & next.truth[word] & valid);
            let len = u64::from(valid.count_ones());
            self.distance = match hits {
                0 => (self.distance + len).min(u64::from(u32::MAX) + 1),
                hits => len - u64::from(63 - hits.leading_zeros()),
            };
        }
    }

    #[must_use]
    pub fn fits(&self, other: &StepBars) -> bool {
        self.bars == other.bars && (1..=u64::from(u32::MAX) + 1).contains(&self.distance)
    }
}

/// The step before on an earlier bar that closed at most so long ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTime {
    duration_ms: i64,
    /// Close of the latest hit.
    latest: Option<i64>,
}

impl StepTime {
    #[must_use]
    pub fn new(duration_ms: i64) -> StepTime {
        StepTime { duration_ms, latest: None }
    }

    pub fn run(
        &mut self,
        first: &Bits,
        next: &Bits,
        open_time: &[i64],
        period_ms: i64,
        out: &mut BitsMut<'_>,
    ) {
        let close = |bar: usize| open_time[bar].saturating_add(period_ms);
        for word in 0..open_time.len().div_ceil(64) {
            let valid = valid(word, open_time.len());
            let hits = first.truth[word] & valid;
            let latest_in = |hits: u64| match hits {
                0 => None,
                hits => Some(close(word * 64 + 63 - hits.leading_zeros() as usize)),
            };
            let (mut waiting, mut truth) = (next.truth[word] & valid, 0);
            while waiting != 0 {
                let bit = waiting.trailing_zeros();
                waiting &= waiting - 1;
                let from = close(word * 64 + bit as usize).saturating_sub(self.duration_ms);
                let before = latest_in(hits & low_bits(bit as usize)).or(self.latest);
                truth |= u64::from(before.is_some_and(|at| at >= from)) << bit;
            }
            (out.known[word], out.truth[word]) = (valid, truth);
            self.latest = latest_in(hits).or(self.latest);
        }
    }

    #[must_use]
    pub fn fits(&self, other: &StepTime) -> bool {
        self.duration_ms == other.duration_ms
    }
}

/// Carries the start of a sequence from step to step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Carry {
    limit: i64,
    /// Bars so far.
    bars: i64,
    /// The latest bar that had a start, and the start.
    latest: Option<(i64, f64)>,
}

impl Carry {
    #[must_use]
    pub fn new(limit: i64) -> Carry {
        Carry { limit, bars: 0, latest: None }
    }

    /// The limit is in bars.
    pub fn run_bars(&mut self, start: &[f64], next: &Bits, out: &mut [f64]) {
        let before = self.bars;
        self.run(start, next, out, |bar| before.saturating_add(bar as i64));
        self.bars = before.saturating_add(out.len() as i64);
    }

    /// The limit is in milliseconds.
    pub fn run_time(&mut self, start: &[f64], next: &Bits, open_time: &[i64], out: &mut [f64]) {
        self.run(start, next, out, |bar| open_time[bar]);
    }

    #[inline(always)]
    fn run(&mut self, start: &[f64], next: &Bits, out: &mut [f64], at: impl Fn(usize) -> i64) {
        for (bar, (out, &start)) in out.iter_mut().zip(start).enumerate() {
            let wanted = is_true(next, bar);
            let near = self.latest.filter(|(then, _)| *then >= at(bar).saturating_sub(self.limit));
            *out = near.filter(|_| wanted).map_or(f64::NAN, |(_, start)| start);
            if !start.is_nan() {
                self.latest = Some((at(bar), start));
            }
        }
    }

    #[must_use]
    pub fn fits(&self, other: &Carry) -> bool {
        let sound = self.latest.is_none_or(|(_, start)| start.is_finite());
        self.limit == other.limit && self.bars >= 0 && sound
    }
}

/// Numbers the bars, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BarNumber(u64);

impl BarNumber {
    fn take(&mut self, bars: usize) -> impl Fn(usize) -> f64 + use<> {
        let first = self.0;
        self.0 = first.saturating_add(bars as u64);
        move |bar| (first.saturating_add(bar as u64)) as f64
    }

    pub fn start(&mut self, a: &Bits, out: &mut [f64]) {
        start(a, self.take(out.len()), out);
    }

    pub fn end(&mut self, start: &[f64], limit: u32, out: &mut BitsMut<'_>) {
        end(start, self.take(start.len()), f64::from(limit), out);
    }
}

/// The bar's place, where the condition is true.
pub fn start(a: &Bits, place: impl Fn(usize) -> f64, out: &mut [f64]) {
    for (bar, out) in out.iter_mut().enumerate() {
        *out = if is_true(a, bar) { place(bar) } else { f64::NAN };
    }
}

/// Whether there is a start that lies at most `limit` before the bar's place.
pub fn end(start: &[f64], place: impl Fn(usize) -> f64, limit: f64, out: &mut BitsMut<'_>) {
    for (word, starts) in start.chunks(64).enumerate() {
        let mut truth = 0;
        for (bit, &start) in starts.iter().enumerate() {
            truth |= u64::from(place(word * 64 + bit) - start <= limit) << bit;
        }
        (out.known[word], out.truth[word]) = (valid(word, start.len()), truth);
    }
}

fn is_true(bits: &Bits, bar: usize) -> bool {
    (bits.truth[bar / 64] >> (bar % 64)) & 1 == 1
}

/// Adds the weight where the condition is true, or where it may be: with `most` what raises the sum counts when
/// it may be, else what lowers it.
pub fn tally(sum: &[f64], a: &Bits, weight: f64, most: bool, out: &mut [f64]) {
    let when_unknown = (weight > 0.0) == most;
    for (word, (out, sum)) in out.chunks_mut(64).zip(sum.chunks(64)).enumerate() {
        let counts = if when_unknown { a.truth[word] | !a.known[word] } else { a.truth[word] };
        for (bit, (out, &sum)) in out.iter_mut().zip(sum).enumerate() {
            let added = if (counts >> bit) & 1 == 1 { weight } else { 0.0 };
            *out = crate::elementwise::finite(sum + added);
        }
    }
}
