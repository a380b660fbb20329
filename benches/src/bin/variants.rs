//! Times a sweep over all open parameters of a Play beside single runs of some of its variants, from mapped columns to
//! figures, and holds the results against each other. One line of JSON.
#![allow(clippy::disallowed_methods)] // it reads files

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, bail};
use backtest::{EquityDetail, Options};
use bars::Bars;
use benches::{Times, limit_vectors, peak_memory_mib, processor_seconds};
use bytecode::Program;
use clap::Parser;
use driver::settings::Variants;
use sweep::{Axis, Detail, Outcome, Row, Setup, Space};

#[derive(Parser)]
struct Args {
    /// A Play with open parameters
    play: PathBuf,
    /// A bar file; an Arrow file is mapped, any other is read first
    #[arg(long)]
    bars: PathBuf,
    #[arg(long, default_value_t = 3)]
    repeat: usize,
    /// MiB
    #[arg(long, default_value_t = 1024)]
    memory: usize,
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Single runs to compare with, spread over the variants
    #[arg(long, default_value_t = 10)]
    singles: u64,
    /// The widest vectors to use: portable, avx2 or avx512
    #[arg(long)]
    vectors: Option<String>,
    /// Only return, final equity and number of trades
    #[arg(long)]
    quick: bool,
    /// Try so many variants, drawn at random
    #[arg(long)]
    sample: Option<u64>,
}

impl Args {
    fn detail(&self) -> Detail {
        if self.quick { Detail::Return } else { Detail::Full }
    }
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let vectors = limit_vectors(args.vectors.as_deref())?;
    let name = args.play.display().to_string();
    let bytes = std::fs::read(&args.play).with_context(|| format!("cannot read {name}"))?;
    let variants = Variants::new(&name, &bytes, driver::Options::default());
    let axis = |p: &driver::params::Parameter| Axis { name: p.path.clone(), values: p.values().collect() };
    let space = Space::new(variants.parameters.iter().map(axis).collect())?;
    let space = match args.sample {
        Some(count) => space.sampled(count, 1)?,
        None => space,
    };
    let loaded = data::load(&args.bars, &data::LoadOptions::default())?;
    let compile = |values: &[f64]| {
        variants.program(&variants.parameters.iter().zip(values.iter().copied()).collect::<Vec<_>>())
    };

    let (rows, swept) = Times::of(args.repeat, || sweep(&args, &space, &loaded.bars, &compile));
    let rows = rows?;
    let memory_mib = peak_memory_mib();
    let begun = processor_seconds();
    for variant in 0..space.len() {
        compile(&space.values(variant)).map_err(anyhow::Error::msg)?;
    }
    let compiling = processor_seconds() - begun;
    let chosen: Vec<u64> = (0..args.singles).map(|n| n * space.len() / args.singles.max(1)).collect();
    let programs: Vec<Program> = chosen
        .iter()
        .map(|&v| compile(&space.values(v)))
        .collect::<Result<_, _>>()
        .map_err(anyhow::Error::msg)?;
    let (alone, single) = Times::of(args.repeat, || {
        programs
            .iter()
            .map(|program| alone(program, &loaded.bars, args.detail()))
            .collect::<anyhow::Result<Vec<_>>>()
    });
    for (&variant, alone) in chosen.iter().zip(alone?) {
        if format!("{:?}", rows[variant as usize].outcome) != format!("{alone:?}") {
            bail!("variant {variant} of the sweep is not what a run of it alone gives");
        }
    }
    let figure = |name: &str| sweep::find_figure(name).context("a figure");
    let (trades, returns) = (figure("trades")?, figure("net_return_pct")?);
    let line = serde_json::json!({
        "peer": "play",
        "vectors": vectors,
        "sweep": args.play.file_stem().map(|s| s.to_string_lossy()),
        "quick": args.quick,
        "bars": loaded.bars.len(),
        "variants": space.len(),
        "seconds": swept.median(),
        "compile_seconds": compiling,
        "single_seconds": single.median() / args.singles.max(1) as f64,
        "memory_mib": memory_mib,
        "trades": rows.iter().map(|r| r.figure(trades)).sum::<f64>(),
        "return": rows.iter().map(|r| r.figure(returns)).fold(f64::NEG_INFINITY, f64::max) / 100.0,
    });
    println!("{line}");
    Ok(())
}

fn sweep(
    args: &Args,
    space: &Space,
    bars: &Bars,
    compile: &sweep::run::Compile<'_>,
) -> anyhow::Result<Vec<Row>> {
    let (stop, options) = (AtomicBool::new(false), Options::default());
    let setup = Setup {
        bars,
        detail: args.detail(),
        options: &options,
        memory_bytes: args.memory << 20,
        threads: args.threads,
        stop: &stop,
    };
    let mut all = Vec::new();
    sweep::run(space, 0, compile, &setup, &mut |rows| {
        all.extend(rows);
        ControlFlow::Continue(())
    })?;
    Ok(all)
}

fn alone(program: &Program, bars: &Bars, detail: Detail) -> anyhow::Result<Outcome> {
    let columns = engine::run(program, bars, &engine::Options::default())?;
    let options =
        Options { equity: EquityDetail::Daily, excursions: detail == Detail::Full, ..Options::default() };
    let result = backtest::run(program, &columns, bars, &options)?;
    Ok(match detail {
        Detail::Full => Outcome::of(&result, &columns.clock(program.exec).bars),
        Detail::Return => Outcome::of_return(result.initial_equity, result.final_equity, result.trades.len()),
    })
}
