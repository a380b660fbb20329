//! Variants side by side: trade after trade of all of them at once, where nothing can refuse an entry.
//!
//! One trade waits for its divisions; those of several variants are under way at the same time. The operations are
//! those of [`crate::account`], in the same order.

#![allow(clippy::needless_range_loop, reason = "several arrays share the lane")]

use kernel::Side;

use crate::account::Account;
use crate::terms::Terms;
use crate::turns::Turns;

pub const LANES: usize = 8;

/// The state of some variants between blocks.
#[derive(Clone, Debug)]
pub struct Lanes {
    pub side: Side,
    pub cash: [f64; LANES],
    pub trades: [usize; LANES],
    /// Entered at the open of this bar, and settled with its exit.
    pub entry: [Option<u32>; LANES],
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
    pub fn settle(&mut self, turns: &[Turns; LANES], terms: &Terms<'_>, leaving: &mut Vec<Leaving>) {
        let Some(proven) = terms.proven else { return };
        let pairs: [&[[u32; 2]]; LANES] = std::array::from_fn(|lane| turns[lane].pairs());
        let mut count: [usize; LANES] = pairs.map(<[_]>::len);
        let most = count.iter().copied().max().unwrap_or(0);
        for trade in 0..most {
            let mut is_proven = true;
            for lane in 0..LANES {
                is_proven &= trade >= count[lane] || self.cash[lane] >= proven.least_equity;
            }
            if !is_proven {
                for lane in 0..LANES {
                    // NaN proves nothing either
                    let is_large = self.cash[lane] >= proven.least_equity;
                    if trade < count[lane] && !is_large {
                        leaving.push((lane, pairs[lane][trade][0]));
                        count[lane] = trade;
                    }
                }
            }
            let filled = std::array::from_fn(|lane| {
                let pair = pairs[lane].get(trade).copied().unwrap_or_default();
                pair.map(|bar| terms.market.open[bar as usize])
            });
            let after = self.traded(&filled, terms);
            for lane in 0..LANES {
                self.cash[lane] = if trade < count[lane] { after[lane] } else { self.cash[lane] };
            }
        }
        for lane in 0..LANES {
            self.trades[lane] += count[lane];
            self.entry[lane] = None;
            if let Some(entry) = turns[lane].last_entry()
                && count[lane] == pairs[lane].len()
            {
                if self.cash[lane] >= proven.least_equity {
                    self.entry[lane] = Some(entry);
                } else {
                    leaving.push((lane, entry));
                }
            }
        }
    }

    /// The cash after one trade in each lane, from the opens at which it was entered and left.
    #[inline(always)]
    fn traded(&self, filled: &[[f64; 2]; LANES], terms: &Terms<'_>) -> [f64; LANES] {
        let (rules, proven) = (&terms.rules, terms.proven.expect("`settle` has it"));
        let (taker, sign, is_long) = (rules.taker, self.side.sign(), self.side == Side::Long);
        std::array::from_fn(|lane| {
            let cash = self.cash[lane];
            let entry_price = rules.taken_at(filled[lane][0], is_long);
            let exit_price = rules.taken_at(filled[lane][1], !is_long);
            let qty = rules.instrument.qty_step.down(proven.notional(cash) / entry_price);
            let entered = cash - qty * entry_price * taker;
            let pnl = (exit_price - entry_price) * qty * sign;
            entered + (pnl - qty * exit_price * taker)
        })
    }

    /// The account of one lane, its last entry made.
    #[must_use]
    pub fn account(&self, lane: usize, terms: &Terms<'_>) -> Account {
        let mut account = Account::new(self.cash[lane], self.trades[lane]);
        if let Some(bar) = self.entry[lane] {
            account
                .enter(terms, self.side, bar as usize - 1)
                .expect("proven to be neither refused nor liquidated");
        }
        account
    }
}
