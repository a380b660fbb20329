//! What a caller may choose about a run.

use engine::Native;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Bars that open before are only warm-up.
    pub from_ms: Option<i64>,
    /// Bars that open at or after are not looked at.
    pub to_ms: Option<i64>,
    /// Settlements in order of time; empty when the data has none.
    pub funding: Vec<Funding>,
    pub equity: EquityDetail,
    /// How far the price went against and in favour of each trade. It reads the highs and lows of every bar under a
    /// position; without, `mae_pct` and `mfe_pct` of trades are NaN.
    pub excursions: bool,
    /// Go from one moment at which something can happen to the next, instead of from bar to bar. The results are the
    /// same to the bit; bar by bar exists to prove it.
    pub skip: bool,
    /// Keep every event and command, to be replayed.
    pub journal: bool,
    /// Makes machine code of what it can; the bits are the same.
    pub native: Option<&'static dyn Native>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            from_ms: None,
            to_ms: None,
            funding: Vec::new(),
            equity: EquityDetail::Full,
            excursions: true,
            skip: true,
            journal: false,
            native: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EquityDetail {
    /// A point at every exec close.
    Full,
    /// The last exec close of each UTC day: all that the return-based metrics read.
    Daily,
}

/// A settlement: longs pay `rate` x value when it is positive, shorts receive it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Funding {
    pub time_ms: i64,
    pub rate: f64,
}
