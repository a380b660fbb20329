//! Scenario S3: S1 for every pair of a fast and a slow average, in one pass over the bars.
//!
//! A tile of 64 bars at a time: all averages advance over it together, a pair's 64 comparisons become one word, and
//! only where its bits change is an account touched. What one round trip makes of the equity is a factor, so that no
//! account divides.

use crate::cross::Ema;
use crate::{Bars, CASH, FEE, SHARE};

const FASTS: std::ops::Range<usize> = 5..25;
const SLOWS: std::ops::Range<usize> = 30..80;
const FAST: usize = FASTS.end - FASTS.start;
const SLOW: usize = SLOWS.end - SLOWS.start;
const PAIRS: usize = FAST * SLOW;
const TILE: usize = 64;
/// Averages that advance in one vector.
const WIDE: usize = 8;
const AVERAGES: usize = (FAST + SLOW).next_multiple_of(WIDE);
/// What is left of the invested share after both fees, but for the price.
const NET: f64 = SHARE * (1.0 - FEE) / (1.0 + FEE);

/// The values of all averages over a tile.
#[repr(align(64))]
struct Tile([[f64; TILE]; AVERAGES]);

struct Averages {
    value: [f64; AVERAGES],
    weight: [f64; AVERAGES],
}

impl Averages {
    /// As they stand after bar `last`, by which all have begun.
    fn at(close: &[f64], last: usize) -> Averages {
        let mut averages = Averages { value: [0.0; AVERAGES], weight: [0.0; AVERAGES] };
        for (at, length) in FASTS.chain(SLOWS).enumerate() {
            averages.value[at] = Ema::at(close, length, last).value();
            averages.weight[at] = 2.0 / (length as f64 + 1.0);
        }
        averages
    }

    #[inline(always)]
    fn step(&mut self, close: &[f64; TILE], out: &mut Tile) {
        for group in (0..AVERAGES).step_by(WIDE) {
            let mut value: [f64; WIDE] = self.value[group..group + WIDE].try_into().expect("a vector");
            let weight: [f64; WIDE] = self.weight[group..group + WIDE].try_into().expect("a vector");
            for (at, eight) in close.as_chunks::<8>().0.iter().enumerate() {
                let mut steps = [[0.0; WIDE]; 8];
                for (step, x) in steps.iter_mut().zip(eight) {
                    for lane in 0..WIDE {
                        value[lane] += (x - value[lane]) * weight[lane];
                    }
                    *step = value;
                }
                for lane in 0..WIDE {
                    for (bar, step) in steps.iter().enumerate() {
                        out.0[group + lane][8 * at + bar] = step[lane];
                    }
                }
            }
            self.value[group..group + WIDE].copy_from_slice(&value);
        }
    }
}

/// Bit by bar: whether the fast average is above the slow one. Masks are joined where they are made.
#[cfg(target_feature = "avx512bw")]
#[inline(always)]
fn above(fast: &[f64; TILE], slow: &[f64; TILE]) -> u64 {
    use std::arch::x86_64::{
        _CMP_GT_OQ, _mm512_cmp_pd_mask, _mm512_kunpackb, _mm512_kunpackd, _mm512_kunpackw, _mm512_loadu_pd,
    };
    let eight = |at: usize| {
        // SAFETY: `8 * at + 8` is at most the length of both.
        let mask = unsafe {
            let (a, b) = (fast.as_ptr().add(8 * at), slow.as_ptr().add(8 * at));
            _mm512_cmp_pd_mask::<_CMP_GT_OQ>(_mm512_loadu_pd(a), _mm512_loadu_pd(b))
        };
        u16::from(mask)
    };
    // SAFETY: this is compiled only where the target has the instructions.
    unsafe {
        let sixteen = |at: usize| u32::from(_mm512_kunpackb(eight(at + 1), eight(at)));
        let half = |at: usize| u64::from(_mm512_kunpackw(sixteen(at + 2), sixteen(at)));
        _mm512_kunpackd(half(4), half(0))
    }
}

#[cfg(not(target_feature = "avx512bw"))]
#[inline(always)]
fn above(fast: &[f64; TILE], slow: &[f64; TILE]) -> u64 {
    (0..TILE).fold(0, |word, bar| word | u64::from(fast[bar] > slow[bar]) << bar)
}

/// One field an array, by pair.
struct Accounts {
    equity: Vec<f64>,
    /// 1 / price of the entry.
    entry: Vec<f64>,
    /// At the last bar; of a pair that began above, as if it were below until it is.
    above: Vec<u64>,
    waits: Vec<bool>,
    trades: u64,
}

impl Accounts {
    fn turn(&mut self, pair: usize, rises: bool, open: f64) {
        if rises {
            self.entry[pair] = 1.0 / open;
            self.trades += 1;
        } else {
            self.equity[pair] *= (1.0 - SHARE) + NET * open * self.entry[pair];
        }
    }

    /// The bars before all averages have begun, pair by pair.
    fn head(&mut self, bars: &Bars, end: usize) {
        for (pair, (fast, slow)) in FASTS.flat_map(|f| SLOWS.map(move |s| (f, s))).enumerate() {
            let first = slow - 1;
            let (mut f, mut s) = (Ema::at(bars.close, fast, first), Ema::at(bars.close, slow, first));
            self.waits[pair] = f.value() > s.value();
            for bar in slow..end {
                let is_above = f.step(bars.close[bar]) > s.step(bars.close[bar]);
                self.waits[pair] &= is_above;
                let counts = u64::from(is_above && !self.waits[pair]);
                if counts != self.above[pair] {
                    self.turn(pair, is_above, bars.open[bar + 1]);
                }
                self.above[pair] = counts;
            }
        }
    }

    #[inline(always)]
    fn tile(&mut self, words: &mut [u64; PAIRS], open: &[f64; TILE]) {
        let entered: [f64; TILE] = std::array::from_fn(|bar| 1.0 / open[bar]);
        let left: [f64; TILE] = std::array::from_fn(|bar| NET * open[bar]);
        let each =
            self.equity.iter_mut().zip(&mut self.entry).zip(self.above.iter_mut().zip(&mut self.waits));
        for (word, ((equity, entry), (above, waits))) in words.iter_mut().zip(each) {
            if *waits {
                let end = (!*word).trailing_zeros();
                *waits = end == 64;
                *word &= u64::MAX.checked_shl(end).unwrap_or(0);
            }
            let mut turns = *word ^ (*word << 1 | *above);
            *above = *word >> 63;
            self.trades += u64::from((turns & *word).count_ones());
            let (mut worth, mut bought) = (*equity, *entry);
            while turns != 0 {
                let bar = turns.trailing_zeros() as usize % TILE;
                turns &= turns - 1;
                let rises = *word >> bar & 1 == 1;
                let factor = (1.0 - SHARE) + left[bar] * bought;
                worth *= if rises { 1.0 } else { factor };
                bought = if rises { entered[bar] } else { bought };
            }
            (*equity, *entry) = (worth, bought);
        }
    }

    /// A position at the end is marked at the last close, without the exit fee.
    fn returns(&self, last: f64) -> impl Iterator<Item = f64> + '_ {
        self.equity.iter().zip(&self.entry).zip(&self.above).map(move |((equity, entry), above)| {
            let factor = if *above == 1 { (1.0 - SHARE) + SHARE / (1.0 + FEE) * (last * entry) } else { 1.0 };
            equity * factor / CASH - 1.0
        })
    }
}

/// Trades of all pairs, and the best of their returns.
pub fn s3(bars: &Bars) -> (u64, f64) {
    let n = bars.close.len();
    let mut accounts = Accounts {
        equity: vec![CASH; PAIRS],
        entry: vec![0.0; PAIRS],
        above: vec![0; PAIRS],
        waits: vec![false; PAIRS],
        trades: 0,
    };
    let mut at = SLOWS.end.min(n - 1);
    accounts.head(bars, at);
    let mut averages = Averages::at(bars.close, at - 1);
    let mut tile = Box::new(Tile([[0.0; TILE]; AVERAGES]));
    let mut words = Box::new([0; PAIRS]);
    // A signal fills at the next open.
    while at + TILE < n {
        averages.step(bars.close[at..at + TILE].try_into().expect("a tile"), &mut tile);
        for fast in 0..FAST {
            for slow in 0..SLOW {
                words[fast * SLOW + slow] = above(&tile.0[fast], &tile.0[FAST + slow]);
            }
        }
        accounts.tile(&mut words, bars.open[at + 1..=at + TILE].try_into().expect("a tile"));
        at += TILE;
    }
    for bar in at..n - 1 {
        for (value, weight) in averages.value.iter_mut().zip(averages.weight) {
            *value += (bars.close[bar] - *value) * weight;
        }
        for pair in 0..PAIRS {
            let is_above = averages.value[pair / SLOW] > averages.value[FAST + pair % SLOW];
            accounts.waits[pair] &= is_above;
            let counts = u64::from(is_above && !accounts.waits[pair]);
            if counts != accounts.above[pair] {
                accounts.turn(pair, is_above, bars.open[bar + 1]);
            }
            accounts.above[pair] = counts;
        }
    }
    (accounts.trades, accounts.returns(bars.close[n - 1]).fold(f64::NEG_INFINITY, f64::max))
}
