//! Conditions that contradict each other, and cases that are never reached: pairs here, more of them in `several`.

mod order;
mod sets;
mod several;

use diagnostics::{Diagnostic, Span};
use ir::{CompareOp, CrossDirection, Op, Ty, ValueId};
use resolve::resolved::Play;
use rustc_hash::FxHashSet;
use stdlib::Type;

use crate::arena::Arena;
use crate::report;

/// What a condition demands of one value, or of two.
#[derive(Clone, Copy, Debug)]
enum Demand {
    /// The value lies between the bounds; `open`: the bound itself does not do.
    Between { value: ValueId, min: f64, min_open: bool, max: f64, max_open: bool },
    /// `a` stands to `b` in one of these ways.
    Order { a: ValueId, b: ValueId, less: bool, equal: bool, greater: bool },
}

/// Parts of an `all` that exclude each other; parts of an `any` of which one always holds.
pub fn contradiction(play: &Play, arena: &Arena, id: ValueId) -> Option<Diagnostic> {
    let (leaves, always) = match &arena.get(id).op {
        Op::All(_) => (conjuncts(arena, id), false),
        Op::Any(items) => (items.iter().map(|&i| bare(arena, i)).collect(), true),
        _ => return None,
    };
    let pair = pair_of(arena, &leaves, always);
    pair.unwrap_or_else(|| match always {
        false => several::contradiction(play, arena, &leaves),
        true => several::exhausted(arena, &leaves),
    })
}

/// `Some(None)`: the two are one thing in the text, about which something else is said.
fn pair_of(arena: &Arena, leaves: &[ValueId], always: bool) -> Option<Option<Diagnostic>> {
    let demands: Vec<(ValueId, Demand)> =
        leaves.iter().filter_map(|&leaf| Some((leaf, demand(arena, leaf, always)?))).collect();
    for (at, (later, second)) in demands.iter().enumerate() {
        for (earlier, first) in &demands[..at] {
            if excludes(first, second) && !decided(arena, *earlier) && !decided(arena, *later) {
                let spans: (Span, Span) = (arena.get(*earlier).span, arena.get(*later).span);
                // A `between` is one thing in the text, though two here.
                return Some(
                    (spans.0 != spans.1).then(|| report::logic::exclude(always, &[spans.0], spans.1, &[])),
                );
            }
        }
    }
    None
}

/// A part of an `all` that others imply, or a part of an `any` that implies others.
pub fn redundant(play: &Play, arena: &Arena, id: ValueId) -> Option<Diagnostic> {
    let (items, all) = match &arena.get(id).op {
        Op::All(items) => (items, true),
        Op::Any(items) => (items, false),
        _ => return None,
    };
    // What stands in a setup has its use elsewhere, and half of a `between` is no condition of its own.
    let whole = |id: &ValueId| !matches!(arena.get(*id).op, Op::Setup { .. } | Op::All(_) | Op::Any(_));
    let own: Vec<ValueId> = items.iter().map(|&item| aligned_from(arena, item)).filter(whole).collect();
    let others: Vec<ValueId> =
        if all { items.iter().flat_map(|&item| conjuncts(arena, item)).collect() } else { own.clone() };
    for (at, &idle) in own.iter().enumerate() {
        for &other in &others {
            let (strong, weak) = if all { (other, idle) } else { (idle, other) };
            // Of two that say the same the later one is told.
            let told_later =
                own.iter().position(|o| *o == other).is_some_and(|o| o > at) && same(arena, idle, other);
            if idle == other || told_later || decided(arena, idle) || decided(arena, other) {
                continue;
            }
            if implies(arena, strong, weak) {
                let spans = (arena.get(idle).span, arena.get(other).span);
                return (spans.0 != spans.1).then(|| report::logic::redundant(all, spans.0, &[spans.1], &[]));
            }
        }
    }
    let set_up = |id: &ValueId| matches!(arena.get(*id).op, Op::Setup { .. });
    let own: Vec<ValueId> =
        items.iter().map(|&item| aligned_from(arena, item)).filter(|id| !set_up(id)).collect();
    let others = if all { others } else { own.clone() };
    several::redundant(play, arena, &own, &others, all)
}

fn decided(arena: &Arena, id: ValueId) -> bool {
    let range = arena.get(id).range;
    range.min == range.max
}

fn aligned_from(arena: &Arena, id: ValueId) -> ValueId {
    match arena.get(id).op {
        Op::Align { a } => aligned_from(arena, a),
        _ => id,
    }
}

/// Whether `weak` holds wherever `strong` does, as far as can be seen.
fn implies(arena: &Arena, strong: ValueId, weak: ValueId) -> bool {
    if same(arena, strong, weak) {
        return true;
    }
    // A crossover demands more than its order.
    let exact = !matches!(arena.get(bare(arena, weak)).op, Op::Cross { .. });
    match (demand(arena, strong, false), demand(arena, weak, false)) {
        (Some(strong), Some(weak)) if exact => within(&strong, &weak),
        _ => false,
    }
}

/// Whether everything that meets the first demand meets the second.
fn within(strong: &Demand, weak: &Demand) -> bool {
    match (strong, weak) {
        (
            Demand::Between { value: v, min: a, min_open: ao, max: b, max_open: bo },
            Demand::Between { value: w, min: c, min_open: co, max: d, max_open: d_o },
        ) => v == w && (a > c || (a == c && (*ao || !*co))) && (b < d || (b == d && (*bo || !*d_o))),
        (
            Demand::Order { a, b, less, equal, greater },
            Demand::Order { a: c, b: d, less: l, equal: e, greater: g },
        ) => {
            let (l, g) = if a == c && b == d {
                (l, g)
            } else if a == d && b == c {
                (g, l)
            } else {
                return false;
            };
            (!*less || *l) && (!*equal || *e) && (!*greater || *g)
        }
        _ => false,
    }
}

/// Conditions of which one always holds while what they read is known, by their places.
pub fn exhaust(arena: &Arena, conditions: &[ValueId]) -> Option<Vec<usize>> {
    let opposite = |id: ValueId| match conjuncts(arena, id)[..] {
        [only] => demand(arena, only, true),
        _ => None,
    };
    let opposites: Vec<Option<Demand>> = conditions.iter().map(|&id| opposite(id)).collect();
    let pairs = (0..conditions.len()).flat_map(|later| (0..later).map(move |earlier| (earlier, later)));
    let pair = pairs
        .into_iter()
        .find(|&(a, b)| matches!((&opposites[a], &opposites[b]), (Some(a), Some(b)) if excludes(a, b)));
    pair.map(|(a, b)| vec![a, b]).or_else(|| several::exhausting(arena, conditions))
}

/// Whether the condition holds whenever it is known.
pub fn always(arena: &Arena, id: ValueId) -> bool {
    let range = arena.get(id).range;
    matches!(arena.get(bare(arena, id)).op, Op::Bool(Some(true))) || (range.min == 1.0 && range.max == 1.0)
}

/// Whether no value meets both demands.
fn excludes(first: &Demand, second: &Demand) -> bool {
    match (first, second) {
        (
            Demand::Between { value: v, min: a, min_open: ao, max: b, max_open: bo },
            Demand::Between { value: w, min: c, min_open: co, max: d, max_open: d_o },
        ) if v == w => {
            let (min, min_open) = if a > c {
                (a, *ao)
            } else if c > a {
                (c, *co)
            } else {
                (a, *ao || *co)
            };
            let (max, max_open) = if b < d {
                (b, *bo)
            } else if d < b {
                (d, *d_o)
            } else {
                (b, *bo || *d_o)
            };
            min > max || (min == max && (min_open || max_open))
        }
        (
            Demand::Order { a, b, less, equal, greater },
            Demand::Order { a: c, b: d, less: l, equal: e, greater: g },
        ) if a == c && b == d => !((*less && *l) || (*equal && *e) || (*greater && *g)),
        (
            Demand::Order { a, b, less, equal, greater },
            Demand::Order { a: c, b: d, less: l, equal: e, greater: g },
        ) if a == d && b == c => !((*less && *g) || (*equal && *e) || (*greater && *l)),
        _ => false,
    }
}

/// What `id`, or its opposite, demands.
fn demand(arena: &Arena, id: ValueId, negated: bool) -> Option<Demand> {
    match arena.get(id).op {
        Op::Not { a } => demand(arena, bare(arena, a), !negated),
        Op::Truthy { a } if arena.get(a).ty == Ty::Number(Type::Bool) => {
            let wanted = if negated { 0.0 } else { 1.0 };
            Some(exactly(arena.unaligned(a), wanted))
        }
        Op::Compare { op, a, b } => {
            let op = if negated { opposite(op) } else { op };
            compared(arena, op, arena.unaligned(a), arena.unaligned(b))
        }
        Op::Cross { direction, a, b } if !negated => {
            let op = match direction {
                CrossDirection::Above => CompareOp::Gt,
                CrossDirection::Below => CompareOp::Lt,
            };
            compared(arena, op, arena.unaligned(a), arena.unaligned(b))
        }
        _ => None,
    }
}

fn compared(arena: &Arena, op: CompareOp, a: ValueId, b: ValueId) -> Option<Demand> {
    match (arena.constant(a), arena.constant(b)) {
        (None, Some(limit)) => one_sided(op, a, limit),
        (Some(limit), None) => one_sided(flipped(op), b, limit),
        (None, None) => {
            let (less, equal, greater) = match op {
                CompareOp::Gt => (false, false, true),
                CompareOp::Ge => (false, true, true),
                CompareOp::Lt => (true, false, false),
                CompareOp::Le => (true, true, false),
                CompareOp::Eq => (false, true, false),
                CompareOp::Ne => (true, false, true),
            };
            Some(Demand::Order { a, b, less, equal, greater })
        }
        (Some(_), Some(_)) => None,
    }
}

fn one_sided(op: CompareOp, value: ValueId, limit: f64) -> Option<Demand> {
    let (min, max) = (f64::NEG_INFINITY, f64::INFINITY);
    let all = Demand::Between { value, min, min_open: true, max, max_open: true };
    Some(match (op, all) {
        (CompareOp::Gt, Demand::Between { max_open, .. }) => {
            Demand::Between { value, min: limit, min_open: true, max, max_open }
        }
        (CompareOp::Ge, _) => Demand::Between { value, min: limit, min_open: false, max, max_open: true },
        (CompareOp::Lt, _) => Demand::Between { value, min, min_open: true, max: limit, max_open: true },
        (CompareOp::Le, _) => Demand::Between { value, min, min_open: true, max: limit, max_open: false },
        (CompareOp::Eq, _) => exactly(value, limit),
        _ => return None,
    })
}

fn exactly(value: ValueId, number: f64) -> Demand {
    Demand::Between { value, min: number, min_open: false, max: number, max_open: false }
}

fn opposite(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Gt => CompareOp::Le,
        CompareOp::Ge => CompareOp::Lt,
        CompareOp::Lt => CompareOp::Ge,
        CompareOp::Le => CompareOp::Gt,
        CompareOp::Eq => CompareOp::Ne,
        CompareOp::Ne => CompareOp::Eq,
    }
}

fn flipped(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::Ge => CompareOp::Le,
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::Le => CompareOp::Ge,
        equality => equality,
    }
}

/// The condition without the setup around it or the clock it was brought to.
fn bare(arena: &Arena, id: ValueId) -> ValueId {
    match arena.get(id).op {
        Op::Align { a } | Op::Setup { a, .. } => bare(arena, a),
        _ => id,
    }
}

/// What must all hold for `id` to hold.
pub fn conjuncts(arena: &Arena, id: ValueId) -> Vec<ValueId> {
    let mut seen = FxHashSet::default();
    let mut leaves = Vec::new();
    let mut waiting = vec![id];
    while let Some(id) = waiting.pop() {
        let id = bare(arena, id);
        if !seen.insert(id) {
            continue;
        }
        match &arena.get(id).op {
            Op::All(items) => waiting.extend(items.iter().rev()),
            _ => leaves.push(id),
        }
    }
    leaves
}

/// The earlier conditions of which one holds wherever the later one does, by their places.
pub fn covering(arena: &Arena, earlier: &[ValueId], later: ValueId) -> Option<Vec<usize>> {
    let one = earlier.iter().position(|&earlier| covers(arena, earlier, later));
    one.map(|at| vec![at]).or_else(|| several::covering(arena, earlier, later))
}

/// Whether `later` is never true where `earlier` is not.
fn covers(arena: &Arena, earlier: ValueId, later: ValueId) -> bool {
    if always(arena, earlier) {
        return true;
    }
    let later = conjuncts(arena, later);
    conjuncts(arena, earlier).iter().all(|&a| later.iter().any(|&b| implies(arena, b, a)))
}

/// Whether two conditions are the same, wherever they are written.
fn same(arena: &Arena, a: ValueId, b: ValueId) -> bool {
    let (a, b) = (bare(arena, a), bare(arena, b));
    let (x, y) = (arena.get(a), arena.get(b));
    let pairs = |p: &[ValueId], q: &[ValueId]| {
        p.len() == q.len() && p.iter().zip(q).all(|(p, q)| same(arena, *p, *q))
    };
    a == b
        || x.clock == y.clock
            && match (&x.op, &y.op) {
                (Op::All(p), Op::All(q)) | (Op::Any(p), Op::Any(q)) => pairs(p, q),
                (Op::Not { a: p }, Op::Not { a: q }) => same(arena, *p, *q),
                (
                    Op::Window { kind: k, a: p, extent: e, min_true: m },
                    Op::Window { kind: l, a: q, extent: f, min_true: n },
                ) => k == l && e == f && m == n && same(arena, *p, *q),
                (
                    Op::Sequence { steps: p, within: w, total: t },
                    Op::Sequence { steps: q, within: v, total: u },
                ) => w == v && t == u && pairs(p, q),
                (Op::Score { parts: p, min: m }, Op::Score { parts: q, min: n }) => {
                    let alike =
                        |((p, w), (q, v)): (&(ValueId, f64), &(ValueId, f64))| w == v && same(arena, *p, *q);
                    m == n && p.len() == q.len() && p.iter().zip(q).all(alike)
                }
                (p, q) => p == q,
            }
}
