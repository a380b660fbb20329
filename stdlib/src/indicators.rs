//! One file an indicator; each holds its row, its state and its tests.

pub mod adx;
pub mod aroon;
pub mod atr;
pub mod bbands;
pub mod cmf;
pub mod dm;
pub mod donchian;
pub mod ema;
pub mod kc;
pub mod kvo;
pub mod mfi;
pub mod natr;
pub mod obv;
pub mod psar;
pub mod supertrend;
pub mod vortex;
pub mod vwap;
