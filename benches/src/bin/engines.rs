//! Times a Play with the interpreter, with machine code, and with what `auto` picks: columns, position code, the whole
//! run. One line of JSON for each engine.
#![allow(clippy::disallowed_methods)] // it reads files

use std::hint::black_box;
use std::path::PathBuf;

use anyhow::{Context, bail};
use backtest::{EquityDetail, RunResult};
use bars::Bars;
use benches::processor_seconds;
use bytecode::{ClockId, Program};
use clap::Parser;
use engine::{Columns, Keep, Native, PositionInputs, PositionMachine};

#[derive(Parser)]
struct Args {
    /// A Play
    play: PathBuf,
    /// A bar file
    #[arg(long)]
    bars: PathBuf,
    #[arg(long, default_value_t = 9)]
    repeat: usize,
    /// Bars that an op runs over at once
    #[arg(long)]
    block_bars: Option<usize>,
    /// Use only the first so many bars
    #[arg(long)]
    head: Option<usize>,
}

const ENGINES: [(&str, Option<&'static dyn Native>); 3] =
    [("interpreter", None), ("jit", Some(&jit::ALWAYS)), ("auto", Some(&jit::WEIGHED))];

/// The shortest of the repeated runs of each engine, in seconds.
#[derive(Clone, Copy)]
struct Least {
    columns: f64,
    position: f64,
    whole: f64,
    compile: f64,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let program = compile(&args)?;
    let loaded = data::load(&args.bars, &data::LoadOptions::default())?;
    let bars = args
        .head
        .map_or_else(|| loaded.bars.clone(), |count| loaded.bars.slice(0..count.min(loaded.bars.len())));
    let nothing = Least {
        columns: f64::INFINITY,
        position: f64::INFINITY,
        whole: f64::INFINITY,
        compile: f64::INFINITY,
    };
    let mut least = [nothing; ENGINES.len()];
    let mut runs: Vec<RunResult> = Vec::new();
    // In turn, so that what slows the machine slows all of them, and each first once: a run finds in the caches what
    // the one before has left there.
    for round in 0..args.repeat.max(1) {
        runs.clear();
        for turn in 0..ENGINES.len() {
            let at = (round + turn) % ENGINES.len();
            let ((_, native), least) = (&ENGINES[at], &mut least[at]);
            let engine = engine::Options { keep: Keep::Run, native: *native, ..engine::Options::default() };
            let engine =
                engine::Options { block_bars: args.block_bars.unwrap_or(engine.block_bars), ..engine };
            let host = backtest::Options {
                equity: EquityDetail::Daily,
                native: *native,
                ..backtest::Options::default()
            };
            let start = processor_seconds();
            let columns = engine::run(&program, &bars, &engine)?;
            let after_columns = processor_seconds();
            let run = backtest::run(&program, &columns, &bars, &host)?;
            let end = processor_seconds();
            least.columns = least.columns.min(after_columns - start);
            least.whole = least.whole.min(end - start);
            least.compile = least.compile.min(compile_seconds(&program, bars.len(), *native));
            least.position = least.position.min(position_steps(&program, &columns, *native));
            runs.push(run);
        }
    }
    let bits = |run: &RunResult| (run.decisions_hash(), run.trades_hash(), run.final_equity.to_bits());
    if runs.iter().any(|run| bits(run) != bits(&runs[0])) {
        bail!("the engines made different trades");
    }
    let fused = program.market.iter().chain(&program.position).map(|s| s.ops.len()).sum::<usize>()
        - program.calls.len();
    for ((name, _), least) in ENGINES.iter().zip(&least) {
        let line = serde_json::json!({
            "engine": name,
            "play": program.identity.play,
            "ops_without_calls": fused,
            "bars": bars.len(),
            "columns_ns_per_bar": least.columns * 1e9 / bars.len() as f64,
            "position_ns_per_step": least.position * 1e9,
            "whole_ns_per_bar": least.whole * 1e9 / bars.len() as f64,
            "compile_us": least.compile * 1e6,
            "trades": runs[0].trades.len(),
        });
        println!("{line}");
    }
    Ok(())
}

/// Seconds that making the machine code takes.
fn compile_seconds(program: &Program, bars: usize, native: Option<&'static dyn Native>) -> f64 {
    let Some(native) = native else { return 0.0 };
    let kept = Keep::Run.registers(program);
    let start = processor_seconds();
    for (market, position) in program.market.iter().zip(&program.position) {
        black_box(native.plan(program, market, &kept, bars).steps.len());
        black_box(native.position(program, position, bars).is_some());
    }
    processor_seconds() - start
}

/// Seconds for one close of the exec clock's position code, compiling not counted.
fn position_steps(program: &Program, columns: &Columns, native: Option<&'static dyn Native>) -> f64 {
    let clock: ClockId = program.exec;
    let bars: &Bars = &columns.clock(clock).bars;
    let steps = bars.len().min(200_000);
    let mut machine = match native {
        Some(native) => PositionMachine::with_native(program, native, steps),
        None => PositionMachine::new(program),
    };
    let start = processor_seconds();
    for bar in bars.len() - steps..bars.len() {
        let position = PositionInputs {
            entry_price: bars.open[bar],
            bars_in_trade: (bar % 100) as f64,
            unrealized_pnl_pct: (bar % 7) as f64 - 3.0,
            side: 1.0,
            mfe_pct: (bar % 5) as f64,
            mae_pct: (bar % 3) as f64,
            ..PositionInputs::FLAT
        };
        black_box(machine.step(clock, bars.open_time[bar], &columns.row(bar), &position));
    }
    (processor_seconds() - start) / steps.max(1) as f64
}

fn compile(args: &Args) -> anyhow::Result<Program> {
    let name = args.play.display().to_string();
    let text = std::fs::read_to_string(&args.play).with_context(|| format!("cannot read {name}"))?;
    let compiled = driver::compile(&name, &text, &driver::Options::default());
    compiled.program.with_context(|| format!("{name} has errors: see `playc check {name}`"))
}
