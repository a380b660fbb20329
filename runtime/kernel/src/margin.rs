//! Isolated margin: when a position is liquidated and what it then costs (X9).

use crate::position::Side;
use crate::rules::Rules;

impl Rules {
    /// The mark price at which the margin, with the loss taken off, is down to the maintenance margin of the entry
    /// value. NaN for a long that no positive price can liquidate.
    #[must_use]
    #[inline]
    pub fn liquidation_price(&self, side: Side, qty: f64, entry_price: f64) -> f64 {
        let value = qty * entry_price;
        let cushion = (value / self.leverage - self.instrument.maintenance_margin(value)) / qty;
        let price = entry_price - side.sign() * cushion;
        if price > 0.0 { price } else { f64::NAN }
    }

    /// The price at which selling everything and paying the liquidation (taker) fee loses exactly the margin: where
    /// the venue settles, however far the mark price has run.
    #[must_use]
    pub fn bankruptcy_price(&self, side: Side, entry_price: f64) -> f64 {
        match side {
            Side::Long => entry_price * (1.0 - 1.0 / self.leverage) / (1.0 - self.taker),
            Side::Short => entry_price * (1.0 + 1.0 / self.leverage) / (1.0 + self.taker),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::position::Side;
    use crate::testing;

    #[test]
    fn a_liquidation_costs_the_margin_to_the_cent() {
        let mut policy = testing::policy();
        policy.account.max_leverage = 10.0;
        policy.sizing.leverage = 10.0;
        let rules = testing::rules(&policy);
        // 950 contracts at 100: value 95,000, margin 9,500, maintenance 0.5 % = 475.
        // Long: 100 - (9,500 - 475) / 950 = 90.5. Short: 109.5.
        assert!((rules.liquidation_price(Side::Long, 950.0, 100.0) - 90.5).abs() < 1e-9);
        assert!((rules.liquidation_price(Side::Short, 950.0, 100.0) - 109.5).abs() < 1e-9);
        // Reference G.8 settles at 90.0495 as well, but charges no fee; ours is 950 x 90.0495 x 0.055 % = 47.05.
        let settled = rules.bankruptcy_price(Side::Long, 100.0);
        assert!((settled - 90.049_527_240_1).abs() < 1e-9);
        for side in [Side::Long, Side::Short] {
            let at = rules.bankruptcy_price(side, 100.0);
            let loss = (100.0 - at) * side.sign() * 950.0 + at * 950.0 * rules.taker;
            assert!((loss - 9_500.0).abs() < 1e-8, "{side:?} loses {loss}");
        }
    }

    #[test]
    fn an_unlevered_long_cannot_be_liquidated_at_a_positive_price_unless_margin_is_kept() {
        let rules = testing::rules(&testing::policy());
        // 1x: 100 - (1,000 - 5) / 10 = 0.5: only the maintenance margin is left.
        assert!((rules.liquidation_price(Side::Long, 10.0, 100.0) - 0.5).abs() < 1e-9);
        let mut policy = testing::policy();
        policy.account.maintenance_margin_rate = Some(0.0);
        assert!(testing::rules(&policy).liquidation_price(Side::Long, 10.0, 100.0).is_nan());
    }
}
