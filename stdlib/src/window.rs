//! The few windows that kernels are built from: ring, running sum, moving extreme, seeded averages.
