//! A compiled Play.

use bars::Timeframe;
use serde::{Deserialize, Serialize};

use crate::actions::Block;
use crate::debug::Debug;
use crate::ops::Op;
use crate::policy::Policy;

/// A register that holds one number a bar of its clock. Written by exactly one op.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NumReg(pub u32);

/// A register that holds one condition a bar of its clock. Written by exactly one op.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BoolReg(pub u32);

/// An index into [`Program::clocks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClockId(pub u16);

/// Everything a host needs to run a Play. See the verifier for what holds of every accepted program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Program {
    pub identity: Identity,
    /// Such as `BTCUSDT`.
    pub symbol: String,
    /// From the slowest to the fastest; each period once.
    pub clocks: Vec<Clock>,
    /// The clock of the Play's `exec` timeframe.
    pub exec: ClockId,
    pub num_regs: Vec<RegInfo>,
    pub bool_regs: Vec<RegInfo>,
    /// Names of the series beside the bars that `Op::Series` reads; the data must carry them.
    pub series: Vec<String>,
    /// Kernel calls that `Op::Call` refers to.
    pub calls: Vec<Call>,
    /// One section for each clock, in the order of `clocks`: straight-line code over the market.
    pub market: Vec<Section>,
    /// Straight-line code that also reads the position: run by the kernel for one bar at a time, one section
    /// for each clock, after the market code of that bar. It may read market registers of its own clock.
    pub position: Vec<Section>,
    pub actions: Vec<Block>,
    pub policy: Policy,
    pub exports: Vec<Export>,
    pub debug: Debug,
    /// Default data when none is given: `validation.pattern`.
    pub pattern: Option<String>,
}

impl Program {
    /// Bars of the exec clock that the slowest warm-up takes, and one more.
    #[must_use]
    pub fn warmup_exec_bars(&self) -> usize {
        let exec_ms = self.clocks[usize::from(self.exec.0)].timeframe.ms();
        let needed_ms = self.clocks.iter().map(|c| c.timeframe.ms() * (i64::from(c.warmup_bars) + 1));
        usize::try_from(needed_ms.max().unwrap_or(0) / exec_ms + 1).unwrap_or(0)
    }
}

/// What this program was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub play: String,
    /// BLAKE3 of the Play's text.
    pub source_hash: [u8; 32],
    /// `stdlib::catalogue_hash` of the compiler.
    pub catalogue_hash: [u8; 32],
    /// Version of the engine that compiled it.
    pub engine_version: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    pub timeframe: Timeframe,
    /// Bars of this clock that must have closed before anything is evaluated (X11).
    pub warmup_bars: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegInfo {
    pub clock: ClockId,
    pub stage: Stage,
}

/// What a value depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Stage {
    /// Bars only.
    Market,
    /// The own position too.
    Position,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    pub clock: ClockId,
    /// Every register is written before it is read.
    pub ops: Vec<Op>,
}

/// One use of a built-in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Name and kind of the catalogue row; looked up once at load.
    pub builtin: String,
    pub structure: bool,
    pub params: stdlib::Params,
    /// In the order of the row's inputs; `None` for an absent optional one.
    pub inputs: Vec<Option<NumReg>>,
    /// In the order of the row's outputs.
    pub outputs: Vec<NumReg>,
}

/// A column with a name for people: a feature, a structure's output, a setup, the condition of a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Export {
    /// `rsi_14`, `macd.histogram`, `swing.high_level`, `setup:pullback`, `entry_long` or `block[case]`.
    pub name: String,
    pub column: ExportColumn,
    /// Draw over the price (unit price), or in a pane of its own.
    pub unit: stdlib::Unit,
    /// Words of an enum, by code.
    pub words: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExportColumn {
    Num(NumReg),
    Bool(BoolReg),
}
