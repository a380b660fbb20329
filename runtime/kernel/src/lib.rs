//! The decisions of a Play: from fired conditions to orders.
//!
//! Takes events (a bar closed, an order filled, funding was settled). Gives commands (enter, exit, protect, cancel).
//! Never simulates, never does IO, has no clock of its own: a recorded journal replays to the same bits.

pub mod account;
pub mod counters;
pub mod direct;
pub mod event;
pub mod instrument;
pub mod intents;
pub mod journal;
pub mod machine;
pub mod margin;
pub mod orders;
pub mod position;
pub mod rules;
pub mod sizing;
pub mod stops;
#[cfg(test)]
pub mod testing;

pub use account::Account;
pub use counters::{Blocked, Counters};
pub use event::{Anchors, Close, Event, Fill, FillKind, Fired, Update};
pub use instrument::{Instrument, Step, StepsFrom, Tier, TiersFrom};
pub use journal::{Entry as JournalEntry, Journal};
pub use machine::Kernel;
pub use orders::{Command, Commands, EntryOrder, ExitOrder, LimitTerms, Protection, Sink};
pub use position::{Closed, ExitReason, Position, Side, StopKind};
pub use rules::Rules;
pub use sizing::{Plan, Refusal};
