//! The loop of a chain: numbers 4 bars at a time, conditions from them 64 bars a word, logic on whole words.
//!
//! The function is `(words, last, pointers)`: it runs over `words` times 64 bars, the last bar of each word being bit
//! `last` (63, but for a part of a word). `pointers` hold, each in the order of the shape: columns
//! read, conditions read
//! (known, true), columns written, conditions written (known, true), the crossings' memory.

use std::collections::BTreeMap;

use bytecode::{BoolReg, NumReg, Op};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};
use cranelift_frontend::{FunctionBuilder, Variable};

use crate::conditions::{self, Conditions};
use crate::numbers::{CHAIN_BARS, Numbers, memory};
use crate::schedule::Shape;

/// Bits that the loop over the numbers collects, a bit a bar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stream {
    /// Of the comparison that writes this register.
    Holds(BoolReg),
    Known(NumReg),
    NotZero(NumReg),
}

const BYTES_A_GROUP: i64 = 8 * CHAIN_BARS as i64;
const BYTES_A_WORD: i64 = 8 * 64;

struct Chain<'a> {
    shape: &'a Shape,
    pointers: Vec<Value>,
    /// Bytes of a column that are done.
    offset: Variable,
    streams: BTreeMap<Stream, Variable>,
    edges: Vec<(Variable, Variable)>,
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
    let mut numbers = Numbers::vectors(b);
    let mut chain = Chain::new(b, shape, pointers);
    let end = b.ins().ishl_imm_s(words, BYTES_A_WORD.trailing_zeros() as i64);
    chain.begin(b);
    let (group, word, done) = (b.create_block(), b.create_block(), b.create_block());
    b.ins().jump(group, &[]);
    b.switch_to_block(group);
    chain.group(b, &mut numbers, group, word);
    b.switch_to_block(word);
    chain.word(b, last);
    let offset = b.use_var(chain.offset);
    let more = b.ins().icmp(IntCC::UnsignedLessThan, offset, end);
    b.ins().brif(more, group, &[], done, &[]);
    b.switch_to_block(done);
    chain.finish(b);
    b.ins().return_(&[]);
}

impl<'a> Chain<'a> {
    fn new(b: &mut FunctionBuilder<'_>, shape: &'a Shape, pointers: Vec<Value>) -> Chain<'a> {
        let mut streams = BTreeMap::new();
        let constant = |reg: NumReg| {
            shape.ops.iter().find_map(|op| match *op {
                Op::Constant { out, value } if out == reg => Some(value),
                _ => None,
            })
        };
        for op in &shape.ops {
            let Some((out, numbers)) = conditions::operands(op) else { continue };
            streams.entry(Stream::Holds(out)).or_insert_with(|| b.declare_var(types::I64));
            for reg in numbers.into_iter().filter(|&reg| constant(reg).is_none_or(f64::is_nan)) {
                streams.entry(Stream::Known(reg)).or_insert_with(|| b.declare_var(types::I64));
            }
            if let Op::NearPct { b: to, .. } = *op {
                streams.entry(Stream::NotZero(to)).or_insert_with(|| b.declare_var(types::I64));
            }
        }
        let edges = shape.edges.iter().map(|_| (b.declare_var(types::I64), b.declare_var(types::I64)));
        let edges = edges.collect();
        Chain { shape, pointers, offset: b.declare_var(types::I64), streams, edges }
    }

    /// Before the first bar.
    fn begin(&mut self, b: &mut FunctionBuilder<'_>) {
        let zero = b.ins().iconst(types::I64, 0);
        b.def_var(self.offset, zero);
        self.clear_streams(b);
        let memory_of_edges = self.edge_memory();
        for (at, &(known, not)) in self.edges.iter().enumerate() {
            let bits = b.ins().load(types::I64, memory(), memory_of_edges, 8 * at as i32);
            let before = conditions::unpack(b, bits);
            b.def_var(known, before.0);
            b.def_var(not, before.1);
        }
    }

    fn edge_memory(&self) -> Value {
        *self.pointers.last().expect("the crossings' memory is the last of the pointers")
    }

    fn clear_streams(&self, b: &mut FunctionBuilder<'_>) {
        let zero = b.ins().iconst(types::I64, 0);
        self.streams.values().for_each(|&stream| b.def_var(stream, zero));
    }

    /// `CHAIN_BARS` bars; back to `again` until a word is full.
    fn group(&mut self, b: &mut FunctionBuilder<'_>, numbers: &mut Numbers, again: Block, full: Block) {
        let offset = b.use_var(self.offset);
        numbers.forget();
        for op in &self.shape.ops {
            op.inputs(|input| {
                if let bytecode::ops::Operand::Num(reg) = input
                    && !numbers.has(reg)
                {
                    self.load(b, numbers, reg, offset);
                }
            });
            if !numbers.arithmetic(b, op)
                && let Some(holds) = numbers.holds(b, op)
            {
                let (out, _) = conditions::operands(op).expect("what holds or not is a comparison");
                self.collect(b, Stream::Holds(out), &holds);
            }
        }
        let streams: Vec<Stream> = self.streams.keys().copied().collect();
        for stream in streams {
            let mask = match stream {
                Stream::Holds(_) => continue,
                Stream::Known(reg) => numbers.known(b, reg),
                Stream::NotZero(reg) => numbers.nonzero(b, reg),
            };
            self.collect(b, stream, &mask);
        }
        let first = self.shape.nums.len() + 2 * self.shape.conditions.len();
        for (at, &reg) in self.shape.out_nums.iter().enumerate() {
            let address = b.ins().iadd(self.pointers[first + at], offset);
            numbers.store(b, reg, address, 0);
        }
        let next = b.ins().iadd_imm_s(offset, BYTES_A_GROUP);
        b.def_var(self.offset, next);
        let within = b.ins().band_imm_s(next, BYTES_A_WORD - 1);
        b.ins().brif(within, again, &[], full, &[]);
    }

    fn load(&self, b: &mut FunctionBuilder<'_>, numbers: &mut Numbers, reg: NumReg, offset: Value) {
        let at = self.shape.nums.iter().position(|&own| own == reg);
        let at = at.expect("what a chain reads and does not write is in its shape");
        let address = b.ins().iadd(self.pointers[at], offset);
        numbers.load(b, reg, address, 0, self.shape.raw[at]);
    }

    /// The bits of a group come in below and are turned upwards; after a whole word each is at its bar.
    fn collect(&self, b: &mut FunctionBuilder<'_>, stream: Stream, mask: &crate::numbers::Mask) {
        let variable = self.streams[&stream];
        let bits = mask.bits(b);
        let so_far = b.use_var(variable);
        let with = b.ins().bor(so_far, bits);
        let turned = b.ins().rotr_imm_s(with, CHAIN_BARS as i64);
        b.def_var(variable, turned);
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
            let word = (word(b, self.pointers[pointer]), word(b, self.pointers[pointer + 1]));
            found.set(reg, word);
        }
        let mut edges = self.edges.iter();
        for op in &self.shape.ops {
            if found.logic(b, op) {
                continue;
            }
            let Some((out, numbers)) = conditions::operands(op) else { continue };
            let mut word = self.compared(b, &found, op, (out, &numbers));
            if matches!(op, Op::CrossAbove { .. } | Op::CrossBelow { .. }) {
                let &(known, not) = edges.next().expect("the shape has an edge for each crossing");
                let before = (b.use_var(known), b.use_var(not));
                let (edge, after) = conditions::edge(b, word, before, last);
                b.def_var(known, after.0);
                b.def_var(not, after.1);
                word = edge;
            }
            found.set(out, word);
        }
        let first = first + 2 * self.shape.conditions.len() + self.shape.out_nums.len();
        for (index, &reg) in self.shape.out_conditions.iter().enumerate() {
            let (known, truth) = found.get(reg);
            for (pointer, word) in [(first + 2 * index, known), (first + 2 * index + 1, truth)] {
                let address = b.ins().iadd(self.pointers[pointer], at);
                b.ins().store(memory(), word, address, 0);
            }
        }
        self.clear_streams(b);
    }

    fn compared(
        &self,
        b: &mut FunctionBuilder<'_>,
        found: &Conditions,
        op: &Op,
        (out, numbers): (BoolReg, &[NumReg]),
    ) -> conditions::Word {
        let mut known = found.all(b);
        let mut needed: Vec<Stream> = numbers.iter().map(|&reg| Stream::Known(reg)).collect();
        if let Op::NearPct { b: to, .. } = *op {
            needed.push(Stream::NotZero(to));
        }
        for variable in needed.iter().filter_map(|stream| self.streams.get(stream)) {
            let bits = b.use_var(*variable);
            known = b.ins().band(known, bits);
        }
        let holds = b.use_var(self.streams[&Stream::Holds(out)]);
        (known, b.ins().band(known, holds))
    }

    /// After the last bar.
    fn finish(&self, b: &mut FunctionBuilder<'_>) {
        let memory_of_edges = self.edge_memory();
        for (at, &(known, not)) in self.edges.iter().enumerate() {
            let before = (b.use_var(known), b.use_var(not));
            let bits = conditions::pack(b, before);
            b.ins().store(memory(), bits, memory_of_edges, 8 * at as i32);
        }
    }
}
