//! Gives each register of a section its place.

use bytecode::ops::Operand;
use bytecode::{BoolReg, Call, NumReg, Op, Section};

use crate::native::{Chain, Plan, Step};
use crate::registers::{Bits, Place, RegSet, Registers, Row};
use crate::source::is_column;

/// How a machine is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Layout<'a> {
    /// Registers that are read from outside.
    pub kept: &'a RegSet,
    /// Kept registers are columns over this many bars; with `None` only the latest block of them is there.
    pub bars: Option<usize>,
    /// The most bars an op runs over at once; at least 1.
    pub block_bars: usize,
}

impl Layout<'_> {
    /// Registers that are read but not written by the section get a row that the caller fills.
    #[must_use]
    pub fn registers(&self, section: &Section, plan: &Plan, calls: &[Call]) -> Registers {
        let steps = plan.steps.iter().map(|step| match step {
            Step::Op(op) => (Some(&section.ops[*op]), Uses::of(&section.ops[*op], calls)),
            Step::Crossings { above, below } => {
                (None, Uses::of(&section.ops[*above], calls).and(Uses::of(&section.ops[*below], calls)))
            }
            Step::Chain(chain) => (None, Uses::of_chain(chain)),
        });
        let (ops, uses): (Vec<Option<&Op>>, Vec<Uses>) = steps.unzip();
        let mut build = Build::new(self, &uses);
        for (at, (op, uses)) in ops.into_iter().zip(&uses).enumerate() {
            for &reg in &uses.reads {
                if build.file.nums[reg.0 as usize] == Place::Elsewhere {
                    build.pinned[reg.0 as usize] = true;
                    build.put(reg, Row::of_block(self.block_bars, f64::NAN));
                }
            }
            for &reg in &uses.writes {
                build.write(reg, op);
            }
            for &reg in uses.reads.iter().chain(&uses.writes) {
                build.release(reg, at);
            }
            for &reg in &uses.bools {
                build.condition(reg);
            }
        }
        build.file
    }
}

struct Build<'a> {
    layout: &'a Layout<'a>,
    file: Registers,
    /// The last op that reads it.
    last_use: Vec<usize>,
    /// Its row is not to be taken again, or has been already.
    pinned: Vec<bool>,
    free: Vec<u32>,
}

impl<'a> Build<'a> {
    fn new(layout: &'a Layout<'a>, uses: &[Uses]) -> Build<'a> {
        let kept = layout.kept;
        let mut last_use = vec![0; kept.nums.len()];
        for (at, uses) in uses.iter().enumerate() {
            for &reg in &uses.reads {
                last_use[reg.0 as usize] = at;
            }
        }
        let mut file = Registers::empty(kept.nums.len(), kept.bools.len());
        file.read.clone_from(&kept.nums);
        uses.iter().flat_map(|uses| &uses.reads).for_each(|reg| file.read[reg.0 as usize] = true);
        Build { layout, file, last_use, pinned: kept.nums.clone(), free: Vec::new() }
    }

    fn put(&mut self, reg: NumReg, row: Row) {
        let at = u32::try_from(self.file.rows.len()).expect("there are fewer rows than registers");
        self.file.rows.push(row);
        self.file.nums[reg.0 as usize] = Place::Row(at);
    }

    fn write(&mut self, reg: NumReg, op: Option<&Op>) {
        let kept = self.layout.kept.nums[reg.0 as usize];
        let row = |value| match self.layout.bars {
            Some(bars) if kept => Row::of_bars(bars, value),
            _ => Row::of_block(self.layout.block_bars, value),
        };
        match op.copied() {
            // Written here once and for all.
            Some(Op::Constant { value, .. }) => {
                self.pinned[reg.0 as usize] = true;
                self.put(reg, row(value));
            }
            Some(Op::Field { field, .. }) if is_column(field) => {
                self.file.nums[reg.0 as usize] = Place::Field(field);
            }
            Some(Op::Series { series, .. }) => self.file.nums[reg.0 as usize] = Place::Series(series),
            _ if self.pinned[reg.0 as usize] => self.put(reg, row(0.0)),
            _ => match self.free.pop() {
                Some(free) => self.file.nums[reg.0 as usize] = Place::Row(free),
                None => self.put(reg, row(0.0)),
            },
        }
    }

    /// After op `at`: its row may be taken again if nothing reads it later.
    fn release(&mut self, reg: NumReg, at: usize) {
        let done = self.last_use[reg.0 as usize] <= at && !self.pinned[reg.0 as usize];
        if let Place::Row(row) = self.file.nums[reg.0 as usize]
            && done
        {
            self.pinned[reg.0 as usize] = true;
            self.free.push(row);
        }
    }

    fn condition(&mut self, reg: BoolReg) {
        if self.file.bools[reg.0 as usize].is_none() {
            let kept = self.layout.kept.bools[reg.0 as usize];
            let at =
                u32::try_from(self.file.bits.len()).expect("there are no more conditions than registers");
            self.file.bits.push(Bits::new(self.layout.block_bars, self.layout.bars.filter(|_| kept)));
            self.file.bools[reg.0 as usize] = Some(at);
        }
    }
}

/// The registers of its own section that an op touches.
#[derive(Default)]
struct Uses {
    reads: Vec<NumReg>,
    writes: Vec<NumReg>,
    bools: Vec<BoolReg>,
}

impl Uses {
    fn of_chain(chain: &Chain) -> Uses {
        let bools = chain.conditions.iter().chain(&chain.out_conditions).copied().collect();
        Uses { reads: chain.nums.clone(), writes: chain.out_nums.clone(), bools }
    }

    fn and(mut self, other: Uses) -> Uses {
        self.reads.extend(other.reads);
        self.writes.extend(other.writes);
        self.bools.extend(other.bools);
        self
    }

    fn of(op: &Op, calls: &[Call]) -> Uses {
        let mut uses = Uses::default();
        op.outputs(|out| match out {
            Operand::Num(reg) => uses.writes.push(reg),
            Operand::Bool(reg) => uses.bools.push(reg),
        });
        match *op {
            // Their operand belongs to another clock.
            Op::AlignNum { .. } | Op::AlignBool { .. } => {}
            Op::Call { call } => {
                let call = &calls[call as usize];
                uses.reads.extend(call.inputs.iter().flatten());
                uses.writes.extend(&call.outputs);
            }
            _ => op.inputs(|input| match input {
                Operand::Num(reg) => uses.reads.push(reg),
                Operand::Bool(reg) => uses.bools.push(reg),
            }),
        }
        uses
    }
}
