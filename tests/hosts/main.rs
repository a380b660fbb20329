//! Backtests beside results that others computed: peers trade by trade, the yardstick's table, worked numbers.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

mod bench;
mod oracle;
mod peers;
mod worked;
