//! The live form: one bar after the other, the same bits as a whole run.

use bytecode::{ClockId, Program, Stage};
use interpreter::{Latest, PositionInputs, Source, Stepper};

use crate::error::EngineError;
use crate::keep::Keep;

/// One closed bar. Missing values are NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// ms UTC.
    pub open_time: i64,
    pub open: f64,
    pub high: f64,
    pub low: f64,
    pub close: f64,
    pub volume: f64,
    /// In the order of `Program::series`.
    pub series: Vec<f64>,
}

/// A program at work on arriving bars. Its memory does not grow with the number of bars beyond its windows.
#[derive(Clone)]
pub struct Session {
    stepper: Stepper,
    clocks: Vec<bars::Timeframe>,
    series: usize,
    /// BLAKE3 of the program: a snapshot of another one is refused.
    program: [u8; 32],
    /// When the latest bar closed, and its clock.
    latest: Option<(i64, u16)>,
}

/// Bytes between a snapshot's own hash and the state: the program's hash, the latest close, its clock.
const HEAD: usize = 32 + 8 + 2;

impl Session {
    /// Keeps the same registers as a run with `Keep::Exports`.
    ///
    /// # Errors
    /// When the program does not verify.
    pub fn new(program: &Program) -> Result<Session, EngineError> {
        bytecode::verify::verify(program).map_err(EngineError::Program)?;
        Ok(Session {
            stepper: Stepper::new(program, Stage::Market, &Keep::Exports.registers(program)),
            clocks: program.clocks.iter().map(|c| c.timeframe).collect(),
            series: program.series.len(),
            program: program.hash(),
            latest: None,
        })
    }

    /// Takes in the next closed bar of a clock. Bars come in the order of their closes; of bars that close
    /// together the slowest first. Gives the latest values of the kept registers.
    ///
    /// # Errors
    /// When the bar is out of order or not one of this program; nothing has changed then.
    pub fn push(&mut self, clock: ClockId, bar: &Bar) -> Result<&Latest, EngineError> {
        let Some(&timeframe) = self.clocks.get(usize::from(clock.0)) else {
            return Err(EngineError::NoSuchClock { clock: clock.0, clocks: self.clocks.len() });
        };
        if bar.series.len() != self.series {
            return Err(EngineError::SeriesCount { expected: self.series, found: bar.series.len() });
        }
        // Clocks are numbered from the slowest, so the pair is in the order of the pushes.
        let this = (bar.open_time.saturating_add(timeframe.ms()), clock.0);
        if self.latest.is_some_and(|latest| latest >= this) {
            return Err(EngineError::OutOfOrder { timeframe, open_ms: bar.open_time });
        }
        self.latest = Some(this);
        let series: Vec<&[f64]> = bar.series.iter().map(std::slice::from_ref).collect();
        let source = Source {
            open_time: &[bar.open_time],
            open: &[bar.open],
            high: &[bar.high],
            low: &[bar.low],
            close: &[bar.close],
            volume: &[bar.volume],
            series: &series,
        };
        Ok(self.stepper.step(clock, &source, None, &PositionInputs::FLAT))
    }

    /// The values at the latest bar of each register's clock.
    #[must_use]
    pub fn latest(&self) -> &Latest {
        self.stepper.latest()
    }

    /// Everything that is carried from bar to bar.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        let (close_ms, clock) = self.latest.unwrap_or((i64::MIN, 0));
        let mut body = self.program.to_vec();
        body.extend_from_slice(&close_ms.to_le_bytes());
        body.extend_from_slice(&clock.to_le_bytes());
        body.extend_from_slice(&self.stepper.save());
        let mut bytes = blake3::hash(&body).as_bytes().to_vec();
        bytes.extend_from_slice(&body);
        bytes
    }

    /// Goes on, to the bit, from a snapshot of a session of the same program.
    ///
    /// # Errors
    /// When the bytes are not such a snapshot; the session is then unchanged.
    pub fn restore(&mut self, snapshot: &[u8]) -> Result<(), EngineError> {
        let (hash, body) = snapshot.split_at_checked(32).ok_or(EngineError::Snapshot)?;
        if blake3::hash(body).as_bytes() != hash {
            return Err(EngineError::Snapshot);
        }
        let (head, state) = body.split_at_checked(HEAD).ok_or(EngineError::Snapshot)?;
        let (program, times) = head.split_at(32);
        if program != self.program {
            return Err(EngineError::Snapshot);
        }
        let mut close_ms = [0; 8];
        close_ms.copy_from_slice(&times[..8]);
        let close_ms = i64::from_le_bytes(close_ms);
        self.stepper.load(state).map_err(|_| EngineError::Snapshot)?;
        self.latest = (close_ms != i64::MIN).then_some((close_ms, u16::from_le_bytes([times[8], times[9]])));
        Ok(())
    }
}
