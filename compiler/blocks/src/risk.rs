//! Risk rules: those of a block, under those that the Play gives beside it.

use syntax::ast::{Expr, ExprKind, Play, RiskModel, StopRule};

use crate::expander::Expander;
use crate::report;
use crate::scope::{Place, Scope};

impl Expander<'_> {
    /// `risk: {use: ..}` is the full form: what the block says, and what is given beside it instead.
    pub fn play_risk(&mut self, play: &mut Play, scope: &mut Scope) {
        if let Some(model) = &mut play.risk_model {
            self.risk_model(model, scope);
        }
        let Some(risk) = &mut play.risk else { return };
        let Some(block) = risk.block.take() else {
            for stop in risk.stop_loss.iter_mut() {
                self.stop(stop, scope);
            }
            if let Some(target) = &mut risk.take_profit {
                self.optional(&mut target.atr_feature_id, scope);
            }
            if let Some(trailing) = &mut risk.trailing {
                self.optional(&mut trailing.atr_feature_id, scope);
            }
            return;
        };
        let mut model = RiskModel {
            block: Some(block),
            stop_loss: risk.stop_loss.take(),
            take_profit: risk.take_profit.take(),
            sizing: risk.sizing.take(),
            trailing: risk.trailing.take(),
            break_even: risk.break_even.take(),
            tp_order_type: risk.tp_order_type.clone(),
            sl_order_type: risk.sl_order_type.clone(),
            span: risk.span,
        };
        self.risk_model(&mut model, scope);
        if play.risk_model.is_none() {
            (play.risk, play.risk_model) = (None, Some(model));
        } else {
            // said to have no effect by the next phase, like any `risk:` beside a `risk_model:`
            (risk.stop_loss, risk.take_profit, risk.sizing) =
                (model.stop_loss, model.take_profit, model.sizing);
        }
    }

    pub fn risk_model(&mut self, model: &mut RiskModel, scope: &mut Scope) {
        if let Some(stop) = &mut model.stop_loss {
            self.stop(stop, scope);
        }
        if let Some(target) = &mut model.take_profit {
            self.optional(&mut target.atr_feature_id, scope);
        }
        if let Some(trailing) = &mut model.trailing {
            self.optional(&mut trailing.atr_feature_id, scope);
        }
        let Some(block) = model.block.take() else { return };
        let Some(base) = self.risk_of(&block) else { return };
        model.stop_loss = model.stop_loss.take().or(base.stop_loss);
        model.take_profit = model.take_profit.take().or(base.take_profit);
        model.sizing = model.sizing.take().or(base.sizing);
        model.trailing = model.trailing.take().or(base.trailing);
        model.break_even = model.break_even.take().or(base.break_even);
        model.tp_order_type = model.tp_order_type.take().or(base.tp_order_type);
        model.sl_order_type = model.sl_order_type.take().or(base.sl_order_type);
    }

    fn stop(&mut self, stop: &mut StopRule, scope: &mut Scope) {
        self.optional(&mut stop.atr_feature_id, scope);
        for level in [&mut stop.level, &mut stop.level_long, &mut stop.level_short].into_iter().flatten() {
            self.expr(level, scope, Place::ANY);
        }
        let is_structure = stop.kind.as_ref().is_some_and(|k| k.value == "structure");
        let has_level = stop.level.is_some() || (stop.level_long.is_some() && stop.level_short.is_some());
        // without one the next phase looks for a swing of the Play, which a block does not see
        if is_structure && !has_level && !scope.prefix.is_empty() {
            self.report(report::level_missing(stop.span));
            stop.level = Some(Expr { kind: ExprKind::Error, span: stop.span });
        }
    }
}
