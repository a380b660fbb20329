//! What became of the intents of each case.

use bytecode::Block;
use serde::{Deserialize, Serialize};

use crate::event::Fired;
use crate::sizing::Refusal;

/// What became of the entries of each case, and what else is worth telling.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// In the order of blocks and their cases; the last one of each block is its `otherwise`.
    pub cases: Vec<Blocked>,
    /// Where a block begins in `cases`.
    offsets: Vec<u32>,
    /// Partial exits smaller than the quantity step.
    pub exits_too_small: u32,
    /// Entries whose stop lay beyond the liquidation price when they were filled, and was left there or moved.
    pub stops_beyond_liquidation: u32,
}

/// Entries of one case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    pub sent: u32,
    pub filled: u32,
    /// Limit entries that expired, were cancelled by their time in force, or were still waiting at the end.
    pub unfilled: u32,
    /// By [`Refusal::ALL`].
    pub refused: [u32; Refusal::ALL.len()],
    /// Exits this case ordered.
    pub exits: u32,
}

impl Counters {
    pub(crate) fn new(blocks: &[Block]) -> Counters {
        let mut counters = Counters::default();
        let mut next = 0;
        for block in blocks {
            counters.offsets.push(next);
            next += block.cases.len() as u32 + 1;
        }
        counters.cases = vec![Blocked::default(); next as usize];
        counters
    }

    /// Where a case is found in `cases`.
    #[must_use]
    #[inline]
    pub fn index(&self, fired: Fired) -> usize {
        let block = usize::from(fired.block);
        let first = self.offsets[block] as usize;
        let end = self.offsets.get(block + 1).map_or(self.cases.len(), |&o| o as usize);
        if fired.case == Fired::OTHERWISE { end - 1 } else { first + usize::from(fired.case) }
    }

    #[inline]
    pub(crate) fn of(&mut self, fired: Fired) -> &mut Blocked {
        let index = self.index(fired);
        &mut self.cases[index]
    }
}
