//! What a run gives.

use bars::Timeframe;
use kernel::{Counters, Instrument, Journal};
use serde::Serialize;

use crate::fidelity::Fidelity;
use crate::funnel::ActionFunnel;
use crate::record::{Decision, FillRecord, Trade, TradeMetadata, Waiting};

#[derive(Clone, Debug, Serialize)]
pub struct RunResult {
    pub play: String,
    pub symbol: String,
    #[serde(serialize_with = "as_text")]
    pub exec: Timeframe,
    /// What was evaluated.
    pub span: Span,
    pub initial_equity: f64,
    /// With an open position marked at the last close.
    pub final_equity: f64,
    pub trades: Vec<Trade>,
    pub fills: Vec<FillRecord>,
    pub metadata: Vec<TradeMetadata>,
    pub equity: Equity,
    pub stop_reason: StopReason,
    pub counters: Counters,
    /// Clocks that lack warm-up: period, bars needed, bars there.
    pub missing_bars: Vec<MissingBars>,
    pub instrument: Instrument,
    pub fidelity: Fidelity,
    /// Why trades happened and why not (X15); empty unless asked for.
    pub funnel: Vec<ActionFunnel>,
    #[serde(skip)]
    pub decisions: Vec<Decision>,
    /// When limit entries waited.
    #[serde(skip)]
    pub waiting: Vec<Waiting>,
    #[serde(skip)]
    pub journal: Option<Journal>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Span {
    /// Opening time of the first evaluated exec bar.
    pub from_ms: i64,
    /// The last close that was looked at.
    pub to_ms: i64,
    /// Exec bars evaluated.
    pub bars: usize,
    /// Exec bars at whose close a position was open.
    pub bars_in_position: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MissingBars {
    #[serde(serialize_with = "as_text")]
    pub timeframe: Timeframe,
    pub needed: usize,
    pub have: usize,
}

pub(crate) fn as_text<S: serde::Serializer>(timeframe: &Timeframe, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(timeframe)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum StopReason {
    EndOfData,
    /// The drawdown limit was reached and everything closed.
    MaxDrawdown {
        time_ms: i64,
    },
}

/// The equity curve: the initial equity at the start, then a point at each exec close (or the last of each day).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Equity {
    pub time_ms: Vec<i64>,
    pub equity: Vec<f64>,
}

impl Equity {
    /// Percent below the highest equity so far, point by point.
    #[must_use]
    pub fn drawdown_pct(&self) -> Vec<f64> {
        let mut peak = f64::NEG_INFINITY;
        let below = |&equity: &f64| {
            peak = if equity > peak { equity } else { peak };
            if peak > 0.0 { (peak - equity) / peak * 100.0 } else { 0.0 }
        };
        self.equity.iter().map(below).collect()
    }
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BacktestError {
    #[error(transparent)]
    Engine(#[from] engine::EngineError),
    #[error("the engine did not keep register {0}, which the run reads")]
    ColumnNotKept(u32),
    #[error("the data has no bars between the given dates: choose dates that the data covers")]
    NoBars,
    #[error("funding settlements are not in order of time: sort them")]
    FundingOrder,
}
