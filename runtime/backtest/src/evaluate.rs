//! Which cases hold at a moment: bits of columns, and the position code where a condition asks about the position.

use std::ops::Range;

use bars::Bitmap;
use bytecode::{Block, BoolReg, ClockId, NumReg, Program, Stage, StopRule, TargetRule, TrailDistance};
use engine::{MarketRow, PositionInputs, PositionMachine};
use kernel::intents::{Choice, Situation, choose_one, fired, may_act};
use kernel::{Anchors, Fired, Rules, Side};

use crate::options::Options;
use crate::path::{ClockOnPath, Path};
use crate::result::BacktestError;
use crate::signals::Signals;

/// Everything the conditions of a run are read from.
pub struct Evaluator<'a> {
    signals: &'a dyn Signals,
    blocks: Vec<BlockBits<'a>>,
    /// By clock of the program; `None` for clocks that no block, no position code and no rule asks.
    pub clocks: Vec<Option<ClockOnPath<'a>>>,
    exec: usize,
    /// The clock that is asked, when it is the only one.
    pub only: Option<usize>,
    /// By [`Situation`]: what may act in it.
    watched: [Vec<Watch<'a>>; 6],
    /// By [`Situation`]: from where the next signal was last asked for, and which one was found.
    answers: [(usize, usize); 6],
    /// By [`Situation`]: what each block leads to.
    choices: [Vec<BlockChoices<'a>>; 6],
    anchors: AnchorColumns<'a>,
    position_code: Option<PositionCode>,
}

/// What the first true case of a block leads to in some situation, or its `otherwise`.
struct BlockChoices<'a> {
    cases: Vec<(&'a Bitmap, Choice)>,
    otherwise: Choice,
}

/// Where some intent of a case may become due: bars at which the guard is true; every bar for an `otherwise`.
struct Watch<'a> {
    clock: usize,
    guard: Option<&'a Bitmap>,
}

struct BlockBits<'a> {
    block: &'a Block,
    clock: usize,
    cases: Vec<CaseBits<'a>>,
}

struct CaseBits<'a> {
    /// `None` for a condition of the position stage.
    when: Option<&'a Bitmap>,
    when_reg: BoolReg,
    guard: &'a Bitmap,
}

#[derive(Default)]
struct AnchorColumns<'a> {
    stop_long: Option<&'a [f64]>,
    stop_short: Option<&'a [f64]>,
    target_atr: Option<&'a [f64]>,
    trail_atr: Option<&'a [f64]>,
}

struct PositionCode {
    machine: PositionMachine,
    /// Clocks with position code, from the slowest to the fastest.
    clocks: Vec<usize>,
    /// Whether it must see every bar of its clocks.
    every_bar: bool,
}

/// The market registers of one bar of one clock.
struct Row<'a> {
    signals: &'a dyn Signals,
    bar: usize,
}

impl MarketRow for Row<'_> {
    fn num(&self, reg: NumReg) -> f64 {
        self.signals.num(reg).and_then(|column| column.get(self.bar)).copied().unwrap_or(f64::NAN)
    }

    fn bool(&self, reg: BoolReg) -> Option<bool> {
        let column = self.signals.bool(reg)?;
        (self.bar < column.len()).then(|| column.get(self.bar)).flatten()
    }
}

impl<'a> Evaluator<'a> {
    pub fn new(
        program: &'a Program,
        rules: &Rules,
        signals: &'a dyn Signals,
        path: &Path<'_>,
        options: &Options,
    ) -> Result<Evaluator<'a>, BacktestError> {
        let exec = usize::from(program.exec.0);
        let span = (options.from_ms, options.to_ms);
        let blocks: Vec<BlockBits<'a>> =
            program.actions.iter().map(|b| bits(b, program, signals)).collect::<Result<_, _>>()?;
        let mut asked = vec![false; program.clocks.len()];
        asked[exec] = true;
        let block_clocks = program.actions.iter().map(|b| usize::from(b.clock.0));
        let code_clocks = position_clocks(program);
        block_clocks.chain(code_clocks).for_each(|clock| asked[clock] = true);
        let clocks = (0_u16..)
            .zip(asked)
            .map(|(clock, asked)| asked.then(|| clock_on_path(signals, ClockId(clock), path, span)));
        let clocks: Vec<Option<ClockOnPath<'a>>> = clocks.collect();
        let position_code = PositionCode::new(program, &blocks, &clocks, options);
        Ok(Evaluator {
            signals,
            only: (clocks.iter().flatten().count() == 1).then_some(exec),
            watched: SITUATIONS.map(|situation| watched(&blocks, rules, situation)),
            answers: [(1, 0); 6],
            choices: SITUATIONS.map(|situation| choices(&blocks, rules, situation)),
            blocks,
            clocks,
            exec,
            anchors: AnchorColumns::new(rules, signals)?,
            position_code,
        })
    }

    #[must_use]
    pub fn exec(&self) -> &ClockOnPath<'a> {
        self.clock(self.exec)
    }

    #[must_use]
    pub fn clock(&self, clock: usize) -> &ClockOnPath<'a> {
        self.clocks[clock].as_ref().expect("every clock that is asked was put on the path when the run began")
    }

    /// The clocks that close a bar at this boundary, as (time, clock, bar) in order of time, slower ones first.
    pub fn closing(&self, boundary: usize, out: &mut Vec<(i64, usize, usize)>) {
        out.clear();
        for (number, clock) in self.clocks.iter().enumerate() {
            let Some(clock) = clock else { continue };
            if let Some(bar) = clock.closing_at(boundary) {
                out.push((clock.close_ms(bar), number, bar));
            }
        }
        out.sort_by_key(|&(time, number, _)| (time, number));
    }

    #[must_use]
    pub fn has_position_code(&self, clock: usize) -> bool {
        self.position_code.as_ref().is_some_and(|code| code.clocks.contains(&clock))
    }

    /// Runs the position code of a clock at the close of one of its bars.
    pub fn step_position(&mut self, clock: usize, bar: usize, position: &PositionInputs) {
        let open_ms = self.clock(clock).open_ms[bar];
        let row = Row { signals: self.signals, bar };
        if let Some(code) = &mut self.position_code {
            code.machine.step(ClockId(clock as u16), open_ms, &row, position);
        }
    }

    /// Adds what fires in the blocks of this clock at this bar.
    pub fn fire(&self, clock: usize, bar: usize, out: &mut Vec<Fired>) {
        if bar < self.clock(clock).first {
            return;
        }
        for (index, block) in (0_u16..).zip(&self.blocks) {
            if block.clock == clock {
                let holds = |case: usize| self.holds(&block.cases[case], bar);
                if let Some(fired) = fired(block.block, index, holds) {
                    out.push(fired);
                }
            }
        }
    }

    /// What is chosen in this situation at a bar of the only clock, where no condition asks about the position.
    #[must_use]
    #[inline]
    pub fn choice(&self, bar: usize, situation: Situation) -> &Choice {
        if bar < self.exec().first {
            return &Choice::Nothing;
        }
        for block in &self.choices[number_of(situation)] {
            let first = block.cases.iter().find(|(when, _)| when.is_true(bar));
            let choice = first.map_or(&block.otherwise, |case| &case.1);
            if !matches!(choice, Choice::Nothing) {
                return choice;
            }
        }
        &Choice::Nothing
    }

    #[must_use]
    pub fn has_any_position_code(&self) -> bool {
        self.position_code.is_some()
    }

    fn holds(&self, case: &CaseBits<'_>, bar: usize) -> bool {
        match (case.when, &self.position_code) {
            (Some(when), _) => when.is_true(bar),
            (None, Some(code)) => case.guard.is_true(bar) && code.machine.bool(case.when_reg) == Some(true),
            (None, None) => false,
        }
    }

    /// What stop and target rules read at the latest of `exec_bars` closed exec bars.
    #[must_use]
    pub fn anchors(&self, exec_bars: usize) -> Anchors {
        let bar = exec_bars.checked_sub(1);
        let at = |column: Option<&[f64]>| match (column, bar) {
            (Some(column), Some(bar)) => column.get(bar).copied().unwrap_or(f64::NAN),
            _ => f64::NAN,
        };
        let columns = &self.anchors;
        Anchors {
            stop_long: at(columns.stop_long),
            stop_short: at(columns.stop_short),
            target_atr: at(columns.target_atr),
            trail_atr: at(columns.trail_atr),
        }
    }

    /// What a trailing stop reads at these exec bars; empty when it reads nothing.
    #[must_use]
    pub fn trail_atr(&self, bars: Range<usize>) -> &[f64] {
        self.anchors.trail_atr.and_then(|column| column.get(bars)).unwrap_or(&[])
    }

    /// A value of the metadata of an intent.
    #[must_use]
    pub fn value(&self, reg: NumReg, bar: usize) -> f64 {
        match (self.signals.num(reg), &self.position_code) {
            (Some(column), _) => column.get(bar).copied().unwrap_or(f64::NAN),
            (None, Some(code)) => code.machine.num(reg),
            (None, None) => f64::NAN,
        }
    }

    /// A condition over the position, as its code left it.
    #[must_use]
    pub fn position_truth(&self, reg: BoolReg) -> Option<bool> {
        self.position_code.as_ref().and_then(|code| code.machine.bool(reg))
    }

    /// The first boundary in `from..end` at which some intent may act in this situation; `end` when there is none.
    #[must_use]
    pub fn next_signal(&mut self, situation: Situation, from: usize, end: usize) -> usize {
        let number = number_of(situation);
        let (asked_from, found) = self.answers[number];
        // A rare signal is not searched for anew at every move of a stop.
        if from < asked_from || from > found {
            self.answers[number] = (from, self.find_signal(number, from));
        }
        self.answers[number].1.min(end)
    }

    /// `usize::MAX` when there is none.
    fn find_signal(&self, situation: usize, from: usize) -> usize {
        let mut best = usize::MAX;
        for watch in &self.watched[situation] {
            let clock = self.clock(watch.clock);
            let bar = clock.closed_by(from.saturating_sub(1)).max(clock.first);
            let due = watch.guard.map_or(Some(bar), |guard| guard.next_true(bar));
            if let Some(bar) = due.filter(|&bar| bar < clock.len) {
                best = best.min(clock.boundary_of(bar));
            }
        }
        best
    }

    /// At most so many entries can be signalled.
    #[must_use]
    pub fn most_entries(&self) -> usize {
        let enters = |action| kernel::machine::entry_side(action).is_some();
        let cases = self.blocks.iter().flat_map(|b| b.cases.iter().zip(&b.block.cases));
        let entries = cases.filter(|(_, case)| case.emit.iter().any(|i| enters(i.action)));
        entries.map(|(bits, _)| bits.guard.count_true()).sum()
    }

    /// The next boundary that the position code must not miss.
    #[must_use]
    pub fn next_code_bar(&self, from: usize, end: usize) -> usize {
        match &self.position_code {
            Some(code) if code.every_bar => {
                code.clocks.iter().map(|&c| self.clock(c).next_boundary(from, end)).min().unwrap_or(end)
            }
            _ => end,
        }
    }
}

/// All there are, by [`number_of`].
const SITUATIONS: [Situation; 6] = {
    const fn of(position: Option<Side>, entry_pending: bool) -> Situation {
        Situation { position, entry_pending }
    }
    let (long, short) = (Some(Side::Long), Some(Side::Short));
    [of(None, false), of(None, true), of(long, false), of(long, true), of(short, false), of(short, true)]
};

fn number_of(situation: Situation) -> usize {
    let side = match situation.position {
        None => 0,
        Some(Side::Long) => 2,
        Some(Side::Short) => 4,
    };
    side + usize::from(situation.entry_pending)
}

fn watched<'a>(blocks: &[BlockBits<'a>], rules: &Rules, situation: Situation) -> Vec<Watch<'a>> {
    let acts = |intents| may_act(intents, &rules.policy, situation);
    let mut watched = Vec::new();
    for block in blocks {
        let clock = block.clock;
        if acts(&block.block.otherwise) {
            watched.push(Watch { clock, guard: None });
        }
        let cases = block.cases.iter().zip(&block.block.cases).filter(|(_, code)| acts(&code.emit));
        watched.extend(cases.map(|(case, _)| Watch { clock, guard: Some(case.guard) }));
    }
    watched
}

fn choices<'a>(blocks: &[BlockBits<'a>], rules: &Rules, situation: Situation) -> Vec<BlockChoices<'a>> {
    let of_block = |(index, bits): (u16, &BlockBits<'a>)| {
        let choice = |case| choose_one(bits.block, Fired { block: index, case }, &rules.policy, situation);
        let cases = (0_u16..).zip(&bits.cases).filter_map(|(case, bits)| Some((bits.when?, choice(case))));
        BlockChoices { cases: cases.collect(), otherwise: choice(Fired::OTHERWISE) }
    };
    (0_u16..).zip(blocks).map(of_block).collect()
}

fn clock_on_path<'a>(
    signals: &'a dyn Signals,
    clock: ClockId,
    path: &Path<'_>,
    (from_ms, to_ms): (Option<i64>, Option<i64>),
) -> ClockOnPath<'a> {
    let mut on_path = ClockOnPath::new(signals.bars(clock), path, to_ms);
    let wanted = from_ms.map_or(0, |from| on_path.open_ms.partition_point(|&t| t < from));
    on_path.first = wanted.max(signals.ready(clock));
    on_path
}

fn bits<'a>(
    block: &'a Block,
    program: &Program,
    signals: &'a dyn Signals,
) -> Result<BlockBits<'a>, BacktestError> {
    let cases = block.cases.iter().map(|case| -> Result<CaseBits<'a>, BacktestError> {
        let market = program.bool_regs.get(case.when.0 as usize).is_none_or(|r| r.stage == Stage::Market);
        let column = |reg: BoolReg| signals.bool(reg).ok_or(BacktestError::ColumnNotKept(reg.0));
        let when = if market { Some(column(case.when)?) } else { None };
        Ok(CaseBits { when, when_reg: case.when, guard: column(case.guard)? })
    });
    Ok(BlockBits { block, clock: usize::from(block.clock.0), cases: cases.collect::<Result<_, _>>()? })
}

impl<'a> AnchorColumns<'a> {
    fn new(rules: &Rules, signals: &'a dyn Signals) -> Result<AnchorColumns<'a>, BacktestError> {
        let column = |reg: NumReg| signals.num(reg).map(Some).ok_or(BacktestError::ColumnNotKept(reg.0));
        let mut columns = AnchorColumns::default();
        match rules.policy.stop {
            Some(StopRule::Atr { atr, .. }) => {
                columns.stop_long = column(atr)?;
                columns.stop_short = column(atr)?;
            }
            Some(StopRule::Structure { long, short, .. }) => {
                columns.stop_long = column(long)?;
                columns.stop_short = column(short)?;
            }
            Some(StopRule::Percent { .. } | StopRule::Points { .. }) | None => {}
        }
        if let Some(TargetRule::Atr { atr, .. }) = rules.policy.target {
            columns.target_atr = column(atr)?;
        }
        if let Some(TrailDistance::Atr { atr, .. }) = rules.policy.trailing.map(|t| t.distance) {
            columns.trail_atr = column(atr)?;
        }
        Ok(columns)
    }
}

impl PositionCode {
    fn new(
        program: &Program,
        blocks: &[BlockBits<'_>],
        on_path: &[Option<ClockOnPath<'_>>],
        options: &Options,
    ) -> Option<PositionCode> {
        let clocks: Vec<usize> = position_clocks(program).collect();
        if clocks.is_empty() {
            return None;
        }
        let mut machine = PositionMachine::new(program);
        // Code of several clocks reads across them: then each must have seen its latest bar.
        let every_bar = clocks.len() > 1 || clocks.iter().any(|&c| machine.carries_state(ClockId(c as u16)));
        if let Some(native) = options.native {
            let bars = clocks.iter().map(|&c| on_path[c].as_ref().map_or(0, |clock| clock.len)).max();
            let asked = blocks.iter().flat_map(|b| &b.cases).filter(|case| case.when.is_none());
            let asked: usize = asked.map(|case| case.guard.count_true()).sum();
            let bars = bars.unwrap_or(0);
            let steps = if every_bar || !options.skip { bars } else { bars.min(asked) };
            machine = PositionMachine::with_native(program, native, steps);
        }
        Some(PositionCode { machine, clocks, every_bar })
    }
}

/// Clocks with position code, from the slowest to the fastest.
fn position_clocks(program: &Program) -> impl Iterator<Item = usize> + '_ {
    program
        .position
        .iter()
        .filter(|section| !section.ops.is_empty())
        .map(|section| usize::from(section.clock.0))
}
