//! The position code of one clock as one straight function of one bar.
//!
//! Its only parameter points to a [`Frame`]. Ops that are not at home here (windows, shifts) call back into the
//! interpreter with their operands in a small array, and go on with what it gives.

use std::mem::offset_of;

use bytecode::ops::{Operand, PositionField};
use bytecode::{BoolReg, NumReg, Op, Program, Section, Stage};
use cranelift_codegen::ir::{FuncRef, InstBuilder, StackSlot, StackSlotData, StackSlotKind, Value, types};
use cranelift_frontend::FunctionBuilder;
use interpreter::PositionInputs;
use interpreter::native::IO_WORDS;

use crate::code::Frame;
use crate::conditions::{self, Condition, Conditions};
use crate::numbers::{Numbers, memory};

/// What the function reads from outside, and the registers that it writes.
#[derive(Debug, Default)]
pub struct Layout {
    pub outer_nums: Vec<NumReg>,
    pub outer_conditions: Vec<BoolReg>,
    pub edges: Vec<usize>,
}

impl Layout {
    /// `None` when an op of the section has more operands than there is room for.
    pub fn of(program: &Program, section: &Section) -> Option<Layout> {
        let mut layout = Layout::default();
        for (at, op) in section.ops.iter().enumerate() {
            let mut words = 0;
            op.inputs(|input| match input {
                Operand::Num(reg) => {
                    words += 1;
                    let outer = program.num_regs[reg.0 as usize].stage == Stage::Market;
                    if outer && !layout.outer_nums.contains(&reg) {
                        layout.outer_nums.push(reg);
                    }
                }
                Operand::Bool(reg) => {
                    words += 2;
                    let outer = program.bool_regs[reg.0 as usize].stage == Stage::Market;
                    if outer && !layout.outer_conditions.contains(&reg) {
                        layout.outer_conditions.push(reg);
                    }
                }
            });
            if words > IO_WORDS || matches!(op, Op::Call { .. } | Op::Field { .. } | Op::Series { .. }) {
                return None;
            }
            if conditions::crosses(op) {
                layout.edges.push(at);
            }
        }
        Some(layout)
    }
}

/// Functions of ours that the code calls.
#[derive(Clone, Copy)]
pub struct Calls {
    /// `(frame, op, io)`
    pub interpret: FuncRef,
    pub remainder: FuncRef,
}

struct Code<'a> {
    program: &'a Program,
    layout: &'a Layout,
    calls: Calls,
    frame: Value,
    numbers: Numbers,
    found: Conditions,
    io: StackSlot,
    edges: usize,
}

/// Writes the function's body.
pub fn emit(
    b: &mut FunctionBuilder<'_>,
    program: &Program,
    section: &Section,
    layout: &Layout,
    calls: Calls,
) {
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let frame = b.block_params(entry)[0];
    let io = StackSlotData::new(StackSlotKind::ExplicitSlot, 8 * IO_WORDS as u32, 3);
    let io = b.create_sized_stack_slot(io);
    let (numbers, found) = (Numbers::scalars(b), Conditions::bits());
    let mut code = Code { program, layout, calls, frame, numbers, found, io, edges: 0 };
    for (at, op) in section.ops.iter().enumerate() {
        code.fetch(b, op);
        code.op(b, at, op);
        op.outputs(|out| code.write(b, out));
    }
    b.ins().return_(&[]);
}

impl Code<'_> {
    /// One of the frame's pointers.
    fn pointer(&self, b: &mut FunctionBuilder<'_>, offset: usize) -> Value {
        b.ins().load(types::I64, memory().with_readonly().with_can_move(), self.frame, offset as i32)
    }

    fn word(&self, b: &mut FunctionBuilder<'_>, pointer: usize, at: usize) -> Value {
        let pointer = self.pointer(b, pointer);
        b.ins().load(types::I64, memory(), pointer, 8 * at as i32)
    }

    /// Brings the market registers to hand that an op reads.
    fn fetch(&mut self, b: &mut FunctionBuilder<'_>, op: &Op) {
        if matches!(op, Op::AlignNum { .. } | Op::AlignBool { .. }) {
            return;
        }
        op.inputs(|input| match input {
            Operand::Num(reg) if !self.numbers.has(reg) => {
                let at = self.layout.outer_nums.iter().position(|&own| own == reg);
                let pointer = self.pointer(b, offset_of!(Frame, outer_nums));
                let at = at.expect("what the section does not write is an outer register");
                self.numbers.load(b, reg, pointer, 8 * at as i32, true);
            }
            Operand::Bool(reg) if !self.found.has(reg) => {
                let at = self.layout.outer_conditions.iter().position(|&own| own == reg);
                let at = at.expect("what the section does not write is an outer register");
                let known = self.word(b, offset_of!(Frame, outer_known), at);
                let truth = self.word(b, offset_of!(Frame, outer_truth), at);
                let condition = conditions::of_known(b, (known, truth));
                self.found.set(reg, condition);
            }
            Operand::Num(_) | Operand::Bool(_) => {}
        });
    }

    fn op(&mut self, b: &mut FunctionBuilder<'_>, at: usize, op: &Op) {
        if self.numbers.arithmetic(b, op) || self.found.logic(b, op) {
            return;
        }
        match *op {
            Op::Position { out, field } => {
                let pointer = self.pointer(b, offset_of!(Frame, position));
                let value = b.ins().load(types::F64, memory(), pointer, offset_in_position(field));
                self.numbers.owed(out, value);
            }
            Op::AlignNum { out, a } => {
                let visible = self.visible(b, self.program.num_regs[a.0 as usize].clock.0);
                let pointer = self.pointer(b, offset_of!(Frame, nums));
                let value = b.ins().load(types::F64, memory(), pointer, 8 * a.0 as i32);
                let missing = b.ins().f64const(f64::NAN);
                let value = b.ins().select(visible, value, missing);
                self.numbers.given(out, value);
            }
            Op::AlignBool { out, a } => {
                let visible = self.visible(b, self.program.bool_regs[a.0 as usize].clock.0);
                let known = self.word(b, offset_of!(Frame, known), a.0 as usize);
                let truth = self.word(b, offset_of!(Frame, truth), a.0 as usize);
                let (holds, not) = conditions::of_known(b, (known, truth));
                self.found.set(out, (b.ins().band(holds, visible), b.ins().band(not, visible)));
            }
            Op::Rem { out, a, b: by } => {
                let sides = [a, by].map(|reg| self.numbers.written(b, reg));
                let call = b.ins().call(self.calls.remainder, &sides);
                let value = b.inst_results(call)[0];
                self.numbers.owed(out, value);
            }
            _ => match conditions::compared(op) {
                Some(out) => self.compare(b, op, out),
                None => self.interpret(b, at, op),
            },
        }
    }

    /// 1 when the latest bar of a slower clock has closed by now.
    fn visible(&self, b: &mut FunctionBuilder<'_>, clock: u16) -> Value {
        self.word(b, offset_of!(Frame, visible), usize::from(clock))
    }

    fn compare(&mut self, b: &mut FunctionBuilder<'_>, op: &Op, out: BoolReg) {
        let (holds, not) = self.numbers.compare(b, op).expect("it is a comparison");
        let mut word = (b.ins().uextend(types::I64, holds), b.ins().uextend(types::I64, not));
        if conditions::crosses(op) {
            word = self.cross(b, word);
        }
        self.found.set(out, word);
    }

    fn cross(&mut self, b: &mut FunctionBuilder<'_>, now: Condition) -> Condition {
        let offset = 8 * self.edges as i32;
        self.edges += 1;
        let pointer = self.pointer(b, offset_of!(Frame, edges));
        let bits = b.ins().load(types::I64, memory(), pointer, offset);
        let before = conditions::unpack(b, bits);
        let last = b.ins().iconst(types::I64, 0);
        let ((holds, not), after) = conditions::edge(b, now, before, last);
        let bits = conditions::pack(b, after);
        b.ins().store(memory(), bits, pointer, offset);
        // The bar after this one is not there.
        (b.ins().band_imm_s(holds, 1), b.ins().band_imm_s(not, 1))
    }

    fn interpret(&mut self, b: &mut FunctionBuilder<'_>, at: usize, op: &Op) {
        let io = b.ins().stack_addr(types::I64, self.io, 0);
        let mut offset = 0;
        let mut put = |b: &mut FunctionBuilder<'_>, value: Value| {
            b.ins().store(memory(), value, io, offset);
            offset += 8;
        };
        op.inputs(|input| match input {
            Operand::Num(reg) => {
                let value = self.numbers.written(b, reg);
                put(b, value);
            }
            Operand::Bool(reg) => {
                let (known, truth) = conditions::known(b, self.found.get(reg));
                put(b, known);
                put(b, truth);
            }
        });
        let number = b.ins().iconst(types::I64, at as i64);
        b.ins().call(self.calls.interpret, &[self.frame, number, io]);
        let mut offset = 0;
        let mut take = |b: &mut FunctionBuilder<'_>, ty| {
            let value = b.ins().load(ty, memory(), io, offset);
            offset += 8;
            value
        };
        op.outputs(|out| match out {
            Operand::Num(reg) => {
                let value = take(b, types::F64);
                self.numbers.given(reg, value);
            }
            Operand::Bool(reg) => {
                let known = take(b, types::I64);
                let truth = take(b, types::I64);
                let condition = conditions::of_known(b, (known, truth));
                self.found.set(reg, condition);
            }
        });
    }

    /// Into the latest values, where the host and faster clocks find it.
    fn write(&mut self, b: &mut FunctionBuilder<'_>, out: Operand) {
        match out {
            Operand::Num(reg) => {
                let pointer = self.pointer(b, offset_of!(Frame, nums));
                self.numbers.store(b, reg, pointer, 8 * reg.0 as i32);
            }
            Operand::Bool(reg) => {
                let (known, truth) = conditions::known(b, self.found.get(reg));
                for (offset, word) in [(offset_of!(Frame, known), known), (offset_of!(Frame, truth), truth)] {
                    let pointer = self.pointer(b, offset);
                    b.ins().store(memory(), word, pointer, 8 * reg.0 as i32);
                }
            }
        }
    }
}

fn offset_in_position(field: PositionField) -> i32 {
    let offset = match field {
        PositionField::EntryPrice => offset_of!(PositionInputs, entry_price),
        PositionField::BarsInTrade => offset_of!(PositionInputs, bars_in_trade),
        PositionField::UnrealizedPnlPct => offset_of!(PositionInputs, unrealized_pnl_pct),
        PositionField::Side => offset_of!(PositionInputs, side),
        PositionField::StopPrice => offset_of!(PositionInputs, stop_price),
        PositionField::TargetPrice => offset_of!(PositionInputs, target_price),
        PositionField::MfePct => offset_of!(PositionInputs, mfe_pct),
        PositionField::MaePct => offset_of!(PositionInputs, mae_pct),
    };
    offset as i32
}
