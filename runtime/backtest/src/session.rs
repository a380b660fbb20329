//! One run under way: what happens at a boundary, and in the bar behind it.

use bytecode::{MetadataValue, Program};
use engine::PositionInputs;
use kernel::intents::intents;
use kernel::{
    Close, Command, Commands, Event, ExitReason, Fill, FillKind, Fired, Journal, Kernel, Rules, Sink, Update,
};

use crate::evaluate::Evaluator;
use crate::exchange::{Exchange, Outcome};
use crate::options::{Funding, Options};
use crate::path::{Extremes, Path};
use crate::record::{Ledger, Recorder, TradeMetadata};

/// Trades to make room for at the most.
const MOST_ROOM: usize = 1 << 16;

pub struct Session<'a> {
    pub(crate) program: &'a Program,
    pub(crate) rules: &'a Rules,
    pub(crate) path: Path<'a>,
    pub(crate) evaluator: Evaluator<'a>,
    pub(crate) kernel: Kernel<'a>,
    pub(crate) exchange: Exchange<'a>,
    pub(crate) recorder: Recorder,
    pub(crate) journal: Option<Journal>,
    /// With the boundary at which each is settled.
    pub(crate) funding: Vec<(usize, Funding)>,
    pub(crate) next_funding: usize,
    pub(crate) extremes: Extremes,
    /// Reused from boundary to boundary.
    closing: Vec<(i64, usize, usize)>,
    fired: Vec<Fired>,
    has_metadata: bool,
}

impl<'a> Session<'a> {
    #[must_use]
    pub fn new(
        program: &'a Program,
        rules: &'a Rules,
        path: Path<'a>,
        evaluator: Evaluator<'a>,
        options: &Options,
    ) -> Session<'a> {
        let end_ms = path.len().checked_sub(1).map_or(i64::MIN, |last| path.close_ms(last));
        let settled = options.funding.iter().filter(|f| f.time_ms <= end_ms && f.rate.is_finite());
        let blocks = &program.actions;
        let emitted = blocks.iter().flat_map(|b| b.cases.iter().flat_map(|c| &c.emit).chain(&b.otherwise));
        Session {
            program,
            rules,
            kernel: Kernel::new(rules, blocks),
            exchange: Exchange::new(rules),
            recorder: Recorder::with_room(evaluator.most_entries().min(MOST_ROOM), options.excursions),
            evaluator,
            journal: options.journal.then(Journal::default),
            funding: settled.map(|f| (path.boundary_at(f.time_ms), *f)).collect(),
            path,
            next_funding: 0,
            extremes: Extremes::new(f64::NAN, 0),
            closing: Vec::new(),
            fired: Vec::new(),
            has_metadata: emitted.into_iter().any(|intent| !intent.metadata.is_empty()),
        }
    }

    /// Settlements and closes, in order of time.
    pub fn boundary(&mut self, boundary: usize) {
        if let Some(clock) = self.evaluator.only {
            let on_path = self.evaluator.clock(clock);
            if let Some(bar) = on_path.closing_at(boundary) {
                let time_ms = on_path.close_ms(bar);
                self.settle(boundary, time_ms);
                self.close(boundary, time_ms, &[(time_ms, clock, bar)]);
            }
        } else {
            self.closes(boundary);
        }
        self.settle(boundary, i64::MAX);
    }

    fn closes(&mut self, boundary: usize) {
        let mut closing = std::mem::take(&mut self.closing);
        self.evaluator.closing(boundary, &mut closing);
        let mut rest = &closing[..];
        while let Some(&(time_ms, ..)) = rest.first() {
            let together = rest.iter().take_while(|c| c.0 == time_ms).count();
            let (now, later) = rest.split_at(together);
            self.settle(boundary, time_ms);
            self.close(boundary, time_ms, now);
            rest = later;
        }
        self.closing = closing;
    }

    /// Funding of this boundary that is due by this time.
    #[inline]
    pub(crate) fn settle(&mut self, boundary: usize, until_ms: i64) {
        if self.next_funding == self.funding.len() {
            return;
        }
        self.settle_due(boundary, until_ms);
    }

    fn settle_due(&mut self, boundary: usize, until_ms: i64) {
        while let Some(&(at, Funding { time_ms, rate })) = self.funding.get(self.next_funding) {
            if at > boundary || (at == boundary && time_ms > until_ms) {
                return;
            }
            self.next_funding += 1;
            if at == boundary && at > 0 && self.kernel.position().is_some() {
                let mark = self.path.mark[boundary - 1];
                self.tell(&Event::Funding { time_ms, rate, mark }, time_ms, boundary);
                self.note_ledger(boundary);
            }
        }
    }

    #[inline]
    fn close(&mut self, boundary: usize, time_ms: i64, closing: &[(i64, usize, usize)]) {
        let exec_bars = self.evaluator.exec().closed_by(boundary);
        let price = self.path.close[boundary - 1];
        for &(_, clock, bar) in closing {
            if self.evaluator.has_position_code(clock) {
                let inputs = self.position_inputs(boundary, exec_bars, price);
                self.evaluator.step_position(clock, bar, &inputs);
            }
        }
        let mut fired = std::mem::take(&mut self.fired);
        fired.clear();
        for &(_, clock, bar) in closing {
            self.evaluator.fire(clock, bar, &mut fired);
        }
        if closing.len() > 1 {
            fired.sort_by_key(|f| f.block);
        }
        let exec = usize::from(self.program.exec.0);
        let close = Close {
            time_ms,
            price,
            exec_closed: closing.iter().any(|c| c.1 == exec),
            exec_bars: exec_bars as u32,
            anchors: self.evaluator.anchors(exec_bars),
            fired: &fired,
        };
        self.tell(&Event::Close(close), time_ms, boundary);
        self.fired = fired;
    }

    /// The position as conditions see it at this close.
    fn position_inputs(&mut self, boundary: usize, exec_bars: usize, price: f64) -> PositionInputs {
        let Some(position) = self.kernel.position() else { return PositionInputs::FLAT };
        self.extremes.advance(&self.path, boundary);
        let (worst, best) = self.extremes.worst_and_best(position.side);
        PositionInputs {
            entry_price: position.entry_price,
            bars_in_trade: exec_bars as f64 - f64::from(position.entered_exec_bar),
            unrealized_pnl_pct: position.unrealized(price) / position.margin * 100.0,
            side: position.side.sign(),
            stop_price: position.stop,
            target_price: position.target,
            mfe_pct: position.favour_pct(best).max(0.0),
            mae_pct: (-position.favour_pct(worst)).max(0.0),
        }
    }

    /// What fills in this bar.
    pub fn bar(&mut self, bar: usize) {
        if let Some(position) = self.kernel.position().map(|p| p.id)
            && let Some(fill) = self.exchange.market_exit(&self.path, bar, position)
        {
            self.fill(fill, bar);
        }
        if self.exchange.entry.is_some() {
            if let Some(outcome) = self.exchange.market_entry(&self.path, bar) {
                self.outcome(outcome, bar);
            } else if let Some(outcome) = self.exchange.limit_entry(&self.path, bar) {
                self.outcome(outcome, bar);
            }
        }
        if let Some(outcome) = self.exchange.guard(&self.path, bar) {
            self.outcome(outcome, bar);
            // A stop-limit that was only triggered leaves the position to the other tests of the same bar.
            if outcome == Outcome::Update(Update::StopTriggered)
                && let Some(again) = self.exchange.guard_triggered(&self.path, bar)
            {
                self.outcome(again, bar);
            }
        }
    }

    fn outcome(&mut self, outcome: Outcome, bar: usize) {
        match outcome {
            Outcome::Fill(fill) => self.fill(fill, bar),
            Outcome::Update(update) => self.tell(&Event::Update(update), self.path.open_ms(bar), bar),
        }
    }

    /// A fill in bar `bar`; behind the last bar, at its close.
    pub fn fill(&mut self, mut fill: Fill, bar: usize) {
        let at_the_end = bar == self.path.len();
        let boundary = if at_the_end { self.path.len() } else { bar };
        fill.exec_bars = self.evaluator.exec().closed_by(boundary) as u32;
        if let (FillKind::Exit(_), Some(position)) = (fill.kind, self.kernel.position()) {
            self.recorder.fill(position.id, position.side, &fill);
            self.extremes.include(fill.base_price);
        }
        self.tell(&Event::Fill(fill), fill.time_ms, bar);
        if fill.kind == FillKind::Entry {
            self.entered(&fill, bar);
        }
        self.note_closed(&fill, bar);
        self.note_ledger((bar + 1).min(self.path.len()));
    }

    /// The trade that this fill in bar `bar` closed, if it did.
    fn note_closed(&mut self, fill: &Fill, bar: usize) {
        let Some(closed) = self.kernel.closed() else { return };
        self.exchange.closed();
        let held = fill.exec_bars - closed.position.entered_exec_bar;
        let whole_bar = closed.reason == ExitReason::Liquidation && bar < self.path.len();
        self.recorder.closed(closed, self.extremes, bar + usize::from(whole_bar), held);
    }

    fn entered(&mut self, fill: &Fill, bar: usize) {
        let Some(position) = self.kernel.position() else { return };
        let (id, signal, signal_ms) = (position.id, position.signal, position.signal_ms);
        self.recorder.fill(id, position.side, fill);
        self.recorder.waits_no_more(fill.time_ms);
        self.extremes = Extremes::new(fill.price, bar);
        if self.exchange.entered_inside(bar) {
            // Before the fill the bar moved against the coming position; only its close is known to come after.
            self.extremes = Extremes::new(fill.price, bar + 1);
        }
        self.note_metadata(id, signal, signal_ms);
    }

    /// The metadata of the intent that opened a position.
    #[inline]
    pub(crate) fn note_metadata(&mut self, position: u32, signal: Fired, signal_ms: i64) {
        if self.has_metadata {
            self.look_up_metadata(position, signal, signal_ms);
        }
    }

    fn look_up_metadata(&mut self, position: u32, signal: Fired, signal_ms: i64) {
        let clock = usize::from(self.program.actions[usize::from(signal.block)].clock.0);
        let on_path = self.evaluator.clock(clock);
        let bar = on_path.open_ms.partition_point(|&t| t + on_path.bar_ms <= signal_ms).saturating_sub(1);
        let written = intents(&self.program.actions, signal).iter().flat_map(|intent| &intent.metadata);
        let values = written.map(|(name, value)| {
            let value = match value {
                MetadataValue::Reg(reg) => MetadataValue::Number(self.evaluator.value(*reg, bar)),
                other => other.clone(),
            };
            (name.clone(), value)
        });
        let values: Vec<_> = values.collect();
        if !values.is_empty() {
            self.recorder.metadata.push(TradeMetadata { trade: position + 1, values });
        }
    }

    pub(crate) fn note_ledger(&mut self, from: usize) {
        let ledger = Ledger::of(from, self.kernel.account().cash, self.kernel.position());
        self.recorder.ledger.push(ledger);
    }

    /// The event to the kernel, its commands to the exchange, both to the records.
    #[inline]
    pub(crate) fn tell(&mut self, event: &Event<'_>, time_ms: i64, bar: usize) {
        if matches!(event, Event::Update(Update::EntryCancelled | Update::EntryRefused(_))) {
            self.recorder.waits_no_more(time_ms);
        }
        let mut venue = Venue {
            exchange: &mut self.exchange,
            recorder: &mut self.recorder,
            bar,
            time_ms,
            written: self.journal.is_some().then(Commands::new),
        };
        self.kernel.handle(event, &mut venue);
        if let (Some(journal), Some(commands)) = (&mut self.journal, venue.written) {
            journal.record(event, &commands);
        }
    }
}

/// Where the kernel's commands go.
struct Venue<'s, 'r> {
    exchange: &'s mut Exchange<'r>,
    recorder: &'s mut Recorder,
    bar: usize,
    time_ms: i64,
    /// For the journal, if there is one.
    written: Option<Commands>,
}

impl Sink for Venue<'_, '_> {
    #[inline]
    fn take(&mut self, command: Command) {
        self.exchange.accept(&command, self.bar);
        self.recorder.decided(&command, self.time_ms);
        if let Some(written) = &mut self.written {
            written.push(command);
        }
    }
}
