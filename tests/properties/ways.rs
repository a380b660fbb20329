//! The ways to run a program, held against each other to the bit.

use backtest::{Options, RunResult, Signals};
use bars::{Bars, Bitmap};
use bytecode::{BoolReg, ClockId, NumReg, Program};
use engine::{Bar, Columns, Keep, MarketRow, Session};

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
pub fn machine_code(program: &Program, bars: &Bars, options: &Options) -> Result<(), String> {
    let whole = columns(program, bars, 1024);
    for block_bars in [64, 1000] {
        let native = engine::Options { block_bars, keep: Keep::All, native: Some(&jit::ALWAYS) };
        let other = engine::run(program, bars, &native).map_err(|e| e.to_string())?;
        for clock in 0..program.clocks.len() {
            let clock = ClockId(clock as u16);
            equal(program, &whole, &other, clock, whole.clock(clock).bars.len())
                .map_err(|e| format!("machine code, blocks of {block_bars}: {e}"))?;
        }
    }
    let run = |native, skip| {
        let options = Options { native, skip, ..options.clone() };
        backtest::backtest(program, bars, &options).map_err(|e| e.to_string())
    };
    let interpreted = run(None, true)?;
    same_run(&interpreted, &run(Some(&jit::ALWAYS), true)?)?;
    same_run(&interpreted, &run(Some(&jit::ALWAYS), false)?)
}

/// Going from one moment at which something can happen to the next changes nothing, funnel included.
pub fn skipping(program: &Program, bars: &Bars, options: &Options) -> Result<(), String> {
    let run = |skip| {
        backtest::backtest(program, bars, &Options { skip, ..options.clone() }).map_err(|e| e.to_string())
    };
    let (skipping, bar_by_bar) = (run(true)?, run(false)?);
    if format!("{:?}", skipping.funnel) != format!("{:?}", bar_by_bar.funnel) {
        return Err(format!("skipping: {:#?}\nbar by bar: {:#?}", skipping.funnel, bar_by_bar.funnel));
    }
    same_run(&skipping, &bar_by_bar)
}

/// Columns computed for several programs as one, as a sweep does, give each the run that it has alone.
pub fn fused(programs: &[Program], bars: &Bars, options: &Options) -> Result<(), String> {
    for (at, (program, fused)) in programs.iter().zip(sweep::together(programs, bars, options)).enumerate() {
        let columns = engine::run(program, bars, &engine::Options::default()).map_err(|e| e.to_string())?;
        let alone = backtest::run(program, &columns, bars, options).map_err(|e| e.to_string())?;
        let (fused, _) = fused.map_err(|e| e.to_string())?;
        same_run(&alone, &fused).map_err(|e| format!("program {at} of {} fused: {e}", programs.len()))?;
    }
    Ok(())
}

/// What trades earned and lost is what the equity changed by (X10).
pub fn money(run: &RunResult) -> Result<(), String> {
    let (sum, change) =
        (run.trades.iter().map(|t| t.net_pnl).sum::<f64>(), run.final_equity - run.initial_equity);
    let turnover: f64 = run.fills.iter().map(|f| f.qty * f.price).sum();
    let is_kept = (sum - change).abs() <= 1e-12 * (run.initial_equity + turnover);
    if is_kept { Ok(()) } else { Err(format!("trades sum to {sum}, the equity changed by {change}")) }
}

/// What a session gave, bar by bar, in place of columns.
struct Pushed<'a> {
    columns: &'a Columns,
    nums: Vec<Option<Vec<f64>>>,
    bools: Vec<Option<Bitmap>>,
}

impl Signals for Pushed<'_> {
    fn bars(&self, clock: ClockId) -> &Bars {
        &self.columns.clock(clock).bars
    }

    fn ready(&self, clock: ClockId) -> usize {
        self.columns.clock(clock).ready
    }

    fn num(&self, reg: NumReg) -> Option<&[f64]> {
        self.nums[reg.0 as usize].as_deref()
    }

    fn bool(&self, reg: BoolReg) -> Option<&Bitmap> {
        self.bools[reg.0 as usize].as_ref()
    }
}

/// A session that gets one bar after the other, and is saved and restored on the way, has the columns' values; a host
/// that looks at every bar makes the same trades of them (X13).
pub fn live(
    program: &Program,
    bars: &Bars,
    options: &Options,
    restores: &mut dyn FnMut() -> bool,
) -> Result<(), String> {
    let columns = columns(program, bars, 1024);
    let pushed = push_all(program, &columns, restores)?;
    for (reg, column) in (0_u32..).zip(&pushed.nums) {
        let (Some(live), Some(bulk)) = (column, columns.num(NumReg(reg))) else { continue };
        if let Some(bar) = (0..live.len()).find(|&bar| !same(live[bar], bulk[bar])) {
            return Err(format!("n{reg} at bar {bar}: {} live, {} in bulk", live[bar], bulk[bar]));
        }
    }
    for (reg, column) in (0_u32..).zip(&pushed.bools) {
        let (Some(live), Some(bulk)) = (column, columns.bool(BoolReg(reg))) else { continue };
        if let Some(bar) = (0..live.len()).find(|&bar| live.get(bar) != bulk.get(bar)) {
            return Err(format!(
                "b{reg} at bar {bar}: {:?} live, {:?} in bulk",
                live.get(bar),
                bulk.get(bar)
            ));
        }
    }
    let bar_by_bar = Options { skip: false, ..options.clone() };
    let live = backtest::run(program, &pushed, bars, &bar_by_bar).map_err(|e| e.to_string())?;
    let bulk = backtest::run(program, &columns, bars, options).map_err(|e| e.to_string())?;
    same_run(&live, &bulk).map_err(|e| format!("live and in bulk: {e}"))
}

fn push_all<'a>(
    program: &Program,
    columns: &'a Columns,
    restores: &mut dyn FnMut() -> bool,
) -> Result<Pushed<'a>, String> {
    let kept = Keep::Exports.registers(program);
    let rows = |clock| columns.clock(clock).bars.len();
    let nums = program.num_regs.iter().zip(&kept.nums);
    let bools = program.bool_regs.iter().zip(&kept.bools);
    let mut pushed = Pushed {
        columns,
        nums: nums.map(|(info, kept)| kept.then(|| Vec::with_capacity(rows(info.clock)))).collect(),
        bools: bools.map(|(info, kept)| kept.then(|| Bitmap::unknown(rows(info.clock)))).collect(),
    };
    let mut session = Session::new(program).map_err(|e| e.to_string())?;
    for (clock, bar) in closes(columns) {
        if restores() {
            let mut restored = Session::new(program).map_err(|e| e.to_string())?;
            restored.restore(&session.snapshot()).map_err(|e| e.to_string())?;
            session = restored;
        }
        let row = session
            .push(clock, &bar_of(program, &columns.clock(clock).bars, bar))
            .map_err(|e| e.to_string())?;
        for (reg, column) in (0_u32..).zip(&mut pushed.nums) {
            if let Some(column) = column.as_mut().filter(|_| program.num_regs[reg as usize].clock == clock) {
                column.push(row.num(NumReg(reg)));
            }
        }
        for (reg, column) in (0_u32..).zip(&mut pushed.bools) {
            if let Some(column) = column.as_mut().filter(|_| program.bool_regs[reg as usize].clock == clock) {
                column.set(bar, row.bool(BoolReg(reg)));
            }
        }
    }
    Ok(pushed)
}

/// The same decisions, trades, fills, counters and equity, to the bit.
pub fn same_run(a: &RunResult, b: &RunResult) -> Result<(), String> {
    if a.decisions_hash() != b.decisions_hash() {
        let at = a.decisions.iter().zip(&b.decisions).find(|(a, b)| format!("{a:?}") != format!("{b:?}"));
        return Err(format!(
            "{} and {} decisions; first other: {at:?}",
            a.decisions.len(),
            b.decisions.len()
        ));
    }
    if a.trades_hash() != b.trades_hash() {
        return Err("the same decisions, and yet other trades".into());
    }
    // `{:?}` of a number reads back to the same bits
    let rest = |run: &RunResult| {
        let ends = (run.initial_equity, run.final_equity, run.span, run.stop_reason);
        format!("{ends:?} {:?}", (&run.trades, &run.fills, &run.metadata, &run.counters, &run.equity))
    };
    let (a, b) = (rest(a), rest(b));
    if a != b {
        let at = a.bytes().zip(b.bytes()).position(|(a, b)| a != b).unwrap_or(0);
        let part = |text: &str| text.chars().skip(at.saturating_sub(200)).take(260).collect::<String>();
        return Err(format!("the same trades, and yet\n{}\nand\n{}", part(&a), part(&b)));
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

fn bar_of(program: &Program, bars: &Bars, bar: usize) -> Bar {
    // where there is no mark price, the last price stands for it
    let value = |name: &str| bars.series(name).map_or(bars.close[bar], |values| values[bar]);
    Bar {
        open_time: bars.open_time[bar],
        open: bars.open[bar],
        high: bars.high[bar],
        low: bars.low[bar],
        close: bars.close[bar],
        volume: bars.volume[bar],
        series: program.series.iter().map(|name| value(name)).collect(),
    }
}
