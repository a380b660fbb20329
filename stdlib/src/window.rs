//! The few windows that kernels are built from: ring, running sum, moving extreme, seeded averages.

pub mod calendar;
pub mod decay;
pub mod directional;
pub mod exact;
pub mod finite;
pub mod moments;
pub mod sliding;
pub mod true_range;
