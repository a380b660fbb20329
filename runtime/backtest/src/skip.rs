//! From one moment at which something can happen to the next.
//!
//! Leaving a boundary out is right when the kernel would neither decide anything at it nor change anything but what
//! `pass` makes up for. Naming a boundary too many only costs time.

use bytecode::OrderType;
use kernel::{Event, Position, Protection, Side};

use crate::search::{first_ge, first_le, highest, lowest};
use crate::session::Session;
use crate::stop_moves::StopMoves;

/// Bars over which all levels are searched for before going on.
const WINDOW: usize = 512;

impl Session<'_> {
    /// The first boundary at or after `from` that must be looked at; the end of the path when there is none.
    #[must_use]
    pub fn next(&mut self, from: usize) -> usize {
        let end = self.path.len();
        if from >= end {
            return end;
        }
        let situation = self.kernel.situation();
        let best = self.evaluator.next_code_bar(from, end);
        let best = self.evaluator.next_signal(situation, from, best);
        match self.kernel.position() {
            Some(position) => self.next_with_position(position, from, best),
            None => self.next_while_flat(from, best),
        }
    }

    fn next_while_flat(&self, from: usize, mut best: usize) -> usize {
        let exec = self.evaluator.exec();
        if let Some(floor) = self.rules.drawdown_floor {
            let account = self.kernel.account();
            let mut marked = *account;
            marked.mark(account.cash);
            if marked.is_breached(account.cash, floor) {
                best = best.min(exec.next_boundary(from, best));
            }
        }
        let Some(terms) = self.exchange.entry.and_then(|r| r.order.limit) else { return best };
        if terms.expires_at_exec_bar > 0 {
            let last = terms.expires_at_exec_bar as usize - 1;
            if last < exec.len {
                best = best.min(exec.boundary_of(last).max(from));
            }
        }
        let end = best.min(self.path.len());
        let touch = match self.exchange.entry.map(|r| r.order.plan.side) {
            Some(Side::Long) => first_le(&self.path.low[from..end], terms.price),
            Some(Side::Short) => first_ge(&self.path.high[from..end], terms.price),
            None => None,
        };
        touch.map_or(best, |at| from + at)
    }

    fn next_with_position(&self, position: &Position, from: usize, best: usize) -> usize {
        let mut best = best;
        if let Some(&(boundary, _)) = self.funding.get(self.next_funding) {
            best = best.min(boundary.max(from));
        }
        best = self.next_move_or_touch(position, from, best);
        self.next_breach(position, from, best)
    }

    /// The stop moves, or stop, target or liquidation are touched: window by window, so that the search for one does
    /// not run far beyond the other.
    fn next_move_or_touch(&self, position: &Position, from: usize, best: usize) -> usize {
        let guard = self.rules.protection(position);
        let Some(mut moves) = StopMoves::new(self.rules, position) else {
            return self.next_touch(&guard, from, best);
        };
        let mut begin = from;
        while begin < best {
            let end = best.min(begin + WINDOW);
            let moved = self.next_stop_move(&mut moves, begin, end);
            let touch = self.touch_within(&guard, begin, moved);
            if touch < end {
                return touch;
            }
            begin = end;
        }
        best
    }

    /// The first touch in `from..best` by a stop that does not move, `best` when there is none.
    pub(crate) fn next_touch(&self, guard: &Protection, from: usize, best: usize) -> usize {
        let mut begin = from;
        while begin < best {
            let end = best.min(begin + WINDOW);
            let touch = self.touch_within(guard, begin, end);
            if touch < end {
                return touch;
            }
            begin = end;
        }
        best
    }

    /// The first boundary in `begin..end` at which the stop may move, `end` when there is none.
    fn next_stop_move(&self, moves: &mut StopMoves<'_>, begin: usize, end: usize) -> usize {
        let exec = self.evaluator.exec();
        let bars = exec.closed_by(begin.saturating_sub(1))..exec.closed_by(end - 1);
        let found = moves.next(&exec.close[bars.clone()], self.evaluator.trail_atr(bars.clone()));
        found.map_or(end, |at| exec.boundary_of(bars.start + at))
    }

    /// The first touch in `from..end`, `end` when there is none.
    #[inline]
    fn touch_within(&self, guard: &Protection, from: usize, end: usize) -> usize {
        let (low, high, mark) = (self.path.low, self.path.high, &self.path.mark);
        let resting = guard.stop_triggered && guard.stop_order == OrderType::Limit;
        let mut best = end;
        let mut look = |column: &[f64], level: f64, find: fn(&[f64], f64) -> Option<usize>| {
            if let Some(at) = find(&column[from..best], level) {
                best = from + at;
            }
        };
        match (guard.side, resting) {
            (Side::Long, false) => look(low, guard.stop, first_le),
            (Side::Long, true) => look(high, guard.stop, first_ge),
            (Side::Short, false) => look(high, guard.stop, first_ge),
            (Side::Short, true) => look(low, guard.stop, first_le),
        }
        match guard.side {
            Side::Long => look(high, guard.target, first_ge),
            Side::Short => look(low, guard.target, first_le),
        }
        // Where the close is the mark price, no bar closes at the liquidation price without touching a stop before it.
        let stop_first = self.path.marked == 0
            && !resting
            && !guard.stop.is_nan()
            && !guard.side.is_better(guard.liquidation, guard.stop);
        match guard.side {
            _ if stop_first => {}
            Side::Long => look(mark, guard.liquidation, first_le),
            Side::Short => look(mark, guard.liquidation, first_ge),
        }
        best
    }

    /// The next exec close at which the drawdown limit is reached.
    fn next_breach(&self, position: &Position, from: usize, best: usize) -> usize {
        let Some(floor) = self.rules.drawdown_floor else { return best };
        let exec = self.evaluator.exec();
        let (first, end) = (exec.closed_by(from.saturating_sub(1)), exec.closed_by(best));
        let mut account = *self.kernel.account();
        for bar in first..end {
            let equity = account.cash + position.unrealized(exec.close[bar]);
            account.mark(equity);
            if account.is_breached(equity, floor) {
                return best.min(exec.boundary_of(bar));
            }
        }
        best
    }

    /// Makes up for the exec closes at the boundaries `from..next` that are left out.
    pub fn pass(&mut self, from: usize, next: usize) {
        let side = self.kernel.position().map(|p| p.side);
        let trails = side.is_some() && self.rules.policy.trailing.is_some();
        if next <= from || (self.rules.drawdown_floor.is_none() && !trails) {
            return;
        }
        let exec = self.evaluator.exec();
        let (first, end) = (exec.closed_by(from.saturating_sub(1)), exec.closed_by(next - 1));
        if first >= end {
            return;
        }
        let closes = &exec.close[first..end];
        // Equity rises and falls with the price of a long, the other way round for a short.
        let best_close = match side {
            Some(Side::Short) => lowest(closes, closes[0]),
            Some(Side::Long) | None => highest(closes, closes[0]),
        };
        self.tell(&Event::Skipped { best_close }, self.path.open_ms(from), from);
    }
}
