//! The `ma_type` option: which moving average an indicator is built on.

use serde::{Deserialize, Serialize};

use super::dema::Dema;
use super::ema::{Ema, forgets};
use super::hma::Hma;
use super::rma::Rma;
use super::sma::Sma;
use super::tema::Tema;
use super::trima::Trima;
use super::wma::Wma;
use crate::params::{Default, Param, ParamType};
use crate::signature::Warmup;

/// Averages whose weights are all positive: they stay within the range of their input.
pub const WITHIN_RANGE: &[&str] = &["sma", "ema", "wma", "rma", "trima"];

/// All of them; the first are those of [`WITHIN_RANGE`].
pub const ANY: &[&str] = &["sma", "ema", "wma", "rma", "trima", "dema", "tema", "hma"];

/// A declaration of the parameter, one of [`WITHIN_RANGE`] or [`ANY`].
#[must_use]
pub const fn param(words: &'static [&'static str], default: &'static str) -> Param {
    Param {
        name: "ma_type",
        ty: ParamType::Choice(words),
        default: Default::Choice(default),
        doc: "kind of average",
    }
}

/// One of the averages, by its position in [`ANY`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Average {
    Sma(Sma),
    Ema(Ema),
    Wma(Wma),
    Rma(Rma),
    Trima(Trima),
    Dema(Dema),
    Tema(Tema),
    Hma(Hma),
}

impl Average {
    #[must_use]
    pub fn new(choice: usize, length: usize) -> Average {
        match ANY[choice] {
            "ema" => Average::Ema(Ema::new(length)),
            "wma" => Average::Wma(Wma::new(length)),
            "rma" => Average::Rma(Rma::new(length)),
            "trima" => Average::Trima(Trima::new(length)),
            "dema" => Average::Dema(Dema::new(length)),
            "tema" => Average::Tema(Tema::new(length)),
            "hma" => Average::Hma(Hma::new(length)),
            _ => Average::Sma(Sma::new(length)),
        }
    }

    /// Replaces each of at most `CHUNK` finite inputs by the average after it; missing at first.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        match self {
            Average::Sma(it) => it.run_in_place(values),
            Average::Ema(it) => it.run_in_place(values),
            Average::Wma(it) => it.run_in_place(values),
            Average::Rma(it) => it.run_in_place(values),
            Average::Trima(it) => it.run_in_place(values),
            Average::Dema(it) => it.run_in_place(values),
            Average::Tema(it) => it.run_in_place(values),
            Average::Hma(it) => it.run_in_place(values),
        }
    }
}

/// The index of the first input with an average.
#[must_use]
pub fn first(choice: usize, length: usize) -> usize {
    match ANY[choice] {
        "dema" => 2 * (length - 1),
        "tema" => 3 * (length - 1),
        "hma" => length - 1 + length.isqrt() - 1,
        _ => length - 1,
    }
}

/// Inputs until the average has forgotten its seed.
#[must_use]
pub fn warmup(choice: usize, length: usize, w: Warmup) -> usize {
    match ANY[choice] {
        "ema" => forgets(length, w),
        "rma" => length + w.smoothing(1.0 / length as f64),
        "dema" => 2 * forgets(length, w),
        "tema" => 3 * forgets(length, w),
        _ => first(choice, length) + 1,
    }
}
