//! Where variants that hold one side only turn: the prices of their entries and exits in a block, by turns, those of
//! several variants side by side.

use stdlib::wide::{self, Vector, Work};

use crate::crossing::{Before, Signals};

/// Bars of a block at the most.
pub const BLOCK_BARS: usize = 512;
pub const WORDS: usize = BLOCK_BARS / 64;
/// Two of the widest vectors: one would wait for its divisions.
pub const LANES: usize = 16;
/// Written for every word whether they are there or not: more turns within 64 bars are rare.
const AT_ONCE: usize = 4;
/// An entry from before the block, all bars of the block, and what is written too much.
const ROOM: usize = 1 + BLOCK_BARS + 64;

/// The opens at which the signals of a block fill, each that of the next bar.
#[derive(Clone, Debug)]
pub struct Fills {
    start: usize,
    prices: [f64; BLOCK_BARS + 1],
}

impl Fills {
    /// Of the block that begins with bar `start`.
    #[must_use]
    pub fn new(open: &[f64], start: usize) -> Fills {
        let mut prices = [0.0; BLOCK_BARS + 1];
        let known = open.get(start + 1..).unwrap_or_default();
        let known = &known[..known.len().min(BLOCK_BARS)];
        prices[..known.len()].copy_from_slice(known);
        Fills { start, prices }
    }

    /// Of the signals of a word; the last is not looked at.
    #[inline(always)]
    fn of_word(&self, word: usize) -> &[f64; 65] {
        self.prices[word * 64..word * 64 + 65].try_into().expect("a word of the block and one more")
    }
}

/// A position from before the block: the bar at whose open it was entered, and that open.
pub type Entry = (u32, f64);

/// The turns of a block in each lane: entry, exit, entry, exit, ..
#[derive(Clone, Debug)]
pub struct Turns {
    /// By turn; what is behind the last turn of a lane is left from other blocks.
    prices: Box<[[f64; LANES]]>,
    entry: [Option<u32>; LANES],
    /// The bars whose signals they are, but for the entry from before.
    words: [[u64; WORDS]; LANES],
    len: [usize; LANES],
    start: usize,
}

impl Turns {
    #[must_use]
    pub fn none() -> Turns {
        Turns {
            prices: vec![[0.0; LANES]; ROOM].into(),
            entry: [None; LANES],
            words: [[0; WORDS]; LANES],
            len: [0; LANES],
            start: 0,
        }
    }

    /// Entries with the exits that follow them.
    #[inline(always)]
    #[must_use]
    pub fn pairs(&self) -> &[[[f64; LANES]; 2]] {
        self.prices.as_chunks().0
    }

    /// How many pairs there are in each lane.
    #[inline(always)]
    #[must_use]
    pub fn count(&self) -> [usize; LANES] {
        self.len.map(|len| len / 2)
    }

    /// The bar that fills this turn of a lane.
    #[must_use]
    pub fn bar(&self, lane: usize, mut turn: usize) -> Option<u32> {
        if let Some(entry) = self.entry[lane] {
            if turn == 0 {
                return Some(entry);
            }
            turn -= 1;
        }
        for (word, &turns) in self.words[lane].iter().enumerate() {
            let count = turns.count_ones() as usize;
            if turn < count {
                let left = (0..turn).fold(turns, |turns, _| turns & (turns - 1));
                return Some((self.start + word * 64) as u32 + left.trailing_zeros() + 1);
            }
            turn -= count;
        }
        None
    }

    /// The entry whose exit is not there yet.
    #[must_use]
    pub fn last_entry(&self, lane: usize) -> Option<Entry> {
        let last = self.len[lane].checked_sub(1).filter(|last| last.is_multiple_of(2))?;
        let turned = self.words[lane].iter().enumerate().rev().find(|(_, turns)| **turns != 0);
        let bar = match turned {
            Some((word, turns)) => (self.start + word * 64) as u32 + turns.ilog2() + 1,
            None => self.entry[lane]?,
        };
        Some((bar, self.prices[last][lane]))
    }

    /// None in this lane.
    pub fn clear(&mut self, lane: usize) {
        self.begin(lane, None, self.start);
    }

    #[inline(always)]
    fn begin(&mut self, lane: usize, entry: Option<Entry>, start: usize) {
        self.start = start;
        self.words[lane] = [0; WORDS];
        self.entry[lane] = entry.map(|(bar, _)| bar);
        self.len[lane] = usize::from(entry.is_some());
        if let Some((_, price)) = entry {
            self.prices[0][lane] = price;
        }
    }

    /// Finds the turns of a lane after an entry that filled earlier, if any. Signals at one bar fill at the next; one
    /// that finds nothing to enter or leave does nothing.
    pub fn find(&mut self, lane: usize, entry: Option<Entry>, signals: &Signals, fills: &Fills) {
        wide::run(Find { turns: self, lane, entry, signals, fills });
    }

    /// The same of the crossings of two numbers, over a whole block whose signals all fill. `None` where the numbers
    /// are equal or missing somewhere, or the lane has not turned with them before: then there is nothing in it.
    #[inline(always)]
    fn cross<V: Vector>(
        &mut self,
        lane: usize,
        entry: Option<Entry>,
        &Order { numbers: [over, under], before }: &Order<'_>,
        fills: &Fills,
    ) -> Option<Before> {
        let (mut above, mut below) = ([0; WORDS], [0; WORDS]);
        V::order(over, under, &mut above, &mut below);
        let ordered = (0..WORDS).fold(u64::MAX, |all, word| all & (above[word] | below[word]));
        if ordered != u64::MAX || before.above() != Some(entry.is_some()) {
            return None;
        }
        self.begin(lane, entry, fills.start);
        let mut held = u64::from(entry.is_some());
        for (word, above) in above.into_iter().enumerate() {
            self.push(lane, word, above ^ (above << 1 | held), fills);
            held = above >> 63;
        }
        Some(Before::of(held == 1))
    }

    #[inline(always)]
    fn push(&mut self, lane: usize, word: usize, mut turns: u64, fills: &Fills) {
        let len = self.len[lane];
        let (prices, lane) = (fills.of_word(word), lane % LANES);
        let Some(room) = self.prices.get_mut(len..len + 64) else { return };
        self.words[lane][word] = turns;
        self.len[lane] = len + turns.count_ones() as usize;
        for at in &mut room[..AT_ONCE] {
            at[lane] = prices[turns.trailing_zeros() as usize];
            turns &= turns.wrapping_sub(1);
        }
        let mut at = AT_ONCE;
        while turns != 0 {
            room[at][lane] = prices[turns.trailing_zeros() as usize];
            turns &= turns - 1;
            at += 1;
        }
    }
}

/// The numbers that cross in a lane, over a whole block whose signals all fill.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    pub numbers: [&'a [[f64; 64]; WORDS]; 2],
    pub before: Before,
}

/// The crossings of all lanes that have some; for each what is known after the block, as `Turns::cross` gives it.
pub struct Cross<'a> {
    pub turns: &'a mut Turns,
    pub entry: &'a [Option<Entry>; LANES],
    pub orders: [Option<Order<'a>>; LANES],
    pub fills: &'a Fills,
}

impl Work for Cross<'_> {
    type Output = [Option<Before>; LANES];

    #[allow(clippy::needless_range_loop, reason = "lanes side by side")]
    #[inline(always)]
    fn run<V: Vector>(self) -> [Option<Before>; LANES] {
        let mut after = [None; LANES];
        for lane in 0..LANES {
            if let Some(order) = &self.orders[lane] {
                after[lane] = self.turns.cross::<V>(lane, self.entry[lane], order, self.fills);
            }
        }
        after
    }
}

/// For the bit instructions of machines that have them.
struct Find<'a> {
    turns: &'a mut Turns,
    lane: usize,
    entry: Option<Entry>,
    signals: &'a Signals,
    fills: &'a Fills,
}

impl Work for Find<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let Find { turns, lane, entry, signals, fills } = self;
        turns.begin(lane, entry, fills.start);
        let mut held = u64::from(entry.is_some());
        for word in 0..WORDS {
            let (enter, leave) = (signals.enter[word], signals.leave[word]);
            // Where entries and exits alternate, each exit less its entry sets the bits between them.
            let holds = leave.wrapping_sub(enter).wrapping_sub(held);
            let mut turned = holds ^ (holds << 1 | held);
            if turned & holds == enter && turned & !holds == leave {
                held = holds >> 63;
            } else {
                (turned, held) = one_by_one(enter, leave, held);
            }
            turns.push(lane, word, turned, fills);
        }
    }
}

/// For signals that repeat or meet: the turns, and whether something is held after them.
#[cold]
fn one_by_one(enter: u64, leave: u64, mut held: u64) -> (u64, u64) {
    let (mut turns, mut ahead) = (0, u64::MAX);
    loop {
        let next = if held == 1 { leave } else { enter } & ahead;
        if next == 0 {
            return (turns, held);
        }
        let bar = next.trailing_zeros();
        turns |= 1 << bar;
        held ^= 1;
        ahead = (u64::MAX << bar) << 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BLOCK_BARS, Cross, Entry, Fills, LANES, Order, Turns, WORDS};
    use crate::crossing::{Before, Signals, signals};
    use stdlib::wide;

    /// Bar by bar, as the host has it.
    fn plain(entry: Option<Entry>, signals: &Signals, start: usize) -> Vec<u32> {
        let mut turns: Vec<u32> = entry.into_iter().map(|(bar, _)| bar).collect();
        for bar in 0..BLOCK_BARS {
            let words = if turns.len() % 2 == 1 { &signals.leave } else { &signals.enter };
            if words[bar / 64] >> (bar % 64) & 1 == 1 {
                turns.push((start + bar + 1) as u32);
            }
        }
        turns
    }

    /// The turns of a lane, each price checked against its bar.
    fn found(turns: &Turns, lane: usize, entry: Option<Entry>, open: &[f64]) -> Vec<u32> {
        let len = turns.len[lane];
        let bars: Vec<u32> = (0..len).map(|turn| turns.bar(lane, turn).expect("a turn")).collect();
        for (turn, &bar) in bars.iter().enumerate() {
            let price = entry.filter(|_| turn == 0).map_or_else(|| open[bar as usize], |entry| entry.1);
            assert_eq!(turns.prices[turn][lane], price, "turn {turn}");
        }
        assert_eq!(turns.bar(lane, len), None);
        assert_eq!(turns.last_entry(lane).is_some(), len % 2 == 1);
        assert_eq!(turns.count()[lane], len / 2);
        bars
    }

    fn opens(start: usize) -> Vec<f64> {
        (0..start + BLOCK_BARS + 1).map(|bar| bar as f64 + 0.5).collect()
    }

    proptest! {
        #[test]
        fn turns_are_those_of_a_walk_from_bar_to_bar(
            words in prop::collection::vec((any::<u64>(), any::<u64>(), 0_u8..4), WORDS),
            entry in prop::option::of(0_u32..100),
            start in 100_usize..1000,
            lane in 0..LANES,
        ) {
            // dense, sparse, alternating, and meeting signals
            let word = |&(a, b, kind): &(u64, u64, u8)| match kind {
                0 => (a, b),
                1 => (a & b & (a >> 7) & (b << 9), !a & b & (b >> 5)),
                2 => (a & !(a << 1), !a & (a << 1)),
                _ => (u64::MAX, u64::MAX),
            };
            let all: Vec<(u64, u64)> = words.iter().map(word).collect();
            let signals = Signals {
                enter: std::array::from_fn(|word| all[word].0),
                leave: std::array::from_fn(|word| all[word].1),
            };
            let (entry, open) = (entry.map(|bar| (bar, 7.25)), opens(start));
            let mut turns = Turns::none();
            turns.find(lane, entry, &signals, &Fills::new(&open, start));
            prop_assert_eq!(found(&turns, lane, entry, &open), plain(entry, &signals, start));
        }

        #[test]
        fn crossings_turn_as_their_signals_do(
            numbers in prop::collection::vec((0_u16..1000, 0_u16..1000), BLOCK_BARS),
            held in any::<bool>(),
            before in any::<bool>(),
            start in 100_usize..1000,
            lane in 0..LANES,
        ) {
            let numbers = |at: fn(&(u16, u16)) -> u16| -> Vec<f64> {
                numbers.iter().map(|pair| f64::from(at(pair))).collect()
            };
            let pair = [numbers(|pair| pair.0 | 1), numbers(|pair| pair.1 & !1)];
            let numbers = pair.each_ref().map(|values| {
                <&[[f64; 64]; WORDS]>::try_from(values.as_chunks().0).expect("a block")
            });
            let (entry, open) = (held.then_some((5, 7.25)), opens(start));
            let before = Before::of(before);
            let (mut turns, fills) = (Turns::none(), Fills::new(&open, start));
            let (mut entries, mut orders) = ([None; LANES], [None; LANES]);
            (entries[lane], orders[lane]) = (entry, Some(Order { numbers, before }));
            let after = wide::run(Cross { turns: &mut turns, entry: &entries, orders, fills: &fills })[lane];
            prop_assert_eq!(after.is_some(), before.above() == Some(held));
            let (signals, plain_after) = signals(&pair[0], &pair[1], before);
            if after.is_some() {
                prop_assert_eq!(after, Some(plain_after));
                prop_assert_eq!(found(&turns, lane, entry, &open), plain(entry, &signals, start));
            }
        }
    }
}
