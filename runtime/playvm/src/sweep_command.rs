//! `playvm sweep`

mod axes;
mod print;
mod progress;

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use backtest::Options;
use clap::ValueEnum;
use data::Loaded;
use driver::params::Parameter;
use driver::variants::Variants;
use sweep::{Detail, FIGURES, Row, Setup, Space, Store, StoreError, SweepError, Top};

use crate::failure::Failure;
use crate::input::{self, DataArgs};
use folders::BlockFolders;
use progress::Progress;
use sweep::row::RETURN_FIGURES;

#[derive(clap::Args)]
pub struct Args {
    /// A Play with open parameters (`playc params FILE` lists them)
    file: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// Values to try for a parameter: NAME=FROM..TO:STEP, NAME=V1,V2 or NAME=V; may be repeated. Parameters without it
    /// take all their candidates
    #[arg(long = "set", value_name = "NAME=VALUES")]
    set: Vec<String>,
    /// Try so many combinations, drawn at random, instead of all
    #[arg(long, value_name = "N")]
    sample: Option<u64>,
    /// Another sample for every seed
    #[arg(long, value_name = "S", default_value_t = 1, requires = "sample")]
    seed: u64,
    /// How many of the best are shown
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    /// The figure to rank by; a wrong one lists all
    #[arg(long, value_name = "METRIC", default_value = "net_return_pct")]
    rank: String,
    /// Find only return, final equity and number of trades: much faster for Plays that trade on signals alone
    #[arg(long)]
    quick: bool,
    /// Folder for sweep.parquet, a row for every variant
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Go on with an interrupted sweep of the same kind in --out
    #[arg(long, requires = "out")]
    resume: bool,
    /// Threads at work; all cores without it
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Memory for columns and results, beside the bars
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    memory: usize,
    /// First moment that is evaluated (bars before it are warm-up): 2025-01-31, 2025-01-31T12:00 or ms
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// End of the runs, exclusive
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// What is printed: a table, or JSON
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    library: BlockFolders,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let figure = figure(&args.rank)?;
    if args.quick && !RETURN_FIGURES.contains(&FIGURES[figure].name) {
        let what =
            format!("--quick finds only {}: rank by one of them, or leave it out", RETURN_FIGURES.join(", "));
        return Err(Failure::Usage(what));
    }
    let (from_ms, to_ms) = input::span(args.from.as_deref(), args.to.as_deref())?;
    let variants = variants(args)?;
    let space = axes::space(&variants.parameters, args)?;
    let program = defaults(&variants)?;
    let loaded = args.data.load(&program)?;
    let options = Options { from_ms, to_ms, funding: crate::run::funding(&loaded), ..Options::default() };
    let mut top = Top::new(figure, args.top);
    let mut store = match &args.out {
        Some(folder) => {
            let identity = identity(&variants, &space, &loaded, &options, args.quick);
            Some(Store::open(folder, identity, args.resume, &mut |row| top.offer(row))?)
        }
        None => None,
    };
    let first = store.as_ref().map_or(0, Store::rows);
    let done = work(args, &variants, &space, &loaded, &options, first, &mut |rows| {
        rows.iter().for_each(|row| top.offer(row));
        store.as_mut().map_or(Ok(()), |store| store.append(rows))
    })?;
    let is_whole = done == space.len();
    let file = match store {
        Some(store) if is_whole => Some(store.finish(&space)?),
        _ => None,
    };
    let answer = print::Answer { space: &space, top: &top, figure: &FIGURES[figure], done, file };
    match args.format {
        Format::Human => print::human(&answer)?,
        Format::Json => print::json(&answer)?,
    }
    if is_whole { Ok(()) } else { Err(Failure::Interrupted(how_to_go_on(args, done, space.len()))) }
}

fn how_to_go_on(args: &Args, done: u64, of: u64) -> String {
    let next = match &args.out {
        Some(folder) => format!("they are kept in `{}`: go on with --resume", folder.display()),
        None => "nothing is kept without --out".into(),
    };
    format!("interrupted after {done} of {of} variants; {next}")
}

fn figure(name: &str) -> Result<usize, Failure> {
    sweep::find_figure(name).ok_or_else(|| {
        let names = FIGURES.iter().map(|f| f.name);
        let near = diagnostics::suggest::nearest(name, names.clone());
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of {}", names.collect::<Vec<_>>().join(", ")),
        };
        Failure::Usage(format!("--rank: there is no figure `{name}`: {hint}"))
    })
}

fn variants(args: &Args) -> Result<Variants, Failure> {
    let name = args.file.display().to_string();
    let hint = "give a Play (.yml) with open parameters";
    let bytes = std::fs::read(&args.file)
        .map_err(|e| Failure::Usage(format!("cannot read `{name}`: {e}; {hint}")))?;
    if bytes.starts_with(b"\x7fPLAYB") {
        let what = format!("`{name}` is a program, its parameters are no longer open; {hint}");
        return Err(Failure::Usage(what));
    }
    // what is wrong with the Play is told once, as every command tells it
    let options = args.library.options(&args.file).map_err(Failure::Usage)?;
    input::compile(&name, &bytes, &options, &[])?;
    Ok(Variants::new(&name, &bytes, options))
}

fn defaults(variants: &Variants) -> Result<bytecode::Program, Failure> {
    variants.program(&[]).map_err(Failure::Internal)
}

/// What a sweep is of: with the same identity its rows are the same.
fn identity(
    variants: &Variants,
    space: &Space,
    loaded: &Loaded,
    options: &Options,
    is_quick: bool,
) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(driver::ENGINE_VERSION.as_bytes());
    hasher.update(&stdlib::catalogue_hash());
    hasher.update(variants.text().as_bytes());
    hasher.update(loaded.certificate.content_hash.as_bytes());
    hasher.update(format!("{:?} {:?} {:?}", options.from_ms, options.to_ms, options.funding).as_bytes());
    for axis in &space.axes {
        hasher.update(axis.name.as_bytes());
        axis.values.iter().for_each(|value| {
            hasher.update(&value.to_le_bytes());
        });
    }
    hasher.update(&space.sample_hash());
    hasher.update(&[u8::from(is_quick)]);
    hasher.update(FIGURES.iter().map(|f| f.name).collect::<Vec<_>>().join(" ").as_bytes());
    *hasher.finalize().as_bytes()
}

/// How many variants are done in the end.
fn work(
    args: &Args,
    variants: &Variants,
    space: &Space,
    loaded: &Loaded,
    options: &Options,
    first: u64,
    keep: &mut dyn FnMut(&[Row]) -> Result<(), StoreError>,
) -> Result<u64, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = stop.clone();
    // A second Ctrl-C ends the process at once; the rows that are written stay whole.
    let handled = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(crate::failure::INTERRUPTED));
        }
    });
    handled.map_err(|e| Failure::Internal(format!("Ctrl-C cannot be caught: {e}")))?;
    let counter = AtomicU64::new(first);
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let setup = Setup {
        bars: &loaded.bars,
        options,
        detail: if args.quick { Detail::Return } else { Detail::Full },
        memory_bytes: args.memory << 20,
        threads: args.threads.unwrap_or_else(cores).max(1),
        stop: &stop,
        done: &counter,
    };
    let names: Vec<&Parameter> = axes::of_space(&variants.parameters, space);
    let compile = |values: &[f64]| {
        let settings: Vec<(&Parameter, f64)> = names.iter().copied().zip(values.iter().copied()).collect();
        variants.program(&settings)
    };
    let progress = Progress::new(space.len(), first);
    let (mut done, mut failed) = (first, None);
    let mut sink = |rows: Vec<Row>| {
        if let Err(error) = keep(&rows) {
            failed = Some(error);
            return ControlFlow::Break(());
        }
        done += rows.len() as u64;
        ControlFlow::Continue(())
    };
    let swept = progress.during(&counter, || sweep::run(space, first, &compile, &setup, &mut sink));
    if let Some(error) = failed {
        return Err(error.into());
    }
    swept.map_err(|error| match error {
        SweepError::Engine(error) => error.into(),
        SweepError::TooLittleMemory { .. } => Failure::Usage(format!("--memory: {error}")),
        SweepError::Threads(_) => Failure::Usage(format!("--threads: {error}")),
    })?;
    Ok(done)
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Usage(error.to_string())
    }
}
