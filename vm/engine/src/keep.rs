//! Which registers of a program are kept as columns.

use bytecode::ops::Operand;
use bytecode::{Condition, ConditionKind, ExportColumn, MetadataValue, Op, Program, Stage};
use interpreter::RegSet;

/// How much of a run is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keep {
    /// What other clocks and position code read.
    Across,
    /// Also what a backtest needs: conditions and guards of cases, and what policy and metadata read.
    Run,
    /// Also the columns with names.
    Exports,
    /// Also every condition of the cases and both sides of its comparisons, for the funnel.
    All,
}

impl Keep {
    /// Market registers only: those of the position stage are never columns.
    #[must_use]
    pub fn registers(self, program: &Program) -> RegSet {
        let mut kept = RegSet::none(program.num_regs.len(), program.bool_regs.len());
        read_across(program, &mut kept);
        if self >= Keep::Run {
            actions(program, &mut kept);
            program.policy.map(|reg| kept.insert(reg));
        }
        if self >= Keep::Exports {
            for export in &program.exports {
                match export.column {
                    ExportColumn::Num(reg) => kept.insert(reg),
                    ExportColumn::Bool(reg) => kept.insert(reg),
                }
            }
        }
        if self >= Keep::All {
            let cases = program.actions.iter().flat_map(|block| &block.cases);
            cases.for_each(|case| condition(&case.condition, &mut kept));
        }
        for (kept, info) in kept.nums.iter_mut().zip(&program.num_regs) {
            *kept &= info.stage == Stage::Market;
        }
        for (kept, info) in kept.bools.iter_mut().zip(&program.bool_regs) {
            *kept &= info.stage == Stage::Market;
        }
        kept
    }
}

/// What faster clocks and the position code read.
fn read_across(program: &Program, kept: &mut RegSet) {
    for op in program.market.iter().flat_map(|s| &s.ops) {
        if matches!(op, Op::AlignNum { .. } | Op::AlignBool { .. }) {
            op.inputs(|reg: Operand| kept.insert(reg));
        }
    }
    for op in program.position.iter().flat_map(|s| &s.ops) {
        op.inputs(|reg: Operand| kept.insert(reg));
    }
}

fn actions(program: &Program, kept: &mut RegSet) {
    for block in &program.actions {
        for case in &block.cases {
            kept.insert(case.when);
            kept.insert(case.guard);
        }
        let intents = block.cases.iter().flat_map(|c| &c.emit).chain(&block.otherwise);
        for (_, value) in intents.flat_map(|intent| &intent.metadata) {
            if let MetadataValue::Reg(reg) = value {
                kept.insert(*reg);
            }
        }
    }
}

fn condition(node: &Condition, kept: &mut RegSet) {
    kept.insert(node.reg);
    if let ConditionKind::Leaf { left, right } = node.kind {
        left.into_iter().chain(right).for_each(|reg| kept.insert(reg));
    }
    node.children.iter().for_each(|child| condition(child, kept));
}
