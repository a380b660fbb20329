//! A program and its bars to columns: the one door for hosts.
//!
//! Takes a program and the finest bars there are (or, live, one bar after the other). Gives the registers
//! that a host needs, as columns or bar by bar, the same bits either way. Never orders anything, never opens
//! a file.

pub mod blocks;
pub mod columns;
pub mod error;
pub mod keep;
pub mod run;
pub mod session;

pub use blocks::Blocks;
pub use columns::{ClockColumns, ColumnRow, Columns};
pub use error::EngineError;
pub use interpreter::{Latest, MarketRow, Native, PositionInputs, PositionMachine, RegSet};
pub use keep::Keep;
pub use run::{Options, run};
pub use session::{Bar, Session};
