//! A policy with the instrument applied: what every decision reads.

use bytecode::{Basis, Policy, StopRule, TargetRule, TrailDistance};

use crate::event::Anchors;
use crate::instrument::Instrument;
use crate::position::Side;

const BPS: f64 = 10_000.0;

#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    pub policy: Policy,
    pub instrument: Instrument,
    /// Position value / margin: the sizing's, at most the account's and the contract's (X7).
    pub leverage: f64,
    /// Fractions of the value.
    pub taker: f64,
    pub maker: f64,
    pub slippage: f64,
    /// What the sizing divides a margin by to leave room for the entry fee; 1 where it does not.
    pub with_fee: f64,
    /// Margin and taker's fee of a position of value 1.
    pub cost_of_value: f64,
    /// The run stops when the equity is at or below this share of its peak; `None` never.
    pub drawdown_floor: Option<f64>,
}

impl Rules {
    #[must_use]
    pub fn new(policy: &Policy, symbol: &str) -> Rules {
        let account = &policy.account;
        let instrument = Instrument::resolve(symbol, &policy.instrument, account);
        let drawdown = account.max_drawdown_pct;
        let leverage = policy.sizing.leverage.min(account.max_leverage).min(instrument.max_leverage);
        let taker = account.taker_bps / BPS;
        Rules {
            leverage,
            taker,
            with_fee: if policy.sizing.include_fees { 1.0 + taker } else { 1.0 },
            cost_of_value: 1.0 / leverage + taker,
            maker: account.maker_bps / BPS,
            slippage: account.slippage_bps / BPS,
            drawdown_floor: (drawdown < 100.0).then_some(1.0 - drawdown / 100.0),
            policy: policy.clone(),
            instrument,
        }
    }

    /// The price after slippage of an order that takes: buying pays more, selling gets less.
    #[must_use]
    #[inline]
    pub fn taken_at(&self, price: f64, buying: bool) -> f64 {
        if buying { price * (1.0 + self.slippage) } else { price * (1.0 - self.slippage) }
    }

    /// Price distance of a percentage: ROI is on the margin, hence divided by the leverage (X2).
    #[must_use]
    #[inline]
    pub fn percent_distance(&self, price: f64, percent: f64, basis: Basis) -> f64 {
        let whole = price * percent / 100.0;
        match basis {
            Basis::Roi => whole / self.leverage,
            Basis::Price => whole,
        }
    }

    /// Whether some rule cannot do without a value that is missing.
    #[must_use]
    #[inline]
    pub fn lacks(&self, side: Side, anchors: &Anchors) -> bool {
        let stop = matches!(self.policy.stop, Some(StopRule::Atr { .. } | StopRule::Structure { .. }))
            && anchors.stop(side).is_nan();
        let target =
            matches!(self.policy.target, Some(TargetRule::Atr { .. })) && anchors.target_atr.is_nan();
        let trail = self.policy.stop.is_none()
            && self
                .policy
                .trailing
                .is_some_and(|t| t.activation_pct == 0.0 && matches!(t.distance, TrailDistance::Atr { .. }))
            && anchors.trail_atr.is_nan();
        stop || target || trail
    }
}

impl Anchors {
    #[must_use]
    #[inline]
    pub fn stop(&self, side: Side) -> f64 {
        match side {
            Side::Long => self.stop_long,
            Side::Short => self.stop_short,
        }
    }
}
