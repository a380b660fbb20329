//! Variants side by side: trade after trade of all of them at once, where nothing can refuse an entry.
//!
//! One trade waits for its divisions; those of several variants are under way at the same time. The operations are
//! those of [`crate::account`], in the same order.

#![allow(clippy::needless_range_loop, reason = "several arrays share the lane")]

use kernel::Side;
use stdlib::wide::{self, Vector, Work};

use crate::account::Account;
use crate::terms::{Proven, Terms};
use crate::turns::{Entry, LANES, Turns};

/// The state of some variants between blocks.
#[derive(Clone, Debug)]
pub struct Lanes {
    pub side: Side,
    pub cash: [f64; LANES],
    pub trades: [usize; LANES],
    /// Settled with its exit.
    pub entry: [Option<Entry>; LANES],
}

/// The lane and the bar that fills the first of its entries that might be refused.
pub type Leaving = (usize, u32);

impl Lanes {
    #[must_use]
    pub fn new(side: Side, cash: f64) -> Lanes {
        Lanes { side, cash: [cash; LANES], trades: [0; LANES], entry: [None; LANES] }
    }

    /// Settles the turns of a block, of which there are none in a lane that is not at work. A lane is named in
    /// `leaving` when its equity does not prove its next entry; that entry is not made.
    pub fn settle(&mut self, turns: &Turns, terms: &Terms<'_>, leaving: &mut Vec<Leaving>) {
        let Some(proven) = &terms.proven(self.side) else { return };
        let count = wide::run(Settle { lanes: self, turns, terms, proven, leaving });
        for lane in 0..LANES {
            self.trades[lane] += count[lane];
            self.entry[lane] = None;
            if let Some(entry) = turns.last_entry(lane)
                && count[lane] == turns.count()[lane]
            {
                if proven.holds(self.cash[lane]) {
                    self.entry[lane] = Some(entry);
                } else {
                    leaving.push((lane, entry.0));
                }
            }
        }
    }

    /// The account of one lane, its last entry made.
    #[must_use]
    pub fn account(&self, lane: usize, terms: &Terms<'_>) -> Account {
        let mut account = Account::new(self.cash[lane], self.trades[lane]);
        if let Some((bar, _)) = self.entry[lane] {
            account
                .enter(terms, self.side, bar as usize - 1)
                .expect("proven to be neither refused nor liquidated");
        }
        account
    }
}

/// Trade after trade, in the widest vectors there are; gives how many were made in each lane.
struct Settle<'a, 'm> {
    lanes: &'a mut Lanes,
    turns: &'a Turns,
    terms: &'a Terms<'m>,
    proven: &'a Proven,
    leaving: &'a mut Vec<Leaving>,
}

impl Work for Settle<'_, '_> {
    type Output = [usize; LANES];

    #[inline(always)]
    fn run<V: Vector>(self) -> [usize; LANES] {
        let Settle { lanes, turns, terms, proven, leaving } = self;
        let mut count = turns.count();
        let most = count.iter().copied().max().unwrap_or(0);
        let mut cash = lanes.cash;
        // prices of no trade are not looked at
        for (trade, filled) in turns.pairs().iter().take(most).enumerate() {
            let is_proven =
                (0..LANES).fold(true, |all, lane| all & ((trade >= count[lane]) | proven.holds(cash[lane])));
            if !is_proven {
                count = left_after(trade, count, cash, turns, proven, leaving);
            }
            let after = traded(&cash, filled, lanes.side, terms, proven);
            cash = each(|lane| if trade < count[lane] { after[lane] } else { cash[lane] });
        }
        lanes.cash = cash;
        count
    }
}

/// How many trades are left in each lane when those end whose equity does not prove this one. By value, so that the
/// numbers of others need not be in memory.
#[cold]
fn left_after(
    trade: usize,
    mut count: [usize; LANES],
    cash: [f64; LANES],
    turns: &Turns,
    proven: &Proven,
    leaving: &mut Vec<Leaving>,
) -> [usize; LANES] {
    for lane in 0..LANES {
        if trade < count[lane] && !proven.holds(cash[lane]) {
            leaving.extend(turns.bar(lane, 2 * trade).map(|bar| (lane, bar)));
            count[lane] = trade;
        }
    }
    count
}

/// The cash after one trade in each lane, from the opens at which it was entered and left.
#[inline(always)]
fn traded(
    cash: &[f64; LANES],
    [entered_at, left_at]: &[[f64; LANES]; 2],
    side: Side,
    terms: &Terms<'_>,
    proven: &Proven,
) -> [f64; LANES] {
    let (rules, is_long) = (&terms.rules, side == Side::Long);
    let (taker, step, sign) = (rules.taker, rules.instrument.qty_step, side.sign());
    let entry_price: [f64; LANES] = each(|lane| rules.taken_at(entered_at[lane], is_long));
    let exit_price: [f64; LANES] = each(|lane| rules.taken_at(left_at[lane], !is_long));
    let mut qty: [f64; LANES] = each(|lane| proven.notional(cash[lane]) / entry_price[lane]);
    if step.size() > 0.0 {
        qty = each(|lane| step.down(qty[lane]));
    }
    each(|lane| {
        let entered = cash[lane] - qty[lane] * entry_price[lane] * taker;
        let pnl = (exit_price[lane] - entry_price[lane]) * qty[lane] * sign;
        entered + (pnl - qty[lane] * exit_price[lane] * taker)
    })
}

/// What `std::array::from_fn` does, but inlined wherever it is used: only then in the widest vectors.
#[inline(always)]
fn each(f: impl Fn(usize) -> f64) -> [f64; LANES] {
    let mut values = [0.0; LANES];
    for lane in 0..LANES {
        values[lane] = f(lane);
    }
    values
}
