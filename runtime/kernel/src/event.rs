//! What happens to the kernel.

use serde::{Deserialize, Serialize};

use crate::position::ExitReason;
use crate::sizing::Refusal;

/// The case of a block that was the first to hold when its clock closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fired {
    pub block: u16,
    /// [`Fired::OTHERWISE`] when none held.
    pub case: u16,
}

impl Fired {
    pub const OTHERWISE: u16 = u16::MAX;
}

/// The values that stop, target and trailing rules read; NaN where a rule needs none or its value is missing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Anchors {
    /// ATR, or the level for a long.
    pub stop_long: f64,
    /// ATR, or the level for a short.
    pub stop_short: f64,
    pub target_atr: f64,
    pub trail_atr: f64,
}

impl Anchors {
    pub const NONE: Anchors =
        Anchors { stop_long: f64::NAN, stop_short: f64::NAN, target_atr: f64::NAN, trail_atr: f64::NAN };
}

/// One or more clocks closed a bar at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Close<'a> {
    pub time_ms: i64,
    /// The latest close; that of the exec bar when the exec clock closed.
    pub price: f64,
    /// Whether the exec clock is among them.
    pub exec_closed: bool,
    /// Exec bars that have closed by now.
    pub exec_bars: u32,
    pub anchors: Anchors,
    /// In the order of the Play's blocks; empty while warming up and where nothing holds.
    pub fired: &'a [Fired],
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fill {
    pub time_ms: i64,
    pub kind: FillKind,
    pub price: f64,
    /// Of the venue's last trade at that moment, before slippage.
    pub base_price: f64,
    pub qty: f64,
    pub fee: f64,
    pub maker: bool,
    /// Exec bars that have closed by then.
    pub exec_bars: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FillKind {
    Entry,
    /// Stop, target, signal, liquidation, end of data.
    Exit(ExitReason),
}

/// News of an order other than a fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Update {
    /// The entry could not be taken for its price.
    EntryRefused(Refusal),
    /// IOC or FOK found no price, PostOnly would have taken, or the data ended.
    EntryCancelled,
    /// The stop-limit's trigger was reached.
    StopTriggered,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Event<'a> {
    Close(Close<'a>),
    Fill(Fill),
    Update(Update),
    /// Longs pay positive rates on quantity x mark price.
    Funding {
        time_ms: i64,
        rate: f64,
        mark: f64,
    },
    /// A host has left out exec closes at which there was nothing to decide; the best of them for the position.
    Skipped {
        best_close: f64,
    },
}
