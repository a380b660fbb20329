//! What is left of a Play that only its signals move: equity and number of trades, from one true bit to the next.
//!
//! The decisions are the kernel's (its sizing, its refusals, its margin) and the prices and fees are those of the
//! simulated exchange, in the same order of operations, so that the equity is the same to the bit. Whatever else could
//! happen to a position (stops, targets, a drawdown limit, funding, liquidation) makes a Play not simple, and a run
//! in which it would happen is left to the host.

use backtest::{Options, Signals};
use bars::{Bars, Bitmap};
use bytecode::{Action, EndOfData, Entry, ExitMode, Intent, Program, Stage};
use kernel::intents::allows;
use kernel::{Anchors, Fired, Plan, Rules, Side};

use crate::variant::View;

/// Percentages this close to 100 close the whole position, as the kernel has it.
const WHOLE_PCT: f64 = 99.9999;

/// Equity at the end, with an open position marked or closed as the Play says; trades, an open one among them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settled {
    pub initial_equity: f64,
    pub final_equity: f64,
    pub trades: usize,
}

/// Settles a simple Play; `None` for any other, and where a position would be liquidated.
#[must_use]
pub fn settle(program: &Program, view: &View<'_>, bars: &Bars, options: &Options) -> Option<Settled> {
    let rules = Rules::new(&program.policy, &program.symbol);
    if bars.is_empty() || !is_plain(program, &rules, bars, options) {
        return None;
    }
    Conditions::of(program, &rules, view)?.settle(&rules, bars, view.ready(program.exec))
}

/// Nothing but signals moves a position, and every bar of the data is one of the exec clock.
fn is_plain(program: &Program, rules: &Rules, bars: &Bars, options: &Options) -> bool {
    let policy = &program.policy;
    program.clocks[usize::from(program.exec.0)].timeframe == bars.timeframe
        && bars.series("mark_price").is_none()
        && program.position.iter().all(|section| section.ops.is_empty())
        && policy.stop.is_none()
        && policy.target.is_none()
        && policy.trailing.is_none()
        && policy.break_even.is_none()
        && matches!(policy.entry, Entry::Market)
        && policy.exit_mode != ExitMode::StopTargetOnly
        && !policy.allow_flip
        && rules.drawdown_floor.is_none()
        && (options.from_ms, options.to_ms) == (None, None)
        && options.funding.is_empty()
}

/// The conditions of a Play with one case and one intent in each block.
struct Conditions<'a> {
    /// In the order in which they are asked.
    entries: Vec<(Side, &'a Bitmap)>,
    exits_long: Vec<&'a Bitmap>,
    exits_short: Vec<&'a Bitmap>,
}

impl<'a> Conditions<'a> {
    fn of(program: &Program, rules: &Rules, view: &'a View<'_>) -> Option<Conditions<'a>> {
        let mut found = Conditions { entries: Vec::new(), exits_long: Vec::new(), exits_short: Vec::new() };
        for block in &program.actions {
            let ([case], [], true) = (&block.cases[..], &block.otherwise[..], block.clock == program.exec)
            else {
                return None;
            };
            let [Intent { action, percent, .. }] = &case.emit[..] else { return None };
            let is_market =
                program.bool_regs.get(case.when.0 as usize).is_some_and(|r| r.stage == Stage::Market);
            let bits = view.bool(case.when).filter(|_| is_market)?;
            let side = kernel::machine::entry_side(*action);
            match (action, side) {
                (_, Some(side)) if allows(rules.policy.mode, side) => found.entries.push((side, bits)),
                (_, Some(_)) => {}
                (Action::NoAction, None) => return None,
                (_, None) if *percent < WHOLE_PCT => return None,
                (Action::ExitLong, None) => found.exits_long.push(bits),
                (Action::ExitShort, None) => found.exits_short.push(bits),
                (_, None) => {
                    found.exits_long.push(bits);
                    found.exits_short.push(bits);
                }
            }
        }
        Some(found)
    }

    fn settle(&self, rules: &Rules, bars: &Bars, ready: usize) -> Option<Settled> {
        let initial_equity = rules.policy.account.equity_usdt;
        let (mut cash, mut trades, mut from) = (initial_equity, 0, ready);
        let extremes = Extremes::of(&bars.close);
        let (open, close) = (&bars.open[..], &bars.close[..]);
        // A signal at the last close finds no bar to fill in.
        while let Some((bar, side)) = self.next_entry(from).filter(|(bar, _)| bar + 1 < close.len()) {
            from = bar + 1;
            let plan = plan(side, cash);
            if rules.check(&plan, close[bar], rules.taker).is_err() {
                continue;
            }
            let entry_price = rules.taken_at(open[from], side == Side::Long);
            let Ok(qty) = rules.quantity(&plan, entry_price, rules.taker) else { continue };
            if extremes.reach(side, rules.liquidation_price(side, qty, entry_price)) {
                return None;
            }
            cash -= qty * entry_price * rules.taker;
            trades += 1;
            let exit = self.next_exit(side, from).filter(|bar| bar + 1 < close.len());
            let (price, ends) = match exit {
                Some(bar) => (open[bar + 1], false),
                None => (close[close.len() - 1], true),
            };
            if ends && rules.policy.end_of_data == EndOfData::Mark {
                let final_equity = cash + (price - entry_price) * (qty * side.sign());
                return Some(Settled { initial_equity, final_equity, trades });
            }
            let price = rules.taken_at(price, side == Side::Short);
            let pnl = (price - entry_price) * qty * side.sign();
            cash += pnl - qty * price * rules.taker;
            match exit {
                Some(bar) => from = bar + 1,
                None => break,
            }
        }
        Some(Settled { initial_equity, final_equity: cash, trades })
    }

    fn next_entry(&self, from: usize) -> Option<(usize, Side)> {
        // of entries at the same bar the first that is asked
        let nexts = self.entries.iter().filter_map(|(side, bits)| Some((bits.next_true(from)?, *side)));
        nexts.min_by_key(|(bar, _)| *bar)
    }

    fn next_exit(&self, side: Side, from: usize) -> Option<usize> {
        let exits = match side {
            Side::Long => &self.exits_long,
            Side::Short => &self.exits_short,
        };
        exits.iter().filter_map(|bits| bits.next_true(from)).min()
    }
}

fn plan(side: Side, equity: f64) -> Plan {
    Plan { side, signal: Fired { block: 0, case: 0 }, signal_ms: 0, equity, anchors: Anchors::NONE }
}

/// The lowest and highest close, which stand for the mark price.
struct Extremes {
    low: f64,
    high: f64,
}

impl Extremes {
    fn of(close: &[f64]) -> Extremes {
        Extremes {
            low: backtest::search::lowest(close, f64::INFINITY),
            high: backtest::search::highest(close, f64::NEG_INFINITY),
        }
    }

    /// Whether the mark price ever gets there; NaN is nowhere.
    fn reach(&self, side: Side, liquidation: f64) -> bool {
        match side {
            Side::Long => self.low <= liquidation,
            Side::Short => self.high >= liquidation,
        }
    }
}
