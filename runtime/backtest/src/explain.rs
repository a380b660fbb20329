//! Why it did, or did not, trade: one moment with every condition's truth and values, and the nearest misses of a run.

use bars::{Bars, Timeframe};
use bytecode::{Action, BoolReg, Condition, ConditionKind, NumReg, Place, Program, Stage};
use kernel::{Rules, Side};
use serde::Serialize;

use crate::evaluate::Evaluator;
use crate::funnel::Lens;
use crate::nearest::{NearestMiss, nearest_misses};
use crate::options::Options;
use crate::path::Path;
use crate::record::Decision;
use crate::result::{BacktestError, as_text};
use crate::session::Session;
use crate::signals::Signals;

/// What was known and decided when the last bars before a moment had closed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moment {
    pub at_ms: i64,
    /// As it was before the decisions of this close were carried out.
    pub position: Option<Held>,
    pub actions: Vec<ActionAt>,
    /// Commands sent at the latest close.
    pub decisions: Vec<Decision>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Held {
    pub side: Side,
    pub qty: f64,
    pub entry_price: f64,
    pub entry_time: i64,
    /// NaN (null) where there is none.
    pub stop: f64,
    pub target: f64,
}

/// An action at the latest close of its clock.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActionAt {
    pub action: String,
    #[serde(serialize_with = "as_text")]
    pub timeframe: Timeframe,
    /// `None` before the first close.
    pub close_ms: Option<i64>,
    /// Bars that must still close before it is evaluated.
    pub bars_to_warm: usize,
    pub cases: Vec<CaseAt>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseAt {
    pub emits: Vec<Action>,
    pub condition: ConditionAt,
}

/// A condition as written, with what it came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConditionAt {
    pub kind: &'static str,
    pub text: String,
    pub place: Place,
    /// `None` is unknown.
    pub truth: Option<bool>,
    /// The two sides, of a comparison of numbers.
    pub left: Option<f64>,
    pub right: Option<f64>,
    pub children: Vec<ConditionAt>,
}

/// A case and the bars on which it came closest without holding.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseMisses {
    pub action: String,
    pub place: Place,
    pub text: String,
    pub misses: Vec<NearestMiss>,
}

/// The whole condition tree of every action at the latest closes at or before `at_ms`, and what was decided.
pub fn moment(
    program: &Program,
    signals: &dyn Signals,
    bars: &Bars,
    options: &Options,
    at_ms: i64,
) -> Result<Moment, BacktestError> {
    let rules = Rules::new(&program.policy, &program.symbol);
    let at_ms = options.to_ms.map_or(at_ms, |to| to.min(at_ms));
    // The first bar that has not closed by then, and all behind it, are not looked at.
    let closed = bars.open_time.partition_point(|&t| t + bars.timeframe.ms() <= at_ms);
    let to_ms = bars.open_time.get(closed).copied();
    let path = Path::new(bars, to_ms);
    if path.is_empty() {
        return Err(BacktestError::NoBars);
    }
    let until = Options { to_ms, skip: false, journal: false, ..options.clone() };
    let evaluator = Evaluator::new(program, &rules, signals, &path, &until)?;
    let mut session = Session::new(program, &rules, path, evaluator, &until);
    // Bar by bar, because code that reads the position is else run only where it matters.
    let end = session.run(false);
    let look = Look { program, signals, evaluator: &session.evaluator };
    let latest_close = session.path.close_ms(end.min(session.path.len()) - 1);
    let decisions = session.recorder.decisions.iter().filter(|d| d.time_ms == latest_close);
    Ok(Moment {
        at_ms,
        position: session.kernel.position().map(|p| Held {
            side: p.side,
            qty: p.qty,
            entry_price: p.entry_price,
            entry_time: p.entered_ms,
            stop: p.stop,
            target: p.target,
        }),
        actions: program.actions.iter().map(|block| look.action(block, at_ms)).collect(),
        decisions: decisions.copied().collect(),
    })
}

/// For every case that enters: up to `count` bars on which it came closest without holding, the closest first.
#[must_use]
pub fn misses(program: &Program, signals: &dyn Signals, options: &Options, count: usize) -> Vec<CaseMisses> {
    let enters = |action: &Action| kernel::machine::entry_side(*action).is_some();
    let mut all = Vec::new();
    for block in &program.actions {
        let lens = Lens::new(program, signals, block.clock, options);
        for case in block.cases.iter().filter(|case| case.emit.iter().any(|i| enters(&i.action))) {
            all.push(CaseMisses {
                action: block.id.clone(),
                place: case.condition.place,
                text: case.condition.text.clone(),
                misses: nearest_misses(&lens, &case.condition, count),
            });
        }
    }
    all
}

/// Registers of both stages as they are at the end of a session.
struct Look<'a> {
    program: &'a Program,
    signals: &'a dyn Signals,
    evaluator: &'a Evaluator<'a>,
}

impl Look<'_> {
    fn action(&self, block: &bytecode::Block, at_ms: i64) -> ActionAt {
        let bars = self.signals.bars(block.clock);
        let period = bars.timeframe.ms();
        let closed = bars.open_time.partition_point(|&t| t + period <= at_ms);
        ActionAt {
            action: block.id.clone(),
            timeframe: bars.timeframe,
            close_ms: closed.checked_sub(1).map(|bar| bars.close_time_ms(bar)),
            bars_to_warm: (self.signals.ready(block.clock) + 1).saturating_sub(closed),
            cases: block
                .cases
                .iter()
                .map(|case| CaseAt {
                    emits: case.emit.iter().map(|intent| intent.action).collect(),
                    condition: self.condition(&case.condition, at_ms),
                })
                .collect(),
        }
    }

    fn condition(&self, condition: &Condition, at_ms: i64) -> ConditionAt {
        let (kind, left, right) = match &condition.kind {
            ConditionKind::All => ("all", None, None),
            ConditionKind::Any => ("any", None, None),
            ConditionKind::Not => ("not", None, None),
            ConditionKind::Window => ("window", None, None),
            ConditionKind::Setup(_) => ("setup", None, None),
            ConditionKind::Sequence => ("sequence", None, None),
            ConditionKind::Score => ("score", None, None),
            ConditionKind::Leaf { left, right } => ("comparison", *left, *right),
        };
        let value = |reg: NumReg| Some(self.num(reg, at_ms)).filter(|v| v.is_finite());
        ConditionAt {
            kind,
            text: condition.text.clone(),
            place: condition.place,
            truth: self.truth(condition.reg, at_ms),
            left: left.and_then(value),
            right: right.and_then(value),
            children: condition.children.iter().map(|child| self.condition(child, at_ms)).collect(),
        }
    }

    fn num(&self, reg: NumReg, at_ms: i64) -> f64 {
        let info = &self.program.num_regs[reg.0 as usize];
        let bar = self.latest(info.clock, at_ms);
        match info.stage {
            Stage::Position => self.evaluator.value(reg, 0),
            Stage::Market => bar.map_or(f64::NAN, |bar| self.evaluator.value(reg, bar)),
        }
    }

    fn truth(&self, reg: BoolReg, at_ms: i64) -> Option<bool> {
        let info = &self.program.bool_regs[reg.0 as usize];
        match info.stage {
            Stage::Position => self.evaluator.position_truth(reg),
            Stage::Market => self.signals.bool(reg)?.get(self.latest(info.clock, at_ms)?),
        }
    }

    /// The latest bar of a clock that has closed.
    fn latest(&self, clock: bytecode::ClockId, at_ms: i64) -> Option<usize> {
        let bars = self.signals.bars(clock);
        let period = bars.timeframe.ms();
        bars.open_time.partition_point(|&t| t + period <= at_ms).checked_sub(1)
    }
}
