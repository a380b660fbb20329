//! For which values of one number a condition holds: a set of intervals.

use ir::{CompareOp, CrossDirection, Op, Ty, ValueId};
use stdlib::{Range, Type};

use crate::arena::Arena;

/// A place between the numbers: just before one, or just after it.
type Cut = (f64, bool);

const START: Cut = (f64::NEG_INFINITY, false);
const END: Cut = (f64::INFINITY, true);

/// From cut to cut, in order and apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Set(Vec<(Cut, Cut)>);

impl Set {
    pub fn none() -> Set {
        Set(Vec::new())
    }

    fn all() -> Set {
        Set(vec![(START, END)])
    }

    fn between(min: f64, max: f64) -> Set {
        Set(vec![((min, false), (max, true))])
    }

    fn compared(op: CompareOp, limit: f64) -> Set {
        let (before, after) = ((limit, false), (limit, true));
        Set(match op {
            CompareOp::Gt => vec![(after, END)],
            CompareOp::Ge => vec![(before, END)],
            CompareOp::Lt => vec![(START, before)],
            CompareOp::Le => vec![(START, after)],
            CompareOp::Eq => vec![(before, after)],
            CompareOp::Ne => vec![(START, before), (after, END)],
        })
    }

    pub fn union(&self, other: &Set) -> Set {
        let mut all: Vec<(Cut, Cut)> = self.0.iter().chain(&other.0).copied().collect();
        all.sort_by(|a, b| cut_order(a.0, b.0));
        let mut merged: Vec<(Cut, Cut)> = Vec::with_capacity(all.len());
        for next in all {
            match merged.last_mut() {
                Some(last) if next.0 <= last.1 => last.1 = larger(last.1, next.1),
                _ => merged.push(next),
            }
        }
        Set(merged)
    }

    pub fn intersection(&self, other: &Set) -> Set {
        let pairs = self.0.iter().flat_map(|a| other.0.iter().map(move |b| (a, b)));
        let common = pairs.map(|(a, b)| (larger(a.0, b.0), smaller(a.1, b.1)));
        Set(common.filter(|(from, to)| from < to).collect())
    }

    fn complement(&self) -> Set {
        let ends = self.0.iter().map(|span| span.1);
        let starts = self.0.iter().map(|span| span.0);
        let gaps = std::iter::once(START).chain(ends).zip(starts.chain(std::iter::once(END)));
        Set(gaps.filter(|(from, to)| from < to).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn is_within(&self, other: &Set) -> bool {
        self.intersection(&other.complement()).is_empty()
    }

    /// The same whole numbers, each with what lies around it, so that neighbours touch.
    fn around_whole(&self) -> Set {
        let around = |(from, to): &(Cut, Cut)| {
            let least = if from.1 { from.0.floor() + 1.0 } else { from.0.ceil() };
            let most = if to.1 { to.0.floor() } else { to.0.ceil() - 1.0 };
            (least <= most).then_some(((least - 0.5, false), (most + 0.5, false)))
        };
        let spans = self.0.iter().filter_map(around);
        spans.fold(Set::none(), |sum, span| sum.union(&Set(vec![span])))
    }
}

fn cut_order(a: Cut, b: Cut) -> std::cmp::Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
}

fn larger(a: Cut, b: Cut) -> Cut {
    if a < b { b } else { a }
}

fn smaller(a: Cut, b: Cut) -> Cut {
    if a < b { a } else { b }
}

/// What a condition says about one number.
#[derive(Clone, Debug)]
pub struct Said {
    pub value: ValueId,
    /// Wherever the condition holds, the number is in here.
    pub set: Set,
    /// Wherever the number is in here, the condition holds.
    pub is_exact: bool,
}

/// Nothing where the condition asks about several numbers, or about their past.
pub fn said(arena: &Arena, id: ValueId) -> Option<Said> {
    let mut said = raw(arena, id)?;
    said.set = said.set.intersection(&domain(arena, said.value));
    if is_whole(arena, said.value) {
        said.set = said.set.around_whole();
    }
    Some(said)
}

/// Every value that the number can have.
pub fn possible(arena: &Arena, value: ValueId) -> Set {
    let domain = domain(arena, value);
    if is_whole(arena, value) { domain.around_whole() } else { domain }
}

fn domain(arena: &Arena, value: ValueId) -> Set {
    let Range { min, max } = arena.number_type(value).range();
    Set::between(min, max)
}

fn is_whole(arena: &Arena, value: ValueId) -> bool {
    matches!(arena.get(value).ty, Ty::Number(Type::Int { .. } | Type::Bool | Type::Enum(_)))
}

fn raw(arena: &Arena, id: ValueId) -> Option<Said> {
    let exact = |value, set| Some(Said { value: arena.unaligned(value), set, is_exact: true });
    match &arena.get(id).op {
        Op::Align { a } | Op::Setup { a, .. } => raw(arena, *a),
        Op::Truthy { a } => exact(*a, Set::compared(CompareOp::Ne, 0.0)),
        Op::Not { a } => {
            let said = raw(arena, *a).filter(|said| said.is_exact)?;
            Some(Said { set: said.set.complement(), ..said })
        }
        Op::Compare { op, a, b } => match (arena.constant(*a), arena.constant(*b)) {
            (None, Some(limit)) => exact(*a, Set::compared(*op, limit)),
            (Some(limit), None) => exact(*b, Set::compared(super::flipped(*op), limit)),
            _ => None,
        },
        Op::Cross { direction, a, b } => {
            let op = match direction {
                CrossDirection::Above => CompareOp::Gt,
                CrossDirection::Below => CompareOp::Lt,
            };
            let limit = arena.constant(*b).filter(|_| arena.constant(*a).is_none())?;
            let set = Set::compared(op, limit);
            Some(Said { value: arena.unaligned(*a), set, is_exact: false })
        }
        Op::All(items) => joined(arena, items, Set::all(), Set::intersection),
        Op::Any(items) => joined(arena, items, Set::none(), Set::union),
        _ => None,
    }
}

fn joined(arena: &Arena, items: &[ValueId], start: Set, join: fn(&Set, &Set) -> Set) -> Option<Said> {
    let all: Vec<Said> = items.iter().map(|&item| raw(arena, item)).collect::<Option<_>>()?;
    let value = all.first()?.value;
    if all.iter().any(|said| said.value != value) {
        return None;
    }
    let set = all.iter().fold(start, |sum, said| join(&sum, &said.set));
    Some(Said { value, set, is_exact: all.iter().all(|said| said.is_exact) })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Relation = fn(f64, f64) -> bool;

    const OPS: [(CompareOp, Relation); 6] = [
        (CompareOp::Gt, |a, b| a > b),
        (CompareOp::Ge, |a, b| a >= b),
        (CompareOp::Lt, |a, b| a < b),
        (CompareOp::Le, |a, b| a <= b),
        (CompareOp::Eq, |a, b| a == b),
        (CompareOp::Ne, |a, b| a != b),
    ];

    fn contains(set: &Set, x: f64) -> bool {
        !set.intersection(&Set::compared(CompareOp::Eq, x)).is_empty()
    }

    /// Every pair of comparisons with small limits, against the comparisons themselves at halves around them.
    #[test]
    fn sets_hold_what_their_conditions_hold() {
        let points: Vec<f64> = (-4..=8).map(|n| f64::from(n) / 2.0).collect();
        for ((f, f_holds), (g, g_holds)) in OPS.into_iter().flat_map(|a| OPS.map(|b| (a, b))) {
            for (a, b) in (-1..=3).flat_map(|a| (-1..=3).map(move |b| (f64::from(a), f64::from(b)))) {
                let (left, right) = (Set::compared(f, a), Set::compared(g, b));
                let (both, either, not) = (left.intersection(&right), left.union(&right), left.complement());
                for &x in &points {
                    let (l, r) = (f_holds(x, a), g_holds(x, b));
                    assert_eq!(contains(&both, x), l && r, "{f:?} {a} and {g:?} {b} at {x}");
                    assert_eq!(contains(&either, x), l || r, "{f:?} {a} or {g:?} {b} at {x}");
                    assert_eq!(contains(&not, x), !l, "not {f:?} {a} at {x}");
                }
                let implied = points.iter().all(|&x| !f_holds(x, a) || g_holds(x, b));
                assert_eq!(left.is_within(&right), implied, "{f:?} {a} within {g:?} {b}");
                let whole: Vec<f64> = (-9..=9).map(f64::from).collect();
                let implied = whole.iter().all(|&x| !f_holds(x, a) || g_holds(x, b));
                let within = left.around_whole().is_within(&right.around_whole());
                assert_eq!(within, implied, "whole {f:?} {a} within {g:?} {b}");
            }
        }
    }
}
