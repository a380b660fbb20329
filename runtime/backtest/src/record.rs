//! What a run leaves behind: trades, fills, decisions.

use bytecode::{Block, MetadataValue, Place};
use kernel::position::favour_pct;
use kernel::{Closed, Command, ExitReason, Fill, FillKind, Fired, Plan, Position, Protection, Side};
use serde::Serialize;

use crate::path::{Extremes, Path};

/// One position from its entry to the last of its exits. Levels that did not exist are NaN (`null` in JSON).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trade {
    /// From 1.
    pub id: u32,
    pub side: Side,
    pub entry_signal_time: i64,
    pub entry_time: i64,
    pub entry_price: f64,
    /// What was entered.
    pub qty: f64,
    pub exit_time: i64,
    /// Mean over the exits; of an open trade the last close.
    pub exit_price: f64,
    pub exit_reason: ExitReason,
    pub gross_pnl: f64,
    pub fees: f64,
    /// Received, or paid where negative.
    pub funding: f64,
    /// gross_pnl - fees + funding.
    pub net_pnl: f64,
    /// Exec bars that closed while it was open.
    pub bars_held: u32,
    /// Percent of the entry price against the position, at worst; never negative.
    pub mae_pct: f64,
    pub mfe_pct: f64,
    pub stop: f64,
    pub stop_final: f64,
    pub target: f64,
    pub leverage: f64,
    /// At the entry.
    pub margin: f64,
    pub liquidation_price: f64,
    /// Which block and case asked for it.
    pub signal: Fired,
    /// Its fills are `fills[first_fill..first_fill + fills]`.
    pub first_fill: u32,
    pub fills: u32,
}

impl Trade {
    /// The last moment at which a close found it open.
    #[must_use]
    pub fn open_until_ms(&self) -> i64 {
        // All others leave at the open of a bar or within it, after its boundary; this one at a bar's very end.
        if self.exit_reason == ExitReason::Liquidation { self.exit_time - 1 } else { self.exit_time }
    }

    /// Name of the block that asked for the entry, and the place of the case in the Play.
    #[must_use]
    pub fn asked_by<'p>(&self, blocks: &'p [Block]) -> Option<(&'p str, Place)> {
        let block = blocks.get(usize::from(self.signal.block))?;
        let case = block.cases.get(usize::from(self.signal.case));
        Some((&block.id, case.map_or(block.place, |c| c.condition.place)))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FillRecord {
    /// The trade's id.
    pub trade: u32,
    pub time_ms: i64,
    /// Whether it bought.
    pub bought: bool,
    pub price: f64,
    /// Before slippage.
    pub base_price: f64,
    pub qty: f64,
    pub fee: f64,
    pub maker: bool,
    /// `None` is the entry.
    pub exit: Option<ExitReason>,
}

/// The metadata of the intent that opened a trade, with its values at the signal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TradeMetadata {
    pub trade: u32,
    pub values: Vec<(String, MetadataValue)>,
}

/// A command, as short as it can be told: what the decisions' hash is made of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Decision {
    pub time_ms: i64,
    pub kind: DecisionKind,
    pub signal: Option<Fired>,
    /// Limit price of an entry, stop of a protection; NaN where there is none.
    pub price: f64,
    /// Quantity of an order, target of a protection; NaN where the fill decides it.
    pub amount: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    EnterLong,
    EnterShort,
    Exit(ExitReason),
    Protect,
    CancelEntry,
    Halt,
}

impl Decision {
    #[must_use]
    pub fn of(command: &Command, time_ms: i64) -> Decision {
        let blank = |kind| Decision::blank(kind, time_ms);
        match command {
            Command::Enter(order) => {
                let (price, amount) = order.limit.map_or((f64::NAN, f64::NAN), |l| (l.price, l.qty));
                Decision { price, amount, ..Decision::entry(&order.plan, time_ms) }
            }
            Command::Exit(order) => Decision { amount: order.qty, ..blank(DecisionKind::Exit(order.reason)) },
            Command::Protect(protection) => Decision::protection(protection, time_ms),
            Command::CancelEntry => blank(DecisionKind::CancelEntry),
            Command::Halt => blank(DecisionKind::Halt),
        }
    }

    #[must_use]
    pub fn blank(kind: DecisionKind, time_ms: i64) -> Decision {
        Decision { time_ms, kind, signal: None, price: f64::NAN, amount: f64::NAN }
    }

    /// An entry at market.
    #[must_use]
    pub fn entry(plan: &Plan, time_ms: i64) -> Decision {
        let kind = match plan.side {
            Side::Long => DecisionKind::EnterLong,
            Side::Short => DecisionKind::EnterShort,
        };
        Decision { signal: Some(plan.signal), ..Decision::blank(kind, time_ms) }
    }

    #[must_use]
    pub fn protection(guard: &Protection, time_ms: i64) -> Decision {
        let blank = Decision::blank(DecisionKind::Protect, time_ms);
        Decision { price: guard.stop, amount: guard.target, ..blank }
    }
}

/// The wallet and what is open from one boundary on, until the next such record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ledger {
    pub from: usize,
    pub cash: f64,
    /// Negative for shorts.
    pub qty: f64,
    pub entry_price: f64,
}

impl Ledger {
    #[must_use]
    #[inline(always)]
    pub fn of(from: usize, cash: f64, position: Option<&Position>) -> Ledger {
        let (qty, entry_price) = position.map_or((0.0, 0.0), |p| (p.qty * p.side.sign(), p.entry_price));
        Ledger { from, cash, qty, entry_price }
    }

    #[must_use]
    pub fn equity(&self, price: f64) -> f64 {
        self.cash + (price - self.entry_price) * self.qty
    }
}

/// A limit entry that waited at the venue: closes after `from_ms` and up to `to_ms` found it waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub from_ms: i64,
    pub to_ms: i64,
}

/// How a trade ended, or what it is marked at.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    pub price: f64,
    pub time_ms: i64,
    pub reason: ExitReason,
    /// They may lack path bars before `end`: [`Recorder::measure`] makes up for them.
    pub extremes: Extremes,
    pub end: usize,
    pub bars_held: u32,
}

/// Grows while a run goes on.
#[derive(Debug, Default)]
pub struct Recorder {
    pub waiting: Vec<Waiting>,
    pub trades: Vec<Trade>,
    pub fills: Vec<FillRecord>,
    pub decisions: Vec<Decision>,
    pub ledger: Vec<Ledger>,
    pub metadata: Vec<TradeMetadata>,
    /// Exec bars, of all trades.
    pub bars_held: usize,
    first_fill: usize,
    /// What is known of each trade's extremes, and the path bar before which they end; `None` when nobody asks.
    excursions: Option<Vec<(Extremes, u32)>>,
}

impl Recorder {
    /// Room for this many trades, so that nothing is moved while they are made.
    #[must_use]
    pub fn with_room(trades: usize, excursions: bool) -> Recorder {
        Recorder {
            trades: Vec::with_capacity(trades),
            fills: Vec::with_capacity(2 * trades),
            decisions: Vec::with_capacity(2 * trades),
            ledger: Vec::with_capacity(2 * trades + 1),
            excursions: excursions.then(|| Vec::with_capacity(trades)),
            ..Recorder::default()
        }
    }

    /// Notes a command, and how long a limit entry waits.
    pub fn decided(&mut self, command: &Command, time_ms: i64) {
        let says_nothing = matches!(command, Command::Protect(p) if p.stop.is_nan() && p.target.is_nan());
        if !says_nothing {
            self.decisions.push(Decision::of(command, time_ms));
        }
        match command {
            Command::Enter(order) if order.limit.is_some() => {
                self.waiting.push(Waiting { from_ms: time_ms, to_ms: i64::MAX });
            }
            // It is cancelled before anything is evaluated at that close.
            Command::CancelEntry => self.waits_no_more(time_ms - 1),
            Command::Enter(_) | Command::Exit(_) | Command::Protect(_) | Command::Halt => {}
        }
    }

    pub fn waits_no_more(&mut self, until_ms: i64) {
        if let Some(last) = self.waiting.last_mut().filter(|w| w.to_ms == i64::MAX) {
            last.to_ms = until_ms;
        }
    }

    #[inline(always)]
    pub fn fill(&mut self, position: u32, side: Side, fill: &Fill) {
        let exit = match fill.kind {
            FillKind::Entry => None,
            FillKind::Exit(reason) => Some(reason),
        };
        if exit.is_none() {
            self.first_fill = self.fills.len();
        }
        self.fills.push(FillRecord {
            trade: position + 1,
            time_ms: fill.time_ms,
            bought: (side == Side::Long) == exit.is_none(),
            price: fill.price,
            base_price: fill.base_price,
            qty: fill.qty,
            fee: fill.fee,
            maker: fill.maker,
            exit,
        });
    }

    pub fn closed(&mut self, closed: &Closed, extremes: Extremes, end: usize, bars_held: u32) {
        let end = Ended {
            price: closed.exit_price,
            time_ms: closed.exit_ms,
            reason: closed.reason,
            extremes,
            end,
            bars_held,
        };
        self.trade(&closed.position, &end);
    }

    /// A position that is still open after the last bar, marked at the last close.
    pub fn open(&mut self, position: &Position, mark: &Ended) {
        let mut marked = *position;
        marked.gross_pnl += position.unrealized(mark.price);
        self.trade(&marked, mark);
    }

    #[inline(always)]
    pub fn trade(&mut self, position: &Position, ended: &Ended) {
        // Before anything else is written: what has just changed of the position is still in registers.
        let trade = Trade {
            id: position.id + 1,
            side: position.side,
            entry_signal_time: position.signal_ms,
            entry_time: position.entered_ms,
            entry_price: position.entry_price,
            qty: position.entry_qty,
            exit_time: ended.time_ms,
            exit_price: ended.price,
            exit_reason: ended.reason,
            gross_pnl: position.gross_pnl,
            fees: position.fees,
            funding: position.funding,
            net_pnl: position.gross_pnl - position.fees + position.funding,
            bars_held: ended.bars_held,
            mae_pct: f64::NAN,
            mfe_pct: f64::NAN,
            stop: position.entry_stop,
            stop_final: position.stop,
            target: position.entry_target,
            leverage: position.leverage,
            margin: position.entry_margin,
            liquidation_price: position.entry_liquidation,
            signal: position.signal,
            first_fill: self.first_fill as u32,
            fills: position.fills,
        };
        if let Some(excursions) = &mut self.excursions {
            excursions.push((ended.extremes, ended.end as u32));
        }
        self.bars_held += ended.bars_held as usize;
        self.trades.push(trade);
    }

    /// How far the price went against and in favour of each trade. In one pass at the end, because it reads every bar
    /// under a position: in a row that costs a fraction of what it costs trade by trade.
    pub fn measure(&mut self, path: &Path<'_>) {
        for (trade, (extremes, end)) in self.trades.iter_mut().zip(self.excursions.iter_mut().flatten()) {
            extremes.advance(path, *end as usize);
            let (worst, best) = extremes.worst_and_best(trade.side);
            trade.mae_pct = (-favour_pct(trade.side, trade.entry_price, worst)).max(0.0);
            trade.mfe_pct = favour_pct(trade.side, trade.entry_price, best).max(0.0);
        }
    }
}
