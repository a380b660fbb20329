//! Which ops become one function: the interpreter's ops first, as far as they can go, then all that is
//! then ready as one
//! chain, and so on. Ops that this crate does not know stay with the interpreter.

use std::collections::BTreeSet;

use bytecode::ops::Operand;
use bytecode::{BoolReg, Call, NumReg, Op, Section};
use interpreter::RegSet;

/// Longer ones are cut: what a compiler does grows faster than the code.
const MAX_OPS: usize = 96;

/// A part of a section, in the order in which the parts run. Indices into the section's ops.
#[derive(Debug, PartialEq, Eq)]
pub enum Part {
    Op(usize),
    Chain(Vec<usize>),
}

/// What a chain reads and writes, and its ops with the constants that they read before them.
#[derive(Debug, Default)]
pub struct Shape {
    pub ops: Vec<Op>,
    pub nums: Vec<NumReg>,
    /// Of `nums`: those that no op has made canonical.
    pub raw: Vec<bool>,
    pub conditions: Vec<BoolReg>,
    pub out_nums: Vec<NumReg>,
    pub out_conditions: Vec<BoolReg>,
    /// Indices of its crossings in the section.
    pub edges: Vec<usize>,
}

/// Looks at the bar alone, or (a crossing) at the one before too. A remainder is a call and a long one:
/// nothing is gained
/// by having it in a chain.
pub fn fuses(op: &Op) -> bool {
    matches!(
        op,
        Op::Add { .. } | Op::Sub { .. } | Op::Mul { .. } | Op::Div { .. } | Op::Neg { .. } | Op::Abs { .. }
    ) || matches!(op, Op::Min { .. } | Op::Max { .. } | Op::And { .. } | Op::Or { .. } | Op::Not { .. })
        || crate::conditions::compared(op).is_some()
}

fn is_constant(op: &Op) -> bool {
    matches!(op, Op::Constant { .. } | Op::ConstantBool { .. })
}

/// Registers as keys.
type Key = (bool, u32);

fn key(operand: Operand) -> Key {
    match operand {
        Operand::Num(reg) => (false, reg.0),
        Operand::Bool(reg) => (true, reg.0),
    }
}

/// What an op reads of its own section, and what it writes.
struct Uses {
    reads: Vec<Key>,
    writes: Vec<Key>,
}

fn uses(op: &Op, calls: &[Call]) -> Uses {
    let (mut reads, mut writes) = (Vec::new(), Vec::new());
    op.outputs(|out| writes.push(key(out)));
    match *op {
        // Their operand belongs to another clock.
        Op::AlignNum { .. } | Op::AlignBool { .. } => {}
        Op::Call { call } => {
            let call = &calls[call as usize];
            reads.extend(call.inputs.iter().flatten().map(|&reg| key(reg.into())));
            writes.extend(call.outputs.iter().map(|&reg| key(reg.into())));
        }
        _ => op.inputs(|input| reads.push(key(input))),
    }
    Uses { reads, writes }
}

/// Constants come first.
pub fn parts(section: &Section, calls: &[Call]) -> Vec<Part> {
    let all: Vec<Uses> = section.ops.iter().map(|op| uses(op, calls)).collect();
    let (constants, mut left): (Vec<usize>, Vec<usize>) =
        (0..section.ops.len()).partition(|&at| is_constant(&section.ops[at]));
    let mut written: BTreeSet<Key> = constants.iter().flat_map(|&at| &all[at].writes).copied().collect();
    let mut parts: Vec<Part> = constants.into_iter().map(Part::Op).collect();
    let mut take = |left: &mut Vec<usize>, fused: bool| {
        let mut taken = Vec::new();
        left.retain(|&at| {
            let ready = fuses(&section.ops[at]) == fused && all[at].reads.iter().all(|r| written.contains(r));
            if ready {
                written.extend(&all[at].writes);
                taken.push(at);
            }
            !ready
        });
        taken
    };
    while !left.is_empty() {
        let before = left.len();
        parts.extend(take(&mut left, false).into_iter().map(Part::Op));
        for chain in take(&mut left, true).chunks(MAX_OPS) {
            match chain {
                [one] => parts.push(Part::Op(*one)),
                chain => parts.push(Part::Chain(chain.to_vec())),
            }
        }
        assert!(
            left.len() < before,
            "the verifier has proven that registers are written before they are read"
        );
    }
    parts
}

/// The shape of the chain of these ops.
pub fn shape(section: &Section, calls: &[Call], chain: &[usize], kept: &RegSet) -> Shape {
    let inside: BTreeSet<usize> = chain.iter().copied().collect();
    let of_chain = |at: &usize| uses(&section.ops[*at], calls);
    let own: BTreeSet<Key> = chain.iter().flat_map(|at| of_chain(at).writes).collect();
    let reads: BTreeSet<Key> = chain.iter().flat_map(|at| of_chain(at).reads).collect();
    let outside = (0..section.ops.len()).filter(|at| !inside.contains(at));
    let asked: BTreeSet<Key> = outside.flat_map(|at| of_chain(&at).reads).collect();
    let mut shape = Shape::default();
    for op in section.ops.iter().filter(|op| is_constant(op)) {
        if uses(op, calls).writes.iter().any(|reg| reads.contains(reg)) {
            shape.ops.push(*op);
        }
    }
    let constants: BTreeSet<Key> = shape.ops.iter().flat_map(|op| uses(op, calls).writes).collect();
    for &(is_condition, reg) in reads.difference(&own).filter(|reg| !constants.contains(reg)) {
        if is_condition {
            shape.conditions.push(BoolReg(reg));
        } else {
            // A column of the bars, or a copy of one (a shift, say), holds what the data holds.
            let writer = section.ops.iter().find(|op| uses(op, calls).writes.contains(&(false, reg)));
            let makes_canonical = |op: &Op| matches!(op, Op::Call { .. } | Op::Rem { .. }) || fuses(op);
            shape.raw.push(!writer.is_some_and(makes_canonical));
            shape.nums.push(NumReg(reg));
        }
    }
    for &(is_condition, reg) in &own {
        let asked = asked.contains(&(is_condition, reg));
        if is_condition {
            shape.out_conditions.extend((asked || kept.bools[reg as usize]).then_some(BoolReg(reg)));
        } else {
            shape.out_nums.extend((asked || kept.nums[reg as usize]).then_some(NumReg(reg)));
        }
    }
    shape.edges.extend(chain.iter().filter(|&&at| crate::conditions::crosses(&section.ops[at])));
    shape.ops.extend(chain.iter().map(|&at| section.ops[at]));
    shape
}
