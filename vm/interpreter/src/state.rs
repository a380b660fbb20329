//! What an op carries from bar to bar: kernels, rings, counters. It can be saved and restored to the bit.

use std::slice::from_mut;

use bytecode::{Call, NumReg, Op};
use serde::Serialize;
use serde::de::DeserializeOwned;
use stdlib::{Kernel, Kind};

use crate::elementwise::{canonical, finite};
use crate::history::History;
use crate::kleene::Before;
use crate::machine::Now;
use crate::registers::{Registers, Row};
use crate::sequence::{BarNumber, Carry, StepBars, StepTime};
use crate::window::{Ask, CountWindow, RecentWindow, RunWindow};

/// The bytes are not a state of this code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not a saved state of this program; start it anew from the bars before")]
pub struct LoadError;

#[derive(Clone)]
pub(crate) enum State {
    None,
    /// An index into the machine's slower clocks; nothing is carried.
    Align(usize),
    Shift(History),
    Edge(Before),
    Run(RunWindow),
    Count(CountWindow),
    Recent(RecentWindow),
    StepBars(StepBars),
    StepTime(StepTime),
    Carry(Carry),
    BarNumber(BarNumber),
    Call(CallState),
}

impl State {
    /// Before the first bar.
    pub fn of(op: &Op, calls: &[Call]) -> State {
        match *op {
            Op::Shift { bars, .. } => State::Shift(History::new(bars as usize)),
            Op::CrossAbove { .. } | Op::CrossBelow { .. } => State::Edge(Before::default()),
            Op::HoldsFor { bars, stride: 1, .. } => State::Run(RunWindow::all(bars)),
            Op::OccurredWithin { bars, stride: 1, .. } => State::Run(RunWindow::any(bars)),
            Op::HoldsFor { bars, stride, .. } => State::Count(CountWindow::new(bars, stride, bars)),
            Op::OccurredWithin { bars, stride, .. } => State::Count(CountWindow::new(bars, stride, 1)),
            Op::CountTrue { bars, stride: 1, min_true, .. } => {
                State::Recent(RecentWindow::new(i64::from(bars), Ask::AtLeast(min_true)))
            }
            Op::CountTrue { bars, stride, min_true, .. } => {
                State::Count(CountWindow::new(bars, stride, min_true))
            }
            Op::HoldsForTime { duration_ms, .. } => State::Recent(RecentWindow::new(duration_ms, Ask::All)),
            Op::OccurredWithinTime { duration_ms, .. } => {
                State::Recent(RecentWindow::new(duration_ms, Ask::AtLeast(1)))
            }
            Op::CountTrueTime { duration_ms, min_true, .. } => {
                State::Recent(RecentWindow::new(duration_ms, Ask::AtLeast(min_true)))
            }
            Op::Then { bars, .. } => State::StepBars(StepBars::new(bars)),
            Op::ThenTime { duration_ms, .. } => State::StepTime(StepTime::new(duration_ms)),
            Op::ThenNext { bars, .. } => State::Carry(Carry::new(i64::from(bars))),
            Op::ThenNextTime { duration_ms, .. } => State::Carry(Carry::new(duration_ms)),
            Op::ThenStart { .. } | Op::ThenEnd { .. } => State::BarNumber(BarNumber::default()),
            Op::Call { call } => State::Call(CallState::new(&calls[call as usize])),
            _ => State::None,
        }
    }

    pub fn save(&self) -> Vec<u8> {
        match self {
            State::None | State::Align(_) => Vec::new(),
            State::Shift(state) => bytes(state),
            State::Edge(state) => bytes(state),
            State::Run(state) => bytes(state),
            State::Count(state) => bytes(state),
            State::Recent(state) => bytes(state),
            State::StepBars(state) => bytes(state),
            State::StepTime(state) => bytes(state),
            State::Carry(state) => bytes(state),
            State::BarNumber(state) => bytes(state),
            State::Call(state) => {
                let mut out = Vec::new();
                state.kernel.save(&mut out);
                out
            }
        }
    }

    /// The state that `save` wrote, for an op with the same operands.
    pub fn load(&self, saved: &[u8]) -> Result<State, LoadError> {
        match self {
            State::None | State::Align(_) if saved.is_empty() => Ok(self.clone()),
            State::None | State::Align(_) => Err(LoadError),
            State::Shift(own) => read(saved, |s: &History| s.same_ring(own)).map(State::Shift),
            State::Edge(_) => read(saved, |s: &Before| s.is_sound()).map(State::Edge),
            State::Run(own) => read(saved, |s: &RunWindow| s.fits(own)).map(State::Run),
            State::Count(own) => read(saved, |s: &CountWindow| s.fits(own)).map(State::Count),
            State::Recent(own) => read(saved, |s: &RecentWindow| s.fits(own)).map(State::Recent),
            State::StepBars(own) => read(saved, |s: &StepBars| s.fits(own)).map(State::StepBars),
            State::StepTime(own) => read(saved, |s: &StepTime| s.fits(own)).map(State::StepTime),
            State::Carry(own) => read(saved, |s: &Carry| s.fits(own)).map(State::Carry),
            State::BarNumber(_) => read(saved, |_: &BarNumber| true).map(State::BarNumber),
            State::Call(own) => {
                let mut state = own.clone();
                state.kernel.load(saved).map_err(|_| LoadError)?;
                state.kernel.needs(&state.needed);
                Ok(State::Call(state))
            }
        }
    }
}

fn bytes(state: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(state).expect("states are plain data, which postcard always writes to memory")
}

fn read<T: DeserializeOwned>(saved: &[u8], fits: impl Fn(&T) -> bool) -> Result<T, LoadError> {
    match postcard::take_from_bytes::<T>(saved) {
        Ok((state, [])) if fits(&state) => Ok(state),
        _ => Err(LoadError),
    }
}

/// A kernel at work, and the registers it is wired to.
pub(crate) struct CallState {
    kernel: Box<dyn Kernel>,
    inputs: Vec<Option<NumReg>>,
    outputs: Vec<NumReg>,
    /// Which outputs anything reads.
    needed: Vec<bool>,
    /// The rows of the outputs while the kernel writes them: kept so that running does not allocate.
    taken: Vec<Row>,
}

impl Clone for CallState {
    fn clone(&self) -> CallState {
        CallState {
            kernel: self.kernel.fork(),
            inputs: self.inputs.clone(),
            outputs: self.outputs.clone(),
            needed: self.needed.clone(),
            taken: Vec::new(),
        }
    }
}

fn canonical_where(outputs: &mut [&mut [f64]], needed: &[bool]) {
    outputs.iter_mut().zip(needed).filter(|(_, needed)| **needed).for_each(|(out, _)| canonical(out));
}

/// Kernels with no more inputs or outputs than this are called without an allocation.
const FEW: usize = 32;
/// The same on a single bar, where room for more would cost more than most kernels.
const FEW_VALUES: usize = 8;

impl CallState {
    fn new(call: &Call) -> CallState {
        let kind = if call.structure { Kind::Structure } else { Kind::Indicator };
        let row = stdlib::lookup(kind, &call.builtin).map(stdlib::builtin);
        let row = row.expect("the verifier has proven that the catalogue has this row");
        CallState {
            kernel: (row.make)(&call.params),
            inputs: call.inputs.clone(),
            outputs: call.outputs.clone(),
            needed: vec![true; call.outputs.len()],
            taken: Vec::new(),
        }
    }

    /// Tells the kernel what is read.
    pub fn need(&mut self, read: &[bool]) {
        self.needed = self.outputs.iter().map(|reg| read[reg.0 as usize]).collect();
        self.kernel.needs(&self.needed);
    }

    pub fn run(&mut self, registers: &mut Registers, now: &Now<'_>) {
        self.taken.extend(self.outputs.iter().map(|&reg| registers.take_row(reg)));
        let input = |reg: &Option<NumReg>| reg.map_or(&[][..], |reg| registers.num(reg, now));
        if self.inputs.len() <= FEW && self.outputs.len() <= FEW {
            let mut inputs: [&[f64]; FEW] = [&[]; FEW];
            for (slot, reg) in inputs.iter_mut().zip(&self.inputs) {
                *slot = input(reg);
            }
            let mut outputs: [&mut [f64]; FEW] = Default::default();
            for (slot, row) in outputs.iter_mut().zip(&mut self.taken) {
                *slot = row.block_mut(now);
            }
            self.kernel.run(&inputs[..self.inputs.len()], &mut outputs[..self.outputs.len()]);
            canonical_where(&mut outputs, &self.needed);
        } else {
            let inputs: Vec<&[f64]> = self.inputs.iter().map(input).collect();
            let mut outputs: Vec<&mut [f64]> = self.taken.iter_mut().map(|row| row.block_mut(now)).collect();
            self.kernel.run(&inputs, &mut outputs);
            canonical_where(&mut outputs, &self.needed);
        }
        for (&reg, row) in self.outputs.iter().zip(self.taken.drain(..)) {
            registers.put_row(reg, row);
        }
    }

    /// On the only bar of a block; `false` where there are too many values for it.
    pub fn run_one_bar(&mut self, registers: &mut Registers, now: &Now<'_>) -> bool {
        if self.inputs.len().max(self.outputs.len()) > FEW_VALUES {
            return false;
        }
        let mut values = [0.0; FEW_VALUES];
        let mut inputs: [&[f64]; FEW_VALUES] = [&[]; FEW_VALUES];
        for (slot, reg) in inputs.iter_mut().zip(&self.inputs) {
            *slot = reg.map_or(&[][..], |reg| registers.num(reg, now));
        }
        let mut outputs = values.each_mut().map(from_mut);
        self.kernel.run(&inputs[..self.inputs.len()], &mut outputs[..self.outputs.len()]);
        let outputs = self.outputs.iter().zip(values).zip(&self.needed);
        for ((&reg, value), _) in outputs.filter(|(_, needed)| **needed) {
            registers.set_only(now, reg, finite(value));
        }
        true
    }
}
