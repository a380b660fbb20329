//! Runs the straight-line code of a program over blocks of bars.
//!
//! Takes a verified program, columns of bars and the values of slower clocks. Gives the values of kept
//! registers. Never sees an order, a file or a clock; any split of the bars into blocks gives the same bits.

pub mod align;
mod chain;
pub mod compare;
pub mod elementwise;
pub mod history;
pub mod kleene;
pub mod latest;
pub mod layout;
pub mod machine;
pub mod native;
pub mod position;
pub mod registers;
pub mod sequence;
mod single;
pub mod source;
pub mod state;
pub mod stepper;
pub mod window;

pub use latest::{Latest, MarketRow};
pub use layout::Layout;
pub use machine::Machine;
pub use native::Native;
pub use position::{PositionInputs, PositionMachine};
pub use registers::{RegSet, Registers};
pub use source::{Slower, Source};
pub use state::LoadError;
pub use stepper::Stepper;
