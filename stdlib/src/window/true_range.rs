//! True range: the bar's range, stretched to the close before it.

use serde::{Deserialize, Serialize};

/// Remembers the close before; missing before the first bar.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct TrueRange {
    close: f64,
}

impl Default for TrueRange {
    fn default() -> TrueRange {
        TrueRange { close: f64::NAN }
    }
}

impl TrueRange {
    /// One value a bar, `high - low` on the very first; returns how many leading bars (0 or 1) had no close before.
    #[inline(always)]
    pub fn run(&mut self, high: &[f64], low: &[f64], close: &[f64], out: &mut [f64]) -> usize {
        let n = out.len();
        if n == 0 {
            return 0;
        }
        let without = usize::from(self.close.is_nan());
        out[0] = stretched(high[0], low[0], self.close);
        let bars = out[1..].iter_mut().zip(&high[1..n]).zip(&low[1..n]).zip(&close[..n - 1]);
        for (((slot, &high), &low), &before) in bars {
            *slot = stretched(high, low, before);
        }
        self.close = close[n - 1];
        without
    }
}

/// A missing close before leaves `high - low`.
#[inline(always)]
fn stretched(high: f64, low: f64, before: f64) -> f64 {
    let top = if before > high { before } else { high };
    let bottom = if before < low { before } else { low };
    top - bottom
}
