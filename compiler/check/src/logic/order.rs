//! Which of several values is the larger one: what conditions say, what is always so, and what follows from both.

use std::collections::VecDeque;

use ir::{CompareOp, CrossDirection, Op, ValueId};
use resolve::resolved::Play;

use crate::arena::Arena;
use crate::facts;

/// More values than this in one `all` are not looked at: no person writes them.
const TERMS_MAX: usize = 64;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Term {
    Value(ValueId),
    Constant(f64),
}

#[derive(Clone, Debug)]
enum Why {
    /// The condition at this place in the list.
    Said(usize),
    /// It is always so, in words.
    Always(String),
}

/// `from` is below `to`, or, unless it is strict, the same.
#[derive(Clone, Debug)]
struct Edge {
    from: usize,
    to: usize,
    is_strict: bool,
    why: Why,
}

/// What follows from what.
pub struct Proof {
    /// The conditions it needs, in the order of the list.
    pub conditions: Vec<usize>,
    /// What is always so and needed.
    pub reasons: Vec<String>,
}

/// The order that the conditions of an `all` demand.
pub struct Order {
    terms: Vec<Term>,
    edges: Vec<Edge>,
}

impl Order {
    pub fn of(play: &Play, arena: &Arena, conditions: &[ValueId]) -> Order {
        let mut order = Order { terms: Vec::new(), edges: Vec::new() };
        for (at, &condition) in conditions.iter().enumerate() {
            order.say(arena, at, condition);
        }
        if order.terms.len() <= TERMS_MAX {
            order.add_facts(play, arena);
        } else {
            order.edges.clear();
        }
        order
    }

    fn say(&mut self, arena: &Arena, at: usize, condition: ValueId) {
        match arena.get(condition).op {
            Op::Not { a } => {
                if let Op::Compare { op, a, b } = arena.get(super::bare(arena, a)).op {
                    self.compare(arena, at, super::opposite(op), a, b);
                }
            }
            Op::Compare { op, a, b } => self.compare(arena, at, op, a, b),
            Op::Cross { direction, a, b } => {
                let (low, high) = match direction {
                    CrossDirection::Above => (b, a),
                    CrossDirection::Below => (a, b),
                };
                self.compare(arena, at, CompareOp::Lt, low, high);
                // one bar ago it was not so
                if let (Some(low), Some(high)) = (self.before(arena, low), self.before(arena, high)) {
                    self.add(high, low, false, Why::Said(at));
                }
            }
            _ => {}
        }
    }

    fn compare(&mut self, arena: &Arena, at: usize, op: CompareOp, a: ValueId, b: ValueId) {
        let (a, b) = (term(arena, a), term(arena, b));
        let (low, high, is_strict) = match op {
            CompareOp::Lt => (a, b, true),
            CompareOp::Le | CompareOp::Eq => (a, b, false),
            CompareOp::Gt => (b, a, true),
            CompareOp::Ge => (b, a, false),
            CompareOp::Ne => return,
        };
        self.add(low, high, is_strict, Why::Said(at));
        if op == CompareOp::Eq {
            self.add(high, low, false, Why::Said(at));
        }
    }

    /// The value one bar before, where some condition reads it.
    fn before(&self, arena: &Arena, id: ValueId) -> Option<Term> {
        match arena.constant(id) {
            Some(constant) => Some(Term::Constant(constant)),
            None => Some(Term::Value(arena.shifted(id, 1)?)),
        }
    }

    fn add(&mut self, from: Term, to: Term, is_strict: bool, why: Why) {
        let (from, to) = (self.place(from), self.place(to));
        self.edges.push(Edge { from, to, is_strict, why });
    }

    fn place(&mut self, term: Term) -> usize {
        let known = self.terms.iter().position(|t| *t == term);
        known.unwrap_or_else(|| {
            self.terms.push(term);
            self.terms.len() - 1
        })
    }

    /// What is so between the terms whatever the conditions say.
    fn add_facts(&mut self, play: &Play, arena: &Arena) {
        for from in 0..self.terms.len() {
            for to in 0..self.terms.len() {
                if from == to {
                    continue;
                }
                let fact = match (self.terms[from], self.terms[to]) {
                    (Term::Constant(a), Term::Constant(b)) if a < b => Some((true, String::new())),
                    (Term::Value(a), Term::Value(b)) => {
                        facts::never_above(play, arena, a, b).map(|fact| (false, fact.reason))
                    }
                    (Term::Value(a), Term::Constant(limit)) => {
                        let max = arena.number_type(a).range().max;
                        let told = || facts::limit(play, arena, a, "most", max);
                        (max <= limit).then(|| (max < limit, told()))
                    }
                    (Term::Constant(limit), Term::Value(b)) => {
                        let min = arena.number_type(b).range().min;
                        let told = || facts::limit(play, arena, b, "least", min);
                        (min >= limit).then(|| (min > limit, told()))
                    }
                    _ => None,
                };
                if let Some((is_strict, reason)) = fact {
                    self.edges.push(Edge { from, to, is_strict, why: Why::Always(reason) });
                }
            }
        }
    }

    /// The fewest conditions that cannot hold together; more than one, as what cannot hold alone is told elsewhere.
    pub fn contradiction(&self) -> Option<Proof> {
        let said = self.edges.iter().filter(|edge| matches!(edge.why, Why::Said(_)));
        let proofs = said.filter_map(|edge| {
            let back = self.path(edge.to, edge.from, !edge.is_strict, None)?;
            Some(proof(back.iter().chain([&edge]).copied()))
        });
        proofs.filter(|proof| proof.conditions.len() > 1).min_by_key(|proof| proof.conditions.len())
    }

    /// The other conditions that make this one hold.
    pub fn implied(&self, condition: usize) -> Option<Proof> {
        let of_it = |edge: &&Edge| matches!(edge.why, Why::Said(at) if at == condition);
        let own: Vec<&Edge> = self.edges.iter().filter(of_it).collect();
        let mut used = Vec::new();
        for edge in &own {
            used.extend(self.path(edge.from, edge.to, edge.is_strict, Some(condition))?);
        }
        let proof = proof(used.into_iter());
        (!own.is_empty() && !proof.conditions.is_empty()).then_some(proof)
    }

    /// The way up from one term to another with the fewest conditions; `strict`: at least one step of it is.
    fn path(&self, from: usize, to: usize, strict: bool, without: Option<usize>) -> Option<Vec<&Edge>> {
        let state = |term: usize, is_strict: bool| 2 * term + usize::from(is_strict);
        let mut reached: Vec<Option<(usize, Option<&Edge>)>> = vec![None; 2 * self.terms.len()];
        let mut done = vec![false; reached.len()];
        let mut waiting = VecDeque::from([(state(from, false), 0_usize)]);
        reached[state(from, false)] = Some((0, None));
        let mut back = vec![usize::MAX; reached.len()];
        while let Some((here, cost)) = waiting.pop_front() {
            if std::mem::replace(&mut done[here], true) {
                continue;
            }
            for edge in self.edges.iter().filter(|edge| edge.from == here / 2) {
                let price = match edge.why {
                    Why::Said(at) if Some(at) == without => continue,
                    Why::Said(_) => 1,
                    Why::Always(_) => 0,
                };
                let next = state(edge.to, here % 2 == 1 || edge.is_strict);
                if reached[next].is_none_or(|(known, _)| cost + price < known) {
                    reached[next] = Some((cost + price, Some(edge)));
                    back[next] = here;
                    match price {
                        0 => waiting.push_front((next, cost)),
                        _ => waiting.push_back((next, cost + 1)),
                    }
                }
            }
        }
        let ends = [state(to, true), state(to, false)];
        let ends = ends.into_iter().take(if strict { 1 } else { 2 });
        let end = ends.filter_map(|end| Some((reached[end]?.0, end))).min()?.1;
        let mut steps = Vec::new();
        let mut here = end;
        while let Some((_, Some(edge))) = reached[here] {
            steps.push(edge);
            here = back[here];
        }
        Some(steps)
    }
}

fn term(arena: &Arena, id: ValueId) -> Term {
    match arena.constant(id) {
        Some(constant) => Term::Constant(constant),
        None => Term::Value(arena.unaligned(id)),
    }
}

fn proof<'e>(edges: impl Iterator<Item = &'e Edge>) -> Proof {
    let mut proof = Proof { conditions: Vec::new(), reasons: Vec::new() };
    for edge in edges {
        match &edge.why {
            Why::Said(at) if !proof.conditions.contains(at) => proof.conditions.push(*at),
            Why::Always(reason) if !reason.is_empty() && !proof.reasons.contains(reason) => {
                proof.reasons.push(reason.clone());
            }
            Why::Said(_) | Why::Always(_) => {}
        }
    }
    proof.conditions.sort_unstable();
    proof
}
