//! The host loop: from the first evaluated bar to the end of the data.

use bars::Bars;
use bytecode::{ClockId, EndOfData, Program};
use kernel::{Event, ExitReason, Rules, Side, Update};

use crate::equity::equity;
use crate::evaluate::Evaluator;
use crate::fidelity::Fidelity;
use crate::options::Options;
use crate::path::Path;
use crate::record::{Ended, Ledger};
use crate::result::{BacktestError, MissingBars, RunResult, Span, StopReason};
use crate::session::Session;
use crate::signals::Signals;

/// Runs the program over the finest bars there are, conditions and funnel included.
pub fn backtest(program: &Program, bars: &Bars, options: &Options) -> Result<RunResult, BacktestError> {
    let keep =
        engine::Options { keep: engine::Keep::All, native: options.native, ..engine::Options::default() };
    let columns = engine::run(program, bars, &keep)?;
    backtest_on(program, &columns, bars, options)
}

/// The same with columns that were computed before (`Keep::All`).
pub fn backtest_on(
    program: &Program,
    columns: &engine::Columns,
    bars: &Bars,
    options: &Options,
) -> Result<RunResult, BacktestError> {
    let mut result = run(program, columns, bars, options)?;
    result.funnel = crate::funnel::funnel(program, columns, &result, options);
    Ok(result)
}

/// Trades what the columns say, over the path: the finest bars there are.
pub fn run(
    program: &Program,
    signals: &dyn Signals,
    path: &Bars,
    options: &Options,
) -> Result<RunResult, BacktestError> {
    if options.funding.windows(2).any(|w| w[0].time_ms > w[1].time_ms) {
        return Err(BacktestError::FundingOrder);
    }
    let rules = Rules::new(&program.policy, &program.symbol);
    let bars = path;
    let path = Path::new(bars, options.to_ms);
    let ends_before = |from_ms| bars.open_time.last().is_some_and(|&last| last < from_ms);
    if path.is_empty() || options.from_ms.is_some_and(ends_before) {
        return Err(BacktestError::NoBars);
    }
    let fidelity = Fidelity::new(program, &rules, bars, &path, options);
    let evaluator = Evaluator::new(program, &rules, signals, &path, options)?;
    let mut session = Session::new(program, &rules, path, evaluator, options);
    let end = session.run(options.skip);
    session.finish(end);
    if options.excursions {
        session.recorder.measure(&session.path);
    }
    Ok(session.result(signals, options, fidelity, end))
}

impl Session<'_> {
    /// The boundary at which the run ended.
    pub(crate) fn run(&mut self, skip: bool) -> usize {
        let end = self.path.len();
        let mut boundary = self.first_boundary();
        let direct = skip && self.has_direct_trades();
        self.note_ledger(0);
        loop {
            if direct {
                boundary = self.settle_trades(boundary);
            }
            self.path.look_ahead(boundary);
            self.boundary(boundary);
            if self.kernel.is_halted() || boundary >= end {
                return boundary;
            }
            self.bar(boundary);
            if self.kernel.is_halted() {
                return boundary + 1;
            }
            let next = if skip { self.next(boundary + 1) } else { boundary + 1 };
            self.pass(boundary + 1, next);
            boundary = next;
        }
    }

    /// Nothing can happen before the first bar that is evaluated, but for code that remembers what it saw.
    fn first_boundary(&self) -> usize {
        let end = self.path.len();
        let firsts = self
            .evaluator
            .clocks
            .iter()
            .flatten()
            .map(|clock| if clock.first < clock.len { clock.boundary_of(clock.first) } else { end });
        let first = firsts.min().unwrap_or(end);
        first.min(self.evaluator.next_code_bar(1, end))
    }

    /// Closes, or marks, what is open at the end, and cancels what waits.
    fn finish(&mut self, end: usize) {
        let last = end.min(self.path.len()) - 1;
        let (price, time_ms) = (self.path.close[last], self.path.close_ms(last));
        if self.exchange.entry.take().is_some() {
            self.tell(&Event::Update(Update::EntryCancelled), time_ms, end);
        }
        let Some(position) = self.kernel.position().copied() else { return };
        let halting = self.exchange.exit.is_some_and(|e| e.reason == ExitReason::MaxDrawdown);
        if halting || self.rules.policy.end_of_data == EndOfData::Close {
            let reason = if halting { ExitReason::MaxDrawdown } else { ExitReason::EndOfData };
            let buying = position.side == Side::Short;
            let fill = self.exchange.taken(reason, price, buying, position.qty, time_ms);
            self.fill(fill, self.path.len());
            return;
        }
        let held = self.evaluator.exec().closed_by(end) as u32 - position.entered_exec_bar;
        let mark = Ended {
            price,
            time_ms,
            reason: ExitReason::Open,
            extremes: self.extremes,
            end: self.path.len(),
            bars_held: held,
        };
        self.recorder.open(&position, &mark);
    }

    fn result(self, signals: &dyn Signals, options: &Options, fidelity: Fidelity, end: usize) -> RunResult {
        let exec = self.evaluator.exec();
        let last = end.min(self.path.len()) - 1;
        let evaluated_to = exec.closed_by(end);
        let first = exec.first.min(evaluated_to);
        let equity = equity(&self.recorder.ledger, exec, &self.path, end, options.equity);
        let price = self.path.close[last];
        let final_equity = self.recorder.ledger.last().map_or(0.0, |ledger: &Ledger| ledger.equity(price));
        let halted = self.kernel.is_halted();
        let stop_reason = if halted {
            StopReason::MaxDrawdown { time_ms: self.recorder.decisions.last().map_or(0, |d| d.time_ms) }
        } else {
            StopReason::EndOfData
        };
        let span = Span {
            from_ms: exec.open_ms.get(first).copied().unwrap_or(self.path.time_ms[0]),
            to_ms: self.path.close_ms(last),
            bars: evaluated_to - first,
            bars_in_position: self.recorder.bars_held,
        };
        RunResult {
            play: self.program.identity.play.clone(),
            symbol: self.program.symbol.clone(),
            exec: self.program.clocks[usize::from(self.program.exec.0)].timeframe,
            span,
            initial_equity: self.kernel.account().initial,
            final_equity,
            equity,
            stop_reason,
            counters: self.kernel.counters().clone(),
            missing_bars: missing_bars(self.program, signals),
            instrument: self.rules.instrument.clone(),
            fidelity,
            funnel: Vec::new(),
            trades: self.recorder.trades,
            fills: self.recorder.fills,
            metadata: self.recorder.metadata,
            decisions: self.recorder.decisions,
            waiting: self.recorder.waiting,
            journal: self.journal,
        }
    }
}

fn missing_bars(program: &Program, signals: &dyn Signals) -> Vec<MissingBars> {
    let clocks = (0_u16..).zip(&program.clocks).map(|(number, clock)| MissingBars {
        timeframe: clock.timeframe,
        needed: clock.warmup_bars as usize,
        have: signals.bars(ClockId(number)).len(),
    });
    clocks.filter(|c| c.have < c.needed).collect()
}
