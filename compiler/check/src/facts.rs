//! What is always so between values of one bar: a close is never above the high, nor above an upper Donchian
//! channel.

use ir::{CompareOp, Op, ValueId};
use resolve::resolved::Play;
use stdlib::{Field, ParamType, Value, builtin};

use crate::arena::Arena;

/// Outputs of one built-in, from low to high.
const ORDERED: &[(&str, &[&str])] = &[
    ("bbands", &["lower", "middle", "upper"]),
    ("donchian", &["lower", "middle", "upper"]),
    ("kc", &["lower", "basis", "upper"]),
    ("session_levels", &["current_day_low", "current_day_high"]),
    ("session_levels", &["prev_day_low", "prev_day_high"]),
    ("session_levels", &["prev_week_low", "prev_week_high"]),
];

/// Outputs that include the current bar's extreme: at least its high, or at most its low.
const INCLUDE_HIGH: &[(&str, &str)] = &[("donchian", "upper"), ("session_levels", "current_day_high")];
const INCLUDE_LOW: &[(&str, &str)] = &[("donchian", "lower"), ("session_levels", "current_day_low")];

/// Something that is always so.
pub struct Fact {
    /// In words of the Play.
    pub reason: String,
    /// Whether it is so because a channel includes the bar it is compared with, which few people expect.
    pub includes_current: bool,
}

/// Why `a > b` can never be, if it cannot.
pub fn never_above(play: &Play, arena: &Arena, a: ValueId, b: ValueId) -> Option<Fact> {
    let (a, b) = (arena.unaligned(a), arena.unaligned(b));
    if arena.clock(a) != arena.clock(b) || arena.clock(a).is_none() {
        return None;
    }
    let plain = |reason: String| Some(Fact { reason, includes_current: false });
    if a == b {
        return plain("both sides are the same value".to_owned());
    }
    let (na, nb) = (name(play, arena, a)?, name(play, arena, b)?);
    if ordered_outputs(arena, a, b) {
        return plain(format!("`{na}` is never above `{nb}`"));
    }
    let (low, high) = (at_most(arena, a)?, at_least(arena, b)?);
    if low != high && !never_higher(low, high) {
        return None;
    }
    let reason = match (arena.get(a).op == Op::Field(low), arena.get(b).op == Op::Field(high)) {
        (true, true) => return plain(format!("the {na} of a bar is never above its {nb}")),
        (_, false) => format!("`{nb}` includes the current bar, so it is never below its {}", high.name()),
        (false, true) => format!("`{na}` includes the current bar, so it is never above its {}", low.name()),
    };
    Some(Fact { reason, includes_current: true })
}

/// Whether a comparison is decided, and why; `true` means always.
pub fn decide(play: &Play, arena: &Arena, op: CompareOp, a: ValueId, b: ValueId) -> Option<(Fact, bool)> {
    let up = || never_above(play, arena, a, b);
    let down = || never_above(play, arena, b, a);
    match op {
        CompareOp::Gt => up().map(|fact| (fact, false)),
        CompareOp::Le => up().map(|fact| (fact, true)),
        CompareOp::Lt => down().map(|fact| (fact, false)),
        CompareOp::Ge => down().map(|fact| (fact, true)),
        CompareOp::Eq | CompareOp::Ne => None,
    }
}

fn never_higher(a: Field, b: Field) -> bool {
    let inside = |f: Field| !matches!(f, Field::Volume | Field::Time);
    (a == Field::Low && inside(b)) || (b == Field::High && inside(a))
}

/// The built-in and output name of a value.
fn output(arena: &Arena, id: ValueId) -> Option<(ValueId, &'static str, String)> {
    let Op::Output { call, index } = arena.get(id).op else { return None };
    let Op::Call { builtin: row, params, .. } = &arena.get(call).op else { return None };
    let row = builtin(*row);
    let name = row.outputs(params).get(usize::from(index))?.name.to_string();
    Some((call, row.name, name))
}

fn ordered_outputs(arena: &Arena, a: ValueId, b: ValueId) -> bool {
    let (Some((call_a, row, a)), Some((call_b, _, b))) = (output(arena, a), output(arena, b)) else {
        return false;
    };
    call_a == call_b
        && ORDERED.iter().filter(|(of, _)| *of == row).any(|(_, outputs)| {
            let place = |name: &str| outputs.iter().position(|o| *o == name);
            matches!((place(&a), place(&b)), (Some(a), Some(b)) if a < b)
        })
}

/// A column that the value never exceeds.
fn at_most(arena: &Arena, id: ValueId) -> Option<Field> {
    bound(arena, id, INCLUDE_LOW, Field::Low, "min")
}

/// A column that never exceeds the value.
fn at_least(arena: &Arena, id: ValueId) -> Option<Field> {
    bound(arena, id, INCLUDE_HIGH, Field::High, "max")
}

fn bound(arena: &Arena, id: ValueId, table: &[(&str, &str)], field: Field, mode: &str) -> Option<Field> {
    if let Op::Field(field) = arena.get(id).op {
        return Some(field);
    }
    let (call, row, name) = output(arena, id)?;
    if table.contains(&(row, name.as_str())) {
        return Some(field);
    }
    if row != "rolling_window" {
        return None;
    }
    let Op::Call { builtin: id, params, inputs } = &arena.get(call).op else { return None };
    let at = builtin(*id).param_index("mode")?;
    let chosen = match (builtin(*id).params[at].ty, &params.0[at]) {
        (ParamType::Choice(words), Value::Choice(chosen)) => words.get(usize::from(*chosen)).copied(),
        _ => None,
    };
    match arena.get((*inputs.first()?)?).op {
        Op::Field(source) if chosen == Some(mode) => Some(source),
        _ => None,
    }
}

/// `` `rsi_14` is at most 100``; nothing for what has no name.
pub fn limit(play: &Play, arena: &Arena, id: ValueId, which: &str, value: f64) -> String {
    name(play, arena, id).map_or_else(String::new, |name| format!("`{name}` is at {which} {value}"))
}

fn name(play: &Play, arena: &Arena, id: ValueId) -> Option<String> {
    match arena.get(id).op {
        Op::Field(field) => Some(field.name().to_owned()),
        _ => {
            let (call, _, name) = output(arena, id)?;
            let at = arena.calls.iter().position(|built| *built == Some(Some(call)))?;
            let declared = &play.calls[at];
            let single = declared.outputs.len() == 1;
            Some(if single { declared.id.value.clone() } else { format!("{}.{name}", declared.id.value) })
        }
    }
}
