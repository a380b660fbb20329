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
    let parts = |folded: &mut Folded, items: &[ValueId]| -> Vec<ValueId> {
        items.iter().map(|&a| guard(folded, a)).collect()
    };
    let op = match &value.op {
        Op::All(items) => {
            let mut parts = parts(folded, items);
            parts.retain(|&g| !is_true(folded, g));
            match parts[..] {
                [] => return always_true(folded, value.span),
                [only] => return only,
                _ => Op::All(parts),
            }
        }
        Op::Any(items) => {
            let parts = parts(folded, items);
            if parts.iter().any(|&g| is_true(folded, g)) {
                return always_true(folded, value.span);
            }
            Op::Any(parts)
        }
        // It is true on no bar on which its last step is not.
        Op::Sequence { steps, .. } => {
            return match steps.last() {
                Some(&last) => guard(folded, last),
                None => always_true(folded, value.span),
            };
        }
        _ => return always_true(folded, value.span),
    };
    folded.intern(Value { op, stage: Stage::Market, ..value })
}

fn is_true(folded: &Folded, id: ValueId) -> bool {
    folded.value(id).op == Op::Bool(Some(true))
}

fn always_true(folded: &mut Folded, span: Span) -> ValueId {
    folded.intern(Value {
        op: Op::Bool(Some(true)),
        ty: Ty::Condition,
        clock: None,
        stage: Stage::Market,
        warmup: Warmup::default(),
        range: Range::point(1.0),
        span,
    })
}
