//! Bar files, what is wrong with them, and bars made from a seed.
//!
//! Takes paths to CSV, Parquet and Arrow IPC files (one or several), or a named market pattern and a seed.
//! Gives bars with a certificate (what was found, and a hash of the content), funding payments, and written files.
//! Never repairs silently: what is changed is counted in the certificate, what would corrupt a result is refused.

#![allow(clippy::disallowed_methods, reason = "this room reads and writes files; mathematics is libm's")]

pub mod cache;
pub mod certificate;
pub mod columns;
pub mod error;
pub mod funding;
pub mod load;
pub mod sample;
pub mod time;
pub mod write;

mod arrow_batches;
mod csv_file;
mod defects;
mod guard;
mod hash;
mod header;
mod ipc_file;
mod map;
mod order;
mod parquet_file;
mod settle;
mod source;
mod statistics;
mod table;

pub use cache::Cache;
pub use certificate::Certificate;
pub use error::{DataError, Kind};
pub use funding::Funding;
pub use load::{LoadOptions, Loaded, Policy, Verify, from_bars, load, load_csv, load_files};
pub use map::map_file;
pub use time::{format_time, parse_time};
