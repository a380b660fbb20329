//! What holds of every program that runs. This list is the specification; [`verify`] checks all of it.
//!
//! **Identity.** The program was compiled against this engine's catalogue.
//!
//! **Clocks.** There is at least one; periods are timeframes, strictly from the slowest to the fastest;
//! `exec` is one of them. There is one market and one position section for each clock, in the order of the
//! clocks.
//!
//! **Registers.** Their clocks exist. Each is written by exactly one op, in the section of its clock and
//! stage. An op reads registers of its own section that are written before it; position code also reads
//! market registers of its own clock. Only `align` and `align.bool` cross clocks, only from a slower clock to
//! a faster one, within a stage.
//!
//! **Ops.** `field`, `series` and `call` stand in market sections, `position` in position sections. A
//! constant is finite or missing. A series exists. Shifts and windows span at most [`MAX_WINDOW_BARS`] bars
//! or [`MAX_DURATION_MS`], windows and limits of sequences at least one bar, with a stride of at least 1. A
//! weight is finite.
//!
//! **Calls.** Each is the operand of exactly one op. The catalogue has the row; there is one value for each
//! declared parameter, of its type and within its range, and the row's own check accepts them. There is one
//! input for each input of the row, absent only where the row allows it, and one output for each output of
//! the row.
//!
//! **Actions.** The block's clock exists. `when` and `guard` are on it; the guard is of the market stage, and
//! is `when` itself if that is. The condition's root is `when`; its registers exist; it is at most
//! [`MAX_CONDITION_DEPTH`](crate::encode::MAX_CONDITION_DEPTH) deep. Percentages are over 0 and at most 100.
//! Metadata is finite, its registers are on the block's clock.
//!
//! **Policy.** Its registers are on the exec clock and of the market stage; its figures are finite and in
//! their range.
//!
//! **Exports.** Names are not empty and occur once; registers exist.
//!
//! **Debug.** There is one place for each op.

mod calls;
mod code;
mod hosts;

use bars::Timeframe;
use std::sync::LazyLock;

use crate::program::{BoolReg, ClockId, NumReg, Program, RegInfo};

/// The furthest that an op may look back, in bars.
pub const MAX_WINDOW_BARS: u64 = 10_000_000;
/// The furthest that an op may look back, in time: ten years.
pub const MAX_DURATION_MS: i64 = 10 * 366 * 86_400_000;
/// Registers of one kind.
pub const MAX_REGISTERS: usize = 65_536;
/// After so many errors the rest is not worth reading.
const MAX_ERRORS: usize = 64;

/// A rule that the program breaks: it was not made by this compiler, or the compiler is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {what}")]
pub struct VerifyError {
    /// Such as `market 15m, op 3 (add)`.
    pub at: String,
    pub what: String,
}

/// Checks every rule at the head of this file.
///
/// # Errors
/// The rules that do not hold.
pub fn verify(program: &Program) -> Result<(), Vec<VerifyError>> {
    let mut checks = Verifier { program, errors: Vec::new() };
    checks.identity();
    // The rest indexes clocks and sections freely.
    if checks.clocks() {
        code::check(&mut checks);
        hosts::check(&mut checks);
    }
    if checks.errors.is_empty() { Ok(()) } else { Err(checks.errors) }
}

struct Verifier<'a> {
    program: &'a Program,
    errors: Vec<VerifyError>,
}

impl Verifier<'_> {
    fn fail(&mut self, at: &str, what: impl Into<String>) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(VerifyError { at: at.into(), what: what.into() });
        }
    }

    fn require(&mut self, holds: bool, at: &str, what: &str) {
        if !holds {
            self.fail(at, what);
        }
    }

    fn identity(&mut self) {
        static OWN: LazyLock<[u8; 32]> = LazyLock::new(stdlib::catalogue_hash);
        self.require(
            self.program.identity.catalogue_hash == *OWN,
            "identity",
            "it was compiled against another catalogue of built-ins; build it again from its text",
        );
    }

    fn clocks(&mut self) -> bool {
        let program = self.program;
        let before = self.errors.len();
        let count = program.clocks.len();
        self.require(count > 0, "clocks", "there is none");
        for clock in &program.clocks {
            let sound = Timeframe::from_ms(clock.timeframe.ms()) == Some(clock.timeframe);
            self.require(sound, "clocks", "a period is not a timeframe");
        }
        let descends = program.clocks.is_sorted_by(|a, b| a.timeframe > b.timeframe);
        self.require(descends, "clocks", "they do not go strictly from the slowest to the fastest");
        self.require(usize::from(program.exec.0) < count, "exec", "there is no such clock");
        for (stage, sections) in [("market", &program.market), ("position", &program.position)] {
            let in_order = sections.iter().enumerate().all(|(at, s)| usize::from(s.clock.0) == at);
            let fits = sections.len() == count && in_order;
            self.require(fits, stage, "there is not one section for each clock, in their order");
        }
        for (what, infos) in
            [("number registers", &program.num_regs), ("condition registers", &program.bool_regs)]
        {
            self.require(infos.len() <= MAX_REGISTERS, what, "there are too many");
            let known = infos.iter().all(|info| usize::from(info.clock.0) < count);
            self.require(known, what, "one has a clock that does not exist");
        }
        self.errors.len() == before
    }

    fn num(&self, reg: NumReg) -> Option<RegInfo> {
        self.program.num_regs.get(reg.0 as usize).copied()
    }

    fn bool(&self, reg: BoolReg) -> Option<RegInfo> {
        self.program.bool_regs.get(reg.0 as usize).copied()
    }

    fn timeframe(&self, clock: ClockId) -> Timeframe {
        self.program.clocks[usize::from(clock.0)].timeframe
    }
}
