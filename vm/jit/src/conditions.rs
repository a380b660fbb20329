//! Conditions in machine code: where they are true and where they are false, in two lanes, 64 bars a word, or one bar.
//!
//! The interpreter keeps known and true. With true and false `and` and `or` are two instructions, `not` is none, and a
//! comparison needs no look at what is missing: where a number is, neither it nor its opposite holds.

use std::collections::BTreeMap;

use bytecode::{BoolReg, Op};
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};
use cranelift_frontend::FunctionBuilder;

/// (true, false); neither where it is unknown.
pub type Condition = (Value, Value);

/// The conditions that are at hand, by register.
pub struct Conditions {
    ty: Type,
    /// Every bar of a word.
    all: i64,
    values: BTreeMap<BoolReg, Condition>,
}

impl Conditions {
    fn new(ty: Type, all: i64) -> Conditions {
        Conditions { ty, all, values: BTreeMap::new() }
    }

    /// Two bars, as all-ones or all-zeros lanes.
    pub fn lanes() -> Conditions {
        Conditions::new(types::I64X2, -1)
    }

    /// 64 bars a word.
    pub fn words() -> Conditions {
        Conditions::new(types::I64, -1)
    }

    /// One bar a word.
    pub fn bits() -> Conditions {
        Conditions::new(types::I64, 1)
    }

    pub fn has(&self, reg: BoolReg) -> bool {
        self.values.contains_key(&reg)
    }

    pub fn set(&mut self, reg: BoolReg, condition: Condition) {
        self.values.insert(reg, condition);
    }

    pub fn get(&self, reg: BoolReg) -> Condition {
        *self.values.get(&reg).expect("every register is at hand before it is read")
    }

    /// Logic; whether it was such an op.
    pub fn logic(&mut self, b: &mut FunctionBuilder<'_>, op: &Op) -> bool {
        match *op {
            Op::ConstantBool { out, value } => {
                let (all, none) = (self.splat(b, self.all), self.splat(b, 0));
                let holds = |side| if value == Some(side) { all } else { none };
                self.set(out, (holds(true), holds(false)));
            }
            Op::And { out, a, b: c } => {
                let both = and(b, self.get(a), self.get(c));
                self.set(out, both);
            }
            Op::Or { out, a, b: c } => {
                let ((x, not_x), (y, not_y)) = (self.get(a), self.get(c));
                self.set(out, (b.ins().bor(x, y), b.ins().band(not_x, not_y)));
            }
            Op::Not { out, a } => {
                let (holds, not) = self.get(a);
                self.set(out, (not, holds));
            }
            _ => return false,
        }
        true
    }

    fn splat(&self, b: &mut FunctionBuilder<'_>, word: i64) -> Value {
        let word = b.ins().iconst(types::I64, word);
        if self.ty == types::I64 { word } else { b.ins().splat(self.ty, word) }
    }
}

fn and(b: &mut FunctionBuilder<'_>, (x, not_x): Condition, (y, not_y): Condition) -> Condition {
    (b.ins().band(x, y), b.ins().bor(not_x, not_y))
}

/// From the interpreter's words.
pub fn of_known(b: &mut FunctionBuilder<'_>, (known, truth): (Value, Value)) -> Condition {
    (truth, b.ins().band_not(known, truth))
}

/// The interpreter's words: known and true.
pub fn known(b: &mut FunctionBuilder<'_>, (holds, not): Condition) -> (Value, Value) {
    (b.ins().bor(holds, not), holds)
}

/// "Holds now and did not on the bar before", and what the next word's first bar has before it: the state at bit
/// `last` of this one.
pub fn edge(
    b: &mut FunctionBuilder<'_>,
    now: Condition,
    before: Condition,
    last: Value,
) -> (Condition, Condition) {
    let mut earlier = |word, before| {
        let word = b.ins().ishl_imm_s(word, 1);
        b.ins().bor(word, before)
    };
    let (held, did_not) = (earlier(now.0, before.0), earlier(now.1, before.1));
    let edge = and(b, now, (did_not, held));
    let mut at_last = |word| {
        let word = b.ins().ushr(word, last);
        b.ins().band_imm_s(word, 1)
    };
    (edge, (at_last(now.0), at_last(now.1)))
}

/// The bar before from the crossings' bits in memory: known in the lowest, "did not hold" in the next.
pub fn unpack(b: &mut FunctionBuilder<'_>, bits: Value) -> Condition {
    let (known, not) = (b.ins().band_imm_s(bits, 1), b.ins().ushr_imm_s(bits, 1));
    (b.ins().band_not(known, not), not)
}

pub fn pack(b: &mut FunctionBuilder<'_>, before: Condition) -> Value {
    let (known, _) = known(b, before);
    let not = b.ins().ishl_imm_s(before.1, 1);
    b.ins().bor(known, not)
}

/// What a comparison of numbers writes.
pub fn compared(op: &Op) -> Option<BoolReg> {
    match *op {
        Op::Gt { out, .. }
        | Op::Ge { out, .. }
        | Op::Lt { out, .. }
        | Op::Le { out, .. }
        | Op::Eq { out, .. }
        | Op::Ne { out, .. }
        | Op::NearAbs { out, .. }
        | Op::NearPct { out, .. }
        | Op::CrossAbove { out, .. }
        | Op::CrossBelow { out, .. }
        | Op::Truthy { out, .. } => Some(out),
        _ => None,
    }
}

/// Whether it looks at the bar before, too.
pub fn crosses(op: &Op) -> bool {
    matches!(op, Op::CrossAbove { .. } | Op::CrossBelow { .. })
}
