//! Ops on a block of one bar, as bars come live: value to value, with the same bits as in longer blocks. What an op
//! costs there is everything around it, so the frequent ones take the short way.

use bytecode::{BoolReg, NumReg, Op};

use crate::elementwise::{finite, floored_rem, greater, lesser};
use crate::kleene::{self, and_word, or_word};
use crate::machine::Now;
use crate::registers::{BitsMut, Registers};
use crate::state::State;

/// Known and true, in the lowest bit.
type Condition = (u64, u64);

/// Whether this op has a short way; if so, it is done.
#[inline]
pub fn step(op: &Op, state: &mut State, r: &mut Registers, now: &Now<'_>) -> bool {
    match (*op, state) {
        (Op::Call { .. }, State::Call(call)) => return call.run_one_bar(r, now),
        (Op::CrossAbove { out, a, b }, State::Edge(before)) => {
            let crossed = edge(before, compared(r, now, a, b, |a, b| a > b));
            r.set_only_bits(now, out, crossed);
        }
        (Op::CrossBelow { out, a, b }, State::Edge(before)) => {
            let crossed = edge(before, compared(r, now, a, b, |a, b| a < b));
            r.set_only_bits(now, out, crossed);
        }
        (op, State::None) => return stateless(op, r, now),
        _ => return false,
    }
    true
}

fn stateless(op: Op, r: &mut Registers, now: &Now<'_>) -> bool {
    match op {
        Op::Add { out, a, b } => number(r, now, out, r.only(a, now) + r.only(b, now)),
        Op::Sub { out, a, b } => number(r, now, out, r.only(a, now) - r.only(b, now)),
        Op::Mul { out, a, b } => number(r, now, out, r.only(a, now) * r.only(b, now)),
        Op::Div { out, a, b } => number(r, now, out, r.only(a, now) / r.only(b, now)),
        Op::Rem { out, a, b } => number(r, now, out, floored_rem(r.only(a, now), r.only(b, now))),
        Op::Min { out, a, b } => number(r, now, out, lesser(r.only(a, now), r.only(b, now))),
        Op::Max { out, a, b } => number(r, now, out, greater(r.only(a, now), r.only(b, now))),
        Op::Neg { out, a } => number(r, now, out, -r.only(a, now)),
        Op::Abs { out, a } => number(r, now, out, r.only(a, now).abs()),
        Op::Gt { out, a, b } => condition(r, now, out, compared(r, now, a, b, |a, b| a > b)),
        Op::Ge { out, a, b } => condition(r, now, out, compared(r, now, a, b, |a, b| a >= b)),
        Op::Lt { out, a, b } => condition(r, now, out, compared(r, now, a, b, |a, b| a < b)),
        Op::Le { out, a, b } => condition(r, now, out, compared(r, now, a, b, |a, b| a <= b)),
        Op::Eq { out, a, b } => condition(r, now, out, compared(r, now, a, b, |a, b| a == b)),
        Op::Ne { out, a, b } => condition(r, now, out, compared(r, now, a, b, |a, b| a != b)),
        Op::And { out, a, b } => condition(r, now, out, and_word(r.only_bits(a), r.only_bits(b))),
        Op::Or { out, a, b } => condition(r, now, out, or_word(r.only_bits(a), r.only_bits(b))),
        Op::Not { out, a } => {
            let (known, truth) = r.only_bits(a);
            condition(r, now, out, (known, known & !truth));
        }
        _ => return false,
    }
    true
}

#[inline(always)]
fn number(r: &mut Registers, now: &Now<'_>, out: NumReg, value: f64) {
    r.set_only(now, out, finite(value));
}

#[inline(always)]
fn condition(r: &mut Registers, now: &Now<'_>, out: BoolReg, value: Condition) {
    r.set_only_bits(now, out, value);
}

/// Unknown where a number is missing.
#[inline(always)]
fn compared(
    r: &Registers,
    now: &Now<'_>,
    a: NumReg,
    b: NumReg,
    holds: impl Fn(f64, f64) -> bool,
) -> Condition {
    let (a, b) = (r.only(a, now), r.only(b, now));
    let known = !a.is_nan() & !b.is_nan();
    (u64::from(known), u64::from(known & holds(a, b)))
}

fn edge(before: &mut kleene::Before, (mut known, mut truth): Condition) -> Condition {
    kleene::edge(before, &mut BitsMut::word(&mut known, &mut truth), 1);
    (known, truth)
}
