//! What can be proven about a Play's risk: exits that never act, positions that never close, stops that never
//! hold.

use bytecode::policy::{Basis, ExitMode, Mode, Policy, StopBeyondLiquidation, StopRule};
use diagnostics::{Severity, Span};
use ir::ValueId;
use resolve::resolved::{Action, Intent, Play};

use crate::{Checker, report};

impl Checker<'_> {
    pub(super) fn lint(&mut self, policy: &Policy<ValueId>) {
        let seen = Seen::of(self.play);
        self.sides(policy, &seen);
        self.exits(policy, &seen);
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

    fn exits(&mut self, policy: &Policy<ValueId>, seen: &Seen) {
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
        if !rules {
            self.never_closed(policy, seen);
        }
        if policy.stop.is_none() && policy.trailing.is_none() && !self.told_never_closed() {
            let risk = self.play.risk.as_ref().map(|r| r.span);
            self.out.push(report::risk::no_stop(entry, risk));
        }
    }

    /// Without stop and target, only a signal closes a position.
    fn never_closed(&mut self, policy: &Policy<ValueId>, seen: &Seen) {
        let signals = policy.exit_mode != ExitMode::StopTargetOnly;
        let flip = policy.allow_flip && policy.mode == Mode::LongShort;
        let sides = [
            (Mode::ShortOnly, seen.entry_long, seen.exit_long, seen.entry_short),
            (Mode::LongOnly, seen.entry_short, seen.exit_short, seen.entry_long),
        ];
        for (forbids, entry, exit, opposite) in sides {
            let Some(entry) = entry.filter(|_| policy.mode != forbids) else { continue };
            let closes = signals && (exit.or(seen.exit_all).is_some() || (flip && opposite.is_some()));
            if !closes {
                let mut told =
                    report::risk::never_closed(entry, self.play.position_policy.exit_mode.as_ref());
                // The reference runs such a Play on purpose: until liquidation, drawdown stop, or the end of
                // the data.
                if policy.exit_mode == ExitMode::Signal {
                    told.code = diagnostics::Code::W0709;
                    told.severity = Severity::Warning;
                }
                self.out.push(told);
            }
        }
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
        let roi_leverage = policy.account.max_leverage.max(1.0);
        let price_pct = if basis == Basis::Roi { percent / roi_leverage } else { percent };
        if basis == Basis::Roi && roi_leverage > 1.0 && stop.basis.is_none() {
            let leverage = self.play.account.max_leverage.as_ref().map(|n| n.span);
            self.out.push(report::risk::roi_stop(percent, roi_leverage, price_pct, span, leverage));
        }
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
    fn of(play: &Play) -> Seen {
        let mut seen = Seen::default();
        for block in &play.blocks {
            block.cases.iter().flat_map(|c| &c.emit).chain(&block.otherwise).for_each(|i| seen.add(i));
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
