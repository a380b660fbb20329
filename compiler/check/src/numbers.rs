//! Expressions that are numbers.

use bars::Timeframe;
use bytecode::ops::PositionField;
use diagnostics::Span;
use ir::{BinaryOp, Op, Ty, UnaryOp, ValueId};
use resolve::resolved::{ArithmeticOp, Expr, ExprKind, Function, Position, Read, Series, Source};
use stdlib::{Range, Type, Unit};

use crate::calls::field_type;
use crate::compare::ADDED;
use crate::{Checker, clocks, ranges, report, units};

/// History of the open interest that `oi_delta` may ask for.
const MAX_DELTA_BARS: f64 = 100_000.0;

impl Checker<'_> {
    /// The number on its own clock, which is the scope's or slower.
    pub(crate) fn number(&mut self, expr: &Expr, scope: Timeframe) -> Option<ValueId> {
        match &expr.kind {
            ExprKind::Error => None,
            ExprKind::Number { value, is_int, .. } => Some(self.arena.number(*value, *is_int, expr.span)),
            ExprKind::Read(read) => self.read(*read, expr.span, scope),
            ExprKind::Negate(a) => {
                let a = self.real(a, scope)?;
                if let Some(value) = self.arena.constant(a) {
                    let whole = matches!(self.arena.number_type(a), Type::Int { .. });
                    return Some(self.arena.number(-value, whole, expr.span));
                }
                let ty = self.arena.number_type(a);
                let ty = number_of(ty, ty.unit(), ranges::negate(ty.range()));
                Some(self.arena.derive(Op::Unary { op: UnaryOp::Neg, a }, Ty::Number(ty), expr.span))
            }
            ExprKind::Arithmetic { op, left, right } => self.arithmetic(*op, left, right, expr.span, scope),
            ExprKind::Function { function, args } => self.function(*function, args, expr.span, scope),
            ExprKind::Word { word, .. } => {
                self.out.push(report::types::word_alone(word, expr.span));
                None
            }
            _ => {
                self.out.push(report::types::not_a_number(expr.span));
                None
            }
        }
    }

    /// A number that may be computed with: no word, no truth.
    pub(crate) fn real(&mut self, expr: &Expr, scope: Timeframe) -> Option<ValueId> {
        let id = self.number(expr, scope)?;
        match self.arena.number_type(id) {
            Type::Float { .. } | Type::Int { .. } => Some(id),
            ty @ (Type::Bool | Type::Enum(_)) => {
                self.out.push(report::types::no_arithmetic(self.play, expr, ty));
                None
            }
        }
    }

    fn read(&mut self, read: Read, span: Span, scope: Timeframe) -> Option<ValueId> {
        let id = match read.source {
            Source::Field(field) => {
                let ty = Ty::Number(field_type(field));
                self.arena.add(Op::Field(field), ty, Some(self.play.exec), span)
            }
            // When a bar closes, the price of the last minute is the bar's own close.
            Source::Series(series) if read.ago == 0 => self.series(series, span, scope),
            Source::Series(series) => self.series(series, span, Timeframe::M1),
            Source::Position(position) => {
                let (field, ty) = position_field(position);
                self.arena.add(Op::Position(field), Ty::Number(ty), Some(scope), span)
            }
            Source::Output(output) => self.output(output)?,
        };
        let id = match read.ago {
            0 => id,
            bars => {
                let ty = self.arena.get(id).ty;
                self.arena.derive(Op::Shift { a: id, bars }, ty, span)
            }
        };
        match self.arena.clock(id) {
            Some(own) if own < scope => {
                self.out.push(report::types::too_fast(own, scope, span));
                None
            }
            _ => Some(id),
        }
    }

    fn series(&mut self, series: Series, span: Span, scope: Timeframe) -> ValueId {
        let clock = clocks::series_clock(self.play, series).max(scope);
        let (unit, range) = match series {
            Series::LastPrice | Series::MarkPrice | Series::IndexPrice => (Unit::Price, Range::NON_NEGATIVE),
            Series::OpenInterest | Series::Liquidations => (Unit::Volume, Range::NON_NEGATIVE),
            Series::FundingRate => (Unit::Ratio, Range::ANY),
        };
        let op = match series {
            Series::LastPrice => Op::Field(stdlib::Field::Close),
            other => Op::Series(other.name().to_owned()),
        };
        self.arena.add(op, Ty::Number(Type::Float { unit, range }), Some(clock), span)
    }

    /// Both on one clock: theirs when they have the same, else the scope's. Not the finer of theirs: where its bars
    /// have a gap, the slower value would stand still until the next of them (L7).
    pub(crate) fn join(&mut self, a: ValueId, b: ValueId, scope: Timeframe) -> (ValueId, ValueId) {
        let clock = match (self.arena.clock(a), self.arena.clock(b)) {
            (Some(a), Some(b)) if a == b => a,
            (Some(_), Some(_)) => scope,
            (Some(clock), None) | (None, Some(clock)) => clock,
            (None, None) => return (a, b),
        };
        (self.arena.align(a, clock), self.arena.align(b, clock))
    }

    fn arithmetic(
        &mut self,
        op: ArithmeticOp,
        left: &Expr,
        right: &Expr,
        span: Span,
        scope: Timeframe,
    ) -> Option<ValueId> {
        let a = self.real(left, scope);
        let b = self.real(right, scope);
        let (mut a, mut b) = (a?, b?);
        if op == ArithmeticOp::Mul {
            a = self.share(left, a);
            b = self.share(right, b);
        }
        let op = match op {
            ArithmeticOp::Add => BinaryOp::Add,
            ArithmeticOp::Sub => BinaryOp::Sub,
            ArithmeticOp::Mul => BinaryOp::Mul,
            ArithmeticOp::Div => BinaryOp::Div,
            ArithmeticOp::Rem => BinaryOp::Rem,
        };
        if matches!(op, BinaryOp::Add | BinaryOp::Sub) {
            self.suspect(left, a, right, b, ADDED);
        }
        Some(self.binary(op, a, b, span, scope))
    }

    /// As a factor, `3%` is 0.03.
    fn share(&mut self, expr: &Expr, id: ValueId) -> ValueId {
        match expr.kind {
            ExprKind::Number { value, is_percent: true, .. } => {
                self.arena.number(value / 100.0, false, expr.span)
            }
            _ => id,
        }
    }

    fn binary(&mut self, op: BinaryOp, a: ValueId, b: ValueId, span: Span, scope: Timeframe) -> ValueId {
        let (a, b) = self.join(a, b, scope);
        let (ta, tb) = (self.arena.number_type(a), self.arena.number_type(b));
        let unit = units::binary(op, ta.unit(), tb.unit());
        let range = ranges::binary(op, ta.range(), tb.range());
        let whole = matches!((ta, tb), (Type::Int { .. }, Type::Int { .. })) && op != BinaryOp::Div;
        let ty = if whole { Type::Int { unit, range } } else { Type::Float { unit, range } };
        self.arena.derive(Op::Binary { op, a, b }, Ty::Number(ty), span)
    }

    fn function(
        &mut self,
        function: Function,
        args: &[Expr],
        span: Span,
        scope: Timeframe,
    ) -> Option<ValueId> {
        if function == Function::OiDelta {
            return self.oi_delta(args.first()?, span, scope);
        }
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            values.push(self.real(arg, scope));
        }
        let values: Vec<ValueId> = values.into_iter().collect::<Option<_>>()?;
        let (&first, rest) = values.split_first()?;
        match function {
            Function::Abs => {
                let ty = self.arena.number_type(first);
                let ty = number_of(ty, ty.unit(), ranges::abs(ty.range()));
                Some(self.arena.derive(Op::Unary { op: UnaryOp::Abs, a: first }, Ty::Number(ty), span))
            }
            Function::Min | Function::Max | Function::OiDelta => {
                let op = if function == Function::Min { BinaryOp::Min } else { BinaryOp::Max };
                Some(rest.iter().fold(first, |sum, &next| self.binary(op, sum, next, span, scope)))
            }
        }
    }

    /// Change of the open interest over `n` exec bars.
    fn oi_delta(&mut self, arg: &Expr, span: Span, scope: Timeframe) -> Option<ValueId> {
        let bars = match arg.kind {
            ExprKind::Error => return None,
            ExprKind::Number { value, .. } => value,
            _ => 0.0,
        };
        if bars.fract() != 0.0 || !(1.0..=MAX_DELTA_BARS).contains(&bars) {
            self.out.push(report::types::bad_delta(arg.span));
            return None;
        }
        let now = self.series(Series::OpenInterest, span, Timeframe::M1);
        let ty = self.arena.get(now).ty;
        let then = self.arena.derive(Op::Shift { a: now, bars: bars as u32 }, ty, span);
        Some(self.binary(BinaryOp::Sub, now, then, span, scope))
    }
}

fn number_of(like: Type, unit: Unit, range: Range) -> Type {
    match like {
        Type::Int { .. } => Type::Int { unit, range },
        _ => Type::Float { unit, range },
    }
}

fn position_field(position: Position) -> (PositionField, Type) {
    let percent = Type::Float { unit: Unit::Percent, range: Range::ANY };
    match position {
        Position::EntryPrice => (PositionField::EntryPrice, Type::PRICE),
        Position::BarsInTrade => (PositionField::BarsInTrade, Type::COUNT),
        Position::UnrealizedPnlPct => (PositionField::UnrealizedPnlPct, percent),
        Position::Side => (PositionField::Side, Type::DIRECTION),
        Position::StopPrice => (PositionField::StopPrice, Type::PRICE),
        Position::TargetPrice => (PositionField::TargetPrice, Type::PRICE),
        Position::MfePct => (PositionField::MfePct, percent),
        Position::MaePct => (PositionField::MaePct, percent),
    }
}
