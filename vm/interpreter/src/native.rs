//! The hook for machine code: what may take the place of interpreted ops, and how it is called.
//!
//! The interpreter makes no machine code. Who does implements [`Native`]; everything between it and the
//! interpreter is slices, so that a wrong plan can give wrong values or a panic, never a wild read.

use std::fmt::Debug;
use std::sync::Arc;

use bytecode::{BoolReg, NumReg, Op, Program, Section};

use crate::position::PositionInputs;
use crate::registers::RegSet;

/// Makes machine code of parts of a program. The values are those of the interpreter, to the bit.
pub trait Native: Debug + Sync {
    fn name(&self) -> &'static str;

    /// How the market code of one clock is to run over so many bars.
    fn plan(&self, program: &Program, section: &Section, kept: &RegSet, bars: usize) -> Plan;

    /// The position code of one clock as one function; `None` leaves it to the interpreter. It will run at
    /// most `steps` times, as far as the caller knows.
    fn position(&self, program: &Program, section: &Section, steps: usize) -> Option<Arc<dyn PositionCode>>;
}

impl PartialEq for dyn Native {
    fn eq(&self, other: &dyn Native) -> bool {
        self.name() == other.name()
    }
}

impl Eq for dyn Native {}

/// The order in which a section is worked through. Every register is written before it is read.
#[derive(Clone)]
pub struct Plan {
    pub steps: Vec<Step>,
}

impl Plan {
    /// In the order of the section, without machine code.
    #[must_use]
    pub fn interpreted(section: &Section) -> Plan {
        let mut steps = Vec::with_capacity(section.ops.len());
        let mut at = 0;
        while at < section.ops.len() {
            let both = crossings(&section.ops[at..], at);
            at += if both.is_some() { 2 } else { 1 };
            steps.push(both.unwrap_or(Step::Op(at - 1)));
        }
        Plan { steps }
    }
}

/// The next two ops as one step when they are the two crossings of one pair.
fn crossings(ops: &[Op], at: usize) -> Option<Step> {
    let (above, below) = (at, at + 1);
    match ops {
        [Op::CrossAbove { a, b, .. }, Op::CrossBelow { a: c, b: d, .. }, ..] if (a, b) == (c, d) => {
            Some(Step::Crossings { above, below })
        }
        _ => None,
    }
}

#[derive(Clone)]
pub enum Step {
    /// An index into the section's ops.
    Op(usize),
    /// Both crossings of one pair of numbers, which are compared once.
    Crossings {
        above: usize,
        below: usize,
    },
    Chain(Chain),
}

/// Several ops as one function; what only they read among themselves has no register.
#[derive(Clone)]
pub struct Chain {
    pub nums: Vec<NumReg>,
    pub conditions: Vec<BoolReg>,
    pub out_nums: Vec<NumReg>,
    pub out_conditions: Vec<BoolReg>,
    /// Indices of the crossings among its ops, which remember the bar before.
    pub edges: Vec<usize>,
    pub code: Arc<dyn ChainCode>,
}

/// A block as a chain sees it, in the order of the chain's registers. Conditions are (known, true), 64 bars a
/// word.
pub struct ChainBlock<'a> {
    pub bars: usize,
    pub nums: Vec<&'a [f64]>,
    pub conditions: Vec<(&'a [u64], &'a [u64])>,
    pub out_nums: Vec<&'a mut [f64]>,
    pub out_conditions: Vec<(&'a mut [u64], &'a mut [u64])>,
    /// `Before::bits` of the crossings, from the block before and for the next one.
    pub edges: &'a mut [u64],
}

pub trait ChainCode: Send + Sync {
    /// Writes every bar of the outputs; bits beyond the block become 0.
    fn run(&self, block: ChainBlock<'_>);
}

/// One close as compiled position code sees it. Conditions are known and true, as 0 or 1.
pub struct PositionStep<'a> {
    /// Market registers, in the order of the code's `outer`.
    pub outer_nums: &'a [f64],
    pub outer_known: &'a [u64],
    pub outer_truth: &'a [u64],
    pub position: &'a PositionInputs,
    /// By clock: whether its latest bar has closed by now, as 0 or 1.
    pub visible: &'a [u64],
    /// The latest values by register: read for slower clocks, written for this one.
    pub nums: &'a mut [f64],
    pub known: &'a mut [u64],
    pub truth: &'a mut [u64],
    /// As in [`ChainBlock`].
    pub edges: &'a mut [u64],
    pub interpreter: &'a mut dyn Interpret,
}

/// Runs an op that the code does not hold: the operands are in `io`, a number as its bits, a condition as
/// known and true; the result takes their place.
pub trait Interpret {
    fn op(&mut self, op: usize, io: &mut [u64; IO_WORDS]);
}

/// Room for the operands of any op.
pub const IO_WORDS: usize = 8;

pub trait PositionCode: Send + Sync {
    /// Market registers that it reads.
    fn outer(&self) -> (&[NumReg], &[BoolReg]);

    /// As in [`Chain`].
    fn edges(&self) -> &[usize];

    /// Writes every register of the section.
    fn run(&self, step: PositionStep<'_>);
}
