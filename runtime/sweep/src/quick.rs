//! What is left of a Play that only its signals move: equity and number of trades, found block by block.
//!
//! The conditions of all variants are computed over a block of bars and settled while they are in the cache; nothing is
//! kept of them. Whatever else could happen to a position (stops, targets, a drawdown limit, funding, liquidation)
//! makes a Play not simple, and a run in which it might happen is left to the host.

use std::ops::Range;

use backtest::Options;
use bars::Bars;
use bytecode::{Action, BoolReg, Entry, ExitMode, Intent, Program, Stage};
use engine::{Blocks, EngineError, Keep};
use kernel::intents::allows;
use kernel::{Rules, Side};

use crate::account::{Account, MightBeLiquidated, Settled};
use crate::fuse::Places;
use crate::lanes::{LANES, Lanes};
use crate::terms::{Market, Terms};
use crate::turns::{BLOCK_BARS, Turns};
use crate::variant::ready;

/// Percentages this close to 100 close the whole position, as the kernel has it.
const WHOLE_PCT: f64 = 99.9999;
const WORDS: usize = BLOCK_BARS / 64;

/// Whether nothing but signals moves a position, and every bar of the data is one of the exec clock.
#[must_use]
pub fn is_simple(program: &Program, bars: &Bars, options: &Options) -> bool {
    let policy = &program.policy;
    !bars.is_empty()
        && program.clocks[usize::from(program.exec.0)].timeframe == bars.timeframe
        && bars.series("mark_price").is_none()
        && program.position.iter().all(|section| section.ops.is_empty())
        && policy.stop.is_none()
        && policy.target.is_none()
        && policy.trailing.is_none()
        && policy.break_even.is_none()
        && matches!(policy.entry, Entry::Market)
        && policy.exit_mode != ExitMode::StopTargetOnly
        && !policy.allow_flip
        && policy.account.max_drawdown_pct >= 100.0
        && (options.from_ms, options.to_ms) == (None, None)
        && options.funding.is_empty()
        && Conditions::of(program).is_some()
}

/// The conditions of a Play with one case and one intent in each block.
#[derive(Clone, Debug, Default)]
struct Conditions {
    /// In the order in which they are asked.
    entries: Vec<(Side, BoolReg)>,
    exits_long: Vec<BoolReg>,
    exits_short: Vec<BoolReg>,
}

impl Conditions {
    fn of(program: &Program) -> Option<Conditions> {
        let mut found = Conditions::default();
        for block in &program.actions {
            let ([case], [], true) = (&block.cases[..], &block.otherwise[..], block.clock == program.exec)
            else {
                return None;
            };
            let [Intent { action, percent, .. }] = &case.emit[..] else { return None };
            if program.bool_regs.get(case.when.0 as usize)?.stage != Stage::Market {
                return None;
            }
            let side = kernel::machine::entry_side(*action);
            match (action, side) {
                (_, Some(side)) if allows(program.policy.mode, side) => found.entries.push((side, case.when)),
                (_, Some(_)) => {}
                (Action::NoAction, None) => return None,
                (_, None) if *percent < WHOLE_PCT => return None,
                (Action::ExitLong, None) => found.exits_long.push(case.when),
                (Action::ExitShort, None) => found.exits_short.push(case.when),
                (_, None) => {
                    found.exits_long.push(case.when);
                    found.exits_short.push(case.when);
                }
            }
        }
        Some(found)
    }

    /// In the fused program.
    fn placed(mut self, places: &Places) -> Option<Conditions> {
        for (_, reg) in &mut self.entries {
            *reg = places.bool(*reg)?;
        }
        for reg in self.exits_long.iter_mut().chain(&mut self.exits_short) {
            *reg = places.bool(*reg)?;
        }
        Some(self)
    }

    fn exits(&self, side: Side) -> &[BoolReg] {
        match side {
            Side::Long => &self.exits_long,
            Side::Short => &self.exits_short,
        }
    }

    /// The side of all entries.
    fn only_side(&self) -> Option<Side> {
        let (side, _) = *self.entries.first()?;
        self.entries.iter().all(|(other, _)| *other == side).then_some(side)
    }
}

/// A variant at work.
struct Variant {
    conditions: Conditions,
    terms: usize,
    /// Bars before are not evaluated.
    ready: usize,
}

/// Settles simple Plays that are fused to one; `None` where a position might be liquidated.
///
/// # Errors
/// When the fused program cannot run over these bars.
pub fn settle<'m>(
    fused: &Program,
    members: impl Iterator<Item = (&'m Program, &'m Places)>,
    market: Market<'_>,
    bars: &Bars,
    options: &Options,
) -> Result<Vec<Option<Settled>>, EngineError> {
    let engine = engine::Options { block_bars: BLOCK_BARS, keep: Keep::Exports, native: options.native };
    let mut blocks = Blocks::new(fused, bars, &engine)?;
    let mut work = Work { variants: Vec::new(), terms: Vec::new(), lanes: Vec::new(), accounts: Vec::new() };
    for (program, places) in members {
        work.add(program, places, &blocks, market);
    }
    work.form_lanes();
    let mut turns: Box<[Turns; LANES]> = Box::new(std::array::from_fn(|_| Turns::none()));
    while let Some(range) = blocks.advance() {
        work.block(&Block { blocks: &blocks, bars: range, last: market.close.len() - 1 }, &mut turns);
    }
    Ok(work.end())
}

/// Variants in lanes, and those that are settled one by one.
struct Work<'a> {
    variants: Vec<Variant>,
    terms: Vec<Terms<'a>>,
    lanes: Vec<(Lanes, Crew)>,
    accounts: Vec<(usize, Result<Account, MightBeLiquidated>)>,
}

/// Which variant is in each lane.
type Crew = [Option<usize>; LANES];

/// The bars of a block and the conditions over them.
struct Block<'b, 'p> {
    blocks: &'b Blocks<'p>,
    bars: Range<usize>,
    /// A signal at the last bar of all finds no bar to fill in.
    last: usize,
}

impl<'a> Work<'a> {
    fn add(&mut self, program: &Program, places: &Places, blocks: &Blocks<'_>, market: Market<'a>) {
        let conditions = Conditions::of(program).and_then(|conditions| conditions.placed(places));
        let conditions =
            conditions.expect("`is_simple` has found them, and fusing keeps conditions of cases");
        let ready = ready(program, blocks.columns(), places)[usize::from(program.exec.0)];
        let known = self.terms.iter().rposition(|terms| terms.rules.policy == program.policy);
        let terms = known.unwrap_or_else(|| {
            self.terms.push(Terms::new(Rules::new(&program.policy, &program.symbol), market));
            self.terms.len() - 1
        });
        self.variants.push(Variant { conditions, terms, ready });
    }

    /// Variants with the same terms and side share lanes.
    fn form_lanes(&mut self) {
        // the lanes of each kind that were formed last
        let mut latest: Vec<((usize, Side), usize)> = Vec::new();
        for (number, variant) in self.variants.iter().enumerate() {
            let terms = &self.terms[variant.terms];
            let equity = terms.rules.policy.account.equity_usdt;
            let side = variant.conditions.only_side().filter(|&side| terms.proven(side).is_some());
            let Some(side) = side else {
                self.accounts.push((number, Ok(Account::new(equity, 0))));
                continue;
            };
            let kind = (variant.terms, side);
            let known = latest.iter_mut().rev().find(|(other, _)| *other == kind);
            if let Some((_, at)) = &known
                && let Some(lane) = self.lanes[*at].1.iter_mut().find(|lane| lane.is_none())
            {
                *lane = Some(number);
                continue;
            }
            match known {
                Some((_, at)) => *at = self.lanes.len(),
                None => latest.push((kind, self.lanes.len())),
            }
            let mut crew: Crew = [None; LANES];
            crew[0] = Some(number);
            self.lanes.push((Lanes::new(side, equity), crew));
        }
    }

    fn block(&mut self, block: &Block<'_, '_>, turns: &mut [Turns; LANES]) {
        let mut leaving = Vec::new();
        let mut left = Vec::new();
        for (lanes, crew) in &mut self.lanes {
            for ((turns, entry), number) in turns.iter_mut().zip(lanes.entry).zip(&*crew) {
                match number {
                    Some(number) => block.turns(&self.variants[*number], lanes.side, entry, turns),
                    None => turns.find(None, &[], &[], 0),
                }
            }
            let Some(first) = crew.iter().flatten().next() else { continue };
            lanes.settle(turns, &self.terms[self.variants[*first].terms], &mut leaving);
            for (lane, fill) in leaving.drain(..) {
                if let Some(number) = crew[lane].take() {
                    let account = Account::new(lanes.cash[lane], lanes.trades[lane]);
                    left.push((number, account, fill as usize - 1));
                }
            }
        }
        for (number, account) in &mut self.accounts {
            let variant = &self.variants[*number];
            if let Ok(open) = account
                && let Err(why) = block.walk(variant, &self.terms[variant.terms], open, variant.ready)
            {
                *account = Err(why);
            }
        }
        for (number, mut account, from) in left {
            let variant = &self.variants[number];
            let walked = block.walk(variant, &self.terms[variant.terms], &mut account, from);
            self.accounts.push((number, walked.map(|()| account)));
        }
    }

    fn end(self) -> Vec<Option<Settled>> {
        let mut settled = vec![None; self.variants.len()];
        let terms = |number: usize| &self.terms[self.variants[number].terms];
        for (number, account) in &self.accounts {
            settled[*number] = account.ok().map(|account| account.end(terms(*number)));
        }
        for (lanes, crew) in &self.lanes {
            for (lane, number) in crew.iter().enumerate() {
                if let Some(number) = *number {
                    settled[number] = Some(lanes.account(lane, terms(number)).end(terms(number)));
                }
            }
        }
        settled
    }
}

impl Block<'_, '_> {
    /// Where any of the conditions is true.
    fn word(&self, regs: impl Iterator<Item = BoolReg>, word: usize) -> u64 {
        regs.map(|reg| self.truth(reg)[word]).fold(0, |any, bits| any | bits)
    }

    fn truth(&self, reg: BoolReg) -> &[u64] {
        self.blocks.truth(reg).expect("conditions of cases are on the exec clock, the fastest")
    }

    fn turns(&self, variant: &Variant, side: Side, entry: Option<u32>, turns: &mut Turns) {
        if self.bars.end <= variant.ready {
            return turns.find(None, &[], &[], 0);
        }
        let is_inside = self.bars.start >= variant.ready && self.bars.end <= self.last;
        let start = self.bars.start;
        if let (true, [(_, enter)], [leave]) =
            (is_inside, &variant.conditions.entries[..], variant.conditions.exits(side))
        {
            return turns.find(entry, self.truth(*enter), self.truth(*leave), start);
        }
        let (mut enter, mut leave) = ([0; WORDS], [0; WORDS]);
        let words = self.bars.len().div_ceil(64);
        for word in 0..words {
            let within = |from: usize, to: usize| {
                let first = start + word * 64;
                let below = |bar: usize| {
                    (1_u64.checked_shl(bar.saturating_sub(first) as u32)).map_or(u64::MAX, |bit| bit - 1)
                };
                below(to) & !below(from)
            };
            let evaluated = within(variant.ready, self.last);
            enter[word] = self.word(variant.conditions.entries.iter().map(|e| e.1), word) & evaluated;
            leave[word] = self.word(variant.conditions.exits(side).iter().copied(), word) & evaluated;
        }
        turns.find(entry, &enter[..words], &leave[..words], start);
    }

    /// Goes from signal to signal, beginning with the bar `from`.
    fn walk(
        &self,
        variant: &Variant,
        terms: &Terms<'_>,
        account: &mut Account,
        from: usize,
    ) -> Result<(), MightBeLiquidated> {
        let conditions = &variant.conditions;
        let mut bar = from.max(self.bars.start);
        while bar < self.bars.end.min(self.last) {
            let (word, bit) = ((bar - self.bars.start) / 64, (bar - self.bars.start) % 64);
            let signals = match account.side() {
                None => self.word(conditions.entries.iter().map(|e| e.1), word),
                Some(side) => self.word(conditions.exits(side).iter().copied(), word),
            };
            let signals = signals & (u64::MAX << bit);
            let at = signals.trailing_zeros() as usize;
            bar += at - bit;
            if signals == 0 || bar >= self.last {
                continue;
            }
            let fires = |reg: BoolReg| self.truth(reg)[word] >> at & 1 == 1;
            match account.side() {
                Some(_) => account.leave(terms, bar),
                // of entries at the same bar the first that is asked
                None => {
                    if let Some((side, _)) = conditions.entries.iter().find(|(_, reg)| fires(*reg)) {
                        account.enter(terms, *side, bar)?;
                    }
                }
            }
            bar += 1;
        }
        Ok(())
    }
}
