//! Compiled chains and position code as the interpreter calls them.

use bytecode::{BoolReg, NumReg};
use interpreter::kleene::low_bits;
use interpreter::native::{ChainBlock, ChainCode, PositionCode, PositionStep};

use crate::code::{ChainFunction, Columns, PositionFunction};
use crate::position::Layout;

impl ChainCode for ChainFunction {
    fn run(&self, block: ChainBlock<'_>) {
        let (words, rest) = (block.bars / 64, block.bars % 64);
        let ChainBlock { nums, conditions, out_nums, out_conditions, edges, .. } = block;
        let mut columns = Columns { nums, conditions, out_nums, out_conditions, edges };
        if words > 0 {
            self.call(words, 63, &mut columns);
        }
        if rest > 0 {
            self.part(words, rest, columns);
        }
    }
}

impl ChainFunction {
    /// The bars beyond the whole words, in a word of their own that is filled up with nothing that matters.
    fn part(&self, words: usize, rest: usize, columns: Columns<'_>) {
        let Columns { nums, conditions, mut out_nums, out_conditions, edges } = columns;
        let padded = |column: &&[f64]| {
            let mut padded = [0.0; 64];
            padded[..rest].copy_from_slice(&column[words * 64..words * 64 + rest]);
            padded
        };
        let nums: Vec<[f64; 64]> = nums.iter().map(padded).collect();
        let mut written = vec![[0.0; 64]; out_nums.len()];
        let mut bits: Vec<(&mut [u64], &mut [u64])> = out_conditions
            .into_iter()
            .map(|(known, truth)| (&mut known[words..], &mut truth[words..]))
            .collect();
        let mut part = Columns {
            nums: nums.iter().map(|column| &column[..]).collect(),
            conditions: conditions.iter().map(|(known, truth)| (&known[words..], &truth[words..])).collect(),
            out_nums: written.iter_mut().map(|column| &mut column[..]).collect(),
            out_conditions: bits.iter_mut().map(|(known, truth)| (&mut **known, &mut **truth)).collect(),
            edges,
        };
        self.call(1, rest as u32 - 1, &mut part);
        for (out, written) in out_nums.iter_mut().zip(&written) {
            out[words * 64..words * 64 + rest].copy_from_slice(&written[..rest]);
        }
        for (known, truth) in bits {
            known[0] &= low_bits(rest);
            truth[0] &= low_bits(rest);
        }
    }
}

/// Position code with what it must be given.
pub struct Position {
    pub function: PositionFunction,
    pub layout: Layout,
}

impl PositionCode for Position {
    fn outer(&self) -> (&[NumReg], &[BoolReg]) {
        (&self.layout.outer_nums, &self.layout.outer_conditions)
    }

    fn edges(&self) -> &[usize] {
        &self.layout.edges
    }

    fn run(&self, step: PositionStep<'_>) {
        self.function.call(step);
    }
}
