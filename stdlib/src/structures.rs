//! One file a market structure; each holds its row, its state machine and its tests.
//!
//! A structure is a kernel like any other. Its bar numbers count the bars of its own clock from the first bar of
//! the data; an event is a `..._this_bar` flag that is true on exactly the bar on which the event became known
//! ([`events`] lists, for every event, the columns that say which bar and which price it speaks of).

pub mod breaker_block;
mod common;
pub mod derived_zone;
pub mod displacement;
pub mod divergence;
pub mod events;
pub mod fair_value_gap;
pub mod fibonacci;
pub mod liquidity_zones;
pub mod market_structure;
pub mod order_block;
pub mod premium_discount;
pub mod rolling_window;
mod slots;
pub mod swing;
pub mod trend;
pub mod zone;
