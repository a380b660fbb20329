//! Conditions in machine code: a word of known bits and a word of true bits, 64 bars (or one) at a time.

use std::collections::BTreeMap;

use bytecode::{BoolReg, NumReg, Op};
use cranelift_codegen::ir::{InstBuilder, Value, types};
use cranelift_frontend::FunctionBuilder;

/// (known, true); the true ones are among the known ones.
pub type Word = (Value, Value);

/// The conditions that are at hand, by register.
pub struct Conditions {
    /// Every bar of a word.
    all: i64,
    words: BTreeMap<BoolReg, Word>,
}

impl Conditions {
    /// 64 bars a word.
    pub fn words() -> Conditions {
        Conditions { all: -1, words: BTreeMap::new() }
    }

    /// One bar a word.
    pub fn bits() -> Conditions {
        Conditions { all: 1, words: BTreeMap::new() }
    }

    pub fn has(&self, reg: BoolReg) -> bool {
        self.words.contains_key(&reg)
    }

    pub fn set(&mut self, reg: BoolReg, word: Word) {
        self.words.insert(reg, word);
    }

    pub fn get(&self, reg: BoolReg) -> Word {
        *self.words.get(&reg).expect("every register is at hand before it is read")
    }

    pub fn all(&self, b: &mut FunctionBuilder<'_>) -> Value {
        b.ins().iconst(types::I64, self.all)
    }

    /// Logic; whether it was such an op.
    pub fn logic(&mut self, b: &mut FunctionBuilder<'_>, op: &Op) -> bool {
        match *op {
            Op::ConstantBool { out, value } => {
                let (all, none) = (self.all(b), b.ins().iconst(types::I64, 0));
                let known = if value.is_some() { all } else { none };
                self.set(out, (known, if value == Some(true) { all } else { none }));
            }
            Op::And { out, a, b: c } => {
                let word = and(b, self.get(a), self.get(c));
                self.set(out, word);
            }
            Op::Or { out, a, b: c } => {
                let ((x_known, x_true), (y_known, y_true)) = (self.get(a), self.get(c));
                let truth = b.ins().bor(x_true, y_true);
                let both = b.ins().band(x_known, y_known);
                self.set(out, (b.ins().bor(both, truth), truth));
            }
            Op::Not { out, a } => {
                let (known, truth) = self.get(a);
                self.set(out, (known, b.ins().band_not(known, truth)));
            }
            _ => return false,
        }
        true
    }
}

/// False where either is false, true where both are true.
fn and(b: &mut FunctionBuilder<'_>, (x_known, x_true): Word, (y_known, y_true): Word) -> Word {
    let truth = b.ins().band(x_true, y_true);
    let both = b.ins().band(x_known, y_known);
    let x_false = b.ins().band_not(x_known, x_true);
    let y_false = b.ins().band_not(y_known, y_true);
    let either_false = b.ins().bor(x_false, y_false);
    (b.ins().bor(both, either_false), truth)
}

/// The bar before a word: (known, known not to hold), a bit each.
pub type Before = (Value, Value);

/// "Holds now and did not on the bar before", and what the next word's first bar has before it: the state at bit
/// `last` of this one.
pub fn edge(b: &mut FunctionBuilder<'_>, now: Word, before: Before, last: Value) -> (Word, Before) {
    let not = b.ins().band_not(now.0, now.1);
    let mut earlier = |word, before| {
        let word = b.ins().ishl_imm_s(word, 1);
        b.ins().bor(word, before)
    };
    let earlier = (earlier(now.0, before.0), earlier(not, before.1));
    let word = and(b, now, earlier);
    let mut at_last = |word| {
        let word = b.ins().ushr(word, last);
        b.ins().band_imm_s(word, 1)
    };
    let after = (at_last(now.0), at_last(not));
    (word, after)
}

/// The crossings' bits in memory: known in the lowest, "did not hold" in the next.
pub fn unpack(b: &mut FunctionBuilder<'_>, bits: Value) -> Before {
    (b.ins().band_imm_s(bits, 1), b.ins().ushr_imm_s(bits, 1))
}

pub fn pack(b: &mut FunctionBuilder<'_>, (known, not): Before) -> Value {
    let not = b.ins().ishl_imm_s(not, 1);
    b.ins().bor(known, not)
}

/// What must not be missing for a comparison to be known.
pub fn operands(op: &Op) -> Option<(BoolReg, Vec<NumReg>)> {
    let mut numbers = Vec::new();
    let out = match *op {
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
        | Op::Truthy { out, .. } => out,
        _ => return None,
    };
    op.inputs(|input| {
        if let bytecode::ops::Operand::Num(reg) = input {
            numbers.push(reg);
        }
    });
    Some((out, numbers))
}
