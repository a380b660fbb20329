//! The values of the module under construction: each gets its clock, stage, warm-up and range here and
//! nowhere else.

use std::mem::{Discriminant, discriminant};

use bars::Timeframe;
use bytecode::Stage;
use diagnostics::Span;
use ir::{Op, Ty, Value, ValueId};
use resolve::resolved::{OutputRef, Play, SetupId};
use rustc_hash::FxHashMap;
use stdlib::{Range, Type, Unit};

use crate::{ranges, warmup};

/// What the ids of shared values are found by: the kind of op, its operands, its clock.
type Key = (Discriminant<Op>, [u32; 2], Option<Timeframe>);

pub struct Arena {
    values: Vec<Value>,
    /// Numbers are shared, so that "the same value" is the same id; conditions keep their places in the text.
    shared: FxHashMap<Key, Vec<ValueId>>,
    /// Calls and outputs that were built; `None`: could not be.
    pub calls: Vec<Option<Option<ValueId>>>,
    pub outputs: FxHashMap<OutputRef, ValueId>,
    /// Setups by the clock of the scope in which they stand.
    pub setups: FxHashMap<(SetupId, Timeframe), Option<ValueId>>,
    pub tolerance: f64,
}

impl Arena {
    pub fn new(play: &Play, tolerance: f64) -> Arena {
        Arena {
            values: Vec::new(),
            shared: FxHashMap::default(),
            calls: vec![None; play.calls.len()],
            outputs: FxHashMap::default(),
            setups: FxHashMap::default(),
            tolerance,
        }
    }

    pub fn into_values(self) -> Vec<Value> {
        self.values
    }

    pub fn get(&self, id: ValueId) -> &Value {
        &self.values[id.0 as usize]
    }

    pub fn clock(&self, id: ValueId) -> Option<Timeframe> {
        self.get(id).clock
    }

    /// The type of a number.
    pub fn number_type(&self, id: ValueId) -> Type {
        match self.get(id).ty {
            Ty::Number(ty) => ty,
            Ty::Condition | Ty::Call => Type::Bool,
        }
    }

    pub fn number(&mut self, value: f64, is_int: bool, span: Span) -> ValueId {
        let (unit, range) = (Unit::Scalar, Range::point(value));
        let ty = if is_int { Type::Int { unit, range } } else { Type::Float { unit, range } };
        self.add(Op::Number(value), Ty::Number(ty), None, span)
    }

    /// The constant that this value is, if it is one.
    pub fn constant(&self, id: ValueId) -> Option<f64> {
        match self.get(id).op {
            Op::Number(value) => Some(value),
            _ => None,
        }
    }

    /// A value whose clock follows from its operands.
    pub fn derive(&mut self, op: Op, ty: Ty, span: Span) -> ValueId {
        let mut clock = None;
        op.operands(|id| clock = clock.or(self.values[id.0 as usize].clock));
        self.add(op, ty, clock, span)
    }

    pub fn condition(&mut self, op: Op, span: Span) -> ValueId {
        self.derive(op, Ty::Condition, span)
    }

    /// `id` as seen from `clock`; constants are seen from everywhere.
    pub fn align(&mut self, id: ValueId, clock: Timeframe) -> ValueId {
        let value = self.get(id);
        match value.clock {
            Some(own) if own != clock => {
                let (ty, span) = (value.ty, value.span);
                self.add(Op::Align { a: id }, ty, Some(clock), span)
            }
            _ => id,
        }
    }

    /// The value before it was aligned.
    pub fn unaligned(&self, id: ValueId) -> ValueId {
        match self.get(id).op {
            Op::Align { a } => self.unaligned(a),
            _ => id,
        }
    }

    /// The value so many bars before, where something reads it.
    pub fn shifted(&self, id: ValueId, bars: u32) -> Option<ValueId> {
        let op = Op::Shift { a: id, bars };
        let key = (discriminant(&op), [id.0, u32::MAX], self.clock(id));
        self.shared.get(&key)?.iter().copied().find(|found| self.get(*found).op == op)
    }

    /// Adds a value, or finds the number that is the same.
    pub fn add(&mut self, op: Op, ty: Ty, clock: Option<Timeframe>, span: Span) -> ValueId {
        let mut first = [u32::MAX; 2];
        let mut count = 0;
        op.operands(|id| {
            if count < 2 {
                first[count] = id.0;
            }
            count += 1;
        });
        let key = (discriminant(&op), first, clock);
        if ty != Ty::Condition {
            let same = self.shared.get(&key).and_then(|ids| {
                ids.iter().copied().find(|id| self.get(*id).op == op && self.get(*id).ty == ty)
            });
            if let Some(id) = same {
                return id;
            }
        }
        let id = ValueId(u32::try_from(self.values.len()).expect("a Play has fewer than 2^32 values"));
        let value = self.describe(op, ty, clock, span);
        self.values.push(value);
        if ty != Ty::Condition {
            self.shared.entry(key).or_default().push(id);
        }
        id
    }

    fn describe(&self, op: Op, ty: Ty, clock: Option<Timeframe>, span: Span) -> Value {
        let mut stage = if matches!(op, Op::Position(_)) { Stage::Position } else { Stage::Market };
        op.operands(|id| stage = stage.max(self.get(id).stage));
        let warmup = warmup::of(&op, clock, self.tolerance, |id| &self.get(id).warmup);
        let range = match ty {
            Ty::Number(ty) => ty.range(),
            Ty::Call => Range::ANY,
            Ty::Condition => ranges::condition(&op, |id| self.get(id).range, |id| self.get(id).ty),
        };
        Value { op, ty, clock, stage, warmup, range, span }
    }
}
