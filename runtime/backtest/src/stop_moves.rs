//! The next exec close at which trailing or break-even can move the stop, found over many closes at once.
//!
//! A close may be named at which the kernel then moves nothing; none may be passed over at which it would.

use bytecode::TrailDistance;
use kernel::{Position, Rules, Side};

use crate::search::{first_ge, first_gt, first_le, first_lt, highest, lowest};

/// Of the entry price. Far more than the rounding of a percentage, far less than a tick.
const SLACK: f64 = 1e-12;

pub struct StopMoves<'a> {
    rules: &'a Rules,
    position: &'a Position,
    /// Of the closes seen by the kernel, and of those given since.
    best_close: f64,
}

impl<'a> StopMoves<'a> {
    /// `None` when the stop stays where it is.
    #[must_use]
    pub fn new(rules: &'a Rules, position: &'a Position) -> Option<StopMoves<'a>> {
        let policy = &rules.policy;
        let evens = policy.break_even.is_some() && !position.break_even_done;
        let moves = (policy.trailing.is_some() || evens) && !position.stop_triggered;
        moves.then_some(StopMoves { rules, position, best_close: position.best_close })
    }

    /// The first of the closes, which follow those given before, with the trailing stop's ATR at each.
    #[must_use]
    pub fn next(&mut self, closes: &[f64], trail_atr: &[f64]) -> Option<usize> {
        let even = self.break_even(closes);
        self.trail(&closes[..even.unwrap_or(closes.len())], trail_atr).or(even)
    }

    fn break_even(&self, closes: &[f64]) -> Option<usize> {
        let rule = self.rules.policy.break_even.filter(|_| !self.position.break_even_done)?;
        self.first_in_favour(closes, rule.activation_pct)
    }

    fn trail(&mut self, closes: &[f64], trail_atr: &[f64]) -> Option<usize> {
        let trailing = self.rules.policy.trailing?;
        let position = self.position;
        let active =
            position.trailing_active || position.favour_pct(self.best_close) >= trailing.activation_pct;
        let found = match trailing.distance {
            _ if !active => self.first_in_favour(closes, trailing.activation_pct),
            TrailDistance::Percent(_) => {
                let now =
                    self.rules.trailing_stop(trailing.distance, position.side, self.best_close, f64::NAN);
                if position.takes_stop(now) {
                    (!closes.is_empty()).then_some(0)
                } else {
                    self.first_better(closes)
                }
            }
            TrailDistance::Atr { .. } => self.first_trail_by_atr(closes, trail_atr, trailing.distance),
        };
        if found.is_none() {
            self.best_close = match position.side {
                Side::Long => highest(closes, self.best_close),
                Side::Short => lowest(closes, self.best_close),
            };
        }
        found
    }

    fn first_trail_by_atr(
        &self,
        closes: &[f64],
        trail_atr: &[f64],
        distance: TrailDistance,
    ) -> Option<usize> {
        let (side, mut best) = (self.position.side, self.best_close);
        closes.iter().zip(trail_atr).position(|(&close, &atr)| {
            best = if side.is_better(close, best) { close } else { best };
            self.position.takes_stop(self.rules.trailing_stop(distance, side, best, atr))
        })
    }

    fn first_better(&self, closes: &[f64]) -> Option<usize> {
        match self.position.side {
            Side::Long => first_gt(closes, self.best_close),
            Side::Short => first_lt(closes, self.best_close),
        }
    }

    fn first_in_favour(&self, closes: &[f64], percent: f64) -> Option<usize> {
        let (side, entry_price) = (self.position.side, self.position.entry_price);
        let level = entry_price * (1.0 + side.sign() * percent / 100.0) - side.sign() * entry_price * SLACK;
        match side {
            Side::Long => first_ge(closes, level),
            Side::Short => first_le(closes, level),
        }
    }
}
