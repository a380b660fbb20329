//! Hikkake: a false break of an inside bar, confirmed when price leaves the inside bar on the other side in
//! time.

use serde::{Deserialize, Serialize};

use super::bars::Bar;

/// Bars in which it may be confirmed.
const PATIENCE: u8 = 3;

/// What is still to be confirmed.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Trap {
    /// 100, -100, or 0 for none.
    found: i32,
    /// The close must pass it.
    level: f64,
    bars_left: u8,
}

impl Trap {
    #[must_use]
    pub fn new() -> Trap {
        Trap { found: 0, level: 0.0, bars_left: 0 }
    }

    /// `found` is the pattern on this bar; twice as much when an earlier one is confirmed.
    pub fn step(&mut self, x: Bar, found: i32) -> i32 {
        if found != 0 {
            let inside = x.ago(1);
            let level = if found > 0 { inside.high() } else { inside.low() };
            *self = Trap { found, level, bars_left: PATIENCE };
            return found;
        }
        if self.bars_left == 0 {
            return 0;
        }
        self.bars_left -= 1;
        let passes = if self.found > 0 { x.close() > self.level } else { x.close() < self.level };
        if !passes {
            return 0;
        }
        self.bars_left = 0;
        2 * self.found
    }
}

/// `bar` lies within the bar before it.
#[inline(always)]
fn inside(bar: Bar) -> bool {
    bar.high() < bar.ago(1).high() && bar.low() > bar.ago(1).low()
}

pub fn hikkake(x: Bar) -> i32 {
    let a = x.ago(1);
    if !inside(a) {
        return 0;
    }
    if x.high() < a.high() && x.low() < a.low() {
        100
    } else if x.high() > a.high() && x.low() > a.low() {
        -100
    } else {
        0
    }
}

/// Two inside bars, the first of which closes near its low (high).
pub fn modified_hikkake(x: Bar) -> i32 {
    let (a, b) = (x.ago(2), x.ago(1));
    if !inside(a) {
        return 0;
    }
    let found = hikkake(x);
    debug_assert!(found == 0 || inside(b), "Invariant: the bar before is inside");
    let near = if found > 0 { a.close() <= a.low() + a.near() } else { a.close() >= a.high() - a.near() };
    if near { found } else { 0 }
}
