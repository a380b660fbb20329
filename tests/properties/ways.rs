//! The ways to run a program, held against each other to the bit.

use backtest::{Options, RunResult};
use bars::Bars;
use bytecode::{BoolReg, ClockId, NumReg, Program};
use engine::{Bar, Columns, Keep, MarketRow, Session};

use crate::plays::Dice;

const BLOCKS: [usize; 4] = [1, 7, 333, 1_000_000];

/// Cutting the data changes no column before the cut, and no trade that was over by then (X14).
pub fn causal(program: &Program, bars: &Bars, cut: usize) -> Result<(), String> {
    let part = bars.slice(0..cut);
    let (whole, before) = (columns(program, bars, 1024), columns(program, &part, 1024));
    for clock in 0..program.clocks.len() {
        let clock = ClockId(clock as u16);
        let rows = before.clock(clock).bars.len();
        equal(program, &whole, &before, clock, rows)?;
    }
    if cut == 0 {
        return Ok(());
    }
    let run = |bars: &Bars| backtest::backtest(program, bars, &Options::default()).map_err(|e| e.to_string());
    let (whole, before) = (run(bars)?, run(&part)?);
    let end_ms = part.close_time_ms(cut - 1);
    for (a, b) in before.trades.iter().zip(&whole.trades).filter(|(a, _)| a.exit_time < end_ms) {
        // one that the end of the data closed would have gone on
        if a.exit_reason != kernel::ExitReason::EndOfData && format!("{a:?}") != format!("{b:?}") {
            return Err(format!("cut at {cut}: trade {a:#?} is {b:#?} with more data"));
        }
    }
    let closed = |run: &RunResult| run.trades.iter().filter(|t| t.exit_time < end_ms).count();
    if closed(&before) != closed(&whole) {
        return Err(format!(
            "cut at {cut}: {} trades are over, with more data {}",
            closed(&before),
            closed(&whole)
        ));
    }
    Ok(())
}

/// Blocks of any size give the same columns (X13).
pub fn blocks(program: &Program, bars: &Bars) -> Result<(), String> {
    let whole = columns(program, bars, 1024);
    for block_bars in BLOCKS {
        let other = columns(program, bars, block_bars);
        for clock in 0..program.clocks.len() {
            let clock = ClockId(clock as u16);
            equal(program, &whole, &other, clock, whole.clock(clock).bars.len())
                .map_err(|e| format!("blocks of {block_bars}: {e}"))?;
        }
    }
    Ok(())
}

/// Machine code gives the same columns, decisions, trades and equity (X13).
pub fn machine_code(program: &Program, bars: &Bars) -> Result<(), String> {
    let whole = columns(program, bars, 1024);
    for block_bars in [64, 1000] {
        let options = engine::Options { block_bars, keep: Keep::All, native: Some(&jit::ALWAYS) };
        let other = engine::run(program, bars, &options).map_err(|e| e.to_string())?;
        for clock in 0..program.clocks.len() {
            let clock = ClockId(clock as u16);
            equal(program, &whole, &other, clock, whole.clock(clock).bars.len())
                .map_err(|e| format!("machine code, blocks of {block_bars}: {e}"))?;
        }
    }
    let run = |native, skip| {
        let options = Options { native, skip, ..Options::default() };
        backtest::backtest(program, bars, &options).map_err(|e| e.to_string())
    };
    let interpreted = run(None, true)?;
    same_run(&interpreted, &run(Some(&jit::ALWAYS), true)?)?;
    same_run(&interpreted, &run(Some(&jit::ALWAYS), false)?)
}

/// A session that gets one bar after the other, and is saved and restored on the way, has the columns' values (X13).
pub fn live(program: &Program, bars: &Bars, dice: &mut Dice) -> Result<(), String> {
    let columns = columns(program, bars, 1024);
    let kept = Keep::Exports.registers(program);
    let mut session = Session::new(program).map_err(|e| e.to_string())?;
    for (clock, bar) in closes(&columns) {
        if dice.below(200) == 0 {
            let mut restored = Session::new(program).map_err(|e| e.to_string())?;
            restored.restore(&session.snapshot()).map_err(|e| e.to_string())?;
            session = restored;
        }
        let row = session.push(clock, &bar_of(&columns.clock(clock).bars, bar)).map_err(|e| e.to_string())?;
        for (reg, info) in (0_u32..).zip(&program.num_regs) {
            if info.clock == clock && kept.nums[reg as usize] {
                let (live, bulk) = (row.num(NumReg(reg)), columns.row(bar).num(NumReg(reg)));
                if !same(live, bulk) {
                    return Err(format!("n{reg} at bar {bar} of {clock:?}: {live} live, {bulk} in bulk"));
                }
            }
        }
        for (reg, info) in (0_u32..).zip(&program.bool_regs) {
            if info.clock == clock && kept.bools[reg as usize] {
                let (live, bulk) = (row.bool(BoolReg(reg)), columns.row(bar).bool(BoolReg(reg)));
                if live != bulk {
                    return Err(format!("b{reg} at bar {bar} of {clock:?}: {live:?} live, {bulk:?} in bulk"));
                }
            }
        }
    }
    Ok(())
}

/// The same decisions, trades and equity, to the bit.
pub fn same_run(a: &RunResult, b: &RunResult) -> Result<(), String> {
    let curve = |run: &RunResult| run.equity.equity.iter().map(|e| e.to_bits()).collect::<Vec<_>>();
    if a.decisions_hash() != b.decisions_hash() {
        let at = a.decisions.iter().zip(&b.decisions).find(|(a, b)| format!("{a:?}") != format!("{b:?}"));
        return Err(format!(
            "{} and {} decisions; first other: {at:?}",
            a.decisions.len(),
            b.decisions.len()
        ));
    }
    if a.trades_hash() != b.trades_hash() || curve(a) != curve(b) || a.equity.time_ms != b.equity.time_ms {
        return Err("the same decisions, and yet other trades or equity".into());
    }
    Ok(())
}

fn columns(program: &Program, bars: &Bars, block_bars: usize) -> Columns {
    let options = engine::Options { block_bars, keep: Keep::All, native: None };
    engine::run(program, bars, &options).expect("minutes give every timeframe")
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// The first rows of all columns of a clock.
fn equal(program: &Program, a: &Columns, b: &Columns, clock: ClockId, rows: usize) -> Result<(), String> {
    for (reg, info) in (0_u32..).zip(&program.num_regs).filter(|(_, info)| info.clock == clock) {
        let (Some(a), Some(b)) = (a.num(NumReg(reg)), b.num(NumReg(reg))) else { continue };
        if let Some(bar) = (0..rows).find(|&bar| !same(a[bar], b[bar])) {
            return Err(format!(
                "n{reg} ({:?}) at bar {bar} of {rows}: {} and {}",
                info.stage, a[bar], b[bar]
            ));
        }
    }
    for (reg, info) in (0_u32..).zip(&program.bool_regs).filter(|(_, info)| info.clock == clock) {
        let (Some(a), Some(b)) = (a.bool(BoolReg(reg)), b.bool(BoolReg(reg))) else { continue };
        if let Some(bar) = (0..rows).find(|&bar| a.get(bar) != b.get(bar)) {
            return Err(format!(
                "b{reg} ({:?}) at bar {bar}: {:?} and {:?}",
                info.stage,
                a.get(bar),
                b.get(bar)
            ));
        }
    }
    Ok(())
}

/// The bars of all clocks in the order of their closes, the slower first.
fn closes(columns: &Columns) -> Vec<(ClockId, usize)> {
    let clocks = columns.clocks.iter().enumerate();
    let mut all: Vec<(i64, usize, usize)> = clocks
        .flat_map(|(clock, c)| (0..c.bars.len()).map(move |bar| (c.bars.close_time_ms(bar), clock, bar)))
        .collect();
    all.sort_unstable();
    all.into_iter().map(|(_, clock, bar)| (ClockId(clock as u16), bar)).collect()
}

fn bar_of(bars: &Bars, bar: usize) -> Bar {
    Bar {
        open_time: bars.open_time[bar],
        open: bars.open[bar],
        high: bars.high[bar],
        low: bars.low[bar],
        close: bars.close[bar],
        volume: bars.volume[bar],
        series: bars.series.iter().map(|s| s.values[bar]).collect(),
    }
}
