//! What holds of every module; `lower` relies on it.
//!
//! - Operands come before their users.
//! - A value is a number, a condition, or the outputs of a call. Logic, windows, sequences, scores and setups read
//!   conditions;
//!   `Output` reads a call; everything else reads numbers.
//! - Operands are on the op's clock or constant. Only `Align` reads another clock, which is slower than
//!   its own.
//! - A value is constant (no clock) exactly when it reads something and all of that is constant, or is a
//!   literal.
//! - A value depends on the position exactly when it reads the position, itself or through an operand; calls
//!   never do.
//! - A value is not warm before its operands are.
//! - Ranges are not empty; a condition's lies in `[0, 1]`.
//! - A call has one value for each declared parameter and one input for each declared input; an output
//!   exists.
//! - Windows have at least one bar and one sample; a count is at most the window.
//! - A sequence has two steps or more, with a limit on each or on the whole; a score has whole weights.
//! - A setup and its condition are alike.
//! - A case's condition and every value noted with a trade is on the block's clock or constant; what the
//!   policy reads is a number of the market on the exec clock or constant.
//! - Names are given once.

use std::collections::BTreeSet;

use bars::Timeframe;
use bytecode::{Stage, StopRule, TargetRule, TrailDistance};
use stdlib::builtin;

use crate::module::{Intent, MetadataValue, Module, ValueId};
use crate::value::{Extent, Op, Reach, Ty, Value};

/// The first thing that does not hold.
///
/// # Errors
/// When the module is not as the head of this file says: a bug of the compiler, never of the Play.
pub fn verify(module: &Module) -> Result<(), String> {
    for (at, value) in module.values.iter().enumerate() {
        check_value(module, at, value).map_err(|what| format!("%{at}: {what}"))?;
    }
    for block in &module.actions {
        for case in &block.cases {
            check_root(module, case.when, block.clock)
                .map_err(|what| format!("block {}: {what}", block.id))?;
            check_intents(module, &case.emit, block.clock)?;
        }
        check_intents(module, &block.otherwise, block.clock)?;
    }
    check_policy(module)?;
    let mut names = BTreeSet::new();
    for named in &module.named {
        existing(module, named.value)?;
        if !names.insert(&named.name) {
            return Err(format!("the name {} is given twice", named.name));
        }
    }
    Ok(())
}

fn check_value(module: &Module, at: usize, value: &Value) -> Result<(), String> {
    let mut operands = Vec::new();
    value.op.operands(|id| operands.push(id));
    if let Some(late) = operands.iter().find(|id| id.0 as usize >= at) {
        return Err(format!("reads {late}, which does not come before it"));
    }
    let operands: Vec<&Value> = operands.into_iter().map(|id| module.value(id)).collect();
    check_types(value, &operands)?;
    check_clock(value, &operands)?;
    check_stage(value, &operands)?;
    check_warmup(value, &operands)?;
    check_range(value)?;
    check_shape(module, value)
}

fn check_types(value: &Value, operands: &[&Value]) -> Result<(), String> {
    let number = |v: &Value| matches!(v.ty, Ty::Number(_));
    let condition = |v: &Value| v.ty == Ty::Condition;
    let (result, reads): (bool, bool) = match value.op {
        Op::Number(_) | Op::Field(_) | Op::Series(_) | Op::Position(_) => (number(value), true),
        Op::Bool(_) => (condition(value), true),
        Op::Call { .. } => (value.ty == Ty::Call, operands.iter().all(|v| number(v))),
        Op::Output { .. } => (number(value), operands.iter().all(|v| v.ty == Ty::Call)),
        Op::Unary { .. } | Op::Binary { .. } | Op::Shift { .. } => {
            (number(value), operands.iter().all(|v| number(v)))
        }
        Op::Align { .. } => (operands.iter().all(|v| v.ty == value.ty), value.ty != Ty::Call),
        Op::Compare { .. } | Op::Near { .. } | Op::Cross { .. } | Op::Truthy { .. } => {
            (condition(value), operands.iter().all(|v| number(v)))
        }
        Op::All(_)
        | Op::Any(_)
        | Op::Not { .. }
        | Op::Window { .. }
        | Op::Sequence { .. }
        | Op::Score { .. }
        | Op::Setup { .. } => (condition(value), operands.iter().all(|v| condition(v))),
    };
    match (result, reads) {
        (true, true) => Ok(()),
        (false, _) => Err(format!("has the type {:?}", value.ty)),
        (_, false) => Err("reads an operand of the wrong type".into()),
    }
}

fn check_clock(value: &Value, operands: &[&Value]) -> Result<(), String> {
    if let Op::Align { .. } = value.op {
        let from = operands.first().and_then(|v| v.clock);
        return match (from, value.clock) {
            (Some(from), Some(to)) if from > to => Ok(()),
            _ => Err("aligns what is not slower".into()),
        };
    }
    if operands.iter().any(|v| v.clock.is_some() && v.clock != value.clock) {
        return Err("reads another clock without `align`".into());
    }
    let literal = matches!(value.op, Op::Number(_) | Op::Bool(_));
    let needs_clock = matches!(value.op, Op::Field(_) | Op::Series(_) | Op::Position(_) | Op::Call { .. });
    let constant = literal || (!needs_clock && operands.iter().all(|v| v.clock.is_none()));
    if constant == value.clock.is_none() {
        Ok(())
    } else {
        Err("has a clock though it is constant, or none though it is not".into())
    }
}

fn check_stage(value: &Value, operands: &[&Value]) -> Result<(), String> {
    let own = if matches!(value.op, Op::Position(_)) { Stage::Position } else { Stage::Market };
    let stage = operands.iter().map(|v| v.stage).fold(own, Stage::max);
    if stage != value.stage {
        return Err(format!("is of stage {:?}, its operands make it {stage:?}", value.stage));
    }
    if stage == Stage::Position && matches!(value.op, Op::Call { .. }) {
        return Err("a built-in reads the position".into());
    }
    Ok(())
}

fn check_warmup(value: &Value, operands: &[&Value]) -> Result<(), String> {
    for operand in operands {
        for (clock, need) in &operand.warmup.0 {
            if value.warmup.0.get(clock).is_none_or(|have| have < need) {
                return Err("is warm before an operand is".into());
            }
        }
    }
    match value.clock {
        Some(clock) if !value.warmup.0.contains_key(&clock) => Err("needs no bar of its own clock".into()),
        _ => Ok(()),
    }
}

fn check_range(value: &Value) -> Result<(), String> {
    let range = value.range;
    let ordered = range.min <= range.max;
    let inside = value.ty != Ty::Condition || (range.min >= 0.0 && range.max <= 1.0);
    if ordered && inside { Ok(()) } else { Err(format!("has the range {range:?}")) }
}

fn check_shape(module: &Module, value: &Value) -> Result<(), String> {
    match &value.op {
        Op::Call { builtin: id, params, inputs } => {
            let row = builtin(*id);
            if params.0.len() == row.params.len() && inputs.len() == row.inputs.len() {
                Ok(())
            } else {
                Err(format!("does not fit the declaration of {}", row.name))
            }
        }
        Op::Output { call, index } => match &module.value(*call).op {
            Op::Call { builtin: id, params, .. }
                if usize::from(*index) < builtin(*id).outputs(params).len() =>
            {
                Ok(())
            }
            _ => Err("is an output that does not exist".into()),
        },
        Op::Window { extent, min_true, .. } => match extent {
            Extent::Bars { bars, stride } if *bars >= 1 && *stride >= 1 && *min_true <= *bars => Ok(()),
            Extent::TimeMs(ms) if *ms > 0 => Ok(()),
            _ => Err("is a window without bars".into()),
        },
        Op::Sequence { steps, within, total } => {
            let limited = total.is_some() || within.iter().all(Option::is_some);
            let reaches = within.iter().flatten().chain(total).all(|reach| match *reach {
                Reach::Bars(bars) => bars >= 1,
                Reach::TimeMs(ms) => ms >= 1,
            });
            if steps.len() >= 2 && within.len() == steps.len() - 1 && limited && reaches {
                Ok(())
            } else {
                Err("is a sequence without steps or limits".into())
            }
        }
        Op::Score { parts, min } => {
            let whole = parts.iter().map(|(_, weight)| weight).chain([min]).all(|w| w.fract() == 0.0);
            if !parts.is_empty() && whole { Ok(()) } else { Err("is a score without whole weights".into()) }
        }
        Op::All(items) | Op::Any(items) if items.is_empty() => Err("joins nothing".into()),
        _ => Ok(()),
    }
}

fn existing(module: &Module, id: ValueId) -> Result<&Value, String> {
    module.values.get(id.0 as usize).ok_or_else(|| format!("{id} does not exist"))
}

fn check_root(module: &Module, id: ValueId, clock: Timeframe) -> Result<(), String> {
    let value = existing(module, id)?;
    let on_clock = value.clock.is_none_or(|own| own == clock);
    if value.ty == Ty::Condition && on_clock {
        Ok(())
    } else {
        Err(format!("{id} is no condition on {clock}"))
    }
}

fn check_intents(module: &Module, intents: &[Intent], clock: Timeframe) -> Result<(), String> {
    for (key, value) in intents.iter().flat_map(|i| &i.metadata) {
        if let MetadataValue::Value(id) = value {
            let value = existing(module, *id)?;
            if !matches!(value.ty, Ty::Number(_)) || value.clock.is_some_and(|own| own != clock) {
                return Err(format!("{key}: {id} is no number on {clock}"));
            }
        }
    }
    Ok(())
}

fn check_policy(module: &Module) -> Result<(), String> {
    let policy = &module.policy;
    let mut reads = Vec::new();
    match &policy.stop {
        Some(StopRule::Atr { atr, .. }) => reads.push(*atr),
        Some(StopRule::Structure { long, short, .. }) => reads.extend([*long, *short]),
        _ => {}
    }
    if let Some(TargetRule::Atr { atr, .. }) = &policy.target {
        reads.push(*atr);
    }
    if let Some(TrailDistance::Atr { atr, .. }) = policy.trailing.as_ref().map(|t| &t.distance) {
        reads.push(*atr);
    }
    for id in reads {
        let value = existing(module, id)?;
        let on_exec = value.clock.is_none_or(|own| own == module.exec);
        if !matches!(value.ty, Ty::Number(_)) || !on_exec || value.stage != Stage::Market {
            return Err(format!("policy: {id} is no number of the market on {}", module.exec));
        }
    }
    Ok(())
}
