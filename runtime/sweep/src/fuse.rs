//! Many programs in one: what several of them compute is computed once.
//!
//! Ops are numbered by value: two ops with the same immediates over the same values give the same value, whichever
//! program they stand in. Only what is asked for is taken over.

use bars::Bars;
use bytecode::ops::{Operand, Renumber};
use bytecode::{
    BoolReg, Call, Clock, ClockId, Debug, Export, ExportColumn, NumReg, Op, Place, Policy, Program, RegInfo,
    Section, Stage,
};
use engine::RegSet;
use rustc_hash::FxHashMap;
use serde::Serialize;

/// Not a register of the fused program.
const NOWHERE: u32 = u32::MAX;

/// Where the registers of one program are in the fused one.
#[derive(Clone, Debug)]
pub struct Places {
    nums: Vec<u32>,
    bools: Vec<u32>,
    clocks: Vec<ClockId>,
}

impl Places {
    /// `None` for what was not taken.
    #[must_use]
    pub fn num(&self, reg: NumReg) -> Option<NumReg> {
        self.nums.get(reg.0 as usize).copied().filter(|&at| at != NOWHERE).map(NumReg)
    }

    #[must_use]
    pub fn bool(&self, reg: BoolReg) -> Option<BoolReg> {
        self.bools.get(reg.0 as usize).copied().filter(|&at| at != NOWHERE).map(BoolReg)
    }

    /// The fused program's clock of the same period.
    #[must_use]
    pub fn clock(&self, clock: ClockId) -> ClockId {
        self.clocks[usize::from(clock.0)]
    }

    /// The program's clocks, each as the fused one's.
    #[must_use]
    pub fn clocks(&self) -> &[ClockId] {
        &self.clocks
    }
}

impl Renumber for &Places {
    fn num(&mut self, reg: NumReg) -> NumReg {
        NumReg(self.nums[reg.0 as usize])
    }

    fn bool(&mut self, reg: BoolReg) -> BoolReg {
        BoolReg(self.bools[reg.0 as usize])
    }
}

/// Grows by a program at a time.
#[derive(Debug)]
pub struct Fused {
    program: Program,
    /// By what an op computes: its outputs.
    known: FxHashMap<Vec<u8>, Vec<u32>>,
    kept_nums: Vec<bool>,
    kept_bools: Vec<bool>,
    /// How many of them there are, by clock.
    kept: Vec<Kept>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    nums: usize,
    bools: usize,
}

/// What an op computes: two that are the same here give the same values.
#[derive(Serialize)]
enum Value<'a> {
    Op(u16, Op),
    Call {
        clock: u16,
        builtin: &'a str,
        structure: bool,
        params: &'a stdlib::Params,
        inputs: Vec<Option<NumReg>>,
    },
}

/// All outputs alike, so that they do not tell values apart.
struct Blank;

impl Renumber for Blank {
    fn num(&mut self, _: NumReg) -> NumReg {
        NumReg(0)
    }

    fn bool(&mut self, _: BoolReg) -> BoolReg {
        BoolReg(0)
    }
}

impl Fused {
    /// Nothing yet; takes programs with clocks and series that these have.
    #[must_use]
    pub fn new(models: &[&Program]) -> Option<Fused> {
        let first = models.first()?;
        let mut clocks: Vec<Clock> = models.iter().flat_map(|m| m.clocks.iter().copied()).collect();
        clocks.sort_by_key(|clock| std::cmp::Reverse(clock.timeframe));
        clocks.dedup_by_key(|clock| clock.timeframe);
        let mut series: Vec<String> = models.iter().flat_map(|m| m.series.iter().cloned()).collect();
        series.sort();
        series.dedup();
        let sections: Vec<Section> =
            (0_u16..).zip(&clocks).map(|(at, _)| Section { clock: ClockId(at), ops: Vec::new() }).collect();
        let places = vec![Vec::new(); clocks.len()];
        let program = Program {
            identity: first.identity.clone(),
            symbol: first.symbol.clone(),
            clocks,
            exec: ClockId(0),
            num_regs: Vec::new(),
            bool_regs: Vec::new(),
            series,
            calls: Vec::new(),
            market: sections.clone(),
            position: sections,
            actions: Vec::new(),
            policy: Policy { stop: None, target: None, trailing: None, ..first.policy.clone() },
            exports: Vec::new(),
            debug: Debug { file: first.debug.file.clone(), market: places.clone(), position: places },
            pattern: None,
        };
        let kept = vec![Kept::default(); program.clocks.len()];
        let (known, kept_nums, kept_bools) = (FxHashMap::default(), Vec::new(), Vec::new());
        Some(Fused { program, known, kept_nums, kept_bools, kept })
    }

    /// The clocks of a program among its own; `None` when it may not be taken.
    fn clocks_of(&self, other: &Program) -> Option<Vec<ClockId>> {
        if other.series.iter().any(|name| self.program.series.binary_search(name).is_err()) {
            return None;
        }
        let own = |clock: &Clock| {
            let at = self.program.clocks.iter().position(|c| c.timeframe == clock.timeframe)?;
            Some(ClockId(at as u16))
        };
        other.clocks.iter().map(own).collect()
    }

    /// Takes these registers of `program`, and what they are computed from.
    /// `None` when it has a clock or a series that this has not.
    pub fn add(&mut self, program: &Program, kept: &RegSet) -> Option<Places> {
        let clocks = self.clocks_of(program)?;
        let needed = needed(program, &kept.nums, &kept.bools);
        let mut places =
            Places { nums: vec![NOWHERE; kept.nums.len()], bools: vec![NOWHERE; kept.bools.len()], clocks };
        for (at, section) in program.market.iter().enumerate() {
            for (op, needed) in section.ops.iter().zip(&needed[at]) {
                if *needed {
                    self.op(program, at, op, &mut places);
                }
            }
        }
        self.keep(&kept.nums, &kept.bools, &places);
        Some(places)
    }

    fn keep(&mut self, nums: &[bool], bools: &[bool], places: &Places) {
        self.kept_nums.resize(self.program.num_regs.len(), false);
        self.kept_bools.resize(self.program.bool_regs.len(), false);
        let placed = |kept: &[bool], places: &[u32]| -> Vec<usize> {
            let all = kept.iter().zip(places).filter(|(kept, place)| **kept && **place != NOWHERE);
            all.map(|(_, place)| *place as usize).collect()
        };
        for at in placed(nums, &places.nums) {
            let is_new = !std::mem::replace(&mut self.kept_nums[at], true);
            let clock = usize::from(self.program.num_regs[at].clock.0);
            self.kept[clock].nums += usize::from(is_new);
        }
        for at in placed(bools, &places.bools) {
            let is_new = !std::mem::replace(&mut self.kept_bools[at], true);
            let clock = usize::from(self.program.bool_regs[at].clock.0);
            self.kept[clock].bools += usize::from(is_new);
        }
    }

    fn op(&mut self, program: &Program, section: usize, op: &Op, places: &mut Places) {
        let clock = places.clocks[section];
        let section = usize::from(clock.0);
        let op = &self.own_series(program, op);
        let call = if let Op::Call { call } = *op { Some(&program.calls[call as usize]) } else { None };
        let inputs = |call: &Call| {
            call.inputs.iter().map(|reg| reg.and_then(|reg| places.num(reg))).collect::<Vec<_>>()
        };
        let value = match call {
            None => Value::Op(clock.0, op.renumbered(&mut Blank, &mut &*places)),
            Some(call) => Value::Call {
                clock: clock.0,
                builtin: &call.builtin,
                structure: call.structure,
                params: &call.params,
                inputs: inputs(call),
            },
        };
        let outputs = outputs(op, call);
        let key = bytes(&value);
        if let Some(known) = self.known.get(&key) {
            for (output, &at) in outputs.iter().zip(known) {
                place(places, *output, at);
            }
            return;
        }
        let info = RegInfo { clock, stage: Stage::Market };
        let mut made = Vec::with_capacity(outputs.len());
        for output in &outputs {
            let regs = match output {
                Operand::Num(_) => &mut self.program.num_regs,
                Operand::Bool(_) => &mut self.program.bool_regs,
            };
            let at = u32::try_from(regs.len()).unwrap_or(NOWHERE);
            regs.push(info);
            place(places, *output, at);
            made.push(at);
        }
        let op = match call {
            None => op.renumbered(&mut &*places, &mut &*places),
            Some(call) => {
                let inputs = call.inputs.iter().map(|reg| reg.and_then(|reg| places.num(reg))).collect();
                let outputs = made.iter().map(|&at| NumReg(at)).collect();
                self.program.calls.push(Call { inputs, outputs, ..call.clone() });
                Op::Call { call: self.program.calls.len() as u32 - 1 }
            }
        };
        self.program.market[section].ops.push(op);
        self.program.debug.market[section].push(Place::default());
        self.known.insert(key, made);
    }

    /// The op with its series, if it reads one, under the number that it has here.
    fn own_series(&self, program: &Program, op: &Op) -> Op {
        match *op {
            Op::Series { out, series } => {
                let name = &program.series[usize::from(series)];
                let at = self.program.series.binary_search(name);
                Op::Series { out, series: at.expect("`clocks_of` has found every series") as u16 }
            }
            op => op,
        }
    }

    /// How many registers of one kind there are: a program may not have more than the verifier's limit.
    #[must_use]
    pub fn registers(&self) -> usize {
        self.program.num_regs.len().max(self.program.bool_regs.len())
    }

    /// What the kept columns take over these bars.
    #[must_use]
    pub fn column_bytes(&self, bars: &Bars) -> usize {
        self.bytes(bars, self.program.clocks.len())
    }

    /// The same without the fastest clock.
    #[must_use]
    pub fn slower_bytes(&self, bars: &Bars) -> usize {
        self.bytes(bars, self.program.clocks.len() - 1)
    }

    fn bytes(&self, data: &Bars, clocks: usize) -> usize {
        let of_clock = |(clock, kept): (&Clock, &Kept)| {
            let periods = (clock.timeframe.ms() / data.timeframe.ms()).max(1);
            let bars = data.len() / usize::try_from(periods).unwrap_or(1) + 2;
            kept.nums * bars * 8 + kept.bools * bars.div_ceil(64) * 16
        };
        self.program.clocks.iter().zip(&self.kept).take(clocks).map(of_clock).sum()
    }

    /// What a row of each number takes while a block is at work.
    #[must_use]
    pub fn row_bytes(&self, block_bars: usize) -> usize {
        self.program.num_regs.len() * block_bars * 8
    }

    /// The program that computes all of them; what is kept are its exports.
    #[must_use]
    pub fn into_program(mut self) -> Program {
        let unit = stdlib::Unit::Scalar;
        let export = |name: String, column| Export { name, column, unit, words: Vec::new() };
        let nums =
            numbered(&self.kept_nums).map(|at| export(format!("n{at}"), ExportColumn::Num(NumReg(at))));
        let bools =
            numbered(&self.kept_bools).map(|at| export(format!("b{at}"), ExportColumn::Bool(BoolReg(at))));
        self.program.exports = nums.chain(bools).collect();
        self.program
    }
}

fn numbered(marks: &[bool]) -> impl Iterator<Item = u32> + '_ {
    (0_u32..).zip(marks).filter(|(_, kept)| **kept).map(|(at, _)| at)
}

fn place(places: &mut Places, output: Operand, at: u32) {
    match output {
        Operand::Num(reg) => places.nums[reg.0 as usize] = at,
        Operand::Bool(reg) => places.bools[reg.0 as usize] = at,
    }
}

fn outputs(op: &Op, call: Option<&Call>) -> Vec<Operand> {
    match call {
        Some(call) => call.outputs.iter().map(|&reg| reg.into()).collect(),
        None => {
            let mut outputs = Vec::with_capacity(1);
            op.outputs(|reg| outputs.push(reg));
            outputs
        }
    }
}

fn bytes(value: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(value).expect("plain data, which postcard always writes to memory")
}

/// For each op of each market section whether anything kept depends on it.
fn needed(program: &Program, nums: &[bool], bools: &[bool]) -> Vec<Vec<bool>> {
    let (mut nums, mut bools) = (nums.to_vec(), bools.to_vec());
    let mut all: Vec<Vec<bool>> = Vec::with_capacity(program.market.len());
    // Only slower clocks are read across, and those come first.
    for section in program.market.iter().rev() {
        let mut needed = vec![false; section.ops.len()];
        for (op, needed) in section.ops.iter().zip(&mut needed).rev() {
            let call = if let Op::Call { call } = *op { Some(&program.calls[call as usize]) } else { None };
            *needed = outputs(op, call).iter().any(|output| match output {
                Operand::Num(reg) => nums[reg.0 as usize],
                Operand::Bool(reg) => bools[reg.0 as usize],
            });
            if !*needed {
                continue;
            }
            match call {
                Some(call) => call.inputs.iter().flatten().for_each(|reg| nums[reg.0 as usize] = true),
                None => op.inputs(|input| match input {
                    Operand::Num(reg) => nums[reg.0 as usize] = true,
                    Operand::Bool(reg) => bools[reg.0 as usize] = true,
                }),
            }
        }
        all.push(needed);
    }
    all.reverse();
    all
}
