//! The position sections of a program: conditions that ask about the own position, one bar at a time.

use bytecode::ops::PositionField;
use bytecode::{BoolReg, ClockId, NumReg, Program, Stage};

use crate::latest::{Latest, MarketRow};
use crate::native::Native;
use crate::registers::RegSet;
use crate::source::Source;
use crate::state::LoadError;
use crate::stepper::Stepper;

/// The own position as a Play sees it; NaN where there is no such value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PositionInputs {
    pub entry_price: f64,
    pub bars_in_trade: f64,
    /// Percent of the margin.
    pub unrealized_pnl_pct: f64,
    /// 1 long, -1 short, 0 flat.
    pub side: f64,
    pub stop_price: f64,
    pub target_price: f64,
    pub mfe_pct: f64,
    pub mae_pct: f64,
}

impl PositionInputs {
    pub const FLAT: PositionInputs = PositionInputs {
        entry_price: f64::NAN,
        bars_in_trade: f64::NAN,
        unrealized_pnl_pct: f64::NAN,
        side: 0.0,
        stop_price: f64::NAN,
        target_price: f64::NAN,
        mfe_pct: f64::NAN,
        mae_pct: f64::NAN,
    };

    #[must_use]
    pub fn get(&self, field: PositionField) -> f64 {
        match field {
            PositionField::EntryPrice => self.entry_price,
            PositionField::BarsInTrade => self.bars_in_trade,
            PositionField::UnrealizedPnlPct => self.unrealized_pnl_pct,
            PositionField::Side => self.side,
            PositionField::StopPrice => self.stop_price,
            PositionField::TargetPrice => self.target_price,
            PositionField::MfePct => self.mfe_pct,
            PositionField::MaePct => self.mae_pct,
        }
    }
}

/// The position code of all clocks. At one moment the slower clock is stepped before the faster one.
#[derive(Clone)]
pub struct PositionMachine {
    stepper: Stepper,
}

impl PositionMachine {
    /// The program must be verified. Every register of the position stage is kept.
    #[must_use]
    pub fn new(program: &Program) -> PositionMachine {
        let in_stage =
            |infos: &[bytecode::RegInfo]| infos.iter().map(|i| i.stage == Stage::Position).collect();
        let kept = RegSet { nums: in_stage(&program.num_regs), bools: in_stage(&program.bool_regs) };
        PositionMachine { stepper: Stepper::new(program, Stage::Position, &kept) }
    }

    /// The same, with machine code where `native` makes some; it will be stepped at most `steps` times on each
    /// clock, as far as the caller knows. What is saved is the same.
    #[must_use]
    pub fn with_native(program: &Program, native: &dyn Native, steps: usize) -> PositionMachine {
        let mut machine = PositionMachine::new(program);
        machine.stepper.compile(program, native, steps);
        machine
    }

    /// Runs the code of `clock` at the close of the bar that opened at `open_ms`. `market` holds that bar's
    /// values of the market registers. Gives the latest values of the position stage, of all clocks.
    pub fn step(
        &mut self,
        clock: ClockId,
        open_ms: i64,
        market: &dyn MarketRow,
        position: &PositionInputs,
    ) -> &Latest {
        self.stepper.step(clock, &Source::times(&[open_ms]), Some(market), position)
    }

    /// The value at the latest step of the register's clock.
    #[must_use]
    pub fn num(&self, reg: NumReg) -> f64 {
        self.stepper.latest().num(reg)
    }

    #[must_use]
    pub fn bool(&self, reg: BoolReg) -> Option<bool> {
        self.stepper.latest().bool(reg)
    }

    /// Whether the code of this clock remembers earlier bars; if not, a host may leave out bars that it has
    /// no question about.
    #[must_use]
    pub fn carries_state(&self, clock: ClockId) -> bool {
        self.stepper.carries_state(clock)
    }

    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.stepper.save()
    }

    /// # Errors
    /// When the bytes are not what `save` gave for the same program; the machine is then unchanged.
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), LoadError> {
        self.stepper.load(bytes)
    }
}
