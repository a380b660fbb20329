//! Several runs side by side: one table, one page with their equity curves over each other.

use backtest::RunResult;
use bars::Bars;
use serde_json::{Value, json};

use crate::figures::{Group, groups};
use crate::metrics::Metrics;

/// One of the runs that are compared.
#[derive(Clone, Debug)]
pub struct Compared {
    /// What tells it from the others.
    pub name: String,
    pub result: RunResult,
    pub metrics: Metrics,
}

impl Compared {
    #[must_use]
    pub fn new(name: String, result: RunResult, exec_bars: &Bars) -> Compared {
        let metrics = Metrics::of(&result, exec_bars);
        Compared { name, result, metrics }
    }
}

/// The figures' groups of each run.
pub(crate) fn figures(runs: &[Compared]) -> Vec<Vec<Group>> {
    runs.iter().map(|run| groups(&run.metrics)).collect()
}

/// A column for each run, a line for each figure.
#[must_use]
pub fn text(runs: &[Compared]) -> String {
    let all = figures(runs);
    let Some(first) = all.first() else { return String::new() };
    let mut lines: Vec<Vec<String>> = vec![std::iter::once(String::new()).chain(names(runs)).collect()];
    for (at, group) in first.iter().enumerate() {
        lines.push(Vec::new());
        lines.push(vec![group.title.to_owned()]);
        for (row, figure) in group.figures.iter().enumerate() {
            let values = all.iter().map(|groups| groups[at].figures[row].value.clone());
            lines.push(std::iter::once(format!("  {}", figure.name)).chain(values).collect());
        }
    }
    let widths: Vec<usize> = (0..=runs.len())
        .map(|at| lines.iter().filter_map(|l| l.get(at)).map(|c| c.chars().count()).max().unwrap_or(0))
        .collect();
    let line = |cells: &Vec<String>| {
        let padded = cells.iter().enumerate().map(|(at, cell)| match at {
            0 => format!("{cell:width$}", width = widths[0]),
            _ => format!("  {cell:>width$}", width = widths[at]),
        });
        format!("{}\n", padded.collect::<String>().trim_end())
    };
    lines.iter().map(line).collect()
}

fn names(runs: &[Compared]) -> impl Iterator<Item = String> + '_ {
    runs.iter().map(|run| run.name.clone())
}

/// Names, metrics as `result.json` has them, and hashes.
#[must_use]
pub fn as_json(runs: &[Compared]) -> Value {
    let run = |run: &Compared| {
        json!({
            "name": run.name, "play": run.result.play, "symbol": run.result.symbol,
            "exec": run.result.exec.to_string(), "metrics": run.metrics,
            "trades_hash": blake3::Hash::from_bytes(run.result.trades_hash()).to_hex().to_string(),
        })
    };
    json!({ "runs": runs.iter().map(run).collect::<Vec<_>>() })
}

#[must_use]
pub fn page(runs: &[Compared]) -> String {
    crate::html::compare::page(runs)
}
