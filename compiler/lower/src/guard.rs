//! The part of a condition that the market alone decides.
//!
//! A guard is true wherever its condition may be true, so a host may skip every bar on which it is not.

use bytecode::Stage;
use diagnostics::Span;
use ir::{Op, Ty, Value, ValueId, Warmup};
use stdlib::Range;

use crate::fold::Folded;

/// `id` itself when it needs the market only.
pub fn guard(folded: &mut Folded, id: ValueId) -> ValueId {
    let value = folded.value(id).clone();
    if value.stage == Stage::Market {
        return id;
    }
    let combined = match &value.op {
        Op::All(items) => {
            let mut parts: Vec<ValueId> = items.clone().into_iter().map(|a| guard(folded, a)).collect();
            parts.retain(|&g| !is_true(folded, g));
            if parts.is_empty() { None } else { Some(Op::All(parts)) }
        }
        Op::Any(items) => {
            let parts: Vec<ValueId> = items.clone().into_iter().map(|a| guard(folded, a)).collect();
            if parts.iter().any(|&g| is_true(folded, g)) { None } else { Some(Op::Any(parts)) }
        }
        _ => None,
    };
    match combined {
        Some(op) => folded.intern(Value { op, stage: Stage::Market, ..value }),
        None => folded.intern(always_true(value.span)),
    }
}

fn is_true(folded: &Folded, id: ValueId) -> bool {
    folded.value(id).op == Op::Bool(Some(true))
}

fn always_true(span: Span) -> Value {
    Value {
        op: Op::Bool(Some(true)),
        ty: Ty::Condition,
        clock: None,
        stage: Stage::Market,
        warmup: Warmup::default(),
        range: Range::point(1.0),
        span,
    }
}
