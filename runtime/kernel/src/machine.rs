//! The state machine: events in, commands out.

use bytecode::{Action, Block, Entry};

use crate::account::Account;
use crate::counters::Counters;
use crate::event::{Close, Event, Fill, FillKind, Fired, Update};
use crate::intents::{Choice, Situation, choose};
use crate::orders::{Command, EntryOrder, ExitOrder, LimitTerms, Sink};
use crate::position::{Closed, ExitReason, Position, Side};
use crate::rules::Rules;
use crate::sizing::Plan;

/// Percentages this close to 100 close the whole position.
pub(crate) const WHOLE_PCT: f64 = 99.9999;

#[derive(Clone, Debug)]
pub struct Kernel<'p> {
    rules: &'p Rules,
    blocks: &'p [Block],
    pub(crate) account: Account,
    pub(crate) position: Option<Position>,
    /// Sent and not yet filled.
    pub(crate) entry: Option<EntryOrder>,
    pub(crate) exit: Option<ExitOrder>,
    /// What to enter once the position is closed.
    flip: Option<(Plan, f64)>,
    /// The drawdown limit was reached: nothing new is begun.
    pub(crate) halting: bool,
    halted: bool,
    exec_bars: u32,
    positions: u32,
    pub(crate) closed: Option<Closed>,
    pub(crate) counters: Counters,
}

impl<'p> Kernel<'p> {
    #[must_use]
    pub fn new(rules: &'p Rules, blocks: &'p [Block]) -> Kernel<'p> {
        Kernel {
            rules,
            blocks,
            account: Account::new(rules.policy.account.equity_usdt),
            position: None,
            entry: None,
            exit: None,
            flip: None,
            halting: false,
            halted: false,
            exec_bars: 0,
            positions: 0,
            closed: None,
            counters: Counters::new(blocks),
        }
    }

    #[must_use]
    pub fn rules(&self) -> &'p Rules {
        self.rules
    }

    #[must_use]
    #[inline]
    pub fn account(&self) -> &Account {
        &self.account
    }

    #[must_use]
    #[inline]
    pub fn position(&self) -> Option<&Position> {
        self.position.as_ref()
    }

    #[must_use]
    pub fn pending_entry(&self) -> Option<&EntryOrder> {
        self.entry.as_ref()
    }

    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    #[must_use]
    #[inline]
    pub fn is_halted(&self) -> bool {
        self.halted
    }

    /// The position that the last fill closed.
    #[must_use]
    #[inline]
    pub fn closed(&self) -> Option<&Closed> {
        self.closed.as_ref()
    }

    #[must_use]
    #[inline]
    pub fn equity(&self, price: f64) -> f64 {
        self.account.cash + self.position.as_ref().map_or(0.0, |p| p.unrealized(price))
    }

    #[must_use]
    #[inline]
    pub fn situation(&self) -> Situation {
        Situation { position: self.position.as_ref().map(|p| p.side), entry_pending: self.entry.is_some() }
    }

    #[inline]
    pub fn handle(&mut self, event: &Event<'_>, out: &mut impl Sink) {
        match event {
            Event::Close(close) => self.on_close(close, out),
            Event::Fill(fill) => {
                self.closed = None;
                match fill.kind {
                    FillKind::Entry => self.on_entry(fill, out),
                    FillKind::Exit(reason) => self.on_exit(fill, reason, out),
                }
            }
            Event::Update(update) => self.on_update(*update, out),
            Event::Funding { rate, mark, .. } => self.on_funding(*rate, *mark),
            Event::Skipped { best_close } => self.on_skipped(*best_close),
        }
    }

    fn on_close(&mut self, close: &Close<'_>, out: &mut impl Sink) {
        self.exec_bars = close.exec_bars;
        if close.exec_closed {
            if self.halt_on_drawdown(close.price, out) {
                return;
            }
            self.move_stop(close.price, close.anchors.trail_atr, out);
            self.expire_entry(out);
        }
        if self.halting || self.halted || self.exit.is_some() || close.fired.is_empty() {
            return;
        }
        match choose(self.blocks, close.fired, &self.rules.policy, self.situation()) {
            Choice::Nothing => {}
            Choice::Enter(side, fired) => {
                let plan = self.plan(side, fired, close);
                if self.admit(&plan, close.price) {
                    self.send_entry(plan, close.price, out);
                }
            }
            Choice::Flip(side, fired) => {
                let plan = self.plan(side, fired, close);
                if self.admit(&plan, close.price) {
                    self.flip = Some((plan, close.price));
                    self.send_exit(100.0, ExitReason::Flip, out);
                }
            }
            Choice::Exit(percent, fired) => {
                if self.send_exit(percent, ExitReason::Signal, out) {
                    self.counters.of(fired).exits += 1;
                }
            }
        }
    }

    #[inline(always)]
    pub(crate) fn plan(&self, side: Side, signal: Fired, close: &Close<'_>) -> Plan {
        let equity = self.equity(close.price);
        Plan { side, signal, signal_ms: close.time_ms, equity, anchors: close.anchors }
    }

    #[inline(always)]
    pub(crate) fn admit(&mut self, plan: &Plan, price: f64) -> bool {
        let verdict = self.rules.check(plan, self.entry_price(plan.side, price), self.entry_fee());
        if let Err(refusal) = verdict {
            self.counters.of(plan.signal).refused[refusal as usize] += 1;
        }
        verdict.is_ok()
    }

    /// Where an entry is expected to fill: at the limit, or at the close.
    fn entry_price(&self, side: Side, price: f64) -> f64 {
        let tick = self.rules.instrument.tick;
        match (self.rules.policy.entry, side) {
            (Entry::Market, _) => price,
            (Entry::Limit(limit), Side::Long) => tick.down(price * (1.0 - limit.offset_pct / 100.0)),
            (Entry::Limit(limit), Side::Short) => tick.up(price * (1.0 + limit.offset_pct / 100.0)),
        }
    }

    fn entry_fee(&self) -> f64 {
        match self.rules.policy.entry {
            Entry::Market => self.rules.taker,
            Entry::Limit(_) => self.rules.maker,
        }
    }

    fn send_entry(&mut self, plan: Plan, price: f64, out: &mut impl Sink) {
        let limit = match self.rules.policy.entry {
            Entry::Market => None,
            Entry::Limit(terms) => {
                let price = self.entry_price(plan.side, price);
                let qty = match self.rules.quantity(&plan, price, self.rules.maker) {
                    Ok(qty) => qty,
                    Err(refusal) => {
                        self.counters.of(plan.signal).refused[refusal as usize] += 1;
                        return;
                    }
                };
                let expires_at_exec_bar = if terms.expire_after_bars == 0 {
                    0
                } else {
                    self.exec_bars.saturating_add(terms.expire_after_bars)
                };
                let time_in_force = terms.time_in_force;
                Some(LimitTerms { price, qty, time_in_force, expires_at_exec_bar })
            }
        };
        let order = EntryOrder { plan, limit };
        self.counters.of(plan.signal).sent += 1;
        self.entry = Some(order);
        out.take(Command::Enter(order));
    }

    /// Whether an order was sent.
    fn send_exit(&mut self, percent: f64, reason: ExitReason, out: &mut impl Sink) -> bool {
        let Some(position) = &self.position else { return false };
        let part = self.rules.instrument.qty_step.down(position.qty * percent / 100.0);
        let qty = if percent >= WHOLE_PCT { position.qty } else { part };
        if qty <= 0.0 {
            self.counters.exits_too_small += 1;
            return false;
        }
        let order = ExitOrder { position: position.id, qty, reason };
        self.exit = Some(order);
        out.take(Command::Exit(order));
        true
    }

    /// Whether the run is over or ending.
    fn halt_on_drawdown(&mut self, close: f64, out: &mut impl Sink) -> bool {
        let Some(floor) = self.rules.drawdown_floor else { return false };
        let equity = self.equity(close);
        self.account.mark(equity);
        if self.halting || !self.account.is_breached(equity, floor) {
            return self.halting;
        }
        self.halting = true;
        if self.entry.is_some() {
            self.drop_entry(out);
        }
        if !self.send_exit(100.0, ExitReason::MaxDrawdown, out) {
            self.halted = true;
            out.take(Command::Halt);
        }
        true
    }

    fn move_stop(&mut self, close: f64, trail_atr: f64, out: &mut impl Sink) {
        let Some(position) = &mut self.position else { return };
        if self.rules.move_stop(position, close, trail_atr) {
            out.take(Command::Protect(self.rules.protection(position)));
        }
    }

    fn expire_entry(&mut self, out: &mut impl Sink) {
        let limit = self.entry.as_ref().and_then(|e| e.limit.as_ref());
        let expires = limit.map_or(0, |l| l.expires_at_exec_bar);
        if expires > 0 && self.exec_bars >= expires {
            self.drop_entry(out);
        }
    }

    fn drop_entry(&mut self, out: &mut impl Sink) {
        if let Some(order) = self.entry.take() {
            self.counters.of(order.plan.signal).unfilled += 1;
            out.take(Command::CancelEntry);
        }
    }

    fn on_entry(&mut self, fill: &Fill, out: &mut impl Sink) {
        let Some(order) = self.entry.take() else { return };
        let position = self.open(&order.plan, fill);
        out.take(Command::Protect(self.rules.protection(self.position.insert(position))));
    }

    /// The position that a fill opens.
    #[inline(always)]
    pub fn open(&mut self, plan: &Plan, fill: &Fill) -> Position {
        let rules = self.rules;
        self.account.cash -= fill.fee;
        self.counters.of(plan.signal).filled += 1;
        let id = self.positions;
        self.positions += 1;
        let bracket = rules.bracket(plan.side, fill.price, &plan.anchors);
        let liquidation = rules.liquidation_price(plan.side, fill.qty, fill.price);
        let mut stop = bracket.stop;
        if let Some(inside) = rules.stop_inside_liquidation(plan.side, fill.price, liquidation, stop) {
            self.counters.stops_beyond_liquidation += 1;
            if rules.adjusts_stops() {
                stop = inside;
            }
        }
        let margin = fill.qty * fill.price / rules.leverage;
        Position {
            id,
            side: plan.side,
            qty: fill.qty,
            entry_qty: fill.qty,
            entry_price: fill.price,
            entered_ms: fill.time_ms,
            entered_exec_bar: fill.exec_bars,
            signal_ms: plan.signal_ms,
            signal: plan.signal,
            leverage: rules.leverage,
            margin,
            entry_margin: margin,
            liquidation,
            entry_liquidation: liquidation,
            stop,
            stop_kind: bracket.stop_kind,
            entry_stop: stop,
            target: bracket.target,
            entry_target: bracket.target,
            best_close: fill.price,
            trailing_active: false,
            break_even_done: false,
            stop_triggered: false,
            gross_pnl: 0.0,
            fees: fill.fee,
            funding: 0.0,
            exit_value: 0.0,
            exit_qty: 0.0,
            fills: 1,
        }
    }

    fn on_exit(&mut self, fill: &Fill, reason: ExitReason, out: &mut impl Sink) {
        self.exit = None;
        let Some(position) = &mut self.position else { return };
        self.account.cash += position.leave(fill);
        if position.qty > position.entry_qty * 1e-12 {
            let share = position.qty / (position.qty + fill.qty);
            position.margin *= share;
            position.liquidation =
                self.rules.liquidation_price(position.side, position.qty, position.entry_price);
            out.take(Command::Protect(self.rules.protection(position)));
            return;
        }
        self.closed = self.position.take().map(|position| Closed::of(position, reason, fill));
        self.after_close(reason, out);
    }

    fn after_close(&mut self, reason: ExitReason, out: &mut impl Sink) {
        let flip = self.flip.take();
        if self.halting {
            self.halted = true;
            out.take(Command::Halt);
        } else if let (ExitReason::Flip, Some((mut plan, price))) = (reason, flip) {
            plan.equity = self.account.cash;
            self.send_entry(plan, price, out);
        }
    }

    fn on_update(&mut self, update: Update, out: &mut impl Sink) {
        match update {
            Update::EntryRefused(refusal) => {
                if let Some(order) = self.entry.take() {
                    self.counters.of(order.plan.signal).refused[refusal as usize] += 1;
                }
            }
            Update::EntryCancelled => {
                if let Some(order) = self.entry.take() {
                    self.counters.of(order.plan.signal).unfilled += 1;
                }
            }
            Update::StopTriggered => {
                if let Some(position) = &mut self.position {
                    position.stop_triggered = true;
                    out.take(Command::Protect(self.rules.protection(position)));
                }
            }
        }
    }

    fn on_skipped(&mut self, best_close: f64) {
        let equity = self.equity(best_close);
        self.account.mark(equity);
        if let Some(position) = &mut self.position {
            position.see_close(best_close);
        }
    }

    fn on_funding(&mut self, rate: f64, mark: f64) {
        if let Some(position) = &mut self.position {
            let received = -position.side.sign() * position.qty * mark * rate;
            position.funding += received;
            self.account.cash += received;
        }
    }
}

/// The side an entry action opens.
#[must_use]
pub fn entry_side(action: Action) -> Option<Side> {
    match action {
        Action::EntryLong => Some(Side::Long),
        Action::EntryShort => Some(Side::Short),
        Action::ExitLong | Action::ExitShort | Action::ExitAll | Action::NoAction => None,
    }
}
