//! What a Play may call: every indicator and market structure, with its signature, its documentation and its kernel.
//!
//! Takes columns of numbers (one value a bar, missing = NaN). Gives columns of numbers.
//! Never reads a file, a clock, the environment or a random source; uses nothing above itself.

pub mod catalogue;
pub mod indicators;
pub mod kernel;
pub mod params;
pub mod signature;
pub mod structures;
pub mod types;
pub mod wide;
pub mod window;

pub use catalogue::{BUILTINS, BuiltinId, builtin, catalogue_hash, lookup};
pub use kernel::{Kernel, State, StateError};
pub use params::{Default, Param, ParamError, ParamType, Params, Value};
pub use signature::{Builtin, Family, Input, Kind, Output, Outputs, Warmup};
pub use types::{Field, Range, Type, Unit};
