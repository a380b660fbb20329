//! The few windows that kernels are built from: ring, running sum, moving extreme, seeded averages.

pub mod age;
pub mod amounts;
pub mod anchor;
pub mod calendar;
pub mod cascade;
pub mod comoments;
pub mod directional;
pub mod doubling;
pub mod each;
pub mod exact;
pub mod finite;
pub mod history;
pub mod lag;
pub mod mean;
pub mod moments;
pub mod period;
pub mod profile;
pub mod rolling;
pub mod scan;
pub mod sliding;
pub mod true_range;
