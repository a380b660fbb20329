//! Entries where one number crosses another and exits where it crosses back: found from the two numbers themselves,
//! with the bits that the interpreter's crossings have.

use bytecode::{BoolReg, NumReg, Op, Program};
use stdlib::wide::{self, Vector, Work, relation};

use crate::fuse::Places;
use crate::turns::{BLOCK_BARS, WORDS};

/// The numbers whose order is all that moves a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// An entry where it gets above the other, an exit where it gets below.
    pub over: NumReg,
    pub under: NumReg,
}

/// Where the bars of a block enter and leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signals {
    pub enter: [u64; WORDS],
    pub leave: [u64; WORDS],
}

/// What is known of the bar before a block; nothing before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before {
    pub not_above: bool,
    pub not_below: bool,
}

impl Before {
    /// Whether the first number was above; `None` where both were equal or one was missing.
    #[inline(always)]
    #[must_use]
    pub fn above(self) -> Option<bool> {
        (self.not_above != self.not_below).then_some(self.not_below)
    }

    /// Of two different numbers.
    #[inline(always)]
    #[must_use]
    pub fn of(above: bool) -> Before {
        Before { not_above: !above, not_below: above }
    }
}

impl Crossing {
    /// The crossing behind an entry and an exit on the exec clock, if it is one.
    #[must_use]
    pub fn of(program: &Program, enter: BoolReg, leave: BoolReg) -> Option<Crossing> {
        let ops = &program.market[usize::from(program.exec.0)].ops;
        let crossed = |reg: BoolReg| {
            ops.iter().find_map(|op| match *op {
                Op::CrossAbove { out, a, b } if out == reg => Some((a, b)),
                Op::CrossBelow { out, a, b } if out == reg => Some((b, a)),
                _ => None,
            })
        };
        let (over, under) = crossed(enter)?;
        (crossed(leave)? == (under, over)).then_some(Crossing { over, under })
    }

    /// In the fused program.
    #[must_use]
    pub fn placed(self, places: &Places) -> Option<Crossing> {
        Some(Crossing { over: places.num(self.over)?, under: places.num(self.under)? })
    }
}

/// The signals of a block whatever the numbers are, and what is known after it.
#[must_use]
pub fn signals(over: &[f64], under: &[f64], before: Before) -> (Signals, Before) {
    // bars behind the block have no number
    let mut padded = [[[f64::NAN; 64]; WORDS]; 2];
    for (padded, values) in padded.iter_mut().zip([over, under]) {
        let values = &values[..values.len().min(BLOCK_BARS)];
        padded.as_flattened_mut()[..values.len()].copy_from_slice(values);
    }
    let [over_words, under_words] = &padded;
    let (above, below, known) = wide::run(Relations { over: over_words, under: under_words });
    let (not_above, not_below) = (not(&above, &known), not(&below, &known));
    let bit = |words: &[u64; WORDS], bar: usize| words[bar / 64] >> (bar % 64) & 1 == 1;
    let after = match over.len().checked_sub(1) {
        Some(last) => Before { not_above: bit(&not_above, last), not_below: bit(&not_below, last) },
        None => before,
    };
    let enter = edges(&above, &not_above, before.not_above);
    let leave = edges(&below, &not_below, before.not_below);
    (Signals { enter, leave }, after)
}

/// Known, and not so.
fn not(truth: &[u64; WORDS], known: &[u64; WORDS]) -> [u64; WORDS] {
    std::array::from_fn(|word| known[word] & !truth[word])
}

/// Now, and not on the bar before.
fn edges(now: &[u64; WORDS], not: &[u64; WORDS], before: bool) -> [u64; WORDS] {
    std::array::from_fn(|word| {
        let earlier = if word == 0 { u64::from(before) } else { not[word - 1] >> 63 };
        now[word] & (not[word] << 1 | earlier)
    })
}

struct Relations<'a> {
    over: &'a [[f64; 64]; WORDS],
    under: &'a [[f64; 64]; WORDS],
}

impl Work for Relations<'_> {
    /// Above, below, and where both are numbers.
    type Output = ([u64; WORDS], [u64; WORDS], [u64; WORDS]);

    #[inline(always)]
    fn run<V: Vector>(self) -> Self::Output {
        let (mut above, mut below, mut known) = ([0; WORDS], [0; WORDS], [0; WORDS]);
        V::order(self.over, self.under, &mut above, &mut below);
        V::compare::<{ relation::ORDERED }>(self.over, self.under, &mut known);
        (above, below, known)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Before, Signals, signals};

    /// From bar to bar: holds now, and is known not to have held on the bar before.
    fn plain(pairs: &[(f64, f64)], holds: impl Fn(f64, f64) -> bool) -> Vec<bool> {
        let known_not = |(a, b): (f64, f64)| !a.is_nan() && !b.is_nan() && !holds(a, b);
        (0..pairs.len())
            .map(|bar| bar > 0 && holds(pairs[bar].0, pairs[bar].1) && known_not(pairs[bar - 1]))
            .collect()
    }

    proptest! {
        /// Equal and missing numbers among them, blocks of any length.
        #[test]
        fn signals_are_those_of_single_bars(
            pairs in prop::collection::vec((0_u8..5, 0_u8..5), 1..1200),
            cut in 1_usize..=512,
        ) {
            let number = |n: u8| if n == 4 { f64::NAN } else { f64::from(n) };
            let pairs: Vec<(f64, f64)> = pairs.into_iter().map(|(a, b)| (number(a), number(b))).collect();
            let mut before = Before::default();
            let (mut enter, mut leave) = (Vec::new(), Vec::new());
            for part in pairs.chunks(cut) {
                let (over, under): (Vec<f64>, Vec<f64>) = part.iter().copied().unzip();
                let (found, after): (Signals, Before) = signals(&over, &under, before);
                let bit = |words: &[u64], bar: usize| words[bar / 64] >> (bar % 64) & 1 == 1;
                enter.extend((0..part.len()).map(|bar| bit(&found.enter, bar)));
                leave.extend((0..part.len()).map(|bar| bit(&found.leave, bar)));
                before = after;
            }
            prop_assert_eq!(enter, plain(&pairs, |a, b| a > b));
            prop_assert_eq!(leave, plain(&pairs, |a, b| a < b));
        }
    }
}
