//! A checked Play as an arena of values.

use bars::Timeframe;
use bytecode::{Action, Policy};
use diagnostics::Span;

use crate::value::Value;

/// An index into [`Module::values`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueId(pub u32);

/// Operands come before their users in `values`.
#[derive(Clone, Debug)]
pub struct Module {
    pub play: String,
    pub symbol: String,
    pub exec: Timeframe,
    pub values: Vec<Value>,
    /// Features' and structures' outputs and setups, in file order: what `playvm columns` shows.
    pub named: Vec<Named>,
    pub actions: Vec<Block>,
    pub policy: Policy<ValueId>,
    /// `validation.pattern`.
    pub pattern: Option<String>,
}

/// A value with a name for people; the value is on its own clock.
#[derive(Clone, Debug)]
pub struct Named {
    /// `rsi_14`, `macd.histogram`, `setup:pullback`.
    pub name: String,
    pub value: ValueId,
}

/// See `bytecode::Block`. Every `when` is on `clock`.
#[derive(Clone, Debug)]
pub struct Block {
    pub id: String,
    pub clock: Timeframe,
    pub cases: Vec<Case>,
    pub otherwise: Vec<Intent>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub when: ValueId,
    pub emit: Vec<Intent>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Intent {
    pub action: Action,
    pub percent: f64,
    pub metadata: Vec<(String, MetadataValue)>,
}

#[derive(Clone, Debug)]
pub enum MetadataValue {
    Text(String),
    Number(f64),
    /// On the block's clock.
    Value(ValueId),
}

impl Module {
    /// What the Play acts on: it must be warm; what it only shows need not be.
    #[must_use]
    pub fn roots(&self) -> Vec<ValueId> {
        let mut roots: Vec<ValueId> = Vec::new();
        for block in &self.actions {
            roots.extend(block.cases.iter().map(|c| c.when));
            let intents = block.cases.iter().flat_map(|c| &c.emit).chain(&block.otherwise);
            for (_, value) in intents.flat_map(|i| &i.metadata) {
                if let MetadataValue::Value(id) = value {
                    roots.push(*id);
                }
            }
        }
        self.policy.map(|id| roots.push(id));
        roots
    }

    #[must_use]
    pub fn value(&self, id: ValueId) -> &Value {
        &self.values[id.0 as usize]
    }
}
