//! Stop and target levels: where they start (X2) and how they move (X4).

use bytecode::{StopBeyondLiquidation, StopRule, TargetRule, TrailDistance};

use crate::event::Anchors;
use crate::position::{Position, Side, StopKind};
use crate::rules::Rules;

/// Levels of a position entered at some price; NaN is none. Both are rounded to the tick away from the entry: never
/// tighter than asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bracket {
    pub stop: f64,
    pub stop_kind: StopKind,
    pub target: f64,
}

/// A stop closer to the liquidation price than this share of the way counts as beyond it.
const SAFE_SHARE: f64 = 0.999;

impl Rules {
    #[must_use]
    #[inline(always)]
    pub fn bracket(&self, side: Side, price: f64, anchors: &Anchors) -> Bracket {
        let (distance, buffer, stop_kind) = self.stop_distance(side, price, anchors);
        let target = self.target_distance(price, distance, anchors);
        Bracket {
            stop: self.round_stop(side, price - side.sign() * (distance + buffer)),
            stop_kind,
            target: self.round_stop(side.opposite(), price + side.sign() * target),
        }
    }

    /// Distance without buffer, buffer, kind.
    #[inline(always)]
    fn stop_distance(&self, side: Side, price: f64, anchors: &Anchors) -> (f64, f64, StopKind) {
        let pct = |percent: f64| price * percent / 100.0;
        let (distance, buffer) = match self.policy.stop {
            Some(StopRule::Percent { percent, basis }) => (self.percent_distance(price, percent, basis), 0.0),
            Some(StopRule::Atr { multiple, buffer_pct, .. }) => {
                (anchors.stop(side) * multiple, pct(buffer_pct))
            }
            Some(StopRule::Points { distance, buffer_pct }) => (distance, pct(buffer_pct)),
            Some(StopRule::Structure { buffer_pct, .. }) => {
                ((price - anchors.stop(side)) * side.sign(), pct(buffer_pct))
            }
            None => return (self.first_trail(price, anchors), 0.0, StopKind::Trailing),
        };
        (distance, buffer, StopKind::Initial)
    }

    /// A trailing stop that needs no activation is there from the fill on, counted from the entry price.
    #[inline]
    fn first_trail(&self, price: f64, anchors: &Anchors) -> f64 {
        match self.policy.trailing {
            Some(trailing) if trailing.activation_pct == 0.0 => match trailing.distance {
                TrailDistance::Percent(percent) => price * percent / 100.0,
                TrailDistance::Atr { multiple, .. } => anchors.trail_atr * multiple,
            },
            _ => f64::NAN,
        }
    }

    #[inline(always)]
    fn target_distance(&self, price: f64, stop_distance: f64, anchors: &Anchors) -> f64 {
        match self.policy.target {
            Some(TargetRule::Percent { percent, basis }) => self.percent_distance(price, percent, basis),
            Some(TargetRule::RiskReward { ratio }) => stop_distance * ratio,
            Some(TargetRule::Atr { multiple, .. }) => anchors.target_atr * multiple,
            Some(TargetRule::Points { distance }) => distance,
            None => f64::NAN,
        }
    }

    /// Away from the price: down below a long, up above a short.
    #[inline(always)]
    fn round_stop(&self, side: Side, level: f64) -> f64 {
        match side {
            Side::Long => self.instrument.tick.down(level),
            Side::Short => self.instrument.tick.up(level),
        }
    }

    /// The stop just inside the liquidation price when it lies beyond; `None` when it lies inside.
    #[must_use]
    #[inline]
    pub fn stop_inside_liquidation(
        &self,
        side: Side,
        price: f64,
        liquidation: f64,
        stop: f64,
    ) -> Option<f64> {
        let safe = (price - liquidation) * side.sign() * SAFE_SHARE;
        let beyond = (price - stop) * side.sign() >= safe;
        beyond.then(|| {
            // Towards the entry, so that rounding cannot carry it beyond again.
            match side {
                Side::Long => self.instrument.tick.up(price - safe),
                Side::Short => self.instrument.tick.down(price + safe),
            }
        })
    }

    #[must_use]
    #[inline]
    pub fn adjusts_stops(&self) -> bool {
        self.policy.account.stop_beyond_liquidation == StopBeyondLiquidation::Adjust
    }

    /// Trailing, then break-even, on an exec close; whether the stop has moved.
    #[inline]
    pub fn move_stop(&self, position: &mut Position, close: f64, trail_atr: f64) -> bool {
        position.see_close(close);
        if position.stop_triggered {
            return false;
        }
        let before = position.stop;
        let trail = self.trail(position, trail_atr);
        offer(position, trail, StopKind::Trailing);
        let even = self.break_even(position, close);
        offer(position, even, StopKind::BreakEven);
        position.stop.to_bits() != before.to_bits()
    }

    /// NaN while it does not trail.
    #[inline]
    fn trail(&self, position: &mut Position, trail_atr: f64) -> f64 {
        let Some(trailing) = self.policy.trailing else { return f64::NAN };
        let best = position.best_close;
        position.trailing_active |= position.favour_pct(best) >= trailing.activation_pct;
        if !position.trailing_active {
            return f64::NAN;
        }
        self.trailing_stop(trailing.distance, position.side, best, trail_atr)
    }

    /// Where a stop that trails at this distance is after this best close.
    #[must_use]
    #[inline]
    pub fn trailing_stop(&self, distance: TrailDistance, side: Side, best_close: f64, trail_atr: f64) -> f64 {
        let distance = match distance {
            TrailDistance::Percent(percent) => best_close * percent / 100.0,
            TrailDistance::Atr { multiple, .. } => trail_atr * multiple,
        };
        self.round_stop(side, best_close - side.sign() * distance)
    }

    /// NaN but once.
    #[inline]
    fn break_even(&self, position: &mut Position, close: f64) -> f64 {
        let Some(rule) = self.policy.break_even else { return f64::NAN };
        if position.break_even_done || position.favour_pct(close) < rule.activation_pct {
            return f64::NAN;
        }
        position.break_even_done = true;
        let level = position.entry_price * (1.0 + position.side.sign() * rule.offset_pct / 100.0);
        self.round_stop(position.side, level)
    }
}

/// A stop only ever moves in favour; a missing one is set.
#[inline]
fn offer(position: &mut Position, level: f64, kind: StopKind) {
    if position.takes_stop(level) {
        position.stop = level;
        position.stop_kind = kind;
    }
}

#[cfg(test)]
mod tests {
    use bytecode::{Basis, BreakEven, NumReg, StopRule, TargetRule, TrailDistance, Trailing};

    use crate::event::Anchors;
    use crate::position::{Side, StopKind};
    use crate::testing;

    fn anchors(stop: f64) -> Anchors {
        Anchors { stop_long: stop, stop_short: stop, target_atr: 4.0, trail_atr: 2.0 }
    }

    #[test]
    fn roi_is_divided_by_leverage_and_levels_start_from_the_price() {
        let mut policy = testing::policy();
        policy.account.max_leverage = 2.0;
        policy.sizing.leverage = 2.0;
        policy.stop = Some(StopRule::Percent { percent: 5.0, basis: Basis::Roi });
        policy.target = Some(TargetRule::Percent { percent: 10.0, basis: Basis::Roi });
        // Short from 99.9 at 2x: stop 2.5 % above = 102.3975, target 5 % below = 94.905.
        let bracket = testing::rules(&policy).bracket(Side::Short, 99.9, &Anchors::NONE);
        assert!((bracket.stop - 102.397_5).abs() < 1e-9 && (bracket.target - 94.905).abs() < 1e-9);
        policy.stop = Some(StopRule::Percent { percent: 5.0, basis: Basis::Price });
        let bracket = testing::rules(&policy).bracket(Side::Short, 100.0, &Anchors::NONE);
        assert!((bracket.stop - 105.0).abs() < 1e-9);
    }

    #[test]
    fn reward_is_a_multiple_of_the_distance_without_buffer() {
        let mut policy = testing::policy();
        let atr = NumReg(0);
        policy.stop = Some(StopRule::Atr { atr, multiple: 1.5, buffer_pct: 1.0 });
        policy.target = Some(TargetRule::RiskReward { ratio: 2.0 });
        // ATR 2: distance 3, buffer 1 at price 100.
        let bracket = testing::rules(&policy).bracket(Side::Long, 100.0, &anchors(2.0));
        assert_eq!((bracket.stop, bracket.target), (96.0, 106.0));
        policy.stop = Some(StopRule::Structure { long: atr, short: atr, buffer_pct: 0.5 });
        // Level 95: stop 94.5, target 100 + 2 x 5.
        let bracket = testing::rules(&policy).bracket(Side::Long, 100.0, &anchors(95.0));
        assert_eq!((bracket.stop, bracket.target), (94.5, 110.0));
        policy.target = Some(TargetRule::Atr { atr, multiple: 2.0 });
        policy.stop = Some(StopRule::Points { distance: 7.0, buffer_pct: 0.0 });
        let bracket = testing::rules(&policy).bracket(Side::Short, 100.0, &anchors(f64::NAN));
        assert_eq!((bracket.stop, bracket.target), (107.0, 92.0));
    }

    #[test]
    fn trailing_follows_the_best_close_and_never_retreats() {
        let mut policy = testing::policy();
        policy.trailing = Some(Trailing { distance: TrailDistance::Percent(2.0), activation_pct: 1.0 });
        let rules = testing::rules(&policy);
        let mut position = testing::position(Side::Long, 100.5);
        assert!(!rules.move_stop(&mut position, 101.0, f64::NAN), "0.4976 % is not yet 1 %");
        assert!(position.stop.is_nan());
        assert!(rules.move_stop(&mut position, 120.0, f64::NAN));
        // Reference G.4: 120 less 2 %.
        assert!((position.stop - 117.6).abs() < 1e-9);
        assert!(!rules.move_stop(&mut position, 110.0, f64::NAN));
        assert!((position.stop - 117.6).abs() < 1e-9 && position.stop_kind == StopKind::Trailing);
    }

    #[test]
    fn break_even_happens_once() {
        let mut policy = testing::policy();
        policy.break_even = Some(BreakEven { activation_pct: 1.0, offset_pct: 0.1 });
        let rules = testing::rules(&policy);
        let mut position = testing::position(Side::Long, 100.5);
        assert!(rules.move_stop(&mut position, 101.6, f64::NAN));
        // Reference G.5: 100.5 x 1.001.
        assert!((position.stop - 100.600_5).abs() < 1e-9);
        assert!(!rules.move_stop(&mut position, 130.0, f64::NAN) && position.break_even_done);
    }

    #[test]
    fn stops_beyond_liquidation_are_moved_just_inside() {
        let rules = testing::rules(&testing::policy());
        assert_eq!(rules.stop_inside_liquidation(Side::Long, 100.0, 90.0, 95.0), None);
        // 99.9 % of the way of 10.
        let moved = rules.stop_inside_liquidation(Side::Long, 100.0, 90.0, 89.0);
        assert!((moved.expect("beyond") - 90.01).abs() < 1e-9);
        let moved = rules.stop_inside_liquidation(Side::Short, 100.0, 110.0, 110.0);
        assert!((moved.expect("beyond") - 109.99).abs() < 1e-9);
    }
}
