//! One file a market structure; each holds its row, its state machine and its tests.
//!
//! A structure is a kernel like any other. Its bar numbers count the bars of its own clock from the first bar of
//! the data; an event is a `..._this_bar` flag that is true on exactly the bar on which the event became known
//! ([`events`] lists, for every event, the columns that say which bar and which price it speaks of).

// (declare when the file exists, others need this crate to compile) pub mod breaker_block;
mod common;
// (declare when the file exists, others need this crate to compile) pub mod derived_zone;
pub mod displacement;
// (declare when the file exists, others need this crate to compile) pub mod divergence;
// (declare when the file exists, others need this crate to compile) pub mod events;
// (declare when the file exists, others need this crate to compile) pub mod fair_value_gap;
pub mod fibonacci;
// (declare when the file exists, others need this crate to compile) pub mod liquidity_zones;
pub mod market_structure;
// (declare when the file exists, others need this crate to compile) pub mod order_block;
pub mod premium_discount;
pub mod rolling_window;
// (declare when the file exists, others need this crate to compile) mod slots;
pub mod swing;
pub mod trend;
pub mod zone;
