//! Expressions that are conditions.

use bars::Timeframe;
use diagnostics::Span;
use ir::{Op, ValueId};
use resolve::resolved::{CrossDirection, Expr, ExprKind, SetupId};
use stdlib::Type;

use crate::{Checker, facts, logic, report};

impl Checker<'_> {
    /// The condition on its own clock, which is the scope's or slower.
    pub(crate) fn condition(&mut self, expr: &Expr, scope: Timeframe) -> Option<ValueId> {
        match &expr.kind {
            ExprKind::Error => None,
            ExprKind::Bool(value) => Some(self.arena.condition(Op::Bool(Some(*value)), expr.span)),
            ExprKind::All(items) => self.joined(items, Op::All, expr.span, scope),
            ExprKind::Any(items) => self.joined(items, Op::Any, expr.span, scope),
            ExprKind::Not(a) => {
                let a = self.condition_on(a, scope)?;
                Some(self.arena.condition(Op::Not { a }, expr.span))
            }
            ExprKind::Setup(id) => self.setup(*id, scope),
            ExprKind::Window(window) => self.window(window, expr.span, scope),
            ExprKind::Sequence(sequence) => self.sequence(sequence, expr, scope),
            ExprKind::Score(score) => self.score(score, expr.span, scope),
            ExprKind::Compare { op, op_span, left, right } => {
                self.compare(*op, *op_span, left, right, expr.span, scope)
            }
            ExprKind::Between { value, low, high } => self.between(value, low, high, expr.span, scope),
            ExprKind::In { value, items } => self.membership(value, items, expr.span, scope),
            ExprKind::Near { kind, left, right, tolerance } => {
                self.near(*kind, (left, right, tolerance), expr.span, scope)
            }
            ExprKind::Cross { direction, left, right } => {
                self.cross(*direction, left, right, expr.span, scope)
            }
            _ => self.truth(expr, scope),
        }
    }

    /// The condition on the scope's clock, or constant.
    pub(crate) fn condition_on(&mut self, expr: &Expr, scope: Timeframe) -> Option<ValueId> {
        let id = self.condition(expr, scope)?;
        Some(self.arena.align(id, scope))
    }

    /// A number where a condition is wanted: only truths may stand there.
    fn truth(&mut self, expr: &Expr, scope: Timeframe) -> Option<ValueId> {
        let a = self.number(expr, scope)?;
        let ty = self.arena.number_type(a);
        let flag = matches!(ty, Type::Int { range, .. } if range.min >= 0.0 && range.max <= 1.0);
        if (ty == Type::Bool || flag) && self.arena.constant(a).is_none() {
            return Some(self.arena.condition(Op::Truthy { a }, expr.span));
        }
        self.out.push(report::types::not_a_condition(self.play, expr, ty));
        None
    }

    /// `all` and `any`, on the scope's clock. One condition alone stands for itself.
    fn joined(
        &mut self,
        items: &[Expr],
        op: fn(Vec<ValueId>) -> Op,
        span: Span,
        scope: Timeframe,
    ) -> Option<ValueId> {
        let built: Vec<Option<ValueId>> = items.iter().map(|item| self.condition(item, scope)).collect();
        let built: Vec<ValueId> = built.into_iter().collect::<Option<_>>()?;
        if let [only] = built.as_slice() {
            return Some(*only);
        }
        let aligned = built.into_iter().map(|id| self.arena.align(id, scope)).collect();
        let id = self.arena.condition(op(aligned), span);
        match logic::contradiction(self.play, &self.arena, id) {
            Some(told) => self.out.push(told),
            None => self.out.extend(logic::redundant(self.play, &self.arena, id)),
        }
        Some(id)
    }

    /// A setup as it reads in this scope; built once for each.
    pub(crate) fn setup(&mut self, id: SetupId, scope: Timeframe) -> Option<ValueId> {
        if let Some(&built) = self.arena.setups.get(&(id, scope)) {
            return built;
        }
        let setup = &self.play.setups[id.0];
        let built = self.condition(&setup.condition, scope).map(|a| {
            let name = setup.id.value.clone();
            self.arena.condition(Op::Setup { name, a }, setup.condition.span)
        });
        self.arena.setups.insert((id, scope), built);
        built
    }

    /// An edge on the scope's clock (L9), so that slow values cross on one fast bar only.
    fn cross(
        &mut self,
        direction: CrossDirection,
        left: &Expr,
        right: &Expr,
        span: Span,
        scope: Timeframe,
    ) -> Option<ValueId> {
        let a = self.real(left, scope);
        let b = self.real(right, scope);
        let (a, b) = (a?, b?);
        self.suspect(left, a, right, b, "crossed");
        let fact = match direction {
            CrossDirection::Above => facts::never_above(self.play, &self.arena, a, b),
            CrossDirection::Below => facts::never_above(self.play, &self.arena, b, a),
        };
        if let Some(reason) = &fact {
            self.out.push(report::logic::never_crosses(span, reason));
        }
        let (a, b) = (self.arena.align(a, scope), self.arena.align(b, scope));
        let direction = match direction {
            CrossDirection::Above => ir::CrossDirection::Above,
            CrossDirection::Below => ir::CrossDirection::Below,
        };
        let id = self.arena.condition(Op::Cross { direction, a, b }, span);
        if fact.is_none() {
            self.decided(id, (left, a), (right, b), span);
        }
        Some(id)
    }
}
