//! The condition funnel (X15): for every case how often each condition held, what stood in the way, what came of it.

use bars::{Bitmap, closed_as_of};
use bytecode::{Action, BoolReg, Case, ClockId, Condition, ConditionKind, NumReg, Place, Program, Stage};
use kernel::intents::allows;
use kernel::machine::entry_side;
use kernel::{Fired, Refusal, Side};
use serde::Serialize;

use crate::nearest::{NearestMiss, nearest_miss};
use crate::options::Options;
use crate::result::RunResult;
use crate::signals::Signals;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActionFunnel {
    /// The block's name.
    pub action: String,
    pub place: Place,
    pub cases: Vec<CaseFunnel>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseFunnel {
    pub emits: Vec<Action>,
    /// The condition as written.
    pub text: String,
    pub place: Place,
    /// Closes of the block's clock in the evaluated span.
    pub bars: usize,
    /// Of these, how many on which the condition is known. `None` where it depends on the position.
    pub warm: Option<usize>,
    /// How many on which it holds.
    pub held: Option<usize>,
    pub conjuncts: Vec<Conjunct>,
    pub blocked: BlockedBy,
    /// Orders.
    pub sent: u32,
    pub filled: u32,
    /// Limit entries that expired or were cancelled.
    pub unfilled: u32,
    /// Exits ordered.
    pub exits: u32,
    /// Where the condition came closest, if it never held.
    pub nearest: Option<NearestMiss>,
}

/// One of the conditions that must hold together, in the order written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conjunct {
    pub text: String,
    pub place: Place,
    /// `None` for one that depends on the position.
    pub warm: Option<usize>,
    pub held: Option<usize>,
    /// Bars on which this one and all before it held, as far as they depend on the market alone.
    pub prefix: usize,
}

/// Of the bars on which the case held: why no order followed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BlockedBy {
    /// An earlier case of the same block held too.
    pub earlier_case: usize,
    /// An entry while a position was open, an exit while none was.
    pub position: usize,
    /// A limit entry was waiting.
    pub pending_order: usize,
    /// The policy allows the other side only.
    pub side: usize,
    /// Signal exits are off (`exit_mode: sl_tp_only`).
    pub exit_mode: usize,
    /// Refused by the account or the venue, by reason.
    pub refused: Vec<(Refusal, u32)>,
}

/// Values of all clocks as seen at the closes of one clock.
pub(crate) struct Lens<'a> {
    program: &'a Program,
    signals: &'a dyn Signals,
    clock: ClockId,
    /// By clock: its latest closed bar at each close; `None` for the lens's own.
    as_of: Vec<Option<Vec<Option<usize>>>>,
    pub first: usize,
    pub end: usize,
}

impl<'a> Lens<'a> {
    pub fn new(
        program: &'a Program,
        signals: &'a dyn Signals,
        clock: ClockId,
        options: &Options,
    ) -> Lens<'a> {
        let own = signals.bars(clock);
        let as_of = (0..program.clocks.len() as u16)
            .map(|other| (other != clock.0).then(|| closed_as_of(signals.bars(ClockId(other)), own)));
        let period = own.timeframe.ms();
        let wanted = options.from_ms.map_or(0, |from| own.open_time.partition_point(|&t| t < from));
        let end = options.to_ms.map_or(own.len(), |to| own.open_time.partition_point(|&t| t + period <= to));
        let first = wanted.max(signals.ready(clock)).min(end);
        Lens { program, signals, clock, as_of: as_of.collect(), first, end }
    }

    fn bar_of(&self, clock: ClockId, bar: usize) -> Option<usize> {
        match &self.as_of[usize::from(clock.0)] {
            None => Some(bar),
            Some(map) => map[bar],
        }
    }

    pub fn num(&self, reg: NumReg, bar: usize) -> f64 {
        let clock = self.program.num_regs[reg.0 as usize].clock;
        let column = self.signals.num(reg);
        column.zip(self.bar_of(clock, bar)).and_then(|(c, at)| c.get(at)).copied().unwrap_or(f64::NAN)
    }

    pub fn truth(&self, reg: BoolReg, bar: usize) -> Option<bool> {
        let clock = self.program.bool_regs[reg.0 as usize].clock;
        self.signals.bool(reg).zip(self.bar_of(clock, bar)).and_then(|(map, at)| map.get(at))
    }

    #[must_use]
    pub fn close_ms(&self, bar: usize) -> i64 {
        self.signals.bars(self.clock).close_time_ms(bar)
    }

    /// A condition at the closes of this clock within the evaluated span; `None` when it depends on the position.
    fn column(&self, reg: BoolReg) -> Option<Bitmap> {
        let info = self.program.bool_regs.get(reg.0 as usize)?;
        if info.stage == Stage::Position {
            return None;
        }
        let map = self.signals.bool(reg)?;
        let mut column = Bitmap::unknown(self.end);
        if info.clock == self.clock {
            for (word, &within) in self.within().iter().enumerate() {
                column.known[word] = map.known[word] & within;
                column.truth[word] = map.truth[word] & within;
            }
            return Some(column);
        }
        for bar in self.first..self.end {
            column.set(bar, self.truth(reg, bar));
        }
        Some(column)
    }

    /// The bits of the evaluated bars.
    fn within(&self) -> Vec<u64> {
        let mut words = vec![0_u64; self.end.div_ceil(64)];
        (self.first..self.end).for_each(|bar| words[bar / 64] |= 1 << (bar % 64));
        words
    }

    /// Bars that close after `from_ms` and not after `to_ms`.
    fn bars_within(&self, from_ms: i64, to_ms: i64) -> std::ops::Range<usize> {
        let own = self.signals.bars(self.clock);
        let period = own.timeframe.ms();
        let until =
            |time: i64| own.open_time.partition_point(|&t| t + period <= time).clamp(self.first, self.end);
        until(from_ms)..until(to_ms)
    }
}

/// The conditions that must hold together, from the top.
pub(crate) fn conjuncts(condition: &Condition) -> Vec<&Condition> {
    match condition.kind {
        ConditionKind::All => condition.children.iter().flat_map(conjuncts).collect(),
        ConditionKind::Any
        | ConditionKind::Not
        | ConditionKind::Window
        | ConditionKind::Sequence
        | ConditionKind::Score
        | ConditionKind::Setup(_)
        | ConditionKind::Leaf { .. } => vec![condition],
    }
}

#[must_use]
pub fn funnel(
    program: &Program,
    signals: &dyn Signals,
    result: &RunResult,
    options: &Options,
) -> Vec<ActionFunnel> {
    let mut lenses: Vec<Option<Lens<'_>>> = program.clocks.iter().map(|_| None).collect();
    let mut funnels = Vec::new();
    for (index, block) in (0_u16..).zip(&program.actions) {
        let lens = lenses[usize::from(block.clock.0)]
            .get_or_insert_with(|| Lens::new(program, signals, block.clock, options));
        let mut earlier = Some(Bitmap::unknown(lens.end));
        let cases = (0_u16..).zip(&block.cases).map(|(number, case)| {
            let fired = Fired { block: index, case: number };
            case_funnel(lens, case, fired, &mut earlier, result)
        });
        let cases = cases.collect();
        funnels.push(ActionFunnel { action: block.id.clone(), place: block.place, cases });
    }
    funnels
}

fn case_funnel(
    lens: &Lens<'_>,
    case: &Case,
    fired: Fired,
    earlier: &mut Option<Bitmap>,
    result: &RunResult,
) -> CaseFunnel {
    let when = lens.column(case.when);
    let held = when.as_ref().map(Bitmap::count_true);
    let own = result.counters.cases[result.counters.index(fired)];
    let mut blocked = when.as_ref().map(|when| blocked_by(lens, case, when, result)).unwrap_or_default();
    let refused = Refusal::ALL.iter().zip(own.refused).filter(|(_, count)| *count > 0);
    blocked.refused = refused.map(|(refusal, count)| (*refusal, count)).collect();
    match (&when, earlier.as_mut()) {
        (Some(when), Some(before)) => {
            let both = when.truth.iter().zip(&before.truth).map(|(a, b)| (a & b).count_ones() as usize);
            blocked.earlier_case = both.sum();
            before.truth.iter_mut().zip(&when.truth).for_each(|(all, now)| *all |= now);
        }
        // What a case of the position held is not known afterwards.
        _ => *earlier = None,
    }
    CaseFunnel {
        emits: case.emit.iter().map(|intent| intent.action).collect(),
        text: case.condition.text.clone(),
        place: case.condition.place,
        bars: lens.end - lens.first,
        warm: when.as_ref().map(Bitmap::count_known),
        held,
        conjuncts: stages(lens, case),
        blocked,
        sent: own.sent,
        filled: own.filled,
        unfilled: own.unfilled,
        exits: own.exits,
        nearest: if held == Some(0) { nearest_miss(lens, &case.condition) } else { None },
    }
}

fn stages(lens: &Lens<'_>, case: &Case) -> Vec<Conjunct> {
    let mut together = lens.within();
    let stage = |condition: &Condition| {
        let column = lens.column(condition.reg);
        if let Some(column) = &column {
            together.iter_mut().zip(&column.truth).for_each(|(all, bits)| *all &= bits);
        }
        Conjunct {
            text: condition.text.clone(),
            place: condition.place,
            warm: column.as_ref().map(Bitmap::count_known),
            held: column.as_ref().map(Bitmap::count_true),
            prefix: together.iter().map(|bits| bits.count_ones() as usize).sum(),
        }
    };
    conjuncts(&case.condition).into_iter().map(stage).collect()
}

fn blocked_by(lens: &Lens<'_>, case: &Case, when: &Bitmap, result: &RunResult) -> BlockedBy {
    let policy = &lens.program.policy;
    let within = |range: std::ops::Range<usize>| range.filter(|&bar| when.is_true(bar)).count();
    let opposite = |entry: Side, open: Side| policy.allow_flip && entry != open;
    // Of trades of these sides: bars with a true condition while they were open.
    let during = |counts: &dyn Fn(Side) -> bool| -> usize {
        let trades = result.trades.iter().filter(|t| counts(t.side));
        trades.map(|t| within(lens.bars_within(t.entry_time, t.open_until_ms()))).sum()
    };
    let mut blocked = BlockedBy::default();
    // The first intent that may act decides: it stands for its case.
    let Some(action) = case.emit.iter().map(|i| i.action).find(|a| *a != Action::NoAction) else {
        return blocked;
    };
    let held = when.count_true();
    match (action, entry_side(action)) {
        (_, Some(side)) if !allows(policy.mode, side) => blocked.side = held,
        (_, Some(side)) => {
            blocked.position = during(&|open| !opposite(side, open));
            let waiting = result.waiting.iter().map(|w| within(lens.bars_within(w.from_ms, w.to_ms)));
            blocked.pending_order = waiting.sum();
        }
        (action, None) => {
            let open = during(&|side| match action {
                Action::ExitLong => side == Side::Long,
                Action::ExitShort => side == Side::Short,
                Action::ExitAll | Action::EntryLong | Action::EntryShort | Action::NoAction => true,
            });
            blocked.position = held - open;
            if policy.exit_mode == bytecode::ExitMode::StopTargetOnly {
                blocked.exit_mode = open;
            }
        }
    }
    blocked
}
