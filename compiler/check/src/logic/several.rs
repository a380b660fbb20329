//! What several conditions together exclude, imply or exhaust.

use diagnostics::{Diagnostic, Span};
use ir::{Op, ValueId};
use resolve::resolved::Play;

use super::order::{Order, Proof};
use super::sets::{self, Said, Set};
use crate::arena::Arena;
use crate::report;

/// Conditions of an `all` of which the last can never hold together with the others.
pub fn contradiction(play: &Play, arena: &Arena, leaves: &[ValueId]) -> Option<Diagnostic> {
    let open: Vec<ValueId> = leaves.iter().copied().filter(|leaf| !super::decided(arena, *leaf)).collect();
    let proof = on_one_value(arena, &open).or_else(|| Order::of(play, arena, &open).contradiction())?;
    let spans = spans(arena, &open, &proof.conditions);
    let (last, others) = spans.split_last()?;
    (!others.is_empty()).then(|| report::logic::exclude(false, others, *last, &proof.reasons))
}

fn on_one_value(arena: &Arena, conditions: &[ValueId]) -> Option<Proof> {
    by_value(arena, conditions).into_iter().find_map(|(value, said)| {
        let is_empty = |some: &[&(usize, Said)]| common(arena, value, some).is_empty();
        fewest(&said, is_empty).map(Proof::of)
    })
}

/// Conditions of an `any` of which one always holds.
pub fn exhausted(arena: &Arena, items: &[ValueId]) -> Option<Diagnostic> {
    let open: Vec<ValueId> = items.iter().copied().filter(|item| !super::decided(arena, *item)).collect();
    let conditions = exhausting(arena, &open)?;
    let spans = spans(arena, &open, &conditions);
    let (last, others) = spans.split_last()?;
    (!others.is_empty()).then(|| report::logic::exclude(true, others, *last, &[]))
}

/// Conditions of which one always holds while the value that they ask about is known.
pub fn exhausting(arena: &Arena, conditions: &[ValueId]) -> Option<Vec<usize>> {
    let mut groups = by_value(arena, conditions).into_iter();
    groups.find_map(|(value, said)| {
        let said: Vec<(usize, Said)> = said.into_iter().filter(|(_, said)| said.is_exact).collect();
        let possible = sets::possible(arena, value);
        fewest(&said, |some| !some.is_empty() && possible.is_within(&together(some)))
    })
}

/// A condition of an `all` that others make hold, or one of an `any` that adds nothing to the others.
pub fn redundant(
    play: &Play,
    arena: &Arena,
    own: &[ValueId],
    others: &[ValueId],
    all: bool,
) -> Option<Diagnostic> {
    let is_open = |id: &ValueId| !super::decided(arena, *id);
    let order = all.then(|| Order::of(play, arena, others));
    own.iter().filter(|id| is_open(id)).find_map(|&idle| {
        let is_edge = matches!(arena.get(super::bare(arena, idle)).op, Op::Cross { .. });
        let by_order = || {
            let at = others.iter().position(|other| *other == idle).filter(|_| !is_edge)?;
            order.as_ref()?.implied(at)
        };
        let proof = by_sets(arena, own, others, idle, all).or_else(by_order)?;
        let is_open = proof.conditions.iter().all(|&at| is_open(&others[at]));
        let told: Vec<Span> = spans(arena, others, &proof.conditions);
        let span = arena.get(idle).span;
        let is_told = is_open && !told.contains(&span);
        is_told.then(|| report::logic::redundant(all, span, &told, &proof.reasons))
    })
}

fn by_sets(arena: &Arena, own: &[ValueId], others: &[ValueId], idle: ValueId, all: bool) -> Option<Proof> {
    let target = sets::said(arena, idle).filter(|said| said.is_exact || !all)?;
    let (value, mut rest) = by_value(arena, others).into_iter().find(|(value, _)| *value == target.value)?;
    let place = |id: ValueId| own.iter().position(|o| *o == id);
    // of two that say the same the later one is told
    let is_later_twin = |said: &Said, id| said.set == target.set && place(id) > place(idle);
    let parts = super::conjuncts(arena, idle);
    rest.retain(|(at, said)| {
        let id = others[*at];
        let says_nothing_new =
            id == idle || super::decided(arena, id) || is_later_twin(said, id) || all && parts.contains(&id);
        !says_nothing_new && (all || said.is_exact)
    });
    let implies = |some: &[&(usize, Said)]| {
        if some.is_empty() {
            return false;
        }
        if all {
            let common = common(arena, value, some);
            !common.is_empty() && common.is_within(&target.set)
        } else {
            target.set.is_within(&together(some))
        }
    };
    fewest(&rest, implies).map(Proof::of)
}

/// The earlier conditions that hold wherever the later one does.
pub fn covering(arena: &Arena, earlier: &[ValueId], later: ValueId) -> Option<Vec<usize>> {
    let later = super::conjuncts(arena, later);
    by_value(arena, earlier).into_iter().find_map(|(value, said)| {
        let asked: Vec<(usize, Said)> = by_value(arena, &later).into_iter().find(|(v, _)| *v == value)?.1;
        let asked = common(arena, value, &asked.iter().collect::<Vec<_>>());
        let said: Vec<(usize, Said)> = said.into_iter().filter(|(_, said)| said.is_exact).collect();
        let covers = |some: &[&(usize, Said)]| !some.is_empty() && asked.is_within(&together(some));
        if asked.is_empty() { None } else { fewest(&said, covers) }
    })
}

impl Proof {
    fn of(conditions: Vec<usize>) -> Proof {
        Proof { conditions, reasons: Vec::new() }
    }
}

type Group = (ValueId, Vec<(usize, Said)>);

/// What the conditions say, value by value, with their places in the list.
fn by_value(arena: &Arena, conditions: &[ValueId]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (at, &condition) in conditions.iter().enumerate() {
        let Some(said) = sets::said(arena, condition) else { continue };
        match groups.iter_mut().find(|(value, _)| *value == said.value) {
            Some((_, group)) => group.push((at, said)),
            None => groups.push((said.value, vec![(at, said)])),
        }
    }
    groups
}

fn common(arena: &Arena, value: ValueId, some: &[&(usize, Said)]) -> Set {
    some.iter().fold(sets::possible(arena, value), |common, (_, said)| common.intersection(&said.set))
}

fn together(some: &[&(usize, Said)]) -> Set {
    some.iter().fold(Set::none(), |sum, (_, said)| sum.union(&said.set))
}

/// The places of as few as do; nothing where all together do not.
fn fewest(said: &[(usize, Said)], does: impl Fn(&[&(usize, Said)]) -> bool) -> Option<Vec<usize>> {
    let mut kept: Vec<&(usize, Said)> = said.iter().collect();
    if !does(&kept) {
        return None;
    }
    let mut at = kept.len();
    while at > 0 {
        at -= 1;
        let mut fewer = kept.clone();
        fewer.remove(at);
        if does(&fewer) {
            kept = fewer;
        }
    }
    Some(kept.into_iter().map(|(at, _)| *at).collect())
}

/// A `between` is one thing in the text, though two here.
fn spans(arena: &Arena, conditions: &[ValueId], at: &[usize]) -> Vec<Span> {
    let mut spans: Vec<Span> = at.iter().map(|&at| arena.get(conditions[at]).span).collect();
    spans.dedup();
    spans
}
