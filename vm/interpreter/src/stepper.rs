//! All sections of one stage, bar by bar: the same machines with blocks of one bar, hence the same bits.

use bytecode::{BoolReg, ClockId, NumReg, Op, Program, Stage};
use serde::{Deserialize, Serialize};

use crate::chain::Compiled;
use crate::latest::{Latest, MarketRow};
use crate::layout::Layout;
use crate::machine::{Machine, Saved};
use crate::native::Native;
use crate::position::PositionInputs;
use crate::registers::RegSet;
use crate::source::Source;
use crate::state::LoadError;

/// A machine for each clock, and the latest values of their kept registers.
#[derive(Clone)]
pub struct Stepper {
    clocks: Vec<Clock>,
    latest: Latest,
}

#[derive(Clone)]
struct Clock {
    machine: Machine,
    kept_nums: Vec<NumReg>,
    kept_bools: Vec<BoolReg>,
    /// Registers of the other stage that the code reads.
    outer_nums: Vec<NumReg>,
    outer_bools: Vec<BoolReg>,
    /// Takes the place of the machine's own steps; what the ops carry stays with the machine.
    compiled: Option<Compiled>,
}

#[derive(Serialize, Deserialize)]
struct Snapshot {
    machines: Vec<Saved>,
    latest: Latest,
}

impl Stepper {
    /// The program must be verified.
    #[must_use]
    pub fn new(program: &Program, stage: Stage, kept: &RegSet) -> Stepper {
        let sections = match stage {
            Stage::Market => &program.market,
            Stage::Position => &program.position,
        };
        let layout = Layout { kept, bars: None, block_bars: 1 };
        let clocks = sections.iter().map(|section| {
            let machine = Machine::new(program, section, &layout);
            let mut outer = (Vec::new(), Vec::new());
            for op in &section.ops {
                if !matches!(op, Op::AlignNum { .. } | Op::AlignBool { .. }) {
                    op.inputs(|input| match input {
                        bytecode::ops::Operand::Num(reg) => outer.0.push(reg),
                        bytecode::ops::Operand::Bool(reg) => outer.1.push(reg),
                    });
                }
            }
            outer.0.retain(|r| program.num_regs[r.0 as usize].stage != stage);
            outer.1.retain(|r| program.bool_regs[r.0 as usize].stage != stage);
            let own = |infos: &[bytecode::RegInfo], kept: &[bool]| -> Vec<u32> {
                let regs = (0_u32..).zip(infos.iter().zip(kept));
                let own = regs
                    .filter(|(_, (info, kept))| **kept && info.clock == section.clock && info.stage == stage);
                own.map(|(reg, _)| reg).collect()
            };
            Clock {
                machine,
                kept_nums: own(&program.num_regs, &kept.nums).into_iter().map(NumReg).collect(),
                kept_bools: own(&program.bool_regs, &kept.bools).into_iter().map(BoolReg).collect(),
                outer_nums: outer.0,
                outer_bools: outer.1,
                compiled: None,
            }
        });
        let latest = Latest::new(program.clocks.len(), program.num_regs.len(), program.bool_regs.len());
        Stepper { clocks: clocks.collect(), latest }
    }

    /// Lets machine code run the position code of each clock where there is some.
    pub fn compile(&mut self, program: &Program, native: &dyn Native, steps: usize) {
        for (clock, section) in self.clocks.iter_mut().zip(&program.position) {
            let code = native.position(program, section, steps);
            clock.compiled = code.map(|code| Compiled::new(code, program.clocks.len()));
        }
    }

    /// Runs the code of `clock` over its next bar, the only one of `source`.
    pub fn step(
        &mut self,
        clock: ClockId,
        source: &Source<'_>,
        outer: Option<&dyn MarketRow>,
        position: &PositionInputs,
    ) -> &Latest {
        let Clock { machine, kept_nums, kept_bools, outer_nums, outer_bools, compiled } =
            &mut self.clocks[usize::from(clock.0)];
        if let (Some(compiled), Some(outer)) = (compiled, outer) {
            compiled.step(machine, source.open_time[0], outer, position, &mut self.latest);
            self.latest.set_opened_ms(clock, source.open_time[0]);
            return &self.latest;
        }
        if let Some(outer) = outer {
            for &reg in &*outer_nums {
                machine.registers().set_num(reg, outer.num(reg));
            }
            for &reg in &*outer_bools {
                machine.registers().set_bool(reg, outer.bool(reg));
            }
        }
        machine.run_with(source, 0..1, &self.latest, position);
        self.latest.set_opened_ms(clock, source.open_time[0]);
        for &reg in &*kept_nums {
            self.latest.set_num(reg, machine.latest_num(reg, source));
        }
        for &reg in &*kept_bools {
            self.latest.set_bool(reg, machine.latest_bool(reg));
        }
        &self.latest
    }

    #[must_use]
    pub fn latest(&self) -> &Latest {
        &self.latest
    }

    /// Whether the code of this clock carries anything from bar to bar; if not, bars may be left out.
    #[must_use]
    pub fn carries_state(&self, clock: ClockId) -> bool {
        self.clocks[usize::from(clock.0)].machine.carries_state()
    }

    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        let machines = self.clocks.iter().map(|c| c.machine.save()).collect();
        let snapshot = Snapshot { machines, latest: self.latest.clone() };
        postcard::to_stdvec(&snapshot).expect("states are plain data, which postcard always writes to memory")
    }

    /// Goes on, to the bit, from what `save` gave on a stepper of the same program.
    ///
    /// # Errors
    /// When the bytes are not such a state; the stepper is then unchanged.
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), LoadError> {
        let Ok((snapshot, [])) = postcard::take_from_bytes::<Snapshot>(bytes) else { return Err(LoadError) };
        if snapshot.machines.len() != self.clocks.len() || !snapshot.latest.fits(&self.latest) {
            return Err(LoadError);
        }
        let mut clocks = self.clocks.clone();
        for (clock, saved) in clocks.iter_mut().zip(&snapshot.machines) {
            clock.machine.load(saved)?;
        }
        self.clocks = clocks;
        self.latest = snapshot.latest;
        Ok(())
    }
}
