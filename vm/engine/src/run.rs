//! A whole run: every clock's market code over all of its bars, the slowest clock first.

use bars::{Bars, Column, resample};
use bytecode::{BoolReg, NumReg, Program};
use interpreter::machine::Kept;
use interpreter::native::Plan;
use interpreter::{Layout, Machine, Native, RegSet, Source};
use stdlib::Field;

use crate::columns::Columns;
use crate::error::EngineError;
use crate::keep::Keep;

const MARK_PRICE: &str = "mark_price";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The most bars an op runs over at once. It changes the speed, never a bit of the result.
    pub block_bars: usize,
    pub keep: Keep,
    /// Makes machine code of what it can; without it every op is interpreted. The bits are the same.
    pub native: Option<&'static dyn Native>,
}

impl Default for Options {
    /// Blocks that stay in the first-level cache, and what a backtest needs.
    fn default() -> Options {
        Options { block_bars: 1024, keep: Keep::Run, native: None }
    }
}

/// Runs the program over `bars`, the finest data there is; the bars of each clock are made of them.
///
/// # Errors
/// When the program does not verify, or the bars cannot give what it reads.
pub fn run(program: &Program, bars: &Bars, options: &Options) -> Result<Columns, EngineError> {
    let mut columns = begin(program, bars)?;
    let kept = options.keep.registers(program);
    for clock in 0..program.clocks.len() {
        whole(program, clock, bars, options, &kept, &mut columns)?;
    }
    columns.find_ready();
    Ok(columns)
}

/// Nothing computed yet.
pub(crate) fn begin(program: &Program, bars: &Bars) -> Result<Columns, EngineError> {
    bytecode::verify::verify(program).map_err(EngineError::Program)?;
    check_bars(program, bars)?;
    Ok(Columns {
        clocks: Vec::new(),
        nums: vec![None; program.num_regs.len()],
        bools: vec![None; program.bool_regs.len()],
    })
}

/// Adds a clock, over all of its bars; the slower ones are there.
pub(crate) fn whole(
    program: &Program,
    clock: usize,
    bars: &Bars,
    options: &Options,
    kept: &RegSet,
    columns: &mut Columns,
) -> Result<(), EngineError> {
    let own = own_bars(program, clock, bars)?;
    let section = &program.market[clock];
    let layout = Layout { kept, bars: Some(own.len()), block_bars: options.block_bars.max(1) };
    let plan = plan(program, clock, options, kept, own.len());
    let mut machine = Machine::planned(program, section, &layout, plan);
    let series = series(program, &own);
    machine.run(&source(&own, &series), 0..own.len(), columns);
    take_kept(&mut machine, program, kept, &own, columns);
    columns.push_clock(own, program.clocks[clock].warmup_bars);
    Ok(())
}

pub(crate) fn own_bars(program: &Program, clock: usize, bars: &Bars) -> Result<Bars, EngineError> {
    let needed = program.clocks[clock].timeframe;
    resample(bars, needed).ok_or(EngineError::NotMultiple { needed, have: bars.timeframe })
}

pub(crate) fn plan(program: &Program, clock: usize, options: &Options, kept: &RegSet, bars: usize) -> Plan {
    let section = &program.market[clock];
    match options.native {
        Some(native) => native.plan(program, section, kept, bars),
        None => Plan::interpreted(section),
    }
}

/// In the order of `Program::series`.
pub(crate) fn series<'a>(program: &Program, bars: &'a Bars) -> Vec<&'a [f64]> {
    program.series.iter().map(|name| series_of(bars, name).map_or(&[][..], |c| &c[..])).collect()
}

/// Where no mark price is known the close stands in, as it does for liquidation (X9).
pub(crate) fn series_of<'a>(bars: &'a Bars, name: &str) -> Option<&'a Column<f64>> {
    bars.series(name).or_else(|| (name == MARK_PRICE).then_some(&bars.close))
}

fn check_bars(program: &Program, bars: &Bars) -> Result<(), EngineError> {
    let have = bars.timeframe;
    for clock in &program.clocks {
        let needed = clock.timeframe;
        if needed < have {
            return Err(EngineError::DataTooCoarse { needed, have });
        }
        if !needed.is_multiple_of(have) {
            return Err(EngineError::NotMultiple { needed, have });
        }
    }
    for name in &program.series {
        if series_of(bars, name).is_none() {
            let have = bars.series.iter().map(|s| s.name.clone()).collect();
            return Err(EngineError::MissingSeries { name: name.clone(), have });
        }
    }
    let columns = [&bars.open, &bars.high, &bars.low, &bars.close, &bars.volume];
    let series = bars.series.iter().map(|s| &s.values);
    match columns.into_iter().chain(series).find(|column| column.len() != bars.len()) {
        Some(column) => Err(EngineError::UnevenColumns { expected: bars.len(), found: column.len() }),
        None => Ok(()),
    }
}

pub(crate) fn source<'a>(bars: &'a Bars, series: &'a [&'a [f64]]) -> Source<'a> {
    Source {
        open_time: &bars.open_time,
        open: &bars.open,
        high: &bars.high,
        low: &bars.low,
        close: &bars.close,
        volume: &bars.volume,
        series,
    }
}

fn take_kept(machine: &mut Machine, program: &Program, kept: &RegSet, bars: &Bars, columns: &mut Columns) {
    for (reg, _) in (0_u32..).zip(&kept.nums).filter(|(_, kept)| **kept) {
        if let Some(values) = machine.take_num(NumReg(reg)) {
            columns.nums[reg as usize] = Some(column(values, program, bars));
        }
    }
    for (reg, _) in (0_u32..).zip(&kept.bools).filter(|(_, kept)| **kept) {
        if let Some(bits) = machine.take_bool(BoolReg(reg)) {
            columns.bools[reg as usize] = Some(bits);
        }
    }
}

/// A field of the bars is shared, not copied.
fn column(kept: Kept<Vec<f64>>, program: &Program, bars: &Bars) -> Column<f64> {
    match kept {
        Kept::Values(values) => values.into(),
        Kept::Field(Field::Open) => bars.open.clone(),
        Kept::Field(Field::High) => bars.high.clone(),
        Kept::Field(Field::Low) => bars.low.clone(),
        Kept::Field(Field::Volume) => bars.volume.clone(),
        Kept::Field(_) => bars.close.clone(),
        Kept::Series(series) => {
            let found = series_of(bars, &program.series[usize::from(series)]);
            found.cloned().expect("`check_bars` has found every series, and resampling keeps them")
        }
    }
}
