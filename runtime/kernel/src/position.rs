//! The own position and how it ends.

use serde::{Deserialize, Serialize};

use crate::event::{Fill, Fired};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Long,
    Short,
}

impl Side {
    /// 1 for long, -1 for short.
    #[must_use]
    #[inline]
    pub fn sign(self) -> f64 {
        match self {
            Side::Long => 1.0,
            Side::Short => -1.0,
        }
    }

    #[must_use]
    #[inline]
    pub fn opposite(self) -> Side {
        match self {
            Side::Long => Side::Short,
            Side::Short => Side::Long,
        }
    }

    /// Whether `level` protects a profit better, or a loss more tightly, than `than`.
    #[must_use]
    #[inline]
    pub fn is_better(self, level: f64, than: f64) -> bool {
        match self {
            Side::Long => level > than,
            Side::Short => level < than,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitReason {
    StopLoss,
    TakeProfit,
    TrailingStop,
    BreakEven,
    Signal,
    Flip,
    Liquidation,
    MaxDrawdown,
    EndOfData,
    /// Not an exit: the position is still open after the last bar.
    Open,
}

impl ExitReason {
    /// As it is written in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ExitReason::StopLoss => "stop_loss",
            ExitReason::TakeProfit => "take_profit",
            ExitReason::TrailingStop => "trailing_stop",
            ExitReason::BreakEven => "break_even",
            ExitReason::Signal => "signal",
            ExitReason::Flip => "flip",
            ExitReason::Liquidation => "liquidation",
            ExitReason::MaxDrawdown => "max_drawdown",
            ExitReason::EndOfData => "end_of_data",
            ExitReason::Open => "open",
        }
    }
}

/// What moved the stop to where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopKind {
    Initial,
    Trailing,
    BreakEven,
}

impl StopKind {
    #[must_use]
    #[inline]
    pub fn reason(self) -> ExitReason {
        match self {
            StopKind::Initial => ExitReason::StopLoss,
            StopKind::Trailing => ExitReason::TrailingStop,
            StopKind::BreakEven => ExitReason::BreakEven,
        }
    }
}

/// Levels that do not exist are NaN: every comparison with them is false.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// From 0, in order of entry; a trade has the id of its position.
    pub id: u32,
    pub side: Side,
    /// What is left of it, in contracts.
    pub qty: f64,
    /// What was entered.
    pub entry_qty: f64,
    pub entry_price: f64,
    pub entered_ms: i64,
    /// Exec bars that had closed before the fill.
    pub entered_exec_bar: u32,
    pub signal_ms: i64,
    pub signal: Fired,
    pub leverage: f64,
    /// Isolated margin of what is left.
    pub margin: f64,
    pub entry_margin: f64,
    /// Mark price at which it is liquidated; NaN when no price is low enough.
    pub liquidation: f64,
    pub entry_liquidation: f64,
    pub stop: f64,
    pub stop_kind: StopKind,
    pub entry_stop: f64,
    pub target: f64,
    pub entry_target: f64,
    /// Best exec close since entry; the entry price before the first.
    pub best_close: f64,
    pub trailing_active: bool,
    pub break_even_done: bool,
    /// A stop-limit whose trigger was reached and which now rests as a limit order: it no longer moves.
    pub stop_triggered: bool,
    /// Profit before costs of what is closed.
    pub gross_pnl: f64,
    pub fees: f64,
    /// Received (positive) or paid.
    pub funding: f64,
    /// Sum of quantity x price over the exits so far.
    pub exit_value: f64,
    pub exit_qty: f64,
    pub fills: u32,
}

impl Position {
    /// Profit before costs of what is left, at this price.
    #[must_use]
    #[inline]
    pub fn unrealized(&self, price: f64) -> f64 {
        (price - self.entry_price) * self.qty * self.side.sign()
    }

    /// An exec close, or the best of several.
    #[inline]
    pub fn see_close(&mut self, close: f64) {
        if self.side.is_better(close, self.best_close) {
            self.best_close = close;
        }
    }

    /// An exit, of a part or of all; what the wallet receives.
    #[inline]
    pub(crate) fn leave(&mut self, fill: &Fill) -> f64 {
        let pnl = (fill.price - self.entry_price) * fill.qty * self.side.sign();
        self.gross_pnl += pnl;
        self.fees += fill.fee;
        self.exit_value += fill.price * fill.qty;
        self.exit_qty += fill.qty;
        self.fills += 1;
        self.qty -= fill.qty;
        pnl - fill.fee
    }

    /// Mean price over all exits, by quantity, after the fill that closed it.
    #[must_use]
    #[inline]
    pub fn exit_price(&self, last: &Fill) -> f64 {
        if self.fills == 2 { last.price } else { self.exit_value / self.exit_qty }
    }

    /// Whether a stop offered at this level takes the place of the one there is.
    #[must_use]
    #[inline]
    pub fn takes_stop(&self, level: f64) -> bool {
        !level.is_nan() && (self.stop.is_nan() || self.side.is_better(level, self.stop))
    }

    /// Percent of the entry price in favour.
    #[must_use]
    #[inline]
    pub fn favour_pct(&self, price: f64) -> f64 {
        favour_pct(self.side, self.entry_price, price)
    }
}

/// Percent of the entry price in favour of this side.
#[must_use]
pub fn favour_pct(side: Side, entry_price: f64, price: f64) -> f64 {
    (price - entry_price) / entry_price * 100.0 * side.sign()
}

/// A position that is no more.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Closed {
    /// As it was: `qty` is 0, the totals hold every fill.
    pub position: Position,
    pub reason: ExitReason,
    pub exit_ms: i64,
    /// [`Position::exit_price`].
    pub exit_price: f64,
}

impl Closed {
    /// `position` after the fill that closed it.
    #[inline]
    pub(crate) fn of(position: Position, reason: ExitReason, fill: &Fill) -> Closed {
        let exit_price = position.exit_price(fill);
        Closed { position: Position { qty: 0.0, ..position }, reason, exit_ms: fill.time_ms, exit_price }
    }
}
