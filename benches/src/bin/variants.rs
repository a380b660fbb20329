//! Times a sweep over all open parameters of a Play beside single runs of some of its variants, and holds the results
//! against each other. Both begin with the Play's text and the bar file and end with figures: a single run does what
//! `playvm run` does up to its report. One line of JSON.
#![allow(clippy::disallowed_methods)] // it reads files

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64};

use anyhow::{Context, bail};
use backtest::Options;
use benches::{Times, limit_vectors, peak_memory_mib, processor_seconds};
use clap::Parser;
use driver::settings::{Setting, compile_bytes_with};
use driver::variants::Variants;
use engine::{Keep, Native};
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
    let compile = |values: &[f64]| {
        variants.program(&variants.parameters.iter().zip(values.iter().copied()).collect::<Vec<_>>())
    };
    let (rows, swept) = Times::of(args.repeat, || sweep(&args, &name, &bytes, &space));
    let (rows, bars) = rows?;
    let memory_mib = peak_memory_mib();
    let begun = processor_seconds();
    for variant in 0..space.len() {
        compile(&space.values(variant)).map_err(anyhow::Error::msg)?;
    }
    let compiling = processor_seconds() - begun;
    let chosen: Vec<u64> = (0..args.singles).map(|n| n * space.len() / args.singles.max(1)).collect();
    let (alone, single) = Times::of(args.repeat, || {
        let alone = |&variant: &u64| alone(&args, &name, &bytes, &space, variant);
        chosen.iter().map(alone).collect::<anyhow::Result<Vec<_>>>()
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
        "bars": bars,
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

/// Rows, and how many bars there are.
fn sweep(args: &Args, name: &str, play: &[u8], space: &Space) -> anyhow::Result<(Vec<Row>, usize)> {
    let variants = Variants::new(name, play, driver::Options::default());
    let loaded = data::load(&args.bars, &data::LoadOptions::default())?;
    let (stop, options) = (AtomicBool::new(false), Options::default());
    let setup = Setup {
        bars: &loaded.bars,
        detail: args.detail(),
        options: &options,
        memory_bytes: args.memory << 20,
        threads: args.threads,
        stop: &stop,
        done: &AtomicU64::new(0),
    };
    let compile = |values: &[f64]| {
        variants.program(&variants.parameters.iter().zip(values.iter().copied()).collect::<Vec<_>>())
    };
    let mut all = Vec::new();
    sweep::run(space, 0, &compile, &setup, &mut |rows| {
        all.extend(rows);
        ControlFlow::Continue(())
    })?;
    Ok((all, loaded.bars.len()))
}

/// As `playvm run --set` does it.
fn alone(args: &Args, name: &str, play: &[u8], space: &Space, variant: u64) -> anyhow::Result<Outcome> {
    let settings = space.axes.iter().zip(space.values(variant));
    let settings: Vec<Setting> =
        settings.map(|(axis, value)| Setting { name: axis.name.clone(), value }).collect();
    let compiled = compile_bytes_with(name, play, &driver::Options::default(), &settings)?;
    let program = compiled.program.context("the variant has errors")?;
    let bars = data::load(&args.bars, &data::LoadOptions::default())?.bars;
    let native: Option<&'static dyn Native> = if jit::is_available() { Some(&jit::WEIGHED) } else { None };
    let columns = engine::run(
        &program,
        &bars,
        &engine::Options { keep: Keep::All, native, ..engine::Options::default() },
    )?;
    let options = Options { native, ..Options::default() };
    let result = backtest::backtest_on(&program, &columns, &bars, &options)?;
    let full = Outcome::of(&result, &columns.clock(program.exec).bars);
    Ok(match args.detail() {
        Detail::Full => full,
        Detail::Return => Outcome::of_return(result.initial_equity, result.final_equity, result.trades.len()),
    })
}
