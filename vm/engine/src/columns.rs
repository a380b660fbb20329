//! What a run leaves: for each clock its bars, for each kept register its column.

use bars::{Bars, Bitmap, Column, Timeframe};
use bytecode::{BoolReg, ClockId, NumReg};
use interpreter::{MarketRow, Slower};

#[derive(Clone, Debug)]
pub struct Columns {
    /// In the order of `Program::clocks`: from the slowest to the fastest.
    pub clocks: Vec<ClockColumns>,
    /// By register; `None` where it is not kept.
    pub(crate) nums: Vec<Option<Column<f64>>>,
    pub(crate) bools: Vec<Option<Bitmap>>,
}

#[derive(Clone, Debug)]
pub struct ClockColumns {
    pub bars: Bars,
    /// `Clock::warmup_bars` of the program.
    pub warmup_bars: u32,
    /// The first bar of this clock at whose close every clock has its warm-up bars closed; the number of bars
    /// when there is none.
    pub ready: usize,
}

impl Columns {
    /// The values on the register's own clock; `None` when it was not kept.
    #[must_use]
    pub fn num(&self, reg: NumReg) -> Option<&[f64]> {
        self.nums.get(reg.0 as usize)?.as_deref()
    }

    /// The same, shared instead of borrowed.
    #[must_use]
    pub fn num_column(&self, reg: NumReg) -> Option<Column<f64>> {
        self.nums.get(reg.0 as usize)?.clone()
    }

    #[must_use]
    pub fn bool(&self, reg: BoolReg) -> Option<&Bitmap> {
        self.bools.get(reg.0 as usize)?.as_ref()
    }

    #[must_use]
    pub fn clock(&self, clock: ClockId) -> &ClockColumns {
        &self.clocks[usize::from(clock.0)]
    }

    /// The kept registers at bar `bar` of their clock: what the position code of that clock reads.
    #[must_use]
    pub fn row(&self, bar: usize) -> ColumnRow<'_> {
        ColumnRow { columns: self, bar }
    }

    /// For each clock that has fewer bars than its warm-up needs: its period, the bars it needs, the bars it
    /// has.
    #[must_use]
    pub fn missing_bars(&self) -> Vec<(Timeframe, usize, usize)> {
        let needs = self.clocks.iter().map(|c| (c.bars.timeframe, c.warmup_bars as usize, c.bars.len()));
        needs.filter(|(_, needed, have)| have < needed).collect()
    }

    pub(crate) fn push_clock(&mut self, bars: Bars, warmup_bars: u32) {
        self.clocks.push(ClockColumns { bars, warmup_bars, ready: 0 });
    }

    /// Sets `ready` of every clock.
    pub(crate) fn find_ready(&mut self) {
        let warmups: Vec<u32> = self.clocks.iter().map(|c| c.warmup_bars).collect();
        let ready = self.ready_after(&warmups);
        self.clocks.iter_mut().zip(ready).for_each(|(clock, ready)| clock.ready = ready);
    }

    /// `ready` of every clock, were these its warm-up bars.
    #[must_use]
    pub fn ready_after(&self, warmup_bars: &[u32]) -> Vec<usize> {
        let mut ready_ms = Some(i64::MIN);
        for (clock, &warmup_bars) in self.clocks.iter().zip(warmup_bars) {
            let close_ms = match (warmup_bars as usize).checked_sub(1) {
                None => Some(i64::MIN),
                Some(last) => (last < clock.bars.len()).then(|| clock.bars.close_time_ms(last)),
            };
            ready_ms = ready_ms.zip(close_ms).map(|(a, b)| a.max(b));
        }
        let first = |clock: &ClockColumns| match ready_ms {
            Some(ready_ms) => {
                let period_ms = clock.bars.timeframe.ms();
                clock.bars.open_time.partition_point(|&t| t + period_ms < ready_ms)
            }
            None => clock.bars.len(),
        };
        self.clocks.iter().map(first).collect()
    }
}

/// One bar of the columns.
#[derive(Clone, Copy, Debug)]
pub struct ColumnRow<'a> {
    columns: &'a Columns,
    bar: usize,
}

impl MarketRow for ColumnRow<'_> {
    fn num(&self, reg: NumReg) -> f64 {
        self.columns.num(reg).map_or(f64::NAN, |column| column[self.bar])
    }

    fn bool(&self, reg: BoolReg) -> Option<bool> {
        self.columns.bool(reg).and_then(|column| column.get(self.bar))
    }
}

impl Slower for Columns {
    fn open_time(&self, clock: ClockId) -> &[i64] {
        &self.clock(clock).bars.open_time
    }

    fn num(&self, reg: NumReg) -> &[f64] {
        Columns::num(self, reg).expect("`Keep` keeps what faster clocks read")
    }

    fn bits(&self, reg: BoolReg) -> (&[u64], &[u64]) {
        let bitmap = Columns::bool(self, reg).expect("`Keep` keeps what faster clocks read");
        (&bitmap.known, &bitmap.truth)
    }
}
