//! Many variants of one Play over the same bars: what several of them compute is computed once.
//!
//! Takes a space of variants, a way to compile each, and the bars. Gives a row of figures for each variant, in order,
//! the same to the bit as a run of that variant alone. Never holds more memory than it was given.

#![allow(clippy::disallowed_methods, reason = "a host's room: it writes results")]

// What is tried; how work is shared; what comes of it; where it is kept.
pub mod space;

pub mod fuse;
pub mod variant;

pub mod row;
pub mod run;
pub mod together;

// Plays that only signals move.
pub mod account;
pub mod crossing;
pub mod lanes;
pub mod quick;
pub mod terms;
pub mod turns;

pub mod store;
pub mod top;

pub use row::{FIGURES, Figure, Outcome, Row, find_figure};
pub use run::{Detail, Setup, SweepError, run};
pub use space::{Axis, Space, SpaceError};
pub use store::{Store, StoreError};
pub use together::together;
pub use top::Top;
