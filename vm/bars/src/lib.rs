//! Bars, timeframes, and the two kinds of column that everything runs over.
//!
//! Takes and gives plain memory: numbers are contiguous `f64` (missing = NaN), conditions are two bitmaps.
//! Never opens a file by itself (a mapped file is handed in), never reads a clock.

pub mod asof;
pub mod bars;
pub mod bitmap;
pub mod column;
pub mod resample;
pub mod samples;
pub mod timeframe;

pub use asof::{as_of, closed_as_of};
pub use bars::{Bars, Series};
pub use bitmap::Bitmap;
pub use column::Column;
pub use resample::resample;
pub use samples::SAMPLE_PATTERNS;
pub use timeframe::Timeframe;
