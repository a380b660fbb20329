//! The words, by subject.

pub mod logic;
pub mod risk;
pub mod types;
