//! Windows over conditions. Unknown counts as not true, and so does a bar before the first; the result is
//! always known.

use serde::{Deserialize, Serialize};

use crate::kleene::{low_bits, valid};
use crate::registers::{Bits, BitsMut};

/// Any or all of the last `bars` bars, a word at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunWindow {
    bars: u32,
    /// "All are true" is "none is not true": the same search for the other bit.
    all: bool,
    /// How far the latest hit lies before the next bar: 1 is the bar just before it.
    distance: u64,
}

impl RunWindow {
    #[must_use]
    pub fn any(bars: u32) -> RunWindow {
        RunWindow { bars, all: false, distance: u64::from(u32::MAX) }
    }

    #[must_use]
    pub fn all(bars: u32) -> RunWindow {
        RunWindow { bars, all: true, distance: 1 }
    }

    pub fn run(&mut self, a: &Bits, out: &mut BitsMut<'_>, bars: usize) {
        let flip = if self.all { u64::MAX } else { 0 };
        for word in 0..bars.div_ceil(64) {
            let valid = valid(word, bars);
            let hits = (a.truth[word] ^ flip) & valid;
            // A hit `distance` before the next bar still counts on the bars up to `self.bars - 1` after it.
            let carried = u64::from(self.bars).saturating_sub(self.distance);
            let found = dilate(hits, self.bars) | low_bits(carried.min(64) as usize);
            out.known[word] = valid;
            out.truth[word] = (found ^ flip) & valid;
            let len = u64::from(valid.count_ones());
            self.distance = match hits {
                0 => (self.distance + len).min(u64::from(u32::MAX)),
                hits => len - u64::from(63 - hits.leading_zeros()),
            };
        }
    }

    #[must_use]
    pub fn fits(&self, other: &RunWindow) -> bool {
        let distances = 1..=u64::from(u32::MAX);
        self.bars == other.bars && self.all == other.all && distances.contains(&self.distance)
    }
}

/// Each bit also sets the `bars - 1` bits above it.
pub(crate) fn dilate(mut hits: u64, bars: u32) -> u64 {
    let bars = bars.min(64);
    let mut reach = 1;
    while reach < bars {
        let step = reach.min(bars - reach);
        hits |= hits << step;
        reach += step;
    }
    hits
}

/// At least `min_true` of `samples` bars, `stride` apart. Rings and counters grow with the bars seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountWindow {
    samples: u32,
    stride: u32,
    min_true: u32,
    /// The last `samples * stride` bars, as a ring of bits.
    ring: Vec<u64>,
    at: u64,
    full: bool,
    /// True samples for each of the `stride` residues of the bar's number.
    counts: Vec<u32>,
    residue: u32,
}

impl CountWindow {
    #[must_use]
    pub fn new(samples: u32, stride: u32, min_true: u32) -> CountWindow {
        let (ring, counts) = (Vec::new(), Vec::new());
        CountWindow { samples, stride, min_true, ring, at: 0, full: false, counts, residue: 0 }
    }

    pub fn run(&mut self, a: &Bits, out: &mut BitsMut<'_>, bars: usize) {
        for word in 0..bars.div_ceil(64) {
            let valid = valid(word, bars);
            let mut truth = 0;
            for bit in 0..valid.count_ones() {
                let enough = self.step((a.truth[word] >> bit) & 1);
                truth |= u64::from(enough) << bit;
            }
            (out.known[word], out.truth[word]) = (valid, truth);
        }
    }

    fn step(&mut self, now: u64) -> bool {
        let (word, bit) = ((self.at / 64) as usize, self.at % 64);
        if word == self.ring.len() {
            self.ring.push(0);
        }
        let leaves = if self.full { (self.ring[word] >> bit) & 1 } else { 0 };
        self.ring[word] = (self.ring[word] & !(1 << bit)) | (now << bit);
        if self.residue as usize == self.counts.len() {
            self.counts.push(0);
        }
        let count = &mut self.counts[self.residue as usize];
        *count = *count + now as u32 - leaves as u32;
        let enough = *count >= self.min_true;
        self.at += 1;
        self.residue += 1;
        if self.residue == self.stride {
            self.residue = 0;
        }
        if self.at == u64::from(self.samples) * u64::from(self.stride) {
            self.at = 0;
            self.full = true;
        }
        enough
    }

    /// Whether a state that was read back belongs to the same window and is sound.
    #[must_use]
    pub fn fits(&self, other: &CountWindow) -> bool {
        let size = u64::from(self.samples) * u64::from(self.stride);
        let seen = if self.full { size } else { self.at };
        (self.samples, self.stride, self.min_true) == (other.samples, other.stride, other.min_true)
            && self.at < size
            && u64::from(self.residue) == self.at % u64::from(self.stride)
            && self.ring.len() as u64 == seen.div_ceil(64)
            && self.counts.len() as u64 == seen.min(u64::from(self.stride))
            && self.counts == self.recount(seen)
    }

    fn recount(&self, seen: u64) -> Vec<u32> {
        let mut counts = vec![0; self.counts.len()];
        for bar in 0..seen {
            let set = (self.ring[(bar / 64) as usize] >> (bar % 64)) & 1;
            counts[(bar % u64::from(self.stride)) as usize] += set as u32;
        }
        counts
    }
}

/// What is asked of the bars of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// All are true, and the window does not reach back before the first bar.
    All,
    AtLeast(u32),
}

/// Over the bars that closed within an extent of time, the bar exactly that long ago excluded: `30m` on
/// 1-minute bars is 30 bars. Counting bars is the same thing with bar n closing at n + 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentWindow {
    extent: i64,
    ask: Ask,
    /// When the first bar opened.
    begin: Option<i64>,
    /// Bars so far.
    bars: i64,
    /// Closes of the latest hits (for `All`: of the latest bar that is not true), as a ring.
    hits: Vec<i64>,
    next: usize,
}

impl RecentWindow {
    #[must_use]
    pub fn new(extent: i64, ask: Ask) -> RecentWindow {
        RecentWindow { extent, ask, begin: None, bars: 0, hits: Vec::new(), next: 0 }
    }

    fn size(&self) -> usize {
        match self.ask {
            Ask::All => 1,
            Ask::AtLeast(min_true) => min_true as usize,
        }
    }

    /// The extent is in milliseconds.
    pub fn run_time(&mut self, a: &Bits, open_time: &[i64], period_ms: i64, out: &mut BitsMut<'_>) {
        if let (None, Some(&first)) = (self.begin, open_time.first()) {
            self.begin = Some(first);
        }
        self.run(a, out, open_time.len(), |bar| open_time[bar].saturating_add(period_ms));
    }

    /// The extent is in bars.
    pub fn run_bars(&mut self, a: &Bits, out: &mut BitsMut<'_>, bars: usize) {
        self.begin = Some(0);
        let before = self.bars;
        self.run(a, out, bars, |bar| before.saturating_add(bar as i64 + 1));
        self.bars = before.saturating_add(bars as i64);
    }

    #[inline(always)]
    fn run(&mut self, a: &Bits, out: &mut BitsMut<'_>, bars: usize, close: impl Fn(usize) -> i64) {
        let flip = if self.ask == Ask::All { u64::MAX } else { 0 };
        for word in 0..bars.div_ceil(64) {
            let valid = valid(word, bars);
            let hits = (a.truth[word] ^ flip) & valid;
            out.known[word] = valid;
            out.truth[word] = self.word(hits, valid, flip != 0, |bit| close(word * 64 + bit));
        }
    }

    #[inline(always)]
    fn word(&mut self, hits: u64, valid: u64, all: bool, close: impl Fn(usize) -> i64) -> u64 {
        // Without a hit, what does not hold (or, for `All`, holds) at the first bar stays so.
        if hits == 0 && self.answer(close(0)) == all {
            return if all { valid } else { 0 };
        }
        let size = self.size();
        let mut truth = 0;
        for bit in 0..valid.count_ones() {
            let now = close(bit as usize);
            if (hits >> bit) & 1 == 1 && size > 0 {
                if self.hits.len() < size {
                    self.hits.push(now);
                } else {
                    self.hits[self.next] = now;
                }
                self.next += 1;
                if self.next == size {
                    self.next = 0;
                }
            }
            truth |= u64::from(self.answer(now)) << bit;
        }
        truth
    }

    #[inline(always)]
    fn answer(&self, now: i64) -> bool {
        let from = now.saturating_sub(self.extent);
        // Once the ring is full, `next` is its oldest.
        let enough =
            self.hits.len() == self.size() && self.hits.get(self.next).is_none_or(|&oldest| oldest > from);
        match self.ask {
            Ask::All => !enough && self.begin.is_some_and(|begin| begin <= from),
            Ask::AtLeast(_) => enough,
        }
    }

    #[must_use]
    pub fn fits(&self, other: &RecentWindow) -> bool {
        (self.extent, self.ask) == (other.extent, other.ask)
            && self.bars >= 0
            && self.hits.len() <= self.size()
            && self.next < self.size().max(1)
            && (self.hits.len() == self.size() || self.next == self.hits.len())
    }
}
