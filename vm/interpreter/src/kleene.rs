//! Three-valued logic on words: two bits a bar, known and true (true implies known).

use serde::{Deserialize, Serialize};

use crate::registers::{Bits, BitsMut};

/// Bits of the bars of word `word` of a block of `bars`.
#[inline]
#[must_use]
pub fn valid(word: usize, bars: usize) -> u64 {
    low_bits(bars.saturating_sub(word * 64))
}

/// The lowest `count` bits, all from 64 on.
#[inline]
#[must_use]
pub fn low_bits(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

/// (known, true) of `a and b`: false when either is false, true when both are true.
#[inline(always)]
#[must_use]
pub fn and_word(a: (u64, u64), b: (u64, u64)) -> (u64, u64) {
    ((a.0 & b.0) | (a.0 & !a.1) | (b.0 & !b.1), a.1 & b.1)
}

/// (known, true) of `a or b`: true when either is true, false when both are false.
#[inline(always)]
#[must_use]
pub fn or_word(a: (u64, u64), b: (u64, u64)) -> (u64, u64) {
    ((a.0 & b.0) | a.1 | b.1, a.1 | b.1)
}

#[inline(always)]
fn binary(
    a: &Bits,
    b: &Bits,
    out: &mut BitsMut<'_>,
    words: usize,
    f: impl Fn((u64, u64), (u64, u64)) -> (u64, u64),
) {
    let (a_known, a_truth) = (&a.known[..words], &a.truth[..words]);
    let (b_known, b_truth) = (&b.known[..words], &b.truth[..words]);
    let (known, truth) = (&mut out.known[..words], &mut out.truth[..words]);
    for word in 0..words {
        (known[word], truth[word]) = f((a_known[word], a_truth[word]), (b_known[word], b_truth[word]));
    }
}

pub fn and(a: &Bits, b: &Bits, out: &mut BitsMut<'_>, bars: usize) {
    binary(a, b, out, bars.div_ceil(64), and_word);
}

pub fn or(a: &Bits, b: &Bits, out: &mut BitsMut<'_>, bars: usize) {
    binary(a, b, out, bars.div_ceil(64), or_word);
}

pub fn not(a: &Bits, out: &mut BitsMut<'_>, bars: usize) {
    for word in 0..bars.div_ceil(64) {
        out.known[word] = a.known[word];
        out.truth[word] = a.known[word] & !a.truth[word];
    }
}

pub fn fill(value: Option<bool>, out: &mut BitsMut<'_>, bars: usize) {
    for word in 0..bars.div_ceil(64) {
        out.known[word] = if value.is_some() { valid(word, bars) } else { 0 };
        out.truth[word] = if value == Some(true) { valid(word, bars) } else { 0 };
    }
}

/// What a crossing remembers of the bar before: nothing is known before the first bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    known: bool,
    /// The relation did not hold.
    not: bool,
}

impl Before {
    /// Known in the lowest bit, "did not hold" in the next.
    #[must_use]
    pub fn bits(self) -> u64 {
        u64::from(self.known) | u64::from(self.not) << 1
    }

    #[must_use]
    pub fn from_bits(bits: u64) -> Before {
        Before { known: bits & 1 == 1, not: bits & 2 == 2 }
    }

    /// Whether what was read back can be a state at all.
    #[must_use]
    pub fn is_sound(self) -> bool {
        self.known || !self.not
    }
}

/// `out` holds whether the relation holds now (`a > b`); makes it "holds now and did not on the bar before".
pub fn edge(before: &mut Before, out: &mut BitsMut<'_>, bars: usize) {
    let (words, rest) = (bars / 64, bars % 64);
    if rest == 0 && before.known && out.known[..words].iter().all(|known| *known == u64::MAX) {
        before.not = edge_known(before.not, &mut out.truth[..words]);
        return;
    }
    let mut carry = (u64::from(before.known), u64::from(before.not));
    for (known, truth) in out.known[..words].iter_mut().zip(&mut out.truth[..words]) {
        (*known, *truth) = edge_word((*known, *truth), &mut carry, 63);
    }
    if rest > 0 {
        let (known, truth) = edge_word((out.known[words], out.truth[words]), &mut carry, rest - 1);
        (out.known[words], out.truth[words]) = (known & low_bits(rest), truth & low_bits(rest));
    }
    *before = Before { known: carry.0 == 1, not: carry.1 == 1 };
}

/// The same where nothing is missing, as in most blocks.
fn edge_known(not: bool, truth: &mut [u64]) -> bool {
    let mut earlier = u64::from(!not) << 63;
    for word in truth {
        let now = *word;
        *word = now & !(now << 1 | earlier >> 63);
        earlier = now;
    }
    earlier >> 63 == 0
}

/// One word of it; what is carried is known and "did not hold", of the bar before and then of bar `last`.
#[inline(always)]
fn edge_word(now: (u64, u64), carry: &mut (u64, u64), last: usize) -> (u64, u64) {
    let not = now.0 & !now.1;
    let earlier = ((now.0 << 1) | carry.0, (not << 1) | carry.1);
    *carry = ((now.0 >> last) & 1, (not >> last) & 1);
    and_word(now, earlier)
}

#[cfg(test)]
mod tests {
    use super::{Before, edge};
    use crate::registers::Bits;

    /// Known and true of each bar: the relation holds, and is known not to have held on the bar before.
    fn plain(now: &[Option<bool>]) -> Vec<Option<bool>> {
        let and = |a, b| match (a, b) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        let before = std::iter::once(None).chain(now.iter().copied());
        now.iter().zip(before).map(|(&now, before)| and(now, before.map(|held: bool| !held))).collect()
    }

    #[test]
    fn edges_are_those_of_single_bars_whatever_the_cut() {
        // complete but for a gap that a cut may meet, and long and short runs
        let gap = |bar: usize| (190..=200).contains(&bar) || bar == 448;
        let now: Vec<Option<bool>> =
            (0..640_usize).map(|bar| (!gap(bar)).then_some(bar * bar / 37 % 3 == 0)).collect();
        for block in [1, 63, 64, 128, 200, 320, 640] {
            let (mut before, mut found) = (Before::default(), Vec::new());
            for bars in now.chunks(block) {
                let mut out = Bits::new(block, None);
                for (bar, value) in bars.iter().enumerate() {
                    out.known[bar / 64] |= u64::from(value.is_some()) << (bar % 64);
                    out.truth[bar / 64] |= u64::from(*value == Some(true)) << (bar % 64);
                }
                edge(&mut before, &mut out.block_mut(), bars.len());
                let bit = |words: &[u64], bar: usize| words[bar / 64] >> (bar % 64) & 1 == 1;
                found.extend((0..bars.len()).map(|bar| bit(&out.known, bar).then(|| bit(&out.truth, bar))));
            }
            assert_eq!(found, plain(&now), "blocks of {block}");
        }
    }
}
