//! Stop, target and trailing: what they are made of, and the values they read.

use bytecode::Stage;
use bytecode::policy::{Basis, StopRule, TargetRule, TrailDistance, Trailing};
use diagnostics::Span;
use ir::ValueId;
use resolve::resolved::{self, Expr, Name, Number, Stop, StopKind, Target, TargetKind};

use crate::{Checker, report};

const STOP_VALUE: f64 = 2.0;
const ATR_MULTIPLE: f64 = 2.0;

pub struct Rules {
    pub stop: Option<StopRule<ValueId>>,
    pub target: Option<TargetRule<ValueId>>,
    pub trailing: Option<Trailing<ValueId>>,
    /// False when something that was written could not be built.
    pub whole: bool,
}

impl Checker<'_> {
    pub(super) fn rules(&mut self) -> Rules {
        let mut rules = Rules { stop: None, target: None, trailing: None, whole: true };
        let Some(risk) = &self.play.risk else { return rules };
        if let Some(stop) = &risk.stop {
            let trails = stop.kind.as_ref().is_some_and(|k| is_trailing(k.value));
            if trails {
                rules.trailing = self.trailing_stop(stop, risk.trailing.as_ref());
                rules.whole &= rules.trailing.is_some();
            } else {
                rules.stop = self.stop(stop);
                rules.whole &= rules.stop.is_some();
            }
        }
        if let (Some(trailing), None) = (&risk.trailing, &rules.trailing) {
            rules.trailing = self.trailing(trailing);
            rules.whole &= rules.trailing.is_some();
        }
        if let Some(target) = &risk.target {
            rules.target = self.target(target, rules.stop.is_some());
            rules.whole &= rules.target.is_some();
        }
        rules
    }

    fn stop(&mut self, stop: &Stop) -> Option<StopRule<ValueId>> {
        let kind = stop.kind.as_ref()?.value;
        let value = (stop.value_key, stop.value.as_ref());
        let buffer_pct = self.not_negative(stop.buffer_pct.as_ref(), "buffer_pct", 0.0)?;
        match kind {
            StopKind::Percent => {
                let percent = self.value(&[value], STOP_VALUE, 100.0)?;
                Some(StopRule::Percent { percent, basis: basis(stop.basis.as_ref()) })
            }
            StopKind::Atr => {
                let multiplier = ("atr_multiplier", stop.atr_multiplier.as_ref());
                let multiple = self.value(&[value, multiplier], ATR_MULTIPLE, 100.0)?;
                let atr = self.atr(stop.atr.as_ref(), "stop", stop.span)?;
                Some(StopRule::Atr { atr, multiple, buffer_pct })
            }
            StopKind::Points => {
                let distance = self.value(&[value], STOP_VALUE, f64::INFINITY)?;
                Some(StopRule::Points { distance, buffer_pct })
            }
            StopKind::Structure => {
                let long = self.market_number(stop.long.as_ref()?)?;
                let short = self.market_number(stop.short.as_ref()?)?;
                Some(StopRule::Structure { long, short, buffer_pct })
            }
            StopKind::TrailingAtr | StopKind::TrailingPct => None,
        }
    }

    fn target(&mut self, target: &Target, has_distance: bool) -> Option<TargetRule<ValueId>> {
        let kind = target.kind.as_ref()?;
        let value = [(target.value_key, target.value.as_ref())];
        match kind.value {
            TargetKind::Percent => {
                let percent = self.value(&value, STOP_VALUE, 10_000.0)?;
                Some(TargetRule::Percent { percent, basis: basis(target.basis.as_ref()) })
            }
            TargetKind::RiskReward => {
                let ratio = self.value(&value, STOP_VALUE, 100.0)?;
                if !has_distance {
                    self.out.push(report::risk::ratio_without_stop(kind.span));
                    return None;
                }
                Some(TargetRule::RiskReward { ratio })
            }
            TargetKind::Atr => {
                let multiple = self.value(&value, ATR_MULTIPLE, 100.0)?;
                let atr = self.atr(target.atr.as_ref(), "target", target.span)?;
                Some(TargetRule::Atr { atr, multiple })
            }
            TargetKind::Points => {
                let distance = self.value(&value, STOP_VALUE, f64::INFINITY)?;
                Some(TargetRule::Points { distance })
            }
        }
    }

    /// A stop of a trailing type; what it does not say, the `trailing:` block may.
    fn trailing_stop(
        &mut self,
        stop: &Stop,
        block: Option<&resolved::Trailing>,
    ) -> Option<Trailing<ValueId>> {
        let kind = stop.kind.as_ref()?.value;
        let atr = stop.atr.as_ref().or(block.and_then(|b| b.atr.as_ref()));
        let multiple = stop.atr_multiplier.as_ref().or(block.and_then(|b| b.atr_multiplier.as_ref()));
        let percent = stop.trail_pct.as_ref().or(block.and_then(|b| b.trail_pct.as_ref()));
        let activation = stop.activation_pct.as_ref().or(block.and_then(|b| b.activation_pct.as_ref()));
        let activation_pct = self.not_negative(activation, "activation_pct", 0.0)?;
        let value = (stop.value_key, stop.value.as_ref());
        let distance = if kind == StopKind::TrailingAtr {
            let multiple = self.value(&[("atr_multiplier", multiple), value], ATR_MULTIPLE, 100.0)?;
            TrailDistance::Atr { atr: self.atr(atr, "trailing stop", stop.span)?, multiple }
        } else {
            TrailDistance::Percent(self.value(&[("trail_pct", percent), value], STOP_VALUE, 100.0)?)
        };
        Some(Trailing { distance, activation_pct })
    }

    /// The `trailing:` block beside another stop: by ATR when it names one, else in percent.
    fn trailing(&mut self, block: &resolved::Trailing) -> Option<Trailing<ValueId>> {
        let activation_pct = self.not_negative(block.activation_pct.as_ref(), "activation_pct", 0.0)?;
        let distance = match (&block.atr, &block.trail_pct) {
            (None, Some(percent)) => {
                TrailDistance::Percent(self.value(&[("trail_pct", Some(percent))], STOP_VALUE, 100.0)?)
            }
            (atr, _) => {
                let multiple = ("atr_multiplier", block.atr_multiplier.as_ref());
                let multiple = self.value(&[multiple], ATR_MULTIPLE, 100.0)?;
                TrailDistance::Atr { atr: self.atr(atr.as_ref(), "trailing stop", block.span)?, multiple }
            }
        };
        Some(Trailing { distance, activation_pct })
    }

    /// The first that is written, under the key that it is written with.
    fn value(&mut self, keys: &[(&str, Option<&Number>)], default: f64, max: f64) -> Option<f64> {
        match keys.iter().find_map(|(key, number)| Some((key, (*number)?))) {
            Some((key, number)) => self.within(number, 0.0, max, key),
            None => Some(default),
        }
    }

    fn not_negative(&mut self, number: Option<&Number>, key: &str, default: f64) -> Option<f64> {
        let Some(number) = number else { return Some(default) };
        if number.value >= 0.0 {
            return Some(number.value);
        }
        self.out.push(report::risk::negative(key, number));
        None
    }

    fn atr(&mut self, feature: Option<&Expr>, what: &str, rule: Span) -> Option<ValueId> {
        match feature {
            Some(feature) => self.market_number(feature),
            None => {
                self.out.push(report::risk::no_atr(self.play, what, rule));
                None
            }
        }
    }

    /// A number of the market as it is at the close of an exec bar.
    fn market_number(&mut self, expr: &Expr) -> Option<ValueId> {
        let exec = self.play.exec;
        let id = self.real(expr, exec)?;
        if self.arena.get(id).stage == Stage::Position {
            self.out.push(report::risk::position_in_rule(expr.span));
            return None;
        }
        Some(self.arena.align(id, exec))
    }
}

fn is_trailing(kind: StopKind) -> bool {
    matches!(kind, StopKind::TrailingAtr | StopKind::TrailingPct)
}

fn basis(name: Option<&Name>) -> Basis {
    match name {
        Some(name) if name.value == "price" => Basis::Price,
        _ => Basis::Roi,
    }
}
