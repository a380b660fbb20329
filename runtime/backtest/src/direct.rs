//! Whole trades at once: where only signals, and levels that stay where they were set, decide, an entry and its exit
//! are found and filled one after the other, without the commands and boundaries between them.
//!
//! What is decided, filled and written down is what [`Session::boundary`] and [`Session::bar`] make of the same bars,
//! by the same parts of kernel and exchange.

use bytecode::OrderType;
use kernel::intents::{Choice, Situation};
use kernel::{Close, ExitReason, Fill, FillKind, Fired, Kernel, Plan, Side};

use crate::exchange::Outcome;
use crate::record::{Decision, DecisionKind};
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
            boundary = match self.enter(boundary) {
                Some(side) => self.leave(side, boundary),
                None => boundary + 1,
            };
        }
        boundary
    }

    /// What the signals at this boundary lead to; the side that was entered at the open behind it.
    fn enter(&mut self, boundary: usize) -> Option<Side> {
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
            Ok(fill) => self.take_entry(&plan, Fill { exec_bars: close.exec_bars, ..fill }, boundary),
            Err(refusal) => self.kernel.refuse_entry(&plan, refusal),
        }
        self.kernel.position().map(|p| p.side)
    }

    fn take_entry(&mut self, plan: &Plan, fill: Fill, bar: usize) {
        let protection = self.kernel.take_entry(plan, &fill);
        if !(protection.stop.is_nan() && protection.target.is_nan()) {
            self.recorder.decisions.push(Decision::protection(&protection, fill.time_ms));
        }
        self.exchange.protection = Some(protection);
        self.entered(&fill, bar);
        self.note_ledger((bar + 1).min(self.path.len()));
    }

    /// The end of the position that was entered at the open of bar `entered`: the boundary behind it, or the one at
    /// which something else may happen to it.
    fn leave(&mut self, side: Side, entered: usize) -> usize {
        let situation = Situation { position: Some(side), entry_pending: false };
        let funding = self.funding.get(self.next_funding).map_or(usize::MAX, |f| f.0);
        let (mut bar, mut boundary) = (entered, entered + 1);
        loop {
            let signal = self.evaluator.next_signal(situation, boundary, self.path.len());
            let until = signal.min(funding);
            if let Some(behind) = self.touched(bar, until) {
                return behind;
            }
            if until == funding || until >= self.path.len() {
                return until;
            }
            match *self.choice(signal, situation) {
                Choice::Nothing => (bar, boundary) = (signal, signal + 1),
                Choice::Exit(percent, fired) if Kernel::is_whole(percent) => {
                    self.exit_at_open(fired, signal);
                    return signal + 1;
                }
                Choice::Exit(..) | Choice::Enter(..) | Choice::Flip(..) => return signal,
            }
        }
    }

    /// Stop, target or liquidation in the bars `from..until`; the boundary behind it.
    fn touched(&mut self, mut from: usize, until: usize) -> Option<usize> {
        loop {
            let touch = self.next_move_or_touch(self.kernel.position()?, from, until);
            if touch >= until {
                return None;
            }
            if let Some(Outcome::Fill(fill)) = self.exchange.guard(&self.path, touch) {
                self.take_exit(fill, touch);
                return Some(touch + 1);
            }
            from = touch + 1;
        }
    }

    fn exit_at_open(&mut self, signal: Fired, boundary: usize) {
        let Some(position) = self.kernel.position() else { return };
        let exec = self.evaluator.exec();
        let time_ms = exec.close_ms(exec.closed_by(boundary) - 1);
        let (qty, buying) = (position.qty, position.side == Side::Short);
        let kind = DecisionKind::Exit(ExitReason::Signal);
        self.recorder.decisions.push(Decision { amount: qty, ..Decision::blank(kind, time_ms) });
        self.kernel.count_exit(signal);
        let open = self.path.open[boundary];
        let fill = self.exchange.taken(ExitReason::Signal, open, buying, qty, self.path.open_ms(boundary));
        self.take_exit(fill, boundary);
    }

    fn take_exit(&mut self, mut fill: Fill, bar: usize) {
        let (FillKind::Exit(reason), Some(position)) = (fill.kind, self.kernel.position()) else { return };
        fill.exec_bars = self.evaluator.exec().closed_by(bar) as u32;
        self.recorder.fill(position.id, position.side, &fill);
        self.extremes.include(fill.base_price);
        self.kernel.take_exit(&fill, reason);
        self.note_closed(&fill, bar);
        self.note_ledger((bar + 1).min(self.path.len()));
    }

    /// By reference: copied, it would be read back before it is written whole, which the processor waits for.
    fn choice(&self, boundary: usize, situation: Situation) -> &Choice {
        let bar = self.evaluator.exec().closed_by(boundary) - 1;
        self.evaluator.choice(bar, situation)
    }
}
