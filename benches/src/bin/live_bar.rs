//! Times one live bar through a Play: from the closed bar to all values, and the slowest of many. One line of JSON.
#![allow(clippy::disallowed_methods)] // it reads files and a clock

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, bail};
use bars::{Bars, resample};
use benches::bar_of;
use bytecode::{ClockId, Program};
use clap::Parser;
use engine::{Keep, MarketRow, Session};

#[derive(Parser)]
struct Args {
    /// A Play
    play: PathBuf,
    /// A bar file
    #[arg(long)]
    bars: PathBuf,
    /// Exec bars that are timed, one by one; those before them are warm-up
    #[arg(long, default_value_t = 50_000)]
    count: usize,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let name = args.play.display().to_string();
    let text = std::fs::read_to_string(&args.play).with_context(|| format!("cannot read {name}"))?;
    let compiled = driver::compile(&name, &text, &driver::Options::default());
    let program = compiled.program.with_context(|| format!("{name} has errors: see `playc check {name}`"))?;
    let loaded = data::load(&args.bars, &data::LoadOptions::default())?;
    let mut nanoseconds = times(&program, &loaded.bars, args.count)?;
    nanoseconds.sort_unstable();
    let at = |share: f64| nanoseconds[((nanoseconds.len() - 1) as f64 * share) as usize];
    let line = serde_json::json!({
        "live": program.identity.play,
        "features": program.calls.len(),
        "ops": program.market.iter().map(|s| s.ops.len()).sum::<usize>(),
        "bars": nanoseconds.len(),
        "median_ns": at(0.5),
        "p99_ns": at(0.99),
        "most_ns": at(1.0),
    });
    println!("{line}");
    Ok(())
}

/// Of the last `count` exec bars: from the close of the bar, slower clocks' bars that close with it
/// included, to the values.
fn times(program: &Program, bars: &Bars, count: usize) -> anyhow::Result<Vec<u64>> {
    let clocks: Option<Vec<Bars>> = program.clocks.iter().map(|c| resample(bars, c.timeframe)).collect();
    let clocks = clocks.context("the bars are too coarse for the Play")?;
    let exec = usize::from(program.exec.0);
    let total = clocks[exec].len();
    if total <= count {
        bail!("{total} bars are too few for {count} that are timed and some before them");
    }
    let mut session = Session::new(program)?;
    let mut next = vec![0; clocks.len()];
    let mut nanoseconds = Vec::with_capacity(count);
    for bar in 0..total {
        let now_ms = clocks[exec].close_time_ms(bar);
        let mut closed = Vec::new();
        for (at, (own, next)) in clocks.iter().zip(&mut next).enumerate() {
            while *next < own.len() && own.close_time_ms(*next) <= now_ms {
                closed.push((ClockId(at as u16), bar_of(own, *next)));
                *next += 1;
            }
        }
        closed.sort_by_key(|(clock, bar)| {
            (bar.open_time + program.clocks[usize::from(clock.0)].timeframe.ms(), clock.0)
        });
        let start = Instant::now();
        for (clock, bar) in &closed {
            black_box(session.push(*clock, bar)?);
        }
        let elapsed = start.elapsed();
        if bar >= total - count {
            nanoseconds.push(elapsed.as_nanos() as u64);
        }
    }
    // Something must have been computed: the Play's conditions are known by now.
    let kept = Keep::Run.registers(program);
    let known = (0_u32..).zip(&kept.bools).filter(|(_, kept)| **kept);
    if known.filter(|(reg, _)| session.latest().bool(bytecode::BoolReg(*reg)).is_some()).count() == 0 {
        bail!("no condition of the Play is known after {total} bars");
    }
    Ok(nanoseconds)
}
