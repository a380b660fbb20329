//! One file an indicator; each holds its row, its state and its tests.

pub mod ema;
