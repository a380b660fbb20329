//! The files of `--out DIR`: result.json, manifest.json, trades, fills and equity as CSV and Parquet, report.html.

use std::path::Path;

use backtest::{ActionFunnel, Fidelity, RunResult, StopReason, Trade};
use data::columns::{ColumnData, write_csv, write_parquet};
use data::{Certificate, DataError};
use kernel::{Instrument, Side};
use serde::Serialize;

use crate::manifest::Manifest;
use crate::metrics::Metrics;
use crate::{Run, html};

/// Changes of the schema of result.json change this; documented in docs/result-json.md.
pub const SCHEMA: &str = "play-result/1";

/// result.json.
#[derive(Debug, Serialize)]
pub struct ResultFile<'a> {
    pub schema: &'static str,
    pub run: RunInfo<'a>,
    pub data: &'a Certificate,
    pub metrics: Metrics,
    pub funnel: &'a [ActionFunnel],
    pub fidelity: &'a Fidelity,
    pub instrument: &'a Instrument,
    /// One line each.
    pub warnings: &'a [String],
}

#[derive(Debug, Serialize)]
pub struct RunInfo<'a> {
    pub mode: &'static str,
    pub symbol: &'a str,
    /// The exec timeframe.
    pub exec: String,
    /// Opening time of the first evaluated exec bar, ms UTC.
    pub from_ms: i64,
    pub to_ms: i64,
    pub bars: usize,
    pub stop: &'a StopReason,
    #[serde(flatten)]
    pub identity: Manifest,
}

#[must_use]
pub fn result_file<'a>(run: &Run<'a>) -> ResultFile<'a> {
    let result = run.result;
    ResultFile {
        schema: SCHEMA,
        run: RunInfo {
            mode: "backtest",
            symbol: &result.symbol,
            exec: result.exec.to_string(),
            from_ms: result.span.from_ms,
            to_ms: result.span.to_ms,
            bars: result.span.bars,
            stop: &result.stop_reason,
            identity: Manifest::of(run),
        },
        data: run.certificate,
        metrics: Metrics::of(result, run.exec_bars),
        funnel: &result.funnel,
        fidelity: &result.fidelity,
        instrument: &result.instrument,
        warnings: run.warnings,
    }
}

/// Writes everything; files that exist are replaced.
///
/// # Errors
/// When the folder cannot be made or a file cannot be written.
pub fn write(run: &Run<'_>, folder: &Path) -> Result<(), FilesError> {
    std::fs::create_dir_all(folder).map_err(|e| FilesError::new(folder, &e))?;
    json(&folder.join("result.json"), &result_file(run))?;
    json(&folder.join("manifest.json"), &Manifest::of(run))?;
    table(folder, "trades", &trades(run))?;
    table(folder, "fills", &fills(run.result))?;
    table(folder, "equity", &equity(run.result))?;
    text(&folder.join("report.html"), &html::page(run))
}

/// A file or folder that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{place}`: {why}; choose another folder with --out")]
pub struct FilesError {
    place: String,
    why: String,
}

impl FilesError {
    fn new(path: &Path, why: &dyn std::fmt::Display) -> FilesError {
        FilesError { place: path.display().to_string(), why: why.to_string() }
    }
}

impl From<DataError> for FilesError {
    fn from(error: DataError) -> FilesError {
        FilesError { place: error.place, why: error.what }
    }
}

fn json(path: &Path, value: &impl Serialize) -> Result<(), FilesError> {
    let json = serde_json::to_string_pretty(value).map_err(|e| FilesError::new(path, &e))?;
    text(path, &(json + "\n"))
}

/// Written beside the target and renamed, so that an interruption never leaves half a file.
fn text(path: &Path, text: &str) -> Result<(), FilesError> {
    let beside = path.with_extension("part");
    std::fs::write(&beside, text)
        .and_then(|()| std::fs::rename(&beside, path))
        .map_err(|e| FilesError::new(path, &e))
}

fn table(folder: &Path, name: &str, columns: &[(&str, ColumnData)]) -> Result<(), FilesError> {
    write_csv(&folder.join(format!("{name}.csv")), columns)?;
    write_parquet(&folder.join(format!("{name}.parquet")), columns)?;
    Ok(())
}

type Columns = Vec<(&'static str, ColumnData)>;

fn trades(run: &Run<'_>) -> Columns {
    let trades = &run.result.trades;
    let f64s = |of: fn(&Trade) -> f64| ColumnData::F64(trades.iter().map(of).collect());
    let times = |of: fn(&Trade) -> i64| ColumnData::I64(trades.iter().map(|t| Some(of(t))).collect());
    let words = |of: &dyn Fn(&Trade) -> String| ColumnData::Text(trades.iter().map(|t| Some(of(t))).collect());
    let asked = |t: &Trade| t.asked_by(&run.program.actions);
    vec![
        ("id", times(|t| i64::from(t.id))),
        ("symbol", words(&|_| run.result.symbol.clone())),
        ("side", words(&|t| side(t.side).to_string())),
        ("entry_time", times(|t| t.entry_time)),
        ("entry_price", f64s(|t| t.entry_price)),
        ("qty", f64s(|t| t.qty)),
        ("exit_time", times(|t| t.exit_time)),
        ("exit_price", f64s(|t| t.exit_price)),
        ("exit_reason", words(&|t| t.exit_reason.as_str().to_string())),
        ("gross_pnl", f64s(|t| t.gross_pnl)),
        ("fees", f64s(|t| t.fees)),
        ("funding", f64s(|t| t.funding)),
        ("net_pnl", f64s(|t| t.net_pnl)),
        ("bars_held", times(|t| i64::from(t.bars_held))),
        ("mae_pct", f64s(|t| t.mae_pct)),
        ("mfe_pct", f64s(|t| t.mfe_pct)),
        ("entry_signal_time", times(|t| t.entry_signal_time)),
        ("stop", f64s(|t| t.stop)),
        ("stop_final", f64s(|t| t.stop_final)),
        ("target", f64s(|t| t.target)),
        ("leverage", f64s(|t| t.leverage)),
        ("margin", f64s(|t| t.margin)),
        ("liquidation_price", f64s(|t| t.liquidation_price)),
        ("action", words(&|t| asked(t).map_or_else(String::new, |(id, _)| id.to_string()))),
        ("play_line", words(&|t| asked(t).map_or_else(String::new, |(_, place)| place.line.to_string()))),
        ("metadata", words(&|t| metadata(run, t.id))),
    ]
}

/// `key=value` pairs, separated by semicolons.
fn metadata(run: &Run<'_>, trade: u32) -> String {
    let all = &run.result.metadata;
    let Ok(at) = all.binary_search_by_key(&trade, |m| m.trade) else { return String::new() };
    let noted = &all[at];
    let pairs = noted.values.iter().map(|(key, value)| match value {
        bytecode::MetadataValue::Text(text) => format!("{key}={text}"),
        bytecode::MetadataValue::Number(x) => format!("{key}={x}"),
        // registers were replaced by their values at the signal
        bytecode::MetadataValue::Reg(_) => format!("{key}="),
    });
    pairs.collect::<Vec<_>>().join(";")
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Long => "long",
        Side::Short => "short",
    }
}

fn fills(result: &RunResult) -> Columns {
    let fills = &result.fills;
    vec![
        ("trade", ColumnData::I64(fills.iter().map(|f| Some(i64::from(f.trade))).collect())),
        ("time", ColumnData::I64(fills.iter().map(|f| Some(f.time_ms)).collect())),
        (
            "side",
            ColumnData::Text(fills.iter().map(|f| Some(if f.bought { "buy" } else { "sell" }.into())).collect()),
        ),
        ("price", ColumnData::F64(fills.iter().map(|f| f.price).collect())),
        ("base_price", ColumnData::F64(fills.iter().map(|f| f.base_price).collect())),
        ("qty", ColumnData::F64(fills.iter().map(|f| f.qty).collect())),
        ("fee", ColumnData::F64(fills.iter().map(|f| f.fee).collect())),
        (
            "liquidity",
            ColumnData::Text(fills.iter().map(|f| Some(if f.maker { "maker" } else { "taker" }.into())).collect()),
        ),
        (
            "reason",
            ColumnData::Text(
                fills.iter().map(|f| Some(f.exit.map_or("entry", |reason| reason.as_str()).to_string())).collect(),
            ),
        ),
    ]
}

fn equity(result: &RunResult) -> Columns {
    let curve = &result.equity;
    vec![
        ("ts", ColumnData::I64(curve.time_ms.iter().map(|&t| Some(t)).collect())),
        ("equity", ColumnData::F64(curve.equity.clone())),
        ("drawdown_pct", ColumnData::F64(curve.drawdown_pct())),
    ]
}
