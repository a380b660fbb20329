//! What the engine's tests share: random programs, random bars, and a reading of the op table one bar at a
//! time.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod data;
pub mod naive;
pub mod programs;
pub mod rng;
