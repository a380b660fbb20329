//! The nearest miss: the bar on which a condition that never held came closest.

use bytecode::{Condition, ConditionKind, Place};
use serde::Serialize;

use crate::funnel::{Lens, conjuncts};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NearestMiss {
    /// Close of the bar.
    pub time_ms: i64,
    /// How many of the conditions held on it, of how many.
    pub held: usize,
    pub of: usize,
    pub failed: Vec<Failed>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failed {
    pub text: String,
    pub place: Place,
    /// The two sides, of a comparison of numbers.
    pub left: Option<f64>,
    pub right: Option<f64>,
    /// |left - right| / the larger of both.
    pub distance: Option<f64>,
}

/// Most conditions held; then the smallest sum of distances; then the earliest.
pub(crate) fn nearest_miss(lens: &Lens<'_>, condition: &Condition) -> Option<NearestMiss> {
    let all = conjuncts(condition);
    let mut best: Option<(usize, f64, usize)> = None;
    for bar in lens.first..lens.end {
        let failing = || all.iter().filter(|c| lens.truth(c.reg, bar) != Some(true));
        let held = all.len() - failing().count();
        if best.is_some_and(|(most, ..)| held < most) {
            continue;
        }
        let distance: f64 = failing().map(|c| distance(lens, c, bar)).sum();
        if best.is_none_or(|(most, nearest, _)| held > most || distance < nearest) {
            best = Some((held, distance, bar));
        }
    }
    let (held, _, bar) = best?;
    Some(miss(lens, &all, held, bar))
}

/// Bars between two misses that are told: a market that hovers near a level is one miss.
const APART: usize = 10;

/// Up to `count` bars on which the condition did not hold, the closest first.
pub(crate) fn nearest_misses(lens: &Lens<'_>, condition: &Condition, count: usize) -> Vec<NearestMiss> {
    let all = conjuncts(condition);
    let mut near: Vec<(usize, f64, usize)> = (lens.first..lens.end)
        .filter_map(|bar| {
            let failing = || all.iter().filter(|c| lens.truth(c.reg, bar) != Some(true));
            let missing = failing().count();
            (missing > 0).then(|| (missing, failing().map(|c| distance(lens, c, bar)).sum(), bar))
        })
        .collect();
    near.sort_by(|a, b| (a.0.cmp(&b.0)).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut told: Vec<(usize, usize)> = Vec::new();
    for (missing, _, bar) in near {
        if told.len() == count {
            break;
        }
        if told.iter().all(|&(_, other)| bar.abs_diff(other) >= APART) {
            told.push((missing, bar));
        }
    }
    told.into_iter().map(|(missing, bar)| miss(lens, &all, all.len() - missing, bar)).collect()
}

fn miss(lens: &Lens<'_>, all: &[&Condition], held: usize, bar: usize) -> NearestMiss {
    let failed = all.iter().filter(|c| lens.truth(c.reg, bar) != Some(true));
    NearestMiss {
        time_ms: lens.close_ms(bar),
        held,
        of: all.len(),
        failed: failed.map(|c| failed_at(lens, c, bar)).collect(),
    }
}

fn failed_at(lens: &Lens<'_>, condition: &Condition, bar: usize) -> Failed {
    let (left, right) = match condition.kind {
        ConditionKind::Leaf { left, right } => (left, right),
        ConditionKind::All
        | ConditionKind::Any
        | ConditionKind::Not
        | ConditionKind::Window
        | ConditionKind::Sequence
        | ConditionKind::Score
        | ConditionKind::Setup(_) => (None, None),
    };
    let value = |reg| Some(lens.num(reg, bar)).filter(|v| v.is_finite());
    Failed {
        text: condition.text.clone(),
        place: condition.place,
        left: left.and_then(value),
        right: right.and_then(value),
        distance: Some(distance(lens, condition, bar)).filter(|d| d.is_finite()),
    }
}

/// How far the condition is from holding, relative to its values; infinite where that cannot be told.
fn distance(lens: &Lens<'_>, condition: &Condition, bar: usize) -> f64 {
    let children = || condition.children.iter().map(|child| distance(lens, child, bar));
    match condition.kind {
        ConditionKind::Leaf { left: Some(left), right: Some(right) } => {
            let (left, right) = (lens.num(left, bar), lens.num(right, bar));
            let scale = left.abs().max(right.abs());
            let distance = (left - right).abs() / scale;
            if distance.is_nan() { f64::INFINITY } else { distance }
        }
        ConditionKind::Leaf { .. } => f64::INFINITY,
        ConditionKind::All => children().fold(0.0, f64::max),
        ConditionKind::Any
        | ConditionKind::Not
        | ConditionKind::Window
        | ConditionKind::Sequence
        | ConditionKind::Score
        | ConditionKind::Setup(_) => children().fold(f64::INFINITY, f64::min),
    }
}
