//! Comparisons: types of both sides, words, truths, tolerances.

use bars::Timeframe;
use diagnostics::Span;
use ir::{Op, ValueId};
use resolve::resolved::{CompareOp, Expr, ExprKind, NearKind};
use stdlib::{Range, Type};

use crate::{Checker, facts, report, units};

/// Below this, a tolerance in percent looks like a fraction.
const SMALL_PCT: f64 = 0.1;

/// What `+` and `-` do to their operands, in a sentence.
pub const ADDED: &str = "added";

impl Checker<'_> {
    pub(crate) fn compare(
        &mut self,
        op: CompareOp,
        op_span: Span,
        left: &Expr,
        right: &Expr,
        span: Span,
        scope: Timeframe,
    ) -> Option<ValueId> {
        match (truth_literal(left), truth_literal(right)) {
            (None, Some(value)) if is_condition(left) => {
                return self.as_truth(op, op_span, left, value, span, scope);
            }
            (Some(value), None) if is_condition(right) => {
                return self.as_truth(op, op_span, right, value, span, scope);
            }
            _ => {}
        }
        let a = self.side(left, scope);
        let b = self.side(right, scope);
        let (a, b) = (a?, b?);
        let (ta, tb) = (self.arena.number_type(a), self.arena.number_type(b));
        match (ta, tb) {
            (Type::Bool, _) if literal(right).is_some() => {
                return self.bool_side(op, op_span, (left, a), right, span);
            }
            (_, Type::Bool) if literal(left).is_some() => {
                return self.bool_side(op, op_span, (right, b), left, span);
            }
            _ => {}
        }
        if let Some(problem) = report::types::mismatch(self.play, op, op_span, (left, ta), (right, tb), span)
        {
            self.out.push(problem);
            return None;
        }
        self.suspect(left, a, right, b, "compared");
        Some(self.comparison(op, (left, a), (right, b), span, scope))
    }

    fn comparison(
        &mut self,
        op: CompareOp,
        left: (&Expr, ValueId),
        right: (&Expr, ValueId),
        span: Span,
        scope: Timeframe,
    ) -> ValueId {
        let (a, b) = self.join(left.1, right.1, scope);
        if let Some((fact, always)) = facts::decide(self.play, &self.arena, ir_op(op), a, b) {
            self.out.push(report::logic::decided(always, span, &fact));
            return self.arena.condition(Op::Compare { op: ir_op(op), a, b }, span);
        }
        let id = self.arena.condition(Op::Compare { op: ir_op(op), a, b }, span);
        self.decided(id, (left.0, a), (right.0, b), span);
        id
    }

    /// Says so when the ranges of both sides decide a condition.
    pub(crate) fn decided(
        &mut self,
        id: ValueId,
        left: (&Expr, ValueId),
        right: (&Expr, ValueId),
        span: Span,
    ) {
        let range = self.arena.get(id).range;
        if range.min == range.max {
            let bounds = [(left.0, left.1), (right.0, right.1)]
                .map(|(expr, value)| crate::describe::bounds(self.play, expr, self.arena.get(value).range));
            self.out.push(report::logic::decided_by_ranges(range.min == 1.0, span, &bounds));
        }
    }

    /// A number, or a word with its code.
    fn side(&mut self, expr: &Expr, scope: Timeframe) -> Option<ValueId> {
        match &expr.kind {
            ExprKind::Word { code, .. } => Some(self.arena.number(f64::from(*code), true, expr.span)),
            ExprKind::Bool(value) => Some(self.arena.number(f64::from(u8::from(*value)), true, expr.span)),
            _ => self.number(expr, scope),
        }
    }

    /// `(a > b) == true`
    fn as_truth(
        &mut self,
        op: CompareOp,
        op_span: Span,
        condition: &Expr,
        value: bool,
        span: Span,
        scope: Timeframe,
    ) -> Option<ValueId> {
        let a = self.condition(condition, scope)?;
        match op {
            CompareOp::Eq if value => Some(a),
            CompareOp::Ne if !value => Some(a),
            CompareOp::Eq | CompareOp::Ne => Some(self.arena.condition(Op::Not { a }, span)),
            _ => {
                self.out.push(report::types::order_of_truths(op_span));
                None
            }
        }
    }

    /// A bool output beside a literal: `== 1` means true.
    fn bool_side(
        &mut self,
        op: CompareOp,
        op_span: Span,
        (expr, a): (&Expr, ValueId),
        other: &Expr,
        span: Span,
    ) -> Option<ValueId> {
        let value = literal(other)?;
        let wanted = match op {
            CompareOp::Eq | CompareOp::Ne if value == 1.0 => op == CompareOp::Eq,
            CompareOp::Eq | CompareOp::Ne if value == 0.0 => op == CompareOp::Ne,
            _ => {
                self.out.push(report::types::bool_beside_number(self.play, op, op_span, expr, other));
                return None;
            }
        };
        let truth = self.arena.condition(Op::Truthy { a }, if wanted { span } else { expr.span });
        if wanted { Some(truth) } else { Some(self.arena.condition(Op::Not { a: truth }, span)) }
    }

    pub(crate) fn between(
        &mut self,
        value: &Expr,
        low: &Expr,
        high: &Expr,
        span: Span,
        scope: Timeframe,
    ) -> Option<ValueId> {
        let x = self.real(value, scope);
        let lo = self.real(low, scope);
        let hi = self.real(high, scope);
        let (x, lo, hi) = (x?, lo?, hi?);
        if let (Some(from), Some(to)) = (self.arena.constant(lo), self.arena.constant(hi))
            && from > to
        {
            self.out.push(report::types::reversed(from, to, low.span, high.span));
            return None;
        }
        self.suspect(value, x, low, lo, "compared");
        self.suspect(value, x, high, hi, "compared");
        let above = self.comparison(CompareOp::Ge, (value, x), (low, lo), span, scope);
        let below = self.comparison(CompareOp::Le, (value, x), (high, hi), span, scope);
        let (above, below) = self.join(above, below, scope);
        Some(self.arena.condition(Op::All(vec![above, below]), span))
    }

    /// Equal to one of them.
    pub(crate) fn membership(
        &mut self,
        value: &Expr,
        items: &[Expr],
        span: Span,
        scope: Timeframe,
    ) -> Option<ValueId> {
        let mut found = Vec::with_capacity(items.len());
        for item in items {
            // A complaint about the left side is made once.
            let told = self.out.len();
            let one = self.compare(CompareOp::Eq, span, value, item, span, scope);
            found.push(one);
            if one.is_none() && self.out[told..].iter().any(|d| d.span() == value.span || d.span() == span) {
                return None;
            }
        }
        let found: Vec<ValueId> = found.into_iter().collect::<Option<_>>()?;
        if let [only] = found.as_slice() {
            return Some(*only);
        }
        let found: Vec<ValueId> = found.into_iter().map(|id| self.arena.align(id, scope)).collect();
        if found.is_empty() { None } else { Some(self.arena.condition(Op::Any(found), span)) }
    }

    pub(crate) fn near(
        &mut self,
        kind: NearKind,
        (left, right, tolerance): (&Expr, &Expr, &Expr),
        span: Span,
        scope: Timeframe,
    ) -> Option<ValueId> {
        let a = self.real(left, scope);
        let b = self.real(right, scope);
        let t = self.real(tolerance, scope);
        let (a, b, t) = (a?, b?, t?);
        self.suspect(left, a, right, b, "compared");
        if let Some(value) = self.arena.constant(t) {
            if value < 0.0 {
                self.out.push(report::types::negative_tolerance(tolerance.span));
                return None;
            }
            if kind == NearKind::Pct && value < SMALL_PCT {
                self.out.push(report::logic::small_tolerance(value, tolerance.span));
            }
        }
        let (a, b) = self.join(a, b, scope);
        let (a, t) = self.join(a, t, scope);
        let (b, t) = self.join(b, t, scope);
        let kind = match kind {
            NearKind::Abs => ir::NearKind::Abs,
            NearKind::Pct => ir::NearKind::Pct,
        };
        let id = self.arena.condition(Op::Near { kind, a, b, tolerance: t }, span);
        self.decided(id, (left, a), (right, b), span);
        Some(id)
    }

    /// Warns when the two sides measure different things.
    pub(crate) fn suspect(&mut self, left: &Expr, a: ValueId, right: &Expr, b: ValueId, verb: &str) {
        let (ua, ub) = (self.arena.number_type(a).unit(), self.arena.number_type(b).unit());
        if units::clash(ua, ub) {
            let senseless = verb == ADDED && units::senseless_sum(ua, ub);
            self.out.push(report::logic::unit_clash(self.play, (left, ua), (right, ub), verb, senseless));
        } else if verb != ADDED {
            self.suspect_fraction(left, a, b, right.span);
            self.suspect_fraction(right, b, a, left.span);
        }
    }

    /// `rsi < 0.3`, where 30 was meant.
    fn suspect_fraction(&mut self, expr: &Expr, value: ValueId, other: ValueId, at: Span) {
        let Some(fraction) = self.arena.constant(other) else { return };
        let is_percent = self.arena.get(value).range == Range::PERCENT;
        if is_percent && fraction > 0.0 && fraction < 1.0 {
            self.out.push(report::logic::fraction(self.play, expr, fraction, at));
        }
    }
}

/// `true` or `false` as written.
fn truth_literal(expr: &Expr) -> Option<bool> {
    match expr.kind {
        ExprKind::Bool(value) => Some(value),
        ExprKind::Number { value: 1.0, .. } => Some(true),
        ExprKind::Number { value: 0.0, .. } => Some(false),
        _ => None,
    }
}

fn literal(expr: &Expr) -> Option<f64> {
    match &expr.kind {
        ExprKind::Bool(value) => Some(f64::from(u8::from(*value))),
        ExprKind::Number { value, .. } => Some(*value),
        ExprKind::Negate(a) => literal(a).map(|v| -v),
        _ => None,
    }
}

/// Whether the expression is a condition by its shape.
fn is_condition(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Compare { .. }
            | ExprKind::Between { .. }
            | ExprKind::In { .. }
            | ExprKind::Near { .. }
            | ExprKind::Cross { .. }
            | ExprKind::All(_)
            | ExprKind::Any(_)
            | ExprKind::Not(_)
            | ExprKind::Window(_)
            | ExprKind::Sequence(_)
            | ExprKind::Score(_)
            | ExprKind::Setup(_)
    )
}

fn ir_op(op: CompareOp) -> ir::CompareOp {
    match op {
        CompareOp::Gt => ir::CompareOp::Gt,
        CompareOp::Ge => ir::CompareOp::Ge,
        CompareOp::Lt => ir::CompareOp::Lt,
        CompareOp::Le => ir::CompareOp::Le,
        CompareOp::Eq => ir::CompareOp::Eq,
        CompareOp::Ne => ir::CompareOp::Ne,
    }
}
