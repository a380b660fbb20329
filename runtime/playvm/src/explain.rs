//! `playvm explain`: why a Play did, or did not, trade.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use backtest::Options;
use backtest::explain::{misses, moment};
use clap::ValueEnum;
use report::moment::{Paint, text};
use report::{Run, summary};
use serde_json::json;

use crate::failure::Failure;
use crate::input::{self, DataArgs};
use crate::run::{columns, funding};
use folders::BlockFolders;

#[derive(clap::Args)]
pub struct Args {
    /// A Play (.yml) or a program (.playb)
    file: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// One moment: every condition at the latest close at or before it (2025-01-31T12:00, UTC, or ms). Without it:
    /// the funnel of the whole run and its nearest misses
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// First moment that is evaluated
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// End of the run, exclusive
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// How many near misses of each entry are told
    #[arg(long, value_name = "N", default_value_t = 5)]
    misses: usize,
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
    let time = |option, text: &Option<String>| text.as_deref().map(|t| input::time(option, t)).transpose();
    let at_ms = time("--at", &args.at)?;
    let (from_ms, to_ms) = (time("--from", &args.from)?, time("--to", &args.to)?);
    let input = input::program(&args.file, &args.library)?;
    let loaded = args.data.load(&input.program)?;
    let columns = columns(&input.program, &loaded, None)?;
    let options = Options { from_ms, to_ms, funding: funding(&loaded), ..Options::default() };
    let failed = |e: backtest::BacktestError| Failure::Data(e.to_string());
    let mut out = std::io::stdout().lock();
    if let Some(at_ms) = at_ms {
        let moment = moment(&input.program, &columns, &loaded.bars, &options, at_ms).map_err(failed)?;
        if args.format == Format::Json {
            return json(&json!({ "play": input.program.identity.play, "moment": moment }));
        }
        let paint = if out.is_terminal() { Paint::terminal() } else { Paint::default() };
        let source = std::fs::read_to_string(&args.file).ok();
        write!(out, "{}", text(&moment, source.as_deref(), paint))?;
        return Ok(());
    }
    let result = backtest::backtest_on(&input.program, &columns, &loaded.bars, &options).map_err(failed)?;
    let misses = misses(&input.program, &columns, &options, args.misses);
    if args.format == Format::Json {
        let (play, trades) = (&input.program.identity.play, result.trades.len());
        return json(&json!({ "play": play, "trades": trades, "funnel": result.funnel, "misses": misses }));
    }
    let run = Run {
        program: &input.program,
        result: &result,
        certificate: &loaded.certificate,
        exec_bars: &columns.clock(input.program.exec).bars,
        columns: &[],
        warnings: &input.warnings,
    };
    let (span, exec) = (result.span, result.exec);
    let (from, to) = (data::format_time(span.from_ms), data::format_time(span.to_ms));
    writeln!(out, "{} trades on {} bars of {exec}, {from} to {to}", result.trades.len(), span.bars)?;
    for line in report::explain::no_trades(&run) {
        writeln!(out, "{line}")?;
    }
    write!(out, "{}{}", summary::funnel_text(&run), report::moment::misses(&misses))?;
    Ok(())
}

fn json(value: &serde_json::Value) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|e| Failure::Internal(format!("the answer cannot be written as JSON: {e}")))?;
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(())
}
