//! Value numbering and constant folding: equal values become one, constants are computed now.
//!
//! Folding gives what the interpreter would give on every bar, warm-up included; where it would not (windows and
//! shifts of constants, crossovers, results that are missing), the op stays.

use ir::{BinaryOp, CompareOp, Module, NearKind, Op, UnaryOp, Value, ValueId};
use rustc_hash::FxHashMap;

/// A module's values after folding, and where each old value went.
pub struct Folded {
    pub values: Vec<Value>,
    pub new_id: Vec<ValueId>,
    numbers: FxHashMap<String, ValueId>,
}

impl Folded {
    pub fn of(&self, old: ValueId) -> ValueId {
        self.new_id[old.0 as usize]
    }

    pub fn value(&self, id: ValueId) -> &Value {
        &self.values[id.0 as usize]
    }

    /// The number of an equal value, or a new one.
    pub fn intern(&mut self, value: Value) -> ValueId {
        // Debug text tells apart all that matters: floats print in their shortest exact form.
        let key = format!("{:?} {:?} {:?}", value.op, value.clock, value.stage);
        if let Some(&known) = self.numbers.get(&key) {
            return known;
        }
        let id = ValueId(u32::try_from(self.values.len()).expect("a Play has fewer than 2^32 values"));
        self.values.push(value);
        self.numbers.insert(key, id);
        id
    }

    fn number(&self, id: ValueId) -> Option<f64> {
        match self.value(id).op {
            Op::Number(x) => Some(x),
            _ => None,
        }
    }

    fn truth(&self, id: ValueId) -> Option<Option<bool>> {
        match self.value(id).op {
            Op::Bool(b) => Some(b),
            _ => None,
        }
    }
}

pub fn fold(module: &Module) -> Folded {
    let mut folded = Folded {
        values: Vec::with_capacity(module.values.len()),
        new_id: Vec::with_capacity(module.values.len()),
        numbers: FxHashMap::default(),
    };
    for value in &module.values {
        let mut value = value.clone();
        rename(&mut value.op, |old| folded.new_id[old.0 as usize]);
        let id = match simplify(&folded, &value) {
            Simple::Same(id) => id,
            Simple::Constant(op) => {
                value.op = op;
                value.clock = None;
                folded.intern(value)
            }
            Simple::Op(op) => {
                value.op = op;
                folded.intern(value)
            }
        };
        folded.new_id.push(id);
    }
    folded
}

/// Replaces every operand.
pub fn rename(op: &mut Op, mut to: impl FnMut(ValueId) -> ValueId) {
    match op {
        Op::Number(_) | Op::Bool(_) | Op::Field(_) | Op::Series(_) | Op::Position(_) => {}
        Op::Call { inputs, .. } => inputs.iter_mut().flatten().for_each(|a| *a = to(*a)),
        Op::Output { call, .. } => *call = to(*call),
        Op::Unary { a, .. }
        | Op::Shift { a, .. }
        | Op::Align { a }
        | Op::Truthy { a }
        | Op::Not { a }
        | Op::Window { a, .. }
        | Op::Setup { a, .. } => *a = to(*a),
        Op::Binary { a, b, .. } | Op::Compare { a, b, .. } | Op::Cross { a, b, .. } => {
            *a = to(*a);
            *b = to(*b);
        }
        Op::Near { a, b, tolerance, .. } => {
            *a = to(*a);
            *b = to(*b);
            *tolerance = to(*tolerance);
        }
        Op::All(items) | Op::Any(items) | Op::Sequence { steps: items, .. } => {
            items.iter_mut().for_each(|a| *a = to(*a));
        }
        Op::Score { parts, .. } => parts.iter_mut().for_each(|(a, _)| *a = to(*a)),
    }
}

enum Simple {
    /// An existing value.
    Same(ValueId),
    Constant(Op),
    Op(Op),
}

fn simplify(folded: &Folded, value: &Value) -> Simple {
    let keep = || Simple::Op(value.op.clone());
    match &value.op {
        Op::Setup { a, .. } => Simple::Same(*a),
        Op::Align { a } if folded.value(*a).clock.is_none() => Simple::Same(*a),
        Op::Unary { op, a } => match folded.number(*a) {
            Some(x) => Simple::Constant(Op::Number(unary(*op, x))),
            None => keep(),
        },
        Op::Binary { op, a, b } => match (folded.number(*a), folded.number(*b)) {
            (Some(x), Some(y)) if binary(*op, x, y).is_finite() => {
                Simple::Constant(Op::Number(binary(*op, x, y)))
            }
            _ => keep(),
        },
        Op::Compare { op, a, b } => match (folded.number(*a), folded.number(*b)) {
            (Some(x), Some(y)) => Simple::Constant(Op::Bool(Some(compare(*op, x, y)))),
            _ => keep(),
        },
        Op::Near { kind, a, b, tolerance } => {
            match (folded.number(*a), folded.number(*b), folded.number(*tolerance)) {
                (Some(x), Some(y), Some(t)) => Simple::Constant(Op::Bool(near(*kind, x, y, t))),
                _ => keep(),
            }
        }
        Op::Truthy { a } => match folded.number(*a) {
            Some(x) => Simple::Constant(Op::Bool(Some(x != 0.0))),
            None => keep(),
        },
        Op::Not { a } => match (folded.truth(*a), &folded.value(*a).op) {
            (Some(truth), _) => Simple::Constant(Op::Bool(truth.map(|t| !t))),
            (None, Op::Not { a: inner }) => Simple::Same(*inner),
            _ => keep(),
        },
        Op::Score { parts, min } => score(folded, parts, *min),
        Op::All(items) => connective(folded, items, true),
        Op::Any(items) => connective(folded, items, false),
        _ => keep(),
    }
}

/// `All` has the neutral truth `true`, `Any` has `false`; the opposite decides alone (Kleene).
fn connective(folded: &Folded, items: &[ValueId], neutral: bool) -> Simple {
    let mut rest: Vec<ValueId> = Vec::with_capacity(items.len());
    for &item in items {
        match folded.truth(item) {
            Some(Some(t)) if t == neutral => {}
            Some(Some(decided)) => return Simple::Constant(Op::Bool(Some(decided))),
            _ if rest.contains(&item) => {}
            _ => rest.push(item),
        }
    }
    match rest[..] {
        [] => Simple::Constant(Op::Bool(Some(neutral))),
        [only] => Simple::Same(only),
        _ if neutral => Simple::Op(Op::All(rest)),
        _ => Simple::Op(Op::Any(rest)),
    }
}

/// What is known already counts towards `min` now.
fn score(folded: &Folded, parts: &[(ValueId, f64)], min: f64) -> Simple {
    let (mut rest, mut missing) = (Vec::with_capacity(parts.len()), min);
    for &(id, weight) in parts {
        match folded.truth(id) {
            Some(Some(true)) => missing -= weight,
            Some(Some(false)) => {}
            _ => rest.push((id, weight)),
        }
    }
    if rest.is_empty() {
        return Simple::Constant(Op::Bool(Some(missing <= 0.0)));
    }
    Simple::Op(Op::Score { parts: rest, min: missing })
}

fn unary(op: UnaryOp, x: f64) -> f64 {
    match op {
        UnaryOp::Neg => -x,
        UnaryOp::Abs => x.abs(),
    }
}

fn binary(op: BinaryOp, x: f64, y: f64) -> f64 {
    match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => x * y,
        BinaryOp::Div => x / y,
        BinaryOp::Rem => {
            let r = x % y;
            if r != 0.0 && (r < 0.0) != (y < 0.0) { r + y } else { r }
        }
        BinaryOp::Min => x.min(y),
        BinaryOp::Max => x.max(y),
    }
}

fn compare(op: CompareOp, x: f64, y: f64) -> bool {
    match op {
        CompareOp::Gt => x > y,
        CompareOp::Ge => x >= y,
        CompareOp::Lt => x < y,
        CompareOp::Le => x <= y,
        CompareOp::Eq => x == y,
        CompareOp::Ne => x != y,
    }
}

fn near(kind: NearKind, x: f64, y: f64, tolerance: f64) -> Option<bool> {
    match kind {
        NearKind::Abs => Some((x - y).abs() <= tolerance),
        NearKind::Pct if y == 0.0 => None,
        NearKind::Pct => Some((x - y).abs() / y.abs() <= tolerance / 100.0),
    }
}
