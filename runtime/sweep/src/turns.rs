//! Where a variant that holds one side only turns: the fills of its entries and exits, by turns, block after block.

use stdlib::wide::{self, Vector, Work};

/// Bars of a block at the most.
pub const BLOCK_BARS: usize = 512;
/// Written for every word whether they are there or not: more turns within 64 bars are rare.
const AT_ONCE: usize = 4;
/// An entry from before the block, all bars of the block, and what is written too much.
const ROOM: usize = 1 + BLOCK_BARS + 64;

/// Bars at whose open orders fill: entry, exit, entry, exit, ..
#[derive(Clone, Debug)]
pub struct Turns {
    bars: [u32; ROOM],
    len: usize,
}

impl Turns {
    #[must_use]
    pub fn none() -> Turns {
        Turns { bars: [0; ROOM], len: 0 }
    }

    /// Entries and the exits that follow them.
    #[must_use]
    pub fn pairs(&self) -> &[[u32; 2]] {
        self.bars[..self.len].as_chunks().0
    }

    /// The entry whose exit is not there yet.
    #[must_use]
    pub fn last_entry(&self) -> Option<u32> {
        (!self.len.is_multiple_of(2)).then(|| self.bars[self.len - 1])
    }

    /// Finds the turns of a block that begins with bar `start`, after an entry that filled earlier, if any. Signals at
    /// one bar fill at the next; one that finds nothing to enter or leave does nothing.
    pub fn find(&mut self, entry: Option<u32>, enter: &[u64], leave: &[u64], start: usize) {
        wide::run(Find { turns: self, entry, enter, leave, start });
    }

    #[inline(always)]
    fn find_all(&mut self, entry: Option<u32>, enter: &[u64], leave: &[u64], start: usize) {
        self.len = 0;
        if let Some(entry) = entry {
            self.bars[0] = entry;
            self.len = 1;
        }
        let mut held = u64::from(entry.is_some());
        let mut first_fill = start as u32 + 1;
        for (&enter, &leave) in enter.iter().zip(leave) {
            // Where entries and exits alternate, each exit less its entry sets the bits between them.
            let holds = leave.wrapping_sub(enter).wrapping_sub(held);
            let turns = holds ^ (holds << 1 | held);
            if turns & holds == enter && turns & !holds == leave {
                self.push(turns, first_fill);
                held = holds >> 63;
            } else {
                held = self.one_by_one(enter, leave, held, first_fill);
            }
            first_fill += 64;
        }
    }

    #[inline(always)]
    fn push(&mut self, mut turns: u64, first_fill: u32) {
        let count = turns.count_ones() as usize;
        let Some(room) = self.bars.get_mut(self.len..self.len + 64) else { return };
        for at in &mut room[..AT_ONCE] {
            *at = first_fill + turns.trailing_zeros();
            turns &= turns.wrapping_sub(1);
        }
        let mut at = AT_ONCE;
        while turns != 0 {
            room[at] = first_fill + turns.trailing_zeros();
            turns &= turns - 1;
            at += 1;
        }
        self.len += count;
    }

    /// For signals that repeat or meet.
    #[cold]
    fn one_by_one(&mut self, enter: u64, leave: u64, mut held: u64, first_fill: u32) -> u64 {
        let mut ahead = u64::MAX;
        loop {
            let next = if held == 1 { leave } else { enter } & ahead;
            if next == 0 {
                return held;
            }
            let bar = next.trailing_zeros();
            self.bars[self.len] = first_fill + bar;
            self.len += 1;
            held ^= 1;
            ahead = (u64::MAX << bar) << 1;
        }
    }
}

/// For the bit instructions of machines that have them.
struct Find<'a> {
    turns: &'a mut Turns,
    entry: Option<u32>,
    enter: &'a [u64],
    leave: &'a [u64],
    start: usize,
}

impl Work for Find<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        self.turns.find_all(self.entry, self.enter, self.leave, self.start);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Turns;

    /// Bar by bar, as the host has it.
    fn plain(entry: Option<u32>, enter: &[u64], leave: &[u64], start: usize) -> Vec<u32> {
        let mut turns: Vec<u32> = entry.into_iter().collect();
        for bar in 0..enter.len() * 64 {
            let signals = if turns.len() % 2 == 1 { leave } else { enter };
            if signals[bar / 64] >> (bar % 64) & 1 == 1 {
                turns.push((start + bar + 1) as u32);
            }
        }
        turns
    }

    proptest! {
        #[test]
        fn turns_are_those_of_a_walk_from_bar_to_bar(
            words in prop::collection::vec((any::<u64>(), any::<u64>(), 0_u8..4), 1..=8),
            entry in prop::option::of(0_u32..100),
            start in 100_usize..1000,
        ) {
            // dense, sparse, alternating, and meeting signals
            let enter: Vec<u64> = words.iter().map(|&(a, b, kind)| match kind {
                0 => a,
                1 => a & b & (a >> 7) & (b << 9),
                2 => a & !(a << 1),
                _ => u64::MAX,
            }).collect();
            let leave: Vec<u64> = words.iter().map(|&(a, b, kind)| match kind {
                0 => b,
                1 => !a & b & (b >> 5),
                2 => !a & (a << 1),
                _ => u64::MAX,
            }).collect();
            let mut turns = Turns::none();
            turns.find(entry, &enter, &leave, start);
            let found: Vec<u32> = turns.pairs().iter().flatten().copied().chain(turns.last_entry()).collect();
            prop_assert_eq!(found, plain(entry, &enter, &leave, start));
        }
    }
}
