//! Finds pivot candidates: the fractal window and the ATR zigzag.

use serde::{Deserialize, Serialize};

use super::super::common::{Entry, Greatest, Pivot};

/// Which of several equal extremes of a window is the pivot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Ties {
    Strict,
    First,
    Last,
}

/// The candidates of one bar. A fractal bar may be both.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Found {
    pub high: Option<Pivot>,
    pub low: Option<Pivot>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Finder {
    Fractal(Fractal),
    ZigZag(ZigZag),
}

/// A window of left + 1 + right bars; lows are kept negated, so that both sides look for the greatest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Fractal {
    highs: Greatest,
    lows: Greatest,
    ties: Ties,
    seen: u64,
    size: u64,
    right: u64,
}

impl Fractal {
    pub fn new(left: usize, right: usize, ties: Ties) -> Fractal {
        let size = left + right + 1;
        Fractal {
            highs: Greatest::new(size, ties == Ties::Last),
            lows: Greatest::new(size, ties == Ties::Last),
            ties,
            seen: 0,
            size: size as u64,
            right: right as u64,
        }
    }

    pub fn step(&mut self, bar: u64, high: f64, low: f64) -> Found {
        let place = self.seen;
        self.seen += 1;
        self.highs.push(Entry { place, bar, value: high });
        self.lows.push(Entry { place, bar, value: -low });
        if self.seen < self.size {
            return Found::default();
        }
        let candidate = |window: &Greatest| {
            let front = window.front();
            let alone = self.ties != Ties::Strict || window.is_unique();
            (front.place + self.right == place && alone).then_some(front)
        };
        Found {
            high: candidate(&self.highs).map(|e| Pivot { level: e.value, bar: e.bar }),
            low: candidate(&self.lows).map(|e| Pivot { level: -e.value, bar: e.bar }),
        }
    }
}

/// Follows the extreme of the leg; a reversal by more than the threshold makes it a pivot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ZigZag {
    multiplier: f64,
    leg: Leg,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Leg {
    /// No bar with an ATR yet.
    Unseen,
    /// No reversal yet: both extremes are watched.
    Open {
        high: Pivot,
        low: Pivot,
    },
    Up {
        extreme: Pivot,
    },
    Down {
        extreme: Pivot,
    },
}

impl ZigZag {
    pub fn new(multiplier: f64) -> ZigZag {
        ZigZag { multiplier, leg: Leg::Unseen }
    }

    /// The extreme is moved first, then the reversal is tested, both with this bar.
    pub fn step(&mut self, bar: u64, high: f64, low: f64, atr: Option<f64>) -> Found {
        let Some(atr) = atr else { return Found::default() };
        let threshold = atr * self.multiplier;
        let (top, bottom) = (Pivot { level: high, bar }, Pivot { level: low, bar });
        match self.leg {
            Leg::Unseen => self.leg = Leg::Open { high: top, low: bottom },
            Leg::Open { high: h, low: l } => return self.open(h, l, top, bottom, threshold),
            Leg::Up { extreme } => {
                let extreme = if high > extreme.level { top } else { extreme };
                self.leg = Leg::Up { extreme };
                if low < extreme.level - threshold {
                    self.leg = Leg::Down { extreme: bottom };
                    return Found { high: Some(extreme), low: None };
                }
            }
            Leg::Down { extreme } => {
                let extreme = if low < extreme.level { bottom } else { extreme };
                self.leg = Leg::Down { extreme };
                if high > extreme.level + threshold {
                    self.leg = Leg::Up { extreme: top };
                    return Found { high: None, low: Some(extreme) };
                }
            }
        }
        Found::default()
    }

    /// The first reversal from either extreme decides; from both on one bar, the older extreme is the pivot,
    /// of two on the same bar the high.
    fn open(&mut self, h: Pivot, l: Pivot, top: Pivot, bottom: Pivot, threshold: f64) -> Found {
        let h = if top.level > h.level { top } else { h };
        let l = if bottom.level < l.level { bottom } else { l };
        let falls = bottom.level < h.level - threshold;
        let rises = top.level > l.level + threshold;
        if falls && (!rises || h.bar <= l.bar) {
            self.leg = Leg::Down { extreme: bottom };
            return Found { high: Some(h), low: None };
        }
        if rises {
            self.leg = Leg::Up { extreme: top };
            return Found { high: None, low: Some(l) };
        }
        self.leg = Leg::Open { high: h, low: l };
        Found::default()
    }
}
