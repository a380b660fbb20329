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
use stdlib::wide;

use crate::account::{Account, MightBeLiquidated, Settled};
use crate::crossing::{self, Before, Crossing, Signals};
use crate::fuse::Places;
use crate::lanes::Lanes;
use crate::terms::{Market, Terms};
use crate::turns::{BLOCK_BARS, Cross, Fills, LANES, Order, Turns, WORDS};
use crate::variant::ready;

/// Percentages this close to 100 close the whole position, as the kernel has it.
const WHOLE_PCT: f64 = 99.9999;

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

/// A variant as it is settled.
#[derive(Clone, Debug)]
pub struct Member {
    pub program: Program,
    pub places: Places,
    /// What moves it in the fused program; otherwise the conditions of its cases are there.
    pub crossing: Option<Crossing>,
}

/// The crossing that alone moves a simple Play, if that is so.
#[must_use]
pub fn crossing(program: &Program) -> Option<Crossing> {
    let conditions = Conditions::of(program)?;
    let [(side, enter)] = conditions.entries[..] else { return None };
    let [leave] = *conditions.exits(side) else { return None };
    Crossing::of(program, enter, leave)
}

/// Settles simple Plays that are fused to one; `None` where a position might be liquidated.
///
/// # Errors
/// When the fused program cannot run over these bars.
pub fn settle<'m>(
    fused: &Program,
    members: impl Iterator<Item = &'m Member>,
    market: Market<'_>,
    bars: &Bars,
    options: &Options,
) -> Result<Vec<Option<Settled>>, EngineError> {
    let engine = engine::Options { block_bars: BLOCK_BARS, keep: Keep::Exports, native: options.native };
    let mut blocks = Blocks::new(fused, bars, &engine)?;
    let mut work = Work { variants: Vec::new(), terms: Vec::new(), crews: Vec::new(), accounts: Vec::new() };
    for member in members {
        work.add(member, &blocks, market);
    }
    work.form_crews();
    let mut turns = Turns::none();
    while let Some(range) = blocks.advance() {
        let fills = Fills::new(market.open, range.start);
        work.block(&Block { blocks: &blocks, bars: range, last: market.close.len() - 1, fills }, &mut turns);
    }
    Ok(work.end())
}

/// A variant at work.
struct Variant {
    /// In the fused program, but for those of a crossing.
    conditions: Conditions,
    crossing: Option<Crossing>,
    before: Before,
    terms: usize,
    /// Bars before are not evaluated.
    ready: usize,
}

/// Variants in lanes, and those that are settled one by one.
struct Work<'a> {
    variants: Vec<Variant>,
    terms: Vec<Terms<'a>>,
    crews: Vec<Crew>,
    accounts: Vec<(usize, Result<Account, MightBeLiquidated>)>,
}

/// Variants of one kind side by side.
struct Crew {
    kind: Kind,
    lanes: Lanes,
    /// Which variant is in each lane.
    numbers: [Option<usize>; LANES],
}

/// What variants that share lanes have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind {
    terms: usize,
    side: Side,
    crosses: bool,
}

impl<'a> Work<'a> {
    fn add(&mut self, member: &Member, blocks: &Blocks<'_>, market: Market<'a>) {
        let Member { program, places, crossing } = member;
        let placed = |conditions: Conditions| match crossing {
            Some(_) => Some(conditions),
            None => conditions.placed(places),
        };
        let conditions = Conditions::of(program).and_then(placed);
        let conditions =
            conditions.expect("`is_simple` has found them, and fusing keeps conditions of cases");
        let ready = ready(program, blocks.columns(), places)[usize::from(program.exec.0)];
        let known = self.terms.iter().rposition(|terms| terms.rules.policy == program.policy);
        let terms = known.unwrap_or_else(|| {
            self.terms.push(Terms::new(Rules::new(&program.policy, &program.symbol), market));
            self.terms.len() - 1
        });
        let (crossing, before) = (*crossing, Before::default());
        self.variants.push(Variant { conditions, crossing, before, terms, ready });
    }

    /// Variants of one kind share lanes, if entries on their only side are proven.
    fn form_crews(&mut self) {
        for (number, variant) in self.variants.iter().enumerate() {
            let terms = &self.terms[variant.terms];
            let equity = terms.rules.policy.account.equity_usdt;
            let side = variant.conditions.only_side().filter(|&side| terms.proven(side).is_some());
            let Some(side) = side else {
                self.accounts.push((number, Ok(Account::new(equity, 0))));
                continue;
            };
            let kind = Kind { terms: variant.terms, side, crosses: variant.crossing.is_some() };
            let latest = self.crews.iter_mut().rev().find(|crew| crew.kind == kind);
            if let Some(lane) = latest.and_then(|crew| crew.numbers.iter_mut().find(|lane| lane.is_none())) {
                *lane = Some(number);
                continue;
            }
            let mut numbers = [None; LANES];
            numbers[0] = Some(number);
            self.crews.push(Crew { kind, lanes: Lanes::new(side, equity), numbers });
        }
    }

    fn block(&mut self, block: &Block<'_, '_>, turns: &mut Turns) {
        let mut leaving = Vec::new();
        let mut left = Vec::new();
        for crew in &mut self.crews {
            let terms = &self.terms[crew.kind.terms];
            let after = crew.turns(block, &self.variants, turns);
            crew.lanes.settle(turns, terms, &mut leaving);
            for (lane, fill) in leaving.drain(..) {
                if let Some(number) = crew.numbers[lane].take() {
                    let mut account = Account::new(crew.lanes.cash[lane], crew.lanes.trades[lane]);
                    let variant = &mut self.variants[number];
                    let walked = block.walk(variant, terms, &mut account, fill as usize - 1);
                    left.push((number, walked.map(|()| account)));
                }
            }
            for (number, after) in crew.numbers.iter().zip(after) {
                if let Some(number) = number {
                    self.variants[*number].before = after;
                }
            }
        }
        for (number, account) in &mut self.accounts {
            let variant = &mut self.variants[*number];
            if let Ok(open) = account
                && let Err(why) = block.walk(variant, &self.terms[variant.terms], open, variant.ready)
            {
                *account = Err(why);
            }
        }
        self.accounts.append(&mut left);
    }

    fn end(self) -> Vec<Option<Settled>> {
        let mut settled = vec![None; self.variants.len()];
        let terms = |number: usize| &self.terms[self.variants[number].terms];
        for (number, account) in &self.accounts {
            settled[*number] = account.ok().map(|account| account.end(terms(*number)));
        }
        for crew in &self.crews {
            for (lane, number) in crew.numbers.iter().enumerate() {
                if let Some(number) = *number {
                    settled[number] = Some(crew.lanes.account(lane, terms(number)).end(terms(number)));
                }
            }
        }
        settled
    }
}

impl Crew {
    /// Finds the turns of all lanes; gives what is known after the block.
    fn turns(&self, block: &Block<'_, '_>, variants: &[Variant], turns: &mut Turns) -> [Before; LANES] {
        let crossed = if self.kind.crosses { self.cross(block, variants, turns) } else { [None; LANES] };
        let mut after = [Before::default(); LANES];
        for lane in 0..LANES {
            match (self.numbers[lane], crossed[lane]) {
                (None, _) => turns.clear(lane),
                (_, Some(crossed)) => after[lane] = crossed,
                (Some(number), None) => {
                    let (signals, known) = block.signals(&variants[number], self.kind.side);
                    turns.find(lane, self.lanes.entry[lane], &signals, &block.fills);
                    after[lane] = known;
                }
            }
        }
        after
    }

    /// The lanes whose turns are where the order of two numbers changes.
    fn cross(
        &self,
        block: &Block<'_, '_>,
        variants: &[Variant],
        turns: &mut Turns,
    ) -> [Option<Before>; LANES] {
        let mut orders = [None; LANES];
        for (order, number) in orders.iter_mut().zip(self.numbers) {
            *order = number.and_then(|number| block.order(&variants[number]));
        }
        wide::run(Cross { turns, entry: &self.lanes.entry, orders, fills: &block.fills })
    }
}

/// The bars of a block, and what is computed over them.
struct Block<'b, 'p> {
    blocks: &'b Blocks<'p>,
    bars: Range<usize>,
    /// A signal at the last bar of all finds no bar to fill in.
    last: usize,
    fills: Fills,
}

impl Block<'_, '_> {
    fn truth(&self, reg: BoolReg) -> &[u64] {
        self.blocks.truth(reg).expect("conditions of cases are on the exec clock, the fastest")
    }

    fn numbers(&self, Crossing { over, under }: Crossing) -> [&[f64]; 2] {
        [over, under]
            .map(|reg| self.blocks.numbers(reg).expect("what crosses is on the exec clock, the fastest"))
    }

    /// The numbers that move a variant, over a block of the usual length whose signals all count.
    #[inline]
    fn order(&self, variant: &Variant) -> Option<Order<'_>> {
        let crossing = variant.crossing.filter(|_| self.is_evaluated(variant))?;
        let [over, under] = self.numbers(crossing);
        let numbers = [over.as_chunks().0.try_into().ok()?, under.as_chunks().0.try_into().ok()?];
        Some(Order { numbers, before: variant.before })
    }

    /// Whether all signals of the block count.
    fn is_evaluated(&self, variant: &Variant) -> bool {
        self.bars.start >= variant.ready && self.bars.end <= self.last
    }

    /// Of a variant that holds one side only; and what is known after the block.
    fn signals(&self, variant: &Variant, side: Side) -> (Signals, Before) {
        let (mut signals, after) = match variant.crossing {
            Some(crossing) => {
                let [over, under] = self.numbers(crossing);
                crossing::signals(over, under, variant.before)
            }
            None => {
                let mut signals = Signals::default();
                variant
                    .conditions
                    .entries
                    .iter()
                    .for_each(|(_, reg)| join(&mut signals.enter, self.truth(*reg)));
                variant
                    .conditions
                    .exits(side)
                    .iter()
                    .for_each(|reg| join(&mut signals.leave, self.truth(*reg)));
                (signals, variant.before)
            }
        };
        if !self.is_evaluated(variant) {
            let below = |bar: usize, first: usize| {
                (1_u64.checked_shl(bar.saturating_sub(first) as u32)).map_or(u64::MAX, |bit| bit - 1)
            };
            for word in 0..WORDS {
                let first = self.bars.start + word * 64;
                let evaluated = below(self.last, first) & !below(variant.ready, first);
                signals.enter[word] &= evaluated;
                signals.leave[word] &= evaluated;
            }
        }
        (signals, after)
    }

    /// Goes from signal to signal, beginning with the bar `from`.
    fn walk(
        &self,
        variant: &mut Variant,
        terms: &Terms<'_>,
        account: &mut Account,
        from: usize,
    ) -> Result<(), MightBeLiquidated> {
        let crossed = match (variant.crossing, variant.conditions.only_side()) {
            (Some(_), Some(side)) => {
                let (signals, after) = self.signals(variant, side);
                variant.before = after;
                Some(signals)
            }
            _ => None,
        };
        let conditions = &variant.conditions;
        let enters = |reg: BoolReg| conditions.entries.iter().any(|(_, enter)| *enter == reg);
        let truth = |reg: BoolReg| match &crossed {
            Some(signals) if enters(reg) => &signals.enter[..],
            Some(signals) => &signals.leave[..],
            None => self.truth(reg),
        };
        let any = |regs: &mut dyn Iterator<Item = BoolReg>, word: usize| {
            regs.map(|reg| truth(reg)[word]).fold(0, |any, bits| any | bits)
        };
        let mut bar = from.max(self.bars.start);
        while bar < self.bars.end.min(self.last) {
            let (word, bit) = ((bar - self.bars.start) / 64, (bar - self.bars.start) % 64);
            let signals = match account.side() {
                None => any(&mut conditions.entries.iter().map(|e| e.1), word),
                Some(side) => any(&mut conditions.exits(side).iter().copied(), word),
            };
            let signals = signals & (u64::MAX << bit);
            let at = signals.trailing_zeros() as usize;
            bar += at - bit;
            if signals == 0 || bar >= self.last {
                continue;
            }
            let fires = |reg: BoolReg| truth(reg)[word] >> at & 1 == 1;
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

fn join(all: &mut [u64; WORDS], words: &[u64]) {
    all.iter_mut().zip(words).for_each(|(all, word)| *all |= word);
}
