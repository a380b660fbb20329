//! Hikkake: a false break of an inside bar, confirmed when price leaves the inside bar on the other side in
//! time.

use serde::{Deserialize, Serialize};

use super::bars::{Bar, score};

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
    pub fn step(&mut self, x: Bar, found: f64) -> f64 {
        if found != 0.0 {
            let inside = x.ago(1);
            let level = if found > 0.0 { inside.high() } else { inside.low() };
            *self = Trap { found, level, bars_left: PATIENCE };
            return found;
        }
        if self.bars_left == 0 {
            return 0.0;
        }
        self.bars_left -= 1;
        let passes = if self.found > 0.0 { x.close() > self.level } else { x.close() < self.level };
        if !passes {
            return 0.0;
        }
        self.bars_left = 0;
        2.0 * self.found
    }
}

/// `bar` lies within the bar before it.
#[inline(always)]
fn inside(bar: Bar) -> bool {
    (bar.high() < bar.ago(1).high()) & (bar.low() > bar.ago(1).low())
}

/// Breaks out of the inside bar before, downwards or upwards.
#[inline(always)]
fn breaks(x: Bar) -> (bool, bool) {
    let a = x.ago(1);
    let down = (x.high() < a.high()) & (x.low() < a.low());
    let up = (x.high() > a.high()) & (x.low() > a.low());
    (inside(a) & down, inside(a) & up)
}

#[inline(always)]
pub fn hikkake(x: Bar) -> i32 {
    let (down, up) = breaks(x);
    score(down | up, if down { 100 } else { -100 })
}

/// Two inside bars, the first of which closes near its low (high).
#[inline(always)]
pub fn modified_hikkake(x: Bar) -> i32 {
    let a = x.ago(2);
    let (down, up) = breaks(x);
    let near_low = a.close() <= a.low() + a.near();
    let near_high = a.close() >= a.high() - a.near();
    let on = inside(a) & ((down & near_low) | (up & near_high));
    score(on, if down { 100 } else { -100 })
}
