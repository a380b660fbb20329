//! The loop of a chain: numbers and the logic over them two bars at a time, the rest of the logic 64 bars a word.
//!
//! The function is `(words, last, pointers)`: it runs over `words` times 64 bars, the last bar of each word being bit
//! `last` (63, but for a part of a word). `pointers` hold, each in the order of the shape: columns read, conditions
//! read (known, true), columns written, conditions written (known, true), the crossings' memory.
//!
//! Conditions of numbers stay with them, two bars to a vector; only those that are written, or that meet a crossing
//! or a condition from outside, become words. Nearly always no number is missing on the two bars: what is not true is
//! false then, and what makes it false is not computed.

use std::collections::{BTreeMap, BTreeSet};

use bytecode::ops::Operand;
use bytecode::{BoolReg, NumReg, Op};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};
use cranelift_frontend::{FunctionBuilder, Variable};

use crate::conditions::{self, Condition, Conditions};
use crate::numbers::{Numbers, memory};
use crate::schedule::Shape;

/// Bars of a vector.
const LANES: i64 = 2;
const EVERY_LANE: i64 = 3;
const BYTES_OF_LANES: i64 = 8 * LANES;
const BYTES_OF_WORD: i64 = 8 * 64;

struct Chain<'a> {
    shape: &'a Shape,
    pointers: Vec<Value>,
    /// Bytes of a column that are done.
    offset: Variable,
    /// Conditions that are found in lanes.
    lanes: BTreeSet<BoolReg>,
    /// Of those that become words: the bits where they are true, and where they are false.
    words: BTreeMap<BoolReg, [Variable; 2]>,
    /// What the crossings remember.
    edges: Vec<[Variable; 2]>,
}

/// Writes the function's body.
pub fn emit(b: &mut FunctionBuilder<'_>, shape: &Shape) {
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let (words, last, table) = match *b.block_params(entry) {
        [words, last, table] => (words, last, table),
        _ => unreachable!("`signature` gives a chain three parameters"),
    };
    let count = shape.nums.len()
        + 2 * shape.conditions.len()
        + shape.out_nums.len()
        + 2 * shape.out_conditions.len()
        + 1;
    let pointers = (0..count).map(|at| b.ins().load(types::I64, memory(), table, 8 * at as i32)).collect();
    let numbers = Numbers::lanes(b);
    let mut chain = Chain::new(b, shape, pointers);
    let end = b.ins().ishl_imm_s(words, i64::from(BYTES_OF_WORD.trailing_zeros()));
    chain.begin(b);
    let (two, word, done) = (b.create_block(), b.create_block(), b.create_block());
    b.ins().jump(two, &[]);
    b.switch_to_block(two);
    chain.two_bars(b, numbers, two, word);
    b.switch_to_block(word);
    chain.word(b, last);
    let offset = b.use_var(chain.offset);
    let more = b.ins().icmp(IntCC::UnsignedLessThan, offset, end);
    b.ins().brif(more, two, &[], done, &[]);
    b.switch_to_block(done);
    chain.finish(b);
    b.ins().return_(&[]);
}

impl<'a> Chain<'a> {
    fn new(b: &mut FunctionBuilder<'_>, shape: &'a Shape, pointers: Vec<Value>) -> Chain<'a> {
        let lanes = in_lanes(shape);
        let mut two = || [b.declare_var(types::I64), b.declare_var(types::I64)];
        let words = as_words(shape, &lanes).into_iter().map(|reg| (reg, two())).collect();
        let edges = shape.edges.iter().map(|_| two()).collect();
        Chain { shape, pointers, offset: b.declare_var(types::I64), lanes, words, edges }
    }

    /// Before the first bar.
    fn begin(&mut self, b: &mut FunctionBuilder<'_>) {
        let zero = b.ins().iconst(types::I64, 0);
        b.def_var(self.offset, zero);
        self.clear_words(b);
        let memory_of_edges = self.edge_memory();
        for (at, edge) in self.edges.iter().enumerate() {
            let bits = b.ins().load(types::I64, memory(), memory_of_edges, 8 * at as i32);
            let before = conditions::unpack(b, bits);
            define(b, *edge, before);
        }
    }

    fn edge_memory(&self) -> Value {
        *self.pointers.last().expect("the crossings' memory is the last of the pointers")
    }

    fn clear_words(&self, b: &mut FunctionBuilder<'_>) {
        let zero = b.ins().iconst(types::I64, 0);
        self.words.values().for_each(|&word| define(b, word, (zero, zero)));
    }

    /// Two bars; back to `again` until a word is full.
    fn two_bars(&mut self, b: &mut FunctionBuilder<'_>, mut numbers: Numbers, again: Block, full: Block) {
        let offset = b.use_var(self.offset);
        for op in &self.shape.ops {
            op.inputs(|input| match input {
                Operand::Num(reg) if !numbers.has(reg) => self.load(b, &mut numbers, reg, offset),
                _ => {}
            });
            numbers.arithmetic(b, op);
        }
        if let Some(decisive) = decisive(self.shape) {
            let (complete, lacking, next) = (b.create_block(), b.create_block(), b.create_block());
            b.set_cold_block(lacking);
            let finite = numbers.all_finite(b, &decisive);
            b.ins().brif(finite, complete, &[], lacking, &[]);
            b.switch_to_block(complete);
            self.write(b, numbers.where_finite(), offset, true);
            b.ins().jump(next, &[]);
            b.switch_to_block(lacking);
            self.write(b, numbers, offset, false);
            b.ins().jump(next, &[]);
            b.switch_to_block(next);
        } else {
            self.write(b, numbers, offset, false);
        }
        let next = b.ins().iadd_imm_s(offset, BYTES_OF_LANES);
        b.def_var(self.offset, next);
        let within = b.ins().band_imm_s(next, BYTES_OF_WORD - 1);
        b.ins().brif(within, again, &[], full, &[]);
    }

    /// The conditions of two bars into their words, numbers into their columns. `complete`: no condition is unknown.
    fn write(&self, b: &mut FunctionBuilder<'_>, mut numbers: Numbers, offset: Value, complete: bool) {
        let mut found = Conditions::lanes();
        for op in &self.shape.ops {
            if let (Some(reg), Some(condition)) = (conditions::compared(op), numbers.compare(b, op)) {
                found.set(reg, condition);
            } else if writes(op).is_some_and(|reg| self.lanes.contains(&reg)) {
                found.logic(b, op);
            }
        }
        for (&reg, word) in &self.words {
            let (holds, not) = found.get(reg);
            let holds = b.ins().vhigh_bits(types::I64, holds);
            let not = match complete {
                true => b.ins().bxor_imm_s(holds, EVERY_LANE),
                false => b.ins().vhigh_bits(types::I64, not),
            };
            let so_far = word.map(|variable| b.use_var(variable));
            let bits = (with_bits(b, so_far[0], holds), with_bits(b, so_far[1], not));
            define(b, *word, bits);
        }
        let first = self.shape.nums.len() + 2 * self.shape.conditions.len();
        for (at, &reg) in self.shape.out_nums.iter().enumerate() {
            let address = b.ins().iadd(self.pointers[first + at], offset);
            numbers.store(b, reg, address, 0);
        }
    }

    fn load(&self, b: &mut FunctionBuilder<'_>, numbers: &mut Numbers, reg: NumReg, offset: Value) {
        let at = self.shape.nums.iter().position(|&own| own == reg);
        let at = at.expect("what a chain reads and does not write is in its shape");
        let address = b.ins().iadd(self.pointers[at], offset);
        numbers.load(b, reg, address, 0, self.shape.raw[at]);
    }

    /// The logic of the 64 bars before `offset`.
    fn word(&mut self, b: &mut FunctionBuilder<'_>, last: Value) {
        let offset = b.use_var(self.offset);
        let at = b.ins().ushr_imm_s(offset, 6);
        let at = b.ins().iadd_imm_s(at, -8);
        let mut found = Conditions::words();
        let first = self.shape.nums.len();
        for (index, &reg) in self.shape.conditions.iter().enumerate() {
            let word = |b: &mut FunctionBuilder<'_>, pointer: Value| {
                let address = b.ins().iadd(pointer, at);
                b.ins().load(types::I64, memory(), address, 0)
            };
            let pointer = first + 2 * index;
            let words = (word(b, self.pointers[pointer]), word(b, self.pointers[pointer + 1]));
            let condition = conditions::of_known(b, words);
            found.set(reg, condition);
        }
        for (&reg, word) in &self.words {
            found.set(reg, (b.use_var(word[0]), b.use_var(word[1])));
        }
        let mut edges = self.edges.iter();
        for op in &self.shape.ops {
            let Some(reg) = writes(op) else { continue };
            if conditions::crosses(op) {
                let &edge = edges.next().expect("the shape has an edge for each crossing");
                let before = (b.use_var(edge[0]), b.use_var(edge[1]));
                let (crossed, after) = conditions::edge(b, found.get(reg), before, last);
                define(b, edge, after);
                found.set(reg, crossed);
            } else if is_constant(op) || !self.lanes.contains(&reg) {
                found.logic(b, op);
            }
        }
        let first = first + 2 * self.shape.conditions.len() + self.shape.out_nums.len();
        for (index, &reg) in self.shape.out_conditions.iter().enumerate() {
            let (known, truth) = conditions::known(b, found.get(reg));
            for (pointer, word) in [(first + 2 * index, known), (first + 2 * index + 1, truth)] {
                let address = b.ins().iadd(self.pointers[pointer], at);
                b.ins().store(memory(), word, address, 0);
            }
        }
        self.clear_words(b);
    }

    /// After the last bar.
    fn finish(&self, b: &mut FunctionBuilder<'_>) {
        let memory_of_edges = self.edge_memory();
        for (at, &edge) in self.edges.iter().enumerate() {
            let before = (b.use_var(edge[0]), b.use_var(edge[1]));
            let bits = conditions::pack(b, before);
            b.ins().store(memory(), bits, memory_of_edges, 8 * at as i32);
        }
    }
}

fn define(b: &mut FunctionBuilder<'_>, variables: [Variable; 2], (holds, not): Condition) {
    b.def_var(variables[0], holds);
    b.def_var(variables[1], not);
}

/// The bits of two bars come in below and are turned upwards; after a whole word each is at its bar.
fn with_bits(b: &mut FunctionBuilder<'_>, so_far: Value, bits: Value) -> Value {
    let with = b.ins().bor(so_far, bits);
    b.ins().rotr_imm_s(with, LANES)
}

/// The condition that an op writes.
fn writes(op: &Op) -> Option<BoolReg> {
    let mut written = None;
    op.outputs(|out| {
        if let Operand::Bool(reg) = out {
            written = Some(reg);
        }
    });
    written
}

fn reads(op: &Op) -> Vec<BoolReg> {
    let mut read = Vec::new();
    op.inputs(|input| {
        if let Operand::Bool(reg) = input {
            read.push(reg);
        }
    });
    read
}

fn number_written(op: &Op) -> Option<NumReg> {
    let mut written = None;
    op.outputs(|out| {
        if let Operand::Num(reg) = out {
            written = Some(reg);
        }
    });
    written
}

fn numbers_read(op: &Op) -> Vec<NumReg> {
    let mut read = Vec::new();
    op.inputs(|input| {
        if let Operand::Num(reg) = input {
            read.push(reg);
        }
    });
    read
}

fn is_constant(op: &Op) -> bool {
    matches!(op, Op::ConstantBool { .. })
}

/// Comparisons, and the logic over them. Logic over what becomes words in any case is cheaper there.
fn in_lanes(shape: &Shape) -> BTreeSet<BoolReg> {
    let mut lanes = BTreeSet::new();
    for op in &shape.ops {
        let Some(reg) = writes(op) else { continue };
        let read = reads(op);
        let logic = read.iter().all(|reg| lanes.contains(reg))
            && !read.iter().all(|reg| shape.out_conditions.contains(reg));
        let compares = conditions::compared(op).is_some() && !conditions::crosses(op);
        if compares || is_constant(op) || (conditions::compared(op).is_none() && logic) {
            lanes.insert(reg);
        }
    }
    lanes
}

/// Numbers such that no condition in lanes is unknown, and nothing is owed to a number that is written, where all of
/// these are finite; `None` when a condition may be unknown all the same.
fn decisive(shape: &Shape) -> Option<Vec<NumReg>> {
    let mut decisive: BTreeSet<NumReg> = shape.out_nums.iter().copied().collect();
    for op in &shape.ops {
        if matches!(op, Op::NearPct { .. } | Op::ConstantBool { value: None, .. }) {
            return None;
        }
        if conditions::compared(op).is_some() {
            decisive.extend(numbers_read(op));
        }
    }
    let mut implied = BTreeSet::new();
    for op in shape.ops.iter().rev() {
        let (Some(out), mut read) = (number_written(op), numbers_read(op)) else { continue };
        // What is made of something that is not finite is not finite either, but for these.
        match op {
            Op::Constant { value, .. } if value.is_finite() => drop(implied.insert(out)),
            Op::Min { .. } | Op::Max { .. } => read.clear(),
            Op::Div { .. } | Op::Rem { .. } => read.truncate(1),
            _ => {}
        }
        if decisive.contains(&out) || implied.contains(&out) {
            implied.extend(read);
        }
    }
    Some(decisive.difference(&implied).copied().collect())
}

/// Of those in lanes, the ones that are written or that logic on words reads; and what crossings compare.
fn as_words(shape: &Shape, lanes: &BTreeSet<BoolReg>) -> BTreeSet<BoolReg> {
    let mut words: BTreeSet<BoolReg> = shape.out_conditions.iter().copied().collect();
    for op in &shape.ops {
        let Some(reg) = writes(op) else { continue };
        if !lanes.contains(&reg) {
            words.extend(reads(op));
        }
    }
    words.retain(|reg| lanes.contains(reg));
    for op in &shape.ops {
        match writes(op) {
            Some(reg) if is_constant(op) => drop(words.remove(&reg)),
            Some(reg) if conditions::crosses(op) => drop(words.insert(reg)),
            _ => {}
        }
    }
    words
}
