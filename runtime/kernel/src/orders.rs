//! What the kernel asks a venue to do.

use bytecode::{OrderType, TimeInForce};
use serde::{Deserialize, Serialize};

use crate::position::{ExitReason, Position, Side, StopKind};
use crate::rules::Rules;
use crate::sizing::Plan;

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    Enter(EntryOrder),
    /// Reduce only, at market.
    Exit(ExitOrder),
    /// Stop and target of the open position: replaces what was set before.
    Protect(Protection),
    /// The resting entry has expired, or the run is over.
    CancelEntry,
    /// The run is over: the drawdown limit was reached.
    Halt,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryOrder {
    pub plan: Plan,
    /// `None` is a market order, whose quantity follows from the price at which the venue takes it.
    pub limit: Option<LimitTerms>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LimitTerms {
    pub price: f64,
    pub qty: f64,
    pub time_in_force: TimeInForce,
    /// Count of closed exec bars at which it is cancelled; 0 never.
    pub expires_at_exec_bar: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExitOrder {
    /// The position it was meant for; it never touches a later one.
    pub position: u32,
    pub qty: f64,
    pub reason: ExitReason,
}

/// NaN is no level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Protection {
    pub side: Side,
    pub qty: f64,
    pub entry_price: f64,
    pub stop: f64,
    pub stop_kind: StopKind,
    pub stop_order: OrderType,
    pub stop_triggered: bool,
    pub target: f64,
    pub target_order: OrderType,
    /// Not an order: where the venue takes the position over.
    pub liquidation: f64,
}

impl Rules {
    /// The orders that guard this position.
    #[must_use]
    #[inline]
    pub fn protection(&self, position: &Position) -> Protection {
        Protection {
            side: position.side,
            qty: position.qty,
            entry_price: position.entry_price,
            stop: position.stop,
            stop_kind: position.stop_kind,
            stop_order: self.policy.stop_order,
            stop_triggered: position.stop_triggered,
            target: position.target,
            target_order: self.policy.target_order,
            liquidation: position.liquidation,
        }
    }
}

/// The commands one event led to, in order.
pub type Commands = Vec<Command>;

/// Takes the commands of an event, in order and as they are decided: a list, or a venue that obeys at once.
pub trait Sink {
    fn take(&mut self, command: Command);
}

impl Sink for Commands {
    fn take(&mut self, command: Command) {
        self.push(command);
    }
}
