//! What a run leaves for people and tools: a summary, metrics, files and a page.
//!
//! Takes the result of a backtest, the certificate of its data and the columns it saw. Gives text, JSON, CSV, Parquet
//! and HTML. Never runs anything.

#![allow(clippy::disallowed_methods, reason = "a host's room: it writes files")]

// Figures, then what is told of them, then where it is written.
pub mod returns;
pub mod trade_figures;

pub mod metrics;

pub mod explain;
pub mod figures;
pub mod manifest;
pub mod moment;
pub mod settings;
pub mod words;

pub mod compare;
pub mod html;
pub mod result_json;
pub mod summary;
pub mod tables;

pub mod files;

use backtest::RunResult;
use bars::Bars;
use bytecode::Program;
use data::Certificate;

pub use metrics::Metrics;

/// Everything that a report tells of.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    pub program: &'a Program,
    pub result: &'a RunResult,
    pub certificate: &'a Certificate,
    /// Bars of the exec clock.
    pub exec_bars: &'a Bars,
    /// Named columns on the exec clock, for the chart.
    pub columns: &'a [Overlay],
    /// What the compiler and the run warn of, one line each.
    pub warnings: &'a [String],
}

/// One output of a feature or structure, a value for each exec bar (missing = NaN).
#[derive(Clone, Debug)]
pub struct Overlay {
    pub name: String,
    pub unit: stdlib::Unit,
    pub values: Vec<f64>,
}
