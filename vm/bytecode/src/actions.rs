//! What a Play does when its conditions hold.

use serde::{Deserialize, Serialize};

use crate::debug::Place;
use crate::program::{BoolReg, ClockId, NumReg};

/// Evaluated at every close of `clock`: the first case that is true gives its intents, else `otherwise`.
/// At one moment all due blocks are asked in order; the first actionable intent of all is carried out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    pub id: String,
    /// The finest clock that its conditions read, never a slower one than exec; where those do not divide each other,
    /// the longest period that divides them all.
    pub clock: ClockId,
    pub cases: Vec<Case>,
    pub otherwise: Vec<Intent>,
    pub place: Place,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// A register of the block's clock, of either stage.
    pub when: BoolReg,
    /// A market-stage register that is true wherever `when` may be true; equal to `when` if that is
    /// market-stage.
    pub guard: BoolReg,
    pub emit: Vec<Intent>,
    /// The condition as written, for the funnel and for explanations. Its root's register is `when`.
    pub condition: Condition,
}

/// Written as a flat list; at most [`MAX_CONDITION_DEPTH`](crate::encode::MAX_CONDITION_DEPTH) levels deep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "Vec<crate::conditions::Flat>", try_from = "Vec<crate::conditions::Flat>")]
pub struct Condition {
    pub kind: ConditionKind,
    /// Its truth, on the clock of its register.
    pub reg: BoolReg,
    /// As written in the Play, on one line.
    pub text: String,
    pub place: Place,
    pub children: Vec<Condition>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ConditionKind {
    All,
    Any,
    Not,
    /// A window over its only child.
    Window,
    /// A setup by name, over its only child.
    Setup(String),
    /// A comparison; its two sides where they are numbers, for the nearest miss.
    Leaf {
        left: Option<NumReg>,
        right: Option<NumReg>,
    },
    /// Steps that follow each other: its children, in order.
    Sequence,
    /// A count or a score over its children.
    Score,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    pub action: Action,
    /// Of the position, for exits: over 0, at most 100.
    pub percent: f64,
    pub metadata: Vec<(String, MetadataValue)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Action {
    EntryLong,
    EntryShort,
    ExitLong,
    ExitShort,
    ExitAll,
    NoAction,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MetadataValue {
    Text(String),
    Number(f64),
    /// The value at the signal, on the block's clock.
    Reg(NumReg),
}
