//! A machine at work with machine code: a chain over a block, a compiled position section over a bar.

use std::sync::Arc;

use bytecode::ops::Operand;
use bytecode::{ClockId, Op};

use crate::kleene::Before;
use crate::latest::{Latest, MarketRow};
use crate::machine::{Machine, Now};
use crate::native::{Chain, ChainBlock, IO_WORDS, Interpret, PositionCode, PositionStep};
use crate::position::PositionInputs;
use crate::registers::{Bits, Registers, Row};
use crate::source::{NoSlower, Source};
use crate::state::State;

/// What its crossings remember, as the code takes it.
fn load_edges(states: &[State], ops: &[usize], out: &mut Vec<u64>) {
    out.clear();
    out.extend(ops.iter().map(|&op| match &states[op] {
        State::Edge(before) => before.bits(),
        _ => 0,
    }));
}

fn store_edges(states: &mut [State], ops: &[usize], bits: &[u64]) {
    for (&op, &bits) in ops.iter().zip(bits) {
        states[op] = State::Edge(Before::from_bits(bits));
    }
}

/// One chain over one block.
pub(crate) fn run(chain: &Chain, states: &mut [State], r: &mut Registers, now: &Now<'_>) {
    let mut rows: Vec<Row> = chain.out_nums.iter().map(|&reg| r.take_row(reg)).collect();
    let mut bits: Vec<Bits> = chain.out_conditions.iter().map(|&reg| r.take_bits(reg)).collect();
    let mut edges = Vec::new();
    load_edges(states, &chain.edges, &mut edges);
    let words = now.len.div_ceil(64);
    let read_bits = |reg| {
        let bits: &Bits = r.bits(reg);
        (&bits.known[..words], &bits.truth[..words])
    };
    chain.code.run(ChainBlock {
        bars: now.len,
        nums: chain.nums.iter().map(|&reg| r.num(reg, now)).collect(),
        conditions: chain.conditions.iter().map(|&reg| read_bits(reg)).collect(),
        out_nums: rows.iter_mut().map(|row| row.block_mut(now)).collect(),
        out_conditions: bits.iter_mut().map(|b| (&mut b.known[..words], &mut b.truth[..words])).collect(),
        edges: &mut edges,
    });
    store_edges(states, &chain.edges, &edges);
    for (&reg, row) in chain.out_nums.iter().zip(rows) {
        r.put_row(reg, row);
    }
    for (&reg, bits) in chain.out_conditions.iter().zip(bits) {
        r.put_bits(reg, bits, now);
    }
}

/// A position section that was compiled, and room for what goes in and out, so that a step does not allocate.
#[derive(Clone)]
pub(crate) struct Compiled {
    code: Arc<dyn PositionCode>,
    nums: Vec<f64>,
    known: Vec<u64>,
    truth: Vec<u64>,
    visible: Vec<u64>,
    edges: Vec<u64>,
}

impl Compiled {
    pub fn new(code: Arc<dyn PositionCode>, clocks: usize) -> Compiled {
        let (nums, conditions) = code.outer();
        Compiled {
            nums: vec![f64::NAN; nums.len()],
            known: vec![0; conditions.len()],
            truth: vec![0; conditions.len()],
            visible: vec![0; clocks],
            edges: Vec::with_capacity(code.edges().len()),
            code,
        }
    }

    /// The close of the bar of `clock` that opened at `open_ms`; writes the section's registers.
    pub fn step(
        &mut self,
        machine: &mut Machine,
        open_ms: i64,
        market: &dyn MarketRow,
        position: &PositionInputs,
        latest: &mut Latest,
    ) {
        let (nums, conditions) = self.code.outer();
        for (slot, &reg) in self.nums.iter_mut().zip(nums) {
            *slot = market.num(reg);
        }
        for ((known, truth), &reg) in self.known.iter_mut().zip(&mut self.truth).zip(conditions) {
            let value = market.bool(reg);
            (*known, *truth) = (u64::from(value.is_some()), u64::from(value == Some(true)));
        }
        for (clock, period_ms) in machine.slower_clocks() {
            let closed = |open: i64| open.saturating_add(period_ms) <= machine.close_ms(open_ms);
            self.visible[usize::from(clock.0)] = u64::from(latest.opened_ms(clock).is_some_and(closed));
        }
        load_edges(&machine.states, self.code.edges(), &mut self.edges);
        let (nums, known, truth) = latest.slots();
        self.code.run(PositionStep {
            outer_nums: &self.nums,
            outer_known: &self.known,
            outer_truth: &self.truth,
            position,
            visible: &self.visible,
            nums,
            known,
            truth,
            edges: &mut self.edges,
            interpreter: &mut OneOp { machine, open_ms },
        });
        store_edges(&mut machine.states, self.code.edges(), &self.edges);
    }
}

/// The interpreter for single ops between compiled ones.
struct OneOp<'a> {
    machine: &'a mut Machine,
    open_ms: i64,
}

impl Interpret for OneOp<'_> {
    fn op(&mut self, op: usize, io: &mut [u64; IO_WORDS]) {
        let code: Op = self.machine.ops[op];
        let registers = self.machine.registers();
        let mut at = 0;
        code.inputs(|input| match input {
            Operand::Num(reg) => {
                registers.set_num(reg, f64::from_bits(io[at]));
                at += 1;
            }
            Operand::Bool(reg) => {
                registers.set_bool(reg, (io[at] == 1).then_some(io[at + 1] == 1));
                at += 2;
            }
        });
        self.machine.run_op(op, &Source::times(&[self.open_ms]));
        let mut at = 0;
        let machine = &*self.machine;
        let source = Source::times(&[]);
        code.outputs(|output| match output {
            Operand::Num(reg) => {
                io[at] = machine.latest_num(reg, &source).to_bits();
                at += 1;
            }
            Operand::Bool(reg) => {
                (io[at], io[at + 1]) = machine.latest_bool(reg);
                at += 2;
            }
        });
    }
}

impl Machine {
    /// One op over the only bar of `source`; its operands are in their registers.
    fn run_op(&mut self, op: usize, source: &Source<'_>) {
        let now = self.only_bar(source, &PositionInputs::FLAT, &NoSlower);
        let (ops, states) = (&self.ops, &mut self.states);
        crate::machine::step(&ops[op], &mut states[op], &mut self.registers, &[], &now);
    }

    fn slower_clocks(&self) -> impl Iterator<Item = (ClockId, i64)> + '_ {
        self.slower.iter().map(|slow| (slow.clock, slow.period_ms))
    }

    fn close_ms(&self, open_ms: i64) -> i64 {
        open_ms.saturating_add(self.period_ms)
    }
}
