//! The latest values of registers, bar by bar.

use bytecode::{BoolReg, ClockId, NumReg};
use serde::{Deserialize, Serialize};

use crate::source::Slower;

/// Values of market registers at one bar.
pub trait MarketRow {
    fn num(&self, reg: NumReg) -> f64;
    /// `None` is unknown.
    fn bool(&self, reg: BoolReg) -> Option<bool>;
}

/// For each clock its latest bar, for each kept register its value at that bar: missing or unknown before the
/// first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Latest {
    /// The opening time of each clock's latest bar, if there was one.
    open_time: Vec<Vec<i64>>,
    nums: Vec<f64>,
    /// Of each condition: known and true, as 0 or 1.
    known: Vec<u64>,
    truth: Vec<u64>,
}

impl Latest {
    #[must_use]
    pub fn new(clocks: usize, nums: usize, bools: usize) -> Latest {
        Latest {
            open_time: vec![Vec::new(); clocks],
            nums: vec![f64::NAN; nums],
            known: vec![0; bools],
            truth: vec![0; bools],
        }
    }

    /// When the latest bar of this clock opened.
    #[must_use]
    pub fn opened_ms(&self, clock: ClockId) -> Option<i64> {
        self.open_time[usize::from(clock.0)].first().copied()
    }

    pub(crate) fn set_opened_ms(&mut self, clock: ClockId, open_ms: i64) {
        let time = &mut self.open_time[usize::from(clock.0)];
        time.clear();
        time.push(open_ms);
    }

    pub(crate) fn set_num(&mut self, reg: NumReg, value: f64) {
        self.nums[reg.0 as usize] = value;
    }

    pub(crate) fn set_bool(&mut self, reg: BoolReg, (known, truth): (u64, u64)) {
        self.known[reg.0 as usize] = known;
        self.truth[reg.0 as usize] = truth;
    }

    /// Numbers, and known and true of conditions, by register.
    pub(crate) fn slots(&mut self) -> (&mut [f64], &mut [u64], &mut [u64]) {
        (&mut self.nums, &mut self.known, &mut self.truth)
    }

    /// Whether it may stand for `own`: the same registers and clocks, and sound bits.
    #[must_use]
    pub(crate) fn fits(&self, own: &Latest) -> bool {
        self.open_time.len() == own.open_time.len()
            && self.nums.len() == own.nums.len()
            && self.known.len() == own.known.len()
            && self.truth.len() == own.truth.len()
            && self.open_time.iter().all(|t| t.len() <= 1)
            && self.known.iter().zip(&self.truth).all(|(&known, &truth)| truth <= known && known <= 1)
    }
}

impl MarketRow for Latest {
    fn num(&self, reg: NumReg) -> f64 {
        self.nums[reg.0 as usize]
    }

    fn bool(&self, reg: BoolReg) -> Option<bool> {
        (self.known[reg.0 as usize] == 1).then(|| self.truth[reg.0 as usize] == 1)
    }
}

impl Slower for Latest {
    fn open_time(&self, clock: ClockId) -> &[i64] {
        &self.open_time[usize::from(clock.0)]
    }

    fn num(&self, reg: NumReg) -> &[f64] {
        std::slice::from_ref(&self.nums[reg.0 as usize])
    }

    fn bits(&self, reg: BoolReg) -> (&[u64], &[u64]) {
        let reg = reg.0 as usize;
        (std::slice::from_ref(&self.known[reg]), std::slice::from_ref(&self.truth[reg]))
    }
}
