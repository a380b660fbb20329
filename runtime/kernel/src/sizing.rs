//! How much to buy (X7).

use bytecode::{OrderType, SizingModel};
use serde::{Deserialize, Serialize};

use crate::event::{Anchors, Fired};
use crate::position::Side;
use crate::rules::Rules;

/// An entry as decided at its signal. Its quantity follows from the price at which it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub side: Side,
    pub signal: Fired,
    pub signal_ms: i64,
    /// What the sizing reads.
    pub equity: f64,
    pub anchors: Anchors,
}

/// Why an entry was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No equity is left to be margin.
    NoMargin,
    BelowMinQuantity,
    BelowMinNotional,
    /// An ATR, or a level that stop or target need, has no value.
    MissingValue,
    /// The level of the stop is on the wrong side of the price.
    StopOnWrongSide,
    StopBeyondLiquidation,
    /// risk_based sizing without a stop.
    NoStopToSizeBy,
}

impl Refusal {
    pub const ALL: [Refusal; 7] = [
        Refusal::NoMargin,
        Refusal::BelowMinQuantity,
        Refusal::BelowMinNotional,
        Refusal::MissingValue,
        Refusal::StopOnWrongSide,
        Refusal::StopBeyondLiquidation,
        Refusal::NoStopToSizeBy,
    ];

    /// For reports.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Refusal::NoMargin => "no equity is left to be margin",
            Refusal::BelowMinQuantity => "smaller than the instrument's least quantity",
            Refusal::BelowMinNotional => "smaller than the least value of an order",
            Refusal::MissingValue => "an ATR or level that the stop or target needs has no value",
            Refusal::StopOnWrongSide => "the stop's level is on the wrong side of the price",
            Refusal::StopBeyondLiquidation => "the stop lies beyond the liquidation price",
            Refusal::NoStopToSizeBy => "risk_based sizing needs a stop",
        }
    }
}

impl Rules {
    /// Contracts for an entry at this price, on the quantity grid. The fee rate is the one expected for the entry;
    /// what must be affordable reckons with the taker's.
    #[inline(always)]
    pub fn quantity(&self, plan: &Plan, price: f64, fee_rate: f64) -> Result<f64, Refusal> {
        if plan.equity.is_nan() || plan.equity <= 0.0 || price.is_nan() || price <= 0.0 {
            return Err(Refusal::NoMargin);
        }
        let sizing = &self.policy.sizing;
        let of_margin = |margin: f64| margin * self.leverage / self.with_fee;
        let wanted = match sizing.model {
            SizingModel::PercentEquity(percent) => of_margin(plan.equity * percent / 100.0),
            SizingModel::FixedUsdt(margin) => of_margin(margin),
            SizingModel::RiskBased(percent) => {
                plan.equity * percent / 100.0 / self.loss_at_stop(plan, price, fee_rate)? * price
            }
        };
        // The margin and the entry fee must both be there; while flat all equity is free.
        let affordable = plan.equity / self.cost_of_value;
        let largest = of_margin(plan.equity * sizing.max_position_pct / 100.0).min(affordable);
        let notional = wanted.min(largest);
        let qty = self.instrument.qty_step.down(notional / price);
        if qty <= 0.0 || qty < self.instrument.min_qty {
            return Err(Refusal::BelowMinQuantity);
        }
        if qty * price < self.instrument.min_notional_usdt {
            return Err(Refusal::BelowMinNotional);
        }
        Ok(qty)
    }

    /// What one contract loses from this price to the stop: price, both fees, and the slippage of a market stop.
    #[inline]
    fn loss_at_stop(&self, plan: &Plan, price: f64, fee_rate: f64) -> Result<f64, Refusal> {
        let stop = self.bracket(plan.side, price, &plan.anchors).stop;
        if stop.is_nan() {
            return Err(Refusal::NoStopToSizeBy);
        }
        let exit = match self.policy.stop_order {
            OrderType::Market => self.taken_at(stop, plan.side == Side::Short),
            OrderType::Limit => stop,
        };
        let loss = (price - exit) * plan.side.sign() + price * fee_rate + exit * self.taker;
        if loss > 0.0 { Ok(loss) } else { Err(Refusal::StopOnWrongSide) }
    }

    /// Whether the entry may be sent at all, judged at the latest close.
    #[inline(always)]
    pub fn check(&self, plan: &Plan, price: f64, fee_rate: f64) -> Result<(), Refusal> {
        use bytecode::StopBeyondLiquidation::Reject;
        if self.lacks(plan.side, &plan.anchors) {
            return Err(Refusal::MissingValue);
        }
        let stop = self.bracket(plan.side, price, &plan.anchors).stop;
        if plan.side.is_better(stop, price) || stop == price {
            return Err(Refusal::StopOnWrongSide);
        }
        let qty = self.quantity(plan, price, fee_rate)?;
        if stop.is_nan() || self.policy.account.stop_beyond_liquidation != Reject {
            return Ok(());
        }
        let liquidation = self.liquidation_price(plan.side, qty, price);
        if self.stop_inside_liquidation(plan.side, price, liquidation, stop).is_some() {
            return Err(Refusal::StopBeyondLiquidation);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bytecode::{Basis, Instrument, Policy, SizingModel, StopBeyondLiquidation, StopRule};

    use super::{Plan, Refusal};
    use crate::event::{Anchors, Fired};
    use crate::position::Side;
    use crate::testing;

    fn plan() -> Plan {
        Plan {
            side: Side::Long,
            signal: Fired { block: 0, case: 0 },
            signal_ms: 0,
            equity: 10_000.0,
            anchors: Anchors::NONE,
        }
    }

    fn quantity(policy: &Policy, price: f64) -> Result<f64, Refusal> {
        let rules = testing::rules(policy);
        rules.quantity(&plan(), price, rules.taker)
    }

    #[test]
    fn percent_equity_is_margin_times_leverage() {
        let mut policy = testing::policy();
        policy.sizing.model = SizingModel::PercentEquity(10.0);
        // 1,000 of margin at 1x, price 105.
        assert_eq!(quantity(&policy, 105.0), Ok(1_000.0 / 105.0));
        policy.sizing.include_fees = true;
        assert_eq!(quantity(&policy, 105.0), Ok(1_000.0 / 1.000_55 / 105.0));
        policy.sizing.leverage = 3.0;
        assert_eq!(quantity(&policy, 105.0), Ok(1_000.0 / 1.000_55 / 105.0), "the account allows 1x");
    }

    #[test]
    fn risk_based_loses_what_it_says() {
        let mut policy = testing::policy();
        policy.account.slippage_bps = 10.0;
        policy.account.max_leverage = 20.0;
        policy.sizing.leverage = 20.0;
        policy.sizing.model = SizingModel::RiskBased(2.0);
        policy.stop = Some(StopRule::Percent { percent: 3.0, basis: Basis::Price });
        let qty = quantity(&policy, 100.0).expect("affordable");
        // Stop 97, sold at 96.903: 3.097 + 0.055 (entry fee) + 0.05329665 (exit fee) a contract.
        let loss = qty * (100.0 - 96.903 + 100.0 * 0.000_55 + 96.903 * 0.000_55);
        assert!((loss - 200.0).abs() < 1e-9, "2 % of 10,000 is 200, not {loss}");
        policy.stop = None;
        assert_eq!(quantity(&policy, 100.0), Err(Refusal::NoStopToSizeBy));
    }

    #[test]
    fn caps_are_margin_share_and_free_margin_after_fees() {
        let mut policy = testing::policy();
        policy.sizing.model = SizingModel::FixedUsdt(50_000.0);
        // All equity: notional + fee = 10,000.
        let qty = quantity(&policy, 100.0).expect("capped");
        assert!((qty * 100.0 * 1.000_55 - 10_000.0).abs() < 1e-9);
        policy.sizing.max_position_pct = 25.0;
        assert_eq!(quantity(&policy, 100.0), Ok(25.0));
    }

    #[test]
    fn quantities_are_on_the_grid_and_above_the_minima() {
        let mut policy = testing::policy();
        policy.sizing.model = SizingModel::FixedUsdt(199.0);
        policy.instrument =
            Instrument::Custom { tick_size: 0.1, qty_step: 0.001, min_qty: 0.002, min_notional_usdt: 5.0 };
        assert_eq!(quantity(&policy, 60_000.0), Ok(0.003));
        policy.sizing.model = SizingModel::FixedUsdt(119.0);
        assert_eq!(quantity(&policy, 60_000.0), Err(Refusal::BelowMinQuantity));
        policy.instrument =
            Instrument::Custom { tick_size: 0.1, qty_step: 0.001, min_qty: 0.0, min_notional_usdt: 100.0 };
        assert_eq!(quantity(&policy, 60_000.0), Err(Refusal::BelowMinNotional));
    }

    #[test]
    fn stops_beyond_liquidation_are_refused_or_let_through() {
        let mut policy = testing::policy();
        policy.account.max_leverage = 10.0;
        policy.sizing.leverage = 10.0;
        policy.sizing.model = SizingModel::PercentEquity(10.0);
        // Liquidation 9.5 % away.
        policy.stop = Some(StopRule::Percent { percent: 9.6, basis: Basis::Price });
        let check = |policy: &Policy| {
            let rules = testing::rules(policy);
            rules.check(&plan(), 100.0, rules.taker)
        };
        assert_eq!(check(&policy), Err(Refusal::StopBeyondLiquidation));
        policy.account.stop_beyond_liquidation = StopBeyondLiquidation::Warn;
        assert_eq!(check(&policy), Ok(()));
        policy.account.stop_beyond_liquidation = StopBeyondLiquidation::Reject;
        policy.stop = Some(StopRule::Percent { percent: 9.4, basis: Basis::Price });
        assert_eq!(check(&policy), Ok(()));
    }
}
