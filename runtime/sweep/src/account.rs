//! One variant's equity, trade by trade, each decided by the kernel's own rules.
//!
//! Prices and fees are those of the simulated exchange, in the same order of operations, so that the equity is the same
//! to the bit.

use bytecode::EndOfData;
use kernel::{Anchors, Fired, Plan, Side};

use crate::terms::{Market, Terms};

/// Equity at the end, with an open position marked or closed as the Play says; trades, an open one among them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settled {
    pub initial_equity: f64,
    pub final_equity: f64,
    pub trades: usize,
}

/// A position could be liquidated: this is left to the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MightBeLiquidated;

#[derive(Clone, Copy, Debug)]
pub struct Account {
    pub cash: f64,
    pub trades: usize,
    held: Option<Held>,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    side: Side,
    qty: f64,
    entry_price: f64,
}

impl Account {
    #[must_use]
    pub fn new(cash: f64, trades: usize) -> Account {
        Account { cash, trades, held: None }
    }

    #[must_use]
    pub fn side(&self) -> Option<Side> {
        self.held.map(|held| held.side)
    }

    /// Signalled at the close of `bar`, filled at the next open; nothing where the kernel refuses it.
    pub fn enter(&mut self, terms: &Terms<'_>, side: Side, bar: usize) -> Result<(), MightBeLiquidated> {
        let Terms { rules, market, .. } = terms;
        let signal = Fired { block: 0, case: 0 };
        let plan = Plan { side, signal, signal_ms: 0, equity: self.cash, anchors: Anchors::NONE };
        if rules.check(&plan, market.close[bar], rules.taker).is_err() {
            return Ok(());
        }
        let entry_price = rules.taken_at(market.open[bar + 1], side == Side::Long);
        let Ok(qty) = rules.quantity(&plan, entry_price, rules.taker) else { return Ok(()) };
        if terms.might_liquidate(side, qty, entry_price) {
            return Err(MightBeLiquidated);
        }
        self.cash -= qty * entry_price * rules.taker;
        self.trades += 1;
        self.held = Some(Held { side, qty, entry_price });
        Ok(())
    }

    /// Signalled at the close of `bar`, filled at the next open.
    pub fn leave(&mut self, terms: &Terms<'_>, bar: usize) {
        self.sell(terms, terms.market.open[bar + 1]);
    }

    fn sell(&mut self, terms: &Terms<'_>, price: f64) {
        let Some(Held { side, qty, entry_price }) = self.held.take() else { return };
        let price = terms.rules.taken_at(price, side == Side::Short);
        let pnl = (price - entry_price) * qty * side.sign();
        self.cash += pnl - qty * price * terms.rules.taker;
    }

    #[must_use]
    pub fn end(mut self, terms: &Terms<'_>) -> Settled {
        let initial_equity = terms.rules.policy.account.equity_usdt;
        let last = last_close(&terms.market);
        let final_equity = match self.held {
            Some(held) if terms.rules.policy.end_of_data == EndOfData::Mark => {
                self.cash + (last - held.entry_price) * (held.qty * held.side.sign())
            }
            _ => {
                self.sell(terms, last);
                self.cash
            }
        };
        Settled { initial_equity, final_equity, trades: self.trades }
    }
}

fn last_close(market: &Market<'_>) -> f64 {
    market.close.last().copied().unwrap_or(f64::NAN)
}
