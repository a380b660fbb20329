//! The wallet and its highest equity.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub initial: f64,
    /// Realized: every fill's profit, fee and every funding payment is in it. Equity while flat.
    pub cash: f64,
    /// Highest equity at an exec close, the initial equity included.
    pub peak: f64,
}

impl Account {
    #[must_use]
    pub fn new(initial: f64) -> Account {
        Account { initial, cash: initial, peak: initial }
    }

    #[inline]
    pub fn mark(&mut self, equity: f64) {
        if equity > self.peak {
            self.peak = equity;
        }
    }

    /// Whether this equity is at or below the given share of the peak.
    #[must_use]
    #[inline]
    pub fn is_breached(&self, equity: f64, floor_share: f64) -> bool {
        equity <= self.peak * floor_share
    }
}
