//! The condition of a case as a tree for people, each node with its register.

use bars::Timeframe;
use bytecode::{Condition, ConditionKind};
use ir::{Module, Op, Ty, ValueId};

use crate::emit::Emitter;

/// The tree of a case. Its root's register is the case's own, also when the whole condition is slower than the block.
pub fn tree(emitter: &mut Emitter, module: &Module, when: ValueId, on: Timeframe) -> Condition {
    Condition { reg: emitter.bool_of(when, on), ..node(emitter, module, when, on) }
}

/// Follows the IR before folding, so that the tree is what the author wrote. Nodes on a slower clock keep it.
fn node(emitter: &mut Emitter, module: &Module, id: ValueId, on: Timeframe) -> Condition {
    let value = module.value(id);
    if let Op::Align { a } = value.op {
        let slow = module.value(a).clock.unwrap_or(on);
        return node(emitter, module, a, slow);
    }
    let clock = value.clock.unwrap_or(on);
    let (kind, children): (ConditionKind, Vec<ValueId>) = match &value.op {
        Op::All(items) => (ConditionKind::All, items.clone()),
        Op::Any(items) => (ConditionKind::Any, items.clone()),
        Op::Not { a } => (ConditionKind::Not, vec![*a]),
        Op::Window { a, .. } => (ConditionKind::Window, vec![*a]),
        Op::Sequence { steps, .. } => (ConditionKind::Sequence, steps.clone()),
        Op::Score { parts, .. } => (ConditionKind::Score, parts.iter().map(|(a, _)| *a).collect()),
        Op::Setup { name, a } => (ConditionKind::Setup(name.clone()), vec![*a]),
        Op::Compare { a, b, .. } | Op::Cross { a, b, .. } | Op::Near { a, b, .. } => {
            let left = number(emitter, module, *a, clock);
            let right = number(emitter, module, *b, clock);
            (ConditionKind::Leaf { left, right }, Vec::new())
        }
        Op::Truthy { a } => {
            (ConditionKind::Leaf { left: number(emitter, module, *a, clock), right: None }, Vec::new())
        }
        _ => (ConditionKind::Leaf { left: None, right: None }, Vec::new()),
    };
    Condition {
        kind,
        reg: emitter.bool_of(id, clock),
        text: emitter.text(value.span),
        place: emitter.place(value.span),
        children: children.into_iter().map(|child| node(emitter, module, child, clock)).collect(),
    }
}

fn number(emitter: &mut Emitter, module: &Module, id: ValueId, clock: Timeframe) -> Option<bytecode::NumReg> {
    matches!(module.value(id).ty, Ty::Number(_)).then(|| emitter.num_of(id, clock))
}
