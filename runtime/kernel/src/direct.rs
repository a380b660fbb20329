//! The transitions of [`Kernel::handle`] for a host that knows the next price: market orders that are decided and
//! filled at once, without resting as commands in between, and positions that are closed before the kernel ever holds
//! them. Each is made of the same parts.

use bytecode::Entry;

use crate::event::{Close, Fill, Fired};
use crate::machine::{Kernel, WHOLE_PCT};
use crate::orders::Protection;
use crate::position::{Position, Side};
use crate::sizing::{Plan, Refusal};

impl Kernel<'_> {
    /// Whether closes decide nothing but what signals ask for, and every entry is taken at market.
    #[must_use]
    pub fn only_signals_decide(&self) -> bool {
        let policy = &self.rules().policy;
        let stop_stays = policy.trailing.is_none() && policy.break_even.is_none();
        stop_stays && matches!(policy.entry, Entry::Market) && self.rules().drawdown_floor.is_none()
    }

    /// Nothing is open or under way, and something may begin.
    #[must_use]
    #[inline]
    pub fn is_idle(&self) -> bool {
        self.position.is_none()
            && self.entry.is_none()
            && self.exit.is_none()
            && !self.halting
            && !self.is_halted()
    }

    /// An entry that a signal asks for; `None` where it is refused.
    #[inline]
    pub fn order_entry(&mut self, side: Side, signal: Fired, close: &Close<'_>) -> Option<Plan> {
        let plan = self.plan(side, signal, close);
        let admitted = self.admit(&plan, close.price);
        self.counters.of(signal).sent += u32::from(admitted);
        admitted.then_some(plan)
    }

    pub fn refuse_entry(&mut self, plan: &Plan, refusal: Refusal) {
        self.counters.of(plan.signal).refused[refusal as usize] += 1;
    }

    /// Whether an exit of this percentage leaves nothing.
    #[must_use]
    pub fn is_whole(percent: f64) -> bool {
        percent >= WHOLE_PCT
    }

    #[inline]
    pub fn count_exit(&mut self, signal: Fired) {
        self.counters.of(signal).exits += 1;
    }

    /// A fill that closes the whole of a position that the kernel does not hold.
    #[inline]
    pub fn leave(&mut self, position: &mut Position, fill: &Fill) {
        self.account.cash += position.leave(fill);
    }

    /// Events decide from now on what becomes of a position: the orders that guard it.
    pub fn hold(&mut self, position: Position) -> Protection {
        self.closed = None;
        self.rules().protection(self.position.insert(position))
    }
}
