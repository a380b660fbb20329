//! What can be proven about a Play's risk: exits that never act, positions that never close, stops that never
//! hold.

use bytecode::policy::{Basis, ExitMode, Mode, Policy, SizingModel, StopBeyondLiquidation, StopRule};
use diagnostics::{Severity, Span};
use ir::{Block, ValueId};
use resolve::resolved::{Action, Intent, Play};

use crate::report::risk::LeftOpen;
use crate::{Checker, report};

impl Checker<'_> {
    pub(super) fn lint(&mut self, policy: &Policy<ValueId>, actions: &[Block]) {
        let seen = Seen::of(self.play, |_, _| true);
        let arena = &self.arena;
        let can_be = |block: usize, case: usize| {
            let when = actions.get(block).and_then(|b| b.cases.get(case)).map(|c| arena.get(c.when).range);
            when.is_none_or(|range| range.max > 0.0)
        };
        let alive = Seen::of(self.play, can_be);
        self.sides(policy, &seen);
        self.exits(policy, &seen, &alive);
        self.stop_distance(policy, &seen);
    }

    /// Entries and exits of a side that the policy forbids.
    fn sides(&mut self, policy: &Policy<ValueId>, seen: &Seen) {
        let forbidden = match policy.mode {
            Mode::LongOnly => [(seen.entry_short, "entry_short"), (seen.exit_short, "exit_short")],
            Mode::ShortOnly => [(seen.entry_long, "entry_long"), (seen.exit_long, "exit_long")],
            Mode::LongShort => return,
        };
        let mode = self.play.position_policy.mode.as_ref();
        for (span, action) in forbidden {
            if let Some(span) = span {
                self.out.push(report::risk::side_never_taken(action, span, mode));
            }
        }
    }

    fn exits(&mut self, policy: &Policy<ValueId>, seen: &Seen, alive: &Seen) {
        let Some(entry) = seen.entry() else { return };
        let rules = policy.stop.is_some() || policy.target.is_some() || policy.trailing.is_some();
        let exit_mode = self.play.position_policy.exit_mode.as_ref();
        if policy.exit_mode == ExitMode::StopTargetOnly
            && let Some(exit) = seen.exit()
        {
            // Left to the default, the author may not know that exits are disabled; written, the two
            // contradict.
            let told = match exit_mode {
                None if rules => report::risk::exits_disabled(exit),
                _ => report::risk::exits_conflict(exit, exit_mode, rules),
            };
            self.out.push(told);
            if !rules {
                return;
            }
        }
        for open in left_open(policy, seen, alive) {
            if !rules {
                self.never_closed(policy, &open);
            } else if policy.exit_mode == ExitMode::Signal {
                self.out.push(report::risk::no_signal(&open, exit_mode, seen.exit().is_some()));
            }
        }
        if policy.stop.is_none() && policy.trailing.is_none() && !self.told_never_closed() {
            let risk = self.play.risk.as_ref().map(|r| r.span);
            self.out.push(report::risk::no_stop(entry, risk));
        }
    }

    fn never_closed(&mut self, policy: &Policy<ValueId>, open: &LeftOpen) {
        let mut told = report::risk::never_closed(open, self.play.position_policy.exit_mode.as_ref());
        // The reference runs such a Play on purpose: until liquidation, drawdown stop, or the end of the data.
        if policy.exit_mode == ExitMode::Signal {
            told.code = diagnostics::Code::W0709;
            told.severity = Severity::Warning;
        }
        self.out.push(told);
    }

    fn told_never_closed(&self) -> bool {
        use diagnostics::Code;
        self.out.iter().any(|d| matches!(d.code, Code::E0603 | Code::W0709))
    }

    /// What a stop in percent comes to in price, and whether the exchange would be there first.
    fn stop_distance(&mut self, policy: &Policy<ValueId>, seen: &Seen) {
        let Some(StopRule::Percent { percent, basis }) = policy.stop else { return };
        let Some(stop) = self.play.risk.as_ref().and_then(|r| r.stop.as_ref()) else { return };
        let span = stop.value.as_ref().map_or(stop.span, |v| v.span);
        // The margin is that of the position, so its leverage counts: the sizing's, which the account caps.
        let leverage = policy.sizing.leverage;
        let price_pct = if basis == Basis::Roi && leverage > 0.0 { percent / leverage } else { percent };
        if basis == Basis::Roi && leverage > 1.0 && stop.basis.is_none() {
            let written = self.leverage_span(leverage);
            self.out.push(report::risk::roi_stop(percent, leverage, price_pct, span, written));
        }
        self.exposure(policy, price_pct);
        let mut severity = match policy.account.stop_beyond_liquidation {
            StopBeyondLiquidation::Reject => Severity::Error,
            StopBeyondLiquidation::Warn => Severity::Warning,
            StopBeyondLiquidation::Adjust => return,
        };
        if policy.sizing.leverage <= 0.0 {
            severity = Severity::Warning;
        }
        let long = seen.entry_long.is_some() && policy.mode != Mode::ShortOnly;
        let short = seen.entry_short.is_some() && policy.mode != Mode::LongOnly;
        let (to_long, to_short) = liquidation_distance_pct(policy);
        let nearest = match (long, short) {
            (true, true) => to_long.min(to_short),
            (true, false) => to_long,
            (false, true) => to_short,
            (false, false) => return,
        };
        if price_pct >= nearest {
            let mut told = report::risk::beyond_liquidation(price_pct, nearest, policy.sizing.leverage, span);
            told.severity = severity;
            self.out.push(told);
        }
    }
}

impl Checker<'_> {
    /// Where this leverage is written: at the sizing, or at the account that caps it.
    fn leverage_span(&self, leverage: f64) -> Option<Span> {
        let of_sizing = self.play.risk.as_ref().and_then(|r| r.sizing.as_ref()?.max_leverage.as_ref());
        let of_account = self.play.account.max_leverage.as_ref();
        let both = of_sizing.into_iter().chain(of_account);
        both.into_iter().find(|n| n.value == leverage).or(of_account).map(|n| n.span)
    }

    /// The loss at the stop, as a share of the equity, asks for a size that the leverage does not allow.
    fn exposure(&mut self, policy: &Policy<ValueId>, stop_pct: f64) {
        let SizingModel::RiskBased(risk_pct) = policy.sizing.model else { return };
        let Some(value) = self.play.risk.as_ref().and_then(|r| r.sizing.as_ref()?.value.as_ref()) else {
            return;
        };
        // Fees and slippage make the loss at the stop larger, hence the size smaller, than without them.
        let costs_pct = (2.0 * policy.account.taker_bps + policy.account.slippage_bps).max(0.0) / 100.0;
        let needed = risk_pct / (stop_pct + costs_pct);
        let most = policy.sizing.leverage * policy.sizing.max_position_pct / 100.0;
        if most > 0.0 && needed > most * 1.01 {
            let at_most = most * (stop_pct + costs_pct);
            self.out.push(report::risk::exposure(risk_pct, stop_pct, needed, most, at_most, value.span));
        }
    }
}

/// From entry to liquidation, in percent of the entry price, for longs and shorts. With an unknown
/// maintenance rate the farthest it can be: the price at which the margin is gone.
fn liquidation_distance_pct(policy: &Policy<ValueId>) -> (f64, f64) {
    let margin = 1.0 / policy.sizing.leverage;
    let (rate, fee) = match policy.account.maintenance_margin_rate {
        Some(rate) => (rate, policy.account.taker_bps / 10_000.0),
        None => (0.0, 0.0),
    };
    let long = 1.0 - (1.0 - margin).max(0.0) / (1.0 - (rate + fee)).max(f64::MIN_POSITIVE);
    let short = (1.0 + margin) / (1.0 + rate + fee) - 1.0;
    (long * 100.0, short * 100.0)
}

/// The sides that the policy takes and that no signal closes: only stop and target can, where there are any.
fn left_open(policy: &Policy<ValueId>, seen: &Seen, alive: &Seen) -> Vec<LeftOpen> {
    let signals = policy.exit_mode != ExitMode::StopTargetOnly;
    let flip = policy.allow_flip && policy.mode == Mode::LongShort;
    let sides = [
        (Mode::ShortOnly, "exit_long", seen.entry_long, alive.exit_long, alive.entry_short, seen.exit_long),
        (Mode::LongOnly, "exit_short", seen.entry_short, alive.exit_short, alive.entry_long, seen.exit_short),
    ];
    let left = sides.into_iter().filter_map(|(forbids, exit, entry, closes, opposite, dead)| {
        let entry = entry.filter(|_| policy.mode != forbids)?;
        let closes = signals && (closes.or(alive.exit_all).is_some() || (flip && opposite.is_some()));
        let dead_exit = dead.or(seen.exit_all).filter(|_| signals);
        (!closes).then_some(LeftOpen { entry, exit, dead_exit })
    });
    left.collect()
}

/// Where each action is first given.
#[derive(Default)]
struct Seen {
    entry_long: Option<Span>,
    entry_short: Option<Span>,
    exit_long: Option<Span>,
    exit_short: Option<Span>,
    exit_all: Option<Span>,
}

impl Seen {
    /// Of the cases that count, by the places of block and case.
    fn of(play: &Play, counts: impl Fn(usize, usize) -> bool) -> Seen {
        let mut seen = Seen::default();
        for (at, block) in play.blocks.iter().enumerate() {
            let cases = block.cases.iter().enumerate().filter(|(case, _)| counts(at, *case));
            cases.flat_map(|(_, c)| &c.emit).chain(&block.otherwise).for_each(|i| seen.add(i));
        }
        seen
    }

    fn add(&mut self, intent: &Intent) {
        let place = match intent.action {
            Some(Action::EntryLong) => &mut self.entry_long,
            Some(Action::EntryShort) => &mut self.entry_short,
            Some(Action::ExitLong) => &mut self.exit_long,
            Some(Action::ExitShort) => &mut self.exit_short,
            Some(Action::ExitAll) => &mut self.exit_all,
            Some(Action::NoAction) | None => return,
        };
        place.get_or_insert(intent.span);
    }

    fn entry(&self) -> Option<Span> {
        self.entry_long.or(self.entry_short)
    }

    fn exit(&self) -> Option<Span> {
        self.exit_long.or(self.exit_short).or(self.exit_all)
    }
}
