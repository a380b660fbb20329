//! Interval arithmetic, and conditions that the intervals of their operands decide.
//!
//! Bounds are computed with the same rounding as the values, and every operation here is monotonic in each
//! operand, so a value never lies outside its interval.

use ir::{BinaryOp, CompareOp, CrossDirection, NearKind, Op, Ty, ValueId, WindowKind};
use stdlib::{Range, Type};

const NEVER: Range = Range::new(0.0, 0.0);
const ALWAYS: Range = Range::new(1.0, 1.0);
const OPEN: Range = Range::new(0.0, 1.0);

/// `[0, 0]`: never true; `[1, 1]`: true whenever it is known.
pub fn condition(op: &Op, range: impl Fn(ValueId) -> Range, ty: impl Fn(ValueId) -> Ty) -> Range {
    match op {
        Op::Bool(Some(true)) => ALWAYS,
        Op::Bool(Some(false)) => NEVER,
        Op::Compare { op, a, b } => {
            let whole =
                |id: &ValueId| matches!(ty(*id), Ty::Number(Type::Int { .. } | Type::Bool | Type::Enum(_)));
            compare(*op, range(*a), range(*b), whole(a) && whole(b))
        }
        Op::Near { kind, a, b, tolerance } => near(*kind, range(*a), range(*b), range(*tolerance)),
        Op::Cross { direction, a, b } => {
            let now = match direction {
                CrossDirection::Above => compare(CompareOp::Gt, range(*a), range(*b), false),
                CrossDirection::Below => compare(CompareOp::Lt, range(*a), range(*b), false),
            };
            // Always above means never crossing.
            if now == OPEN { OPEN } else { NEVER }
        }
        Op::Truthy { a } => match range(*a) {
            r if r.min == 0.0 && r.max == 0.0 => NEVER,
            r if r.min > 0.0 || r.max < 0.0 => ALWAYS,
            _ => OPEN,
        },
        Op::Not { a } => Range::new(1.0 - range(*a).max, 1.0 - range(*a).min),
        Op::All(items) => {
            let fold = |by: fn(&Range) -> f64| items.iter().map(|&i| by(&range(i))).fold(1.0, f64::min);
            Range::new(fold(|r| r.min), fold(|r| r.max))
        }
        Op::Any(items) => {
            let fold = |by: fn(&Range) -> f64| items.iter().map(|&i| by(&range(i))).fold(0.0, f64::max);
            Range::new(fold(|r| r.min), fold(|r| r.max))
        }
        // A window counts unknown as not true, so what is always true when known may still be false in it.
        Op::Window { kind, a, .. } => match (kind, range(*a)) {
            (_, r) if r == NEVER => NEVER,
            (WindowKind::HoldsFor | WindowKind::OccurredWithin | WindowKind::CountTrue, _) => OPEN,
        },
        Op::Sequence { steps, .. } if steps.iter().any(|a| range(*a) == NEVER) => NEVER,
        Op::Score { parts, min } => {
            let (least, most) = weighed(parts.iter().map(|(a, weight)| (range(*a), *weight)));
            match (least >= *min, most < *min) {
                (true, _) => ALWAYS,
                (_, true) => NEVER,
                _ => OPEN,
            }
        }
        Op::Setup { a, .. } | Op::Align { a } => range(*a),
        _ => OPEN,
    }
}

/// The least and the most that the weights of conditions that hold can add up to.
pub fn weighed(parts: impl Iterator<Item = (Range, f64)>) -> (f64, f64) {
    parts.fold((0.0, 0.0), |(least, most), (range, weight)| {
        let (a, b) = (range.min * weight, range.max * weight);
        (least + a.min(b), most + a.max(b))
    })
}

/// `whole`: both sides take whole numbers only.
fn compare(op: CompareOp, a: Range, b: Range, whole: bool) -> Range {
    let known = |always: bool, never: bool| match (always, never) {
        (true, _) => ALWAYS,
        (_, true) => NEVER,
        _ => OPEN,
    };
    let apart = a.max < b.min || a.min > b.max || (whole && (fractional(a) || fractional(b)));
    let equal = a.min == a.max && b.min == b.max && a.min == b.min;
    match op {
        CompareOp::Gt => known(a.min > b.max, a.max <= b.min),
        CompareOp::Ge => known(a.min >= b.max, a.max < b.min),
        CompareOp::Lt => known(a.max < b.min, a.min >= b.max),
        CompareOp::Le => known(a.max <= b.min, a.min > b.max),
        CompareOp::Eq => known(equal, apart),
        CompareOp::Ne => known(apart, equal),
    }
}

fn fractional(r: Range) -> bool {
    r.min == r.max && r.min.is_finite() && r.min.fract() != 0.0
}

fn near(kind: NearKind, a: Range, b: Range, tolerance: Range) -> Range {
    let gap = (a.min - b.max).max(b.min - a.max);
    match kind {
        NearKind::Abs if gap > tolerance.max => NEVER,
        NearKind::Pct if b.min == 0.0 && b.max == 0.0 => NEVER,
        NearKind::Abs | NearKind::Pct => OPEN,
    }
}

pub fn negate(a: Range) -> Range {
    Range::new(-a.max, -a.min)
}

pub fn abs(a: Range) -> Range {
    if a.min >= 0.0 {
        a
    } else if a.max <= 0.0 {
        negate(a)
    } else {
        Range::new(0.0, a.max.max(-a.min))
    }
}

pub fn binary(op: BinaryOp, a: Range, b: Range) -> Range {
    match op {
        BinaryOp::Add => ordered(a.min + b.min, a.max + b.max),
        BinaryOp::Sub => ordered(a.min - b.max, a.max - b.min),
        BinaryOp::Mul => corners(a, b, |x, y| if x == 0.0 || y == 0.0 { 0.0 } else { x * y }),
        BinaryOp::Div if b.min <= 0.0 && b.max >= 0.0 => Range::ANY,
        BinaryOp::Div => corners(a, b, |x, y| if y.is_infinite() { 0.0 } else { x / y }),
        BinaryOp::Rem if b.min > 0.0 => Range::new(0.0, b.max),
        BinaryOp::Rem => Range::ANY,
        BinaryOp::Min => ordered(a.min.min(b.min), a.max.min(b.max)),
        BinaryOp::Max => ordered(a.min.max(b.min), a.max.max(b.max)),
    }
}

fn corners(a: Range, b: Range, f: impl Fn(f64, f64) -> f64) -> Range {
    let all = [f(a.min, b.min), f(a.min, b.max), f(a.max, b.min), f(a.max, b.max)];
    ordered(all.into_iter().fold(f64::INFINITY, f64::min), all.into_iter().fold(f64::NEG_INFINITY, f64::max))
}

fn ordered(min: f64, max: f64) -> Range {
    if min.is_nan() || max.is_nan() { Range::ANY } else { Range::new(min, max) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_never_loses_a_value() {
        let ranges = [
            (-2.0, 3.0),
            (0.0, 1.0),
            (-5.0, -1.0),
            (2.0, 2.0),
            (0.0, f64::INFINITY),
            (f64::NEG_INFINITY, 1.0),
        ];
        let samples = [-7.0, -5.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 1e9];
        type Arithmetic = fn(f64, f64) -> f64;
        let ops: [(BinaryOp, Arithmetic); 7] = [
            (BinaryOp::Add, |a, b| a + b),
            (BinaryOp::Sub, |a, b| a - b),
            (BinaryOp::Mul, |a, b| a * b),
            (BinaryOp::Div, |a, b| a / b),
            (BinaryOp::Rem, |a, b| a - b * (a / b).floor()),
            (BinaryOp::Min, f64::min),
            (BinaryOp::Max, f64::max),
        ];
        for (op, f) in ops {
            for (a, b) in ranges.iter().flat_map(|a| ranges.iter().map(move |b| (a, b))) {
                let (ra, rb) = (Range::new(a.0, a.1), Range::new(b.0, b.1));
                let result = binary(op, ra, rb);
                let inside = |r: Range, v: f64| v >= r.min && v <= r.max;
                for &x in samples.iter().filter(|v| inside(ra, **v)) {
                    for &y in samples.iter().filter(|v| inside(rb, **v)) {
                        let v = f(x, y);
                        assert!(
                            !v.is_finite() || inside(result, v),
                            "{op:?} {x} {y} = {v} not in {result:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn comparisons_are_decided_only_when_every_pair_agrees() {
        let ranges: Vec<Range> = [(0.0, 2.0), (2.0, 2.0), (1.0, 3.0), (3.0, 4.0), (-1.0, -1.0)]
            .map(|(a, b)| Range::new(a, b))
            .into();
        type Relation = fn(f64, f64) -> bool;
        let ops: [(CompareOp, Relation); 6] = [
            (CompareOp::Gt, |a, b| a > b),
            (CompareOp::Ge, |a, b| a >= b),
            (CompareOp::Lt, |a, b| a < b),
            (CompareOp::Le, |a, b| a <= b),
            (CompareOp::Eq, |a, b| a == b),
            (CompareOp::Ne, |a, b| a != b),
        ];
        let points = |r: Range| (r.min as i64..=r.max as i64).map(|v| v as f64).collect::<Vec<_>>();
        for (op, holds) in ops {
            for (&a, &b) in ranges.iter().flat_map(|a| ranges.iter().map(move |b| (a, b))) {
                let pairs = points(a).into_iter().flat_map(|x| points(b).into_iter().map(move |y| (x, y)));
                let truths: Vec<bool> = pairs.map(|(x, y)| holds(x, y)).collect();
                let expected = match (truths.contains(&true), truths.contains(&false)) {
                    (true, false) => ALWAYS,
                    (false, true) => NEVER,
                    _ => OPEN,
                };
                assert_eq!(compare(op, a, b, true), expected, "{op:?} {a:?} {b:?}");
            }
        }
    }
}
