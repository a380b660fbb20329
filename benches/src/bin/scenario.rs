//! Times a Play over bars: from mapped columns to trades and metrics. One line of JSON.
#![allow(clippy::disallowed_methods)] // it reads files

use std::path::PathBuf;

use anyhow::{Context, bail};
use backtest::{EquityDetail, RunResult};
use bars::Bars;
use benches::{Times, limit_vectors, peak_memory_mib};
use bytecode::Program;
use clap::Parser;
use engine::{Columns, Keep};
use report::Metrics;

/// As in `playvm`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
struct Args {
    /// A Play
    play: PathBuf,
    /// A bar file; an Arrow file is mapped, any other is read first
    #[arg(long)]
    bars: PathBuf,
    #[arg(long, default_value_t = 9)]
    repeat: usize,
    /// Bars that an op runs over at once
    #[arg(long)]
    block_bars: Option<usize>,
    /// The widest vectors to use: portable, avx2 or avx512
    #[arg(long)]
    vectors: Option<String>,
    /// Use only the first so many bars
    #[arg(long)]
    head: Option<usize>,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let vectors = limit_vectors(args.vectors.as_deref())?;
    let program = compile(&args)?;
    let loaded = data::load(&args.bars, &data::LoadOptions::default())?;
    let bars = match args.head {
        Some(count) => head(&loaded.bars, count),
        None => loaded.bars,
    };
    let mut engine = engine::Options { keep: Keep::Run, ..engine::Options::default() };
    engine.block_bars = args.block_bars.unwrap_or(engine.block_bars);
    // What the peers compute as well: they do not measure how far the price went within a trade.
    let host =
        backtest::Options { equity: EquityDetail::Daily, excursions: false, ..backtest::Options::default() };

    let columns = || engine::run(&program, &bars, &engine);
    let trade = |columns: &Columns| backtest::run(&program, columns, &bars, &host);
    let measure =
        |result: &RunResult, columns: &Columns| Metrics::of(result, &columns.clock(program.exec).bars);
    let (outcome, whole) = Times::of(args.repeat, || -> anyhow::Result<_> {
        let columns = columns()?;
        let result = trade(&columns)?;
        let metrics = measure(&result, &columns);
        Ok((result, metrics))
    });
    let (result, metrics) = outcome?;
    let (kept, columns_time) = Times::of(args.repeat, columns);
    let kept = kept?;
    let (traded, host_time) = Times::of(args.repeat, || trade(&kept));
    let (_, metrics_time) = Times::of(args.repeat, || measure(&result, &kept));
    let again = traded?;
    if again.trades.len() != result.trades.len()
        || again.final_equity.to_bits() != result.final_equity.to_bits()
    {
        bail!("two runs of the same Play over the same bars made different trades");
    }
    let line = serde_json::json!({
        "peer": "play",
        "vectors": vectors,
        "scenario": result.play,
        "bars": bars.len(),
        "seconds": whole.median(),
        "seconds_min": whole.least(),
        "columns_seconds": columns_time.median(),
        "host_seconds": host_time.median(),
        "metrics_seconds": metrics_time.median(),
        "memory_mib": peak_memory_mib(),
        "trades": result.trades.len(),
        "return": metrics.net_return_pct / 100.0,
    });
    println!("{line}");
    Ok(())
}

fn compile(args: &Args) -> anyhow::Result<Program> {
    let name = args.play.display().to_string();
    let text = std::fs::read_to_string(&args.play).with_context(|| format!("cannot read {name}"))?;
    let compiled = driver::compile(&name, &text, &driver::Options::default());
    compiled.program.with_context(|| format!("{name} has errors: see `playc check {name}`"))
}

fn head(bars: &Bars, count: usize) -> Bars {
    let end = count.min(bars.len());
    let cut = |column: &bars::Column<f64>| column[..end].to_vec().into();
    Bars {
        timeframe: bars.timeframe,
        open_time: bars.open_time[..end].to_vec().into(),
        open: cut(&bars.open),
        high: cut(&bars.high),
        low: cut(&bars.low),
        close: cut(&bars.close),
        volume: cut(&bars.volume),
        series: Vec::new(),
    }
}
