//! The simulated venue: which orders fill in a bar of the path, at what price and fee.
//!
//! Within one bar: market orders at the open; the resting entry; the stop; the target; liquidation at the close.

use bytecode::{OrderType, TimeInForce};
use kernel::{
    Command, EntryOrder, ExitOrder, ExitReason, Fill, FillKind, LimitTerms, Plan, Protection, Refusal, Rules,
    Side, Update,
};

use crate::path::Path;

/// What rests at the venue.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'r> {
    rules: &'r Rules,
    pub entry: Option<Resting>,
    pub exit: Option<ExitOrder>,
    pub protection: Option<Protection>,
    /// Price of the fill and bar of a limit entry that filled inside a bar, not at its open.
    inside: Option<(usize, f64)>,
}

#[derive(Clone, Copy, Debug)]
pub struct Resting {
    pub order: EntryOrder,
    /// The bar in which it arrives.
    pub arrives: usize,
}

/// What one step of a bar led to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    Fill(Fill),
    Update(Update),
}

impl<'r> Exchange<'r> {
    #[must_use]
    pub fn new(rules: &'r Rules) -> Exchange<'r> {
        Exchange { rules, entry: None, exit: None, protection: None, inside: None }
    }

    /// A command that reaches the venue before bar `bar`, or while it runs.
    pub fn accept(&mut self, command: &Command, bar: usize) {
        match *command {
            Command::Enter(order) => self.entry = Some(Resting { order, arrives: bar }),
            Command::Exit(order) => self.exit = Some(order),
            Command::Protect(protection) => self.protection = Some(protection),
            Command::CancelEntry => self.entry = None,
            Command::Halt => {}
        }
    }

    /// The position is gone: so is what guarded it.
    pub fn closed(&mut self) {
        self.protection = None;
        self.inside = None;
    }

    /// Whether bar `bar` began before the position did.
    #[must_use]
    pub fn entered_inside(&self, bar: usize) -> bool {
        self.inside.is_some_and(|(at, _)| at == bar)
    }

    /// The ordered exit, at the open.
    pub fn market_exit(&mut self, path: &Path<'_>, bar: usize, open: u32) -> Option<Fill> {
        let order = self.exit.take()?;
        let protection = self.protection.as_ref().filter(|_| open == order.position)?;
        let buying = protection.side == Side::Short;
        Some(self.taken(order.reason, path.open[bar], buying, order.qty, path.open_ms(bar)))
    }

    /// A market entry, at the open.
    pub fn market_entry(&mut self, path: &Path<'_>, bar: usize) -> Option<Outcome> {
        let plan = self.entry.as_ref().filter(|r| r.order.limit.is_none()).map(|r| &r.order.plan)?;
        let outcome = match self.taken_entry(plan, path, bar) {
            Ok(fill) => Outcome::Fill(fill),
            Err(refusal) => Outcome::Update(Update::EntryRefused(refusal)),
        };
        self.entry = None;
        Some(outcome)
    }

    /// A market entry at the open of this bar, as large as its price allows.
    #[inline(always)]
    pub fn taken_entry(&self, plan: &Plan, path: &Path<'_>, bar: usize) -> Result<Fill, Refusal> {
        let base = path.open[bar];
        let price = self.rules.taken_at(base, plan.side == Side::Long);
        let qty = self.rules.quantity(plan, price, self.rules.taker)?;
        Ok(self.entered(qty, price, base, false, path.open_ms(bar)))
    }

    /// The limit entry (X6): at or through its price; where a bar opens through it, at the open.
    pub fn limit_entry(&mut self, path: &Path<'_>, bar: usize) -> Option<Outcome> {
        let resting = self.entry.as_ref()?;
        let terms = resting.order.limit?;
        let (open, at) = (path.open[bar], terms.price);
        let (opens_through, touched) = match resting.order.plan.side {
            Side::Long => (open <= at, path.low[bar] <= at),
            Side::Short => (open >= at, path.high[bar] >= at),
        };
        let arriving = bar == resting.arrives;
        let taking = arriving && opens_through;
        let immediate = matches!(terms.time_in_force, TimeInForce::Ioc | TimeInForce::Fok);
        let outcome = if taking && terms.time_in_force == TimeInForce::PostOnly {
            Outcome::Update(Update::EntryCancelled)
        } else if opens_through {
            self.limit_fill(&terms, open, !taking, path, bar)
        } else if touched {
            self.inside = Some((bar, at));
            self.limit_fill(&terms, at, !immediate, path, bar)
        } else if arriving && immediate {
            Outcome::Update(Update::EntryCancelled)
        } else {
            return None;
        };
        self.entry = None;
        Some(outcome)
    }

    fn limit_fill(
        &self,
        terms: &LimitTerms,
        price: f64,
        maker: bool,
        path: &Path<'_>,
        bar: usize,
    ) -> Outcome {
        Outcome::Fill(self.entered(terms.qty, price, price, maker, path.open_ms(bar)))
    }

    /// Stop first, then target, then liquidation: at most one of them fills.
    pub fn guard(&self, path: &Path<'_>, bar: usize) -> Option<Outcome> {
        self.guarded(self.protection.as_ref()?, path, bar)
    }

    /// The same for orders that do not rest here.
    pub fn guarded(&self, guard: &Protection, path: &Path<'_>, bar: usize) -> Option<Outcome> {
        self.stop(guard, path, bar)
            .or_else(|| self.target(guard, path, bar).map(Outcome::Fill))
            .or_else(|| self.liquidation(guard, path, bar).map(Outcome::Fill))
    }

    /// What is left to test in a bar whose stop was triggered but found no price: liquidation, and the stop's own
    /// limit, when the bar came back to it.
    pub fn guard_triggered(&self, path: &Path<'_>, bar: usize) -> Option<Outcome> {
        let guard = self.protection.as_ref()?;
        let back = match guard.side {
            Side::Long => path.high[bar] >= guard.stop,
            Side::Short => path.low[bar] <= guard.stop,
        };
        if back {
            let (reason, at) = (guard.stop_kind.reason(), path.open_ms(bar));
            return Some(Outcome::Fill(self.exited(reason, guard.stop, guard.stop, guard.qty, true, at)));
        }
        self.liquidation(guard, path, bar).map(Outcome::Fill)
    }

    fn stop(&self, guard: &Protection, path: &Path<'_>, bar: usize) -> Option<Outcome> {
        let stop = guard.stop;
        if stop.is_nan() {
            return None;
        }
        // Before a fill inside the bar its open says nothing.
        let open = if self.entered_inside(bar) { self.inside?.1 } else { path.open[bar] };
        let long = guard.side == Side::Long;
        let reason = guard.stop_kind.reason();
        let touched = if long { path.low[bar] <= stop } else { path.high[bar] >= stop };
        let opens_beyond = if long { open < stop } else { open > stop };
        let at = path.open_ms(bar);
        if guard.stop_order == OrderType::Market {
            let base = if opens_beyond { open } else { stop };
            return touched.then(|| Outcome::Fill(self.taken(reason, base, !long, guard.qty, at)));
        }
        let exit =
            |price, maker| Some(Outcome::Fill(self.exited(reason, price, price, guard.qty, maker, at)));
        if guard.stop_triggered {
            // It rests at the stop price as a limit order.
            let (beyond, back) = if long {
                (open >= stop, path.high[bar] >= stop)
            } else {
                (open <= stop, path.low[bar] <= stop)
            };
            return if beyond {
                exit(open, true)
            } else if back {
                exit(stop, true)
            } else {
                None
            };
        }
        if touched && !opens_beyond {
            return exit(stop, false);
        }
        touched.then_some(Outcome::Update(Update::StopTriggered))
    }

    fn target(&self, guard: &Protection, path: &Path<'_>, bar: usize) -> Option<Fill> {
        let (target, long) = (guard.target, guard.side == Side::Long);
        if target.is_nan() {
            return None;
        }
        // After a fill inside the bar only its close is known to be later.
        let inside = self.entered_inside(bar);
        let best = match (inside, long) {
            (true, _) => path.close[bar],
            (false, true) => path.high[bar],
            (false, false) => path.low[bar],
        };
        let reached = if long { best >= target } else { best <= target };
        if !reached {
            return None;
        }
        let open = path.open[bar];
        let opens_beyond = !inside && if long { open > target } else { open < target };
        let base = if opens_beyond { open } else { target };
        let at = path.open_ms(bar);
        Some(match guard.target_order {
            OrderType::Market => self.taken(ExitReason::TakeProfit, base, !long, guard.qty, at),
            OrderType::Limit => self.exited(ExitReason::TakeProfit, base, base, guard.qty, true, at),
        })
    }

    fn liquidation(&self, guard: &Protection, path: &Path<'_>, bar: usize) -> Option<Fill> {
        let mark = path.mark[bar];
        let hit = match guard.side {
            Side::Long => mark <= guard.liquidation,
            Side::Short => mark >= guard.liquidation,
        };
        hit.then(|| {
            let price = self.rules.bankruptcy_price(guard.side, guard.entry_price);
            self.exited(ExitReason::Liquidation, price, mark, guard.qty, false, path.close_ms(bar))
        })
    }

    /// An exit at market: slippage and the taker's fee.
    #[must_use]
    pub fn taken(&self, reason: ExitReason, base: f64, buying: bool, qty: f64, time_ms: i64) -> Fill {
        self.exited(reason, self.rules.taken_at(base, buying), base, qty, false, time_ms)
    }

    fn exited(&self, reason: ExitReason, price: f64, base: f64, qty: f64, maker: bool, time_ms: i64) -> Fill {
        self.fill(FillKind::Exit(reason), qty, price, base, maker, time_ms)
    }

    fn entered(&self, qty: f64, price: f64, base: f64, maker: bool, time_ms: i64) -> Fill {
        self.fill(FillKind::Entry, qty, price, base, maker, time_ms)
    }

    fn fill(&self, kind: FillKind, qty: f64, price: f64, base_price: f64, maker: bool, time_ms: i64) -> Fill {
        let rate = if maker { self.rules.maker } else { self.rules.taker };
        Fill { time_ms, kind, price, base_price, qty, fee: qty * price * rate, maker, exec_bars: 0 }
    }
}
