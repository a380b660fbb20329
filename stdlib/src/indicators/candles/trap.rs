//! Hikkake: a false break of an inside bar, confirmed when price leaves the inside bar on the other side in
//! time.

use serde::{Deserialize, Serialize};

use super::bars::{Bar, Bars, found_by};
use crate::wide::Vector;

/// Bars in which it may be confirmed.
const PATIENCE: u8 = 3;

/// What is still to be confirmed.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Trap {
    /// 100, -100, or 0 for none.
    found: f64,
    /// The close must pass it.
    level: f64,
    bars_left: u8,
}

impl Trap {
    #[must_use]
    pub fn new() -> Trap {
        Trap { found: 0.0, level: 0.0, bars_left: 0 }
    }

    /// Whether anything is to be confirmed; if not, only a pattern on the bar is worth a step.
    #[inline]
    #[must_use]
    pub fn waits(&self) -> bool {
        self.bars_left > 0
    }

    /// `found` is the pattern on this bar; twice as much when an earlier one is confirmed.
    #[inline]
    pub fn step(&mut self, bars: &Bars, t: usize, found: f64) -> f64 {
        if found != 0.0 {
            let level = if found > 0.0 { bars.high[t - 1] } else { bars.low[t - 1] };
            *self = Trap { found, level, bars_left: PATIENCE };
            return found;
        }
        if self.bars_left == 0 {
            return 0.0;
        }
        self.bars_left -= 1;
        let passes = if self.found > 0.0 { bars.close[t] > self.level } else { bars.close[t] < self.level };
        if !passes {
            return 0.0;
        }
        self.bars_left = 0;
        2.0 * self.found
    }
}

/// `bar` lies within the bar before it.
#[inline(always)]
fn inside<V: Vector>(bar: Bar<V>) -> V::Mask {
    (bar.high().below(bar.ago(1).high())) & (bar.low().above(bar.ago(1).low()))
}

/// Breaks out of the inside bar before, downwards or upwards.
#[inline(always)]
fn breaks<V: Vector>(x: Bar<V>) -> (V::Mask, V::Mask) {
    let a = x.ago(1);
    let down = x.high().below(a.high()) & x.low().below(a.low());
    let up = x.high().above(a.high()) & x.low().above(a.low());
    (inside(a) & down, inside(a) & up)
}

#[inline(always)]
pub fn hikkake<V: Vector>(x: Bar<V>) -> V {
    let (down, up) = breaks(x);
    found_by(down | up, down, 100.0)
}

/// Two inside bars, the first of which closes near its low (high).
#[inline(always)]
pub fn modified_hikkake<V: Vector>(x: Bar<V>) -> V {
    let a = x.ago(2);
    let (down, up) = breaks(x);
    let near_low = a.close().at_most(a.low() + a.near());
    let near_high = a.close().at_least(a.high() - a.near());
    let on = inside(a) & ((down & near_low) | (up & near_high));
    found_by(on, down, 100.0)
}
