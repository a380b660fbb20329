//! `playvm run`

use std::io::Write;
use std::path::PathBuf;

use backtest::{Funding, Options, StopReason};
use bytecode::Program;
use clap::ValueEnum;
use data::Loaded;
use data::columns::ColumnData;
use engine::{Columns, Keep, Native};
use report::{Overlay, Run, files, summary};

use crate::failure::Failure;
use crate::input::{self, DataArgs};
use folders::BlockFolders;

#[derive(clap::Args)]
pub struct Args {
    /// A Play (.yml) or a program (.playb)
    file: PathBuf,
    /// Where it runs
    #[arg(long, value_enum)]
    mode: Mode,
    #[command(flatten)]
    settings: input::Settings,
    #[command(flatten)]
    data: DataArgs,
    /// First moment that is evaluated (bars before it are warm-up): 2025-01-31, 2025-01-31T12:00 or ms
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// End of the run, exclusive
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Folder for result.json, manifest.json, trades, fills, equity (CSV and Parquet) and report.html
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What runs the ops; the results are the same to the bit
    #[arg(long, value_enum, default_value_t = Engine::Auto)]
    engine: Engine,
    /// What is printed: the summary, or result.json
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    library: BlockFolders,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// On past bars, with a simulated exchange
    Backtest,
    /// On Bybit's testnet
    Testnet,
    /// On Bybit, with money
    Mainnet,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// Machine code for the parts where it pays within this run, the interpreter for the rest
    Auto,
    /// Op by op over blocks of bars
    Interpreter,
    /// Machine code for every part that there can be some for
    Jit,
}

impl Engine {
    fn native(self) -> Result<Option<&'static dyn Native>, Failure> {
        match self {
            Engine::Interpreter => Ok(None),
            Engine::Auto if !jit::is_available() => Ok(None),
            Engine::Auto => Ok(Some(&jit::WEIGHED)),
            Engine::Jit if !jit::is_available() => Err(Failure::Usage(
                "--engine jit: there is no machine code for this kind of processor; use --engine interpreter"
                    .into(),
            )),
            Engine::Jit => Ok(Some(&jit::ALWAYS)),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    if args.mode != Mode::Backtest {
        return Err(Failure::Usage(
            "this version runs backtests only: there is no trading on testnet or mainnet yet; use --mode backtest".into(),
        ));
    }
    let (from_ms, to_ms) = input::span(args.from.as_deref(), args.to.as_deref())?;
    let input = input::program_with(&args.file, &args.library, &args.settings)?;
    let loaded = args.data.load(&input.program)?;
    let native = args.engine.native()?;
    let columns = columns(&input.program, &loaded, native)?;
    let options = Options { from_ms, to_ms, funding: funding(&loaded), native, ..Options::default() };
    let result = backtest::backtest_on(&input.program, &columns, &loaded.bars, &options)
        .map_err(|e| Failure::Data(e.to_string()))?;
    let overlays = overlays(&input.program, &columns);
    let run = Run {
        program: &input.program,
        result: &result,
        certificate: &loaded.certificate,
        exec_bars: &columns.clock(input.program.exec).bars,
        columns: &overlays,
        warnings: &input.warnings,
    };
    if let Some(folder) = &args.out {
        files::write(&run, folder).map_err(|e| Failure::Usage(e.to_string()))?;
    }
    print(&run, args.format)?;
    match result.stop_reason {
        StopReason::EndOfData => Ok(()),
        StopReason::MaxDrawdown { .. } => Err(Failure::Stopped),
    }
}

pub fn columns(
    program: &Program,
    loaded: &Loaded,
    native: Option<&'static dyn Native>,
) -> Result<Columns, Failure> {
    let options = engine::Options { keep: Keep::All, native, ..engine::Options::default() };
    Ok(engine::run(program, &loaded.bars, &options)?)
}

pub fn funding(loaded: &Loaded) -> Vec<Funding> {
    loaded.funding.iter().map(|f| Funding { time_ms: f.time_ms, rate: f.rate }).collect()
}

/// Numbers with a name, for the chart; conditions are in the funnel.
fn overlays(program: &Program, columns: &Columns) -> Vec<Overlay> {
    let named = crate::columns::named(program, columns).into_iter().skip(1).zip(&program.exports);
    named
        .filter_map(|((name, data), export)| match data {
            ColumnData::F64(values) => Some(Overlay { name, unit: export.unit, values }),
            _ => None,
        })
        .collect()
}

fn print(run: &Run<'_>, format: Format) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match format {
        Format::Human => write!(out, "{}", summary::text(run))?,
        Format::Json => {
            let json = serde_json::to_string_pretty(&files::result_file(run))
                .map_err(|e| Failure::Internal(format!("the result cannot be written as JSON: {e}")))?;
            writeln!(out, "{json}")?;
        }
    }
    Ok(())
}
