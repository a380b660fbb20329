//! Whole trades at once: where only signals, and levels that stay where they were set, decide, an entry and its exit
//! are found and filled one after the other, without the commands and boundaries between them.
//!
//! What is decided, filled and written down is what [`Session::boundary`] and [`Session::bar`] make of the same bars,
//! by the same parts of kernel and exchange.

use bytecode::OrderType;
use kernel::intents::{Choice, Situation};
use kernel::{Close, ExitReason, Fill, FillKind, Fired, Kernel, Plan, Position, Protection, Side};

use crate::exchange::Outcome;
use crate::path::Extremes;
use crate::record::{Decision, DecisionKind, Ended, Ledger};
use crate::session::Session;

const FLAT: Situation = Situation { position: None, entry_pending: false };

impl Session<'_> {
    /// Whether the run has trades that can be settled so.
    #[must_use]
    pub(crate) fn has_direct_trades(&self) -> bool {
        let stop_takes = self.rules.policy.stop_order == OrderType::Market;
        let is_plain = self.evaluator.only.is_some() && !self.evaluator.has_any_position_code();
        is_plain && stop_takes && self.journal.is_none() && self.kernel.only_signals_decide()
    }

    /// Settles trades as long as nothing is under way, from a boundary on that was not looked at yet. Gives the first
    /// boundary that is left to look at.
    pub(crate) fn settle_trades(&mut self, from: usize) -> usize {
        let end = self.path.len();
        let mut boundary = from;
        while self.kernel.is_idle() {
            boundary = self.evaluator.next_signal(FLAT, boundary, end);
            if boundary >= end {
                return end;
            }
            self.path.look_ahead(boundary);
            self.settle(boundary, i64::MAX);
            boundary = self.trade(boundary);
        }
        boundary
    }

    /// What the signals at this boundary lead to: the boundary behind it.
    #[inline(always)]
    fn trade(&mut self, boundary: usize) -> usize {
        let Some((plan, fill)) = self.enter(boundary) else { return boundary + 1 };
        // Its address is given to nothing that is not inlined: it never is in memory as a whole.
        let mut position = self.kernel.open(&plan, &fill);
        let guard = self.rules.protection(&position);
        self.note_entry(&position, &guard, &fill, boundary);
        self.leave(&mut position, &guard, boundary)
    }

    /// An entry and its fill, at the open behind this boundary.
    #[inline(always)]
    fn enter(&mut self, boundary: usize) -> Option<(Plan, Fill)> {
        let Choice::Enter(side, signal) = *self.choice(boundary, FLAT) else { return None };
        let exec_bars = self.evaluator.exec().closed_by(boundary);
        let close = Close {
            time_ms: self.evaluator.exec().close_ms(exec_bars - 1),
            price: self.path.close[boundary - 1],
            exec_closed: true,
            exec_bars: exec_bars as u32,
            anchors: self.evaluator.anchors(exec_bars),
            fired: &[],
        };
        let plan = self.kernel.order_entry(side, signal, &close)?;
        self.recorder.decisions.push(Decision::entry(&plan, close.time_ms));
        match self.exchange.taken_entry(&plan, &self.path, boundary) {
            Ok(mut fill) => {
                fill.exec_bars = close.exec_bars;
                Some((plan, fill))
            }
            Err(refusal) => {
                self.kernel.refuse_entry(&plan, refusal);
                None
            }
        }
    }

    #[inline(always)]
    fn note_entry(&mut self, position: &Position, guard: &Protection, fill: &Fill, bar: usize) {
        if !(guard.stop.is_nan() && guard.target.is_nan()) {
            self.recorder.decisions.push(Decision::protection(guard, fill.time_ms));
        }
        self.recorder.fill(position.id, position.side, fill);
        self.note_metadata(position.id, position.signal, position.signal_ms);
        self.note(bar, Some(position));
    }

    /// The end of a position that was entered at the open of bar `entered`: the boundary behind it, or the one at
    /// which something else may happen to it.
    #[inline(always)]
    fn leave(&mut self, position: &mut Position, guard: &Protection, entered: usize) -> usize {
        let situation = Situation { position: Some(position.side), entry_pending: false };
        let funding = self.funding.get(self.next_funding).map_or(usize::MAX, |f| f.0);
        let (mut bar, mut boundary) = (entered, entered + 1);
        loop {
            let signal = self.evaluator.next_signal(situation, boundary, self.path.len());
            let until = signal.min(funding);
            if let Some((fill, touched)) = self.touched(guard, bar, until) {
                self.take_exit(position, fill, touched, entered);
                return touched + 1;
            }
            if until == funding || until >= self.path.len() {
                return self.hold(*position, entered, until);
            }
            match *self.choice(signal, situation) {
                Choice::Nothing => (bar, boundary) = (signal, signal + 1),
                Choice::Exit(percent, fired) if Kernel::is_whole(percent) => {
                    let fill = self.exit_at_open(position, fired, signal);
                    self.take_exit(position, fill, signal, entered);
                    return signal + 1;
                }
                Choice::Exit(..) | Choice::Enter(..) | Choice::Flip(..) => {
                    return self.hold(*position, entered, signal);
                }
            }
        }
    }

    /// Leaves a position to events from this boundary on.
    fn hold(&mut self, position: Position, entered: usize, boundary: usize) -> usize {
        self.extremes = Extremes::new(position.entry_price, entered);
        self.exchange.protection = Some(self.kernel.hold(position));
        boundary
    }

    /// Stop, target or liquidation in the bars `from..until`: the fill and its bar.
    #[inline]
    fn touched(&self, guard: &Protection, mut from: usize, until: usize) -> Option<(Fill, usize)> {
        loop {
            let touch = self.next_touch(guard, from, until);
            if touch >= until {
                return None;
            }
            if let Some(Outcome::Fill(fill)) = self.exchange.guarded(guard, &self.path, touch) {
                return Some((fill, touch));
            }
            from = touch + 1;
        }
    }

    #[inline(always)]
    fn exit_at_open(&mut self, position: &Position, signal: Fired, boundary: usize) -> Fill {
        let exec = self.evaluator.exec();
        let time_ms = exec.close_ms(exec.closed_by(boundary) - 1);
        let kind = DecisionKind::Exit(ExitReason::Signal);
        self.recorder.decisions.push(Decision { amount: position.qty, ..Decision::blank(kind, time_ms) });
        self.kernel.count_exit(signal);
        let (open, buying) = (self.path.open[boundary], position.side == Side::Short);
        self.exchange.taken(ExitReason::Signal, open, buying, position.qty, self.path.open_ms(boundary))
    }

    #[inline(always)]
    fn take_exit(&mut self, position: &mut Position, mut fill: Fill, bar: usize, entered: usize) {
        let FillKind::Exit(reason) = fill.kind else { return };
        fill.exec_bars = self.evaluator.exec().closed_by(bar) as u32;
        self.recorder.fill(position.id, position.side, &fill);
        self.kernel.leave(position, &fill);
        let mut extremes = Extremes::new(position.entry_price, entered);
        extremes.include(fill.base_price);
        let ended = Ended {
            price: position.exit_price(&fill),
            time_ms: fill.time_ms,
            reason,
            extremes,
            end: bar + usize::from(reason == ExitReason::Liquidation),
            bars_held: fill.exec_bars - position.entered_exec_bar,
        };
        self.recorder.trade(position, &ended);
        self.note(bar, None);
    }

    /// What is in the wallet and open from the close of this bar on.
    #[inline(always)]
    fn note(&mut self, bar: usize, position: Option<&Position>) {
        let from = (bar + 1).min(self.path.len());
        self.recorder.ledger.push(Ledger::of(from, self.kernel.account().cash, position));
    }

    /// By reference: copied, it would be read back before it is written whole, which the processor waits for.
    #[inline(always)]
    fn choice(&self, boundary: usize, situation: Situation) -> &Choice {
        let bar = self.evaluator.exec().closed_by(boundary) - 1;
        self.evaluator.choice(bar, situation)
    }
}
