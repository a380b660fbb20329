//! The one contract between compiler and VM.
//!
//! Takes what `lower` builds. Gives a `Program` that can be written, mapped, verified, printed and run.
//! Never knows YAML, a host or an exchange.

pub mod actions;
pub mod debug;
pub mod disasm;
pub mod encode;
pub mod ops;
pub mod policy;
pub mod program;
pub mod verify;

mod conditions;

pub use actions::{Action, Block, Case, Condition, ConditionKind, Intent, MetadataValue};
pub use debug::{Debug, Place};
pub use disasm::disasm;
pub use encode::DecodeError;
pub use ops::Op;
pub use policy::{
    Account, Basis, BreakEven, EndOfData, Entry, ExitMode, Instrument, LimitEntry, Mode, OrderType, Policy,
    Sizing, SizingModel, StopBeyondLiquidation, StopRule, TargetRule, TimeInForce, TrailDistance, Trailing,
};
pub use program::{
    BoolReg, Call, Clock, ClockId, Export, ExportColumn, Identity, NumReg, Program, RegInfo, Section, Stage,
};
pub use verify::{VerifyError, verify};
