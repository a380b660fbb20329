//! The typed form of a Play: every value has a type, a unit, a clock, a stage and a warm-up.
//!
//! Takes what `check` builds. Gives `lower` a module that the verifier has proven.
//! Never holds a name that is not resolved.

pub mod module;
pub mod print;
pub mod value;
pub mod verify;

pub use module::{Block, Case, Intent, MetadataValue, Module, Named, ValueId};
pub use print::print;
pub use value::{
    BinaryOp, CompareOp, CrossDirection, Extent, NearKind, Op, Reach, Ty, UnaryOp, Value, Warmup, WindowKind,
};
pub use verify::verify;
