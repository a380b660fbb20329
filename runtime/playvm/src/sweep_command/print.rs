//! The best variants, as a table or as JSON.

use std::io::Write;
use std::path::PathBuf;

use serde_json::{Value, json};
use sweep::{FIGURES, Figure, Outcome, Row, Space, Top};

use crate::failure::Failure;

/// What a sweep came to.
pub struct Answer<'a> {
    pub space: &'a Space,
    pub top: &'a Top,
    pub figure: &'a Figure,
    /// Variants that were tried.
    pub done: u64,
    /// Where all rows are.
    pub file: Option<PathBuf>,
}

/// Figures beside the one that is ranked by.
const SHOWN: [&str; 6] =
    ["net_return_pct", "trades", "win_rate_pct", "profit_factor", "sharpe", "max_daily_drawdown_pct"];

pub fn human(answer: &Answer<'_>) -> Result<(), Failure> {
    let space = answer.space;
    let sampled = if space.len() < space.combinations() {
        format!(", a sample of {} combinations", space.combinations())
    } else {
        String::new()
    };
    let mut out = std::io::stdout().lock();
    let direction = if answer.figure.more_is_better { "highest" } else { "lowest" };
    writeln!(
        out,
        "{} of {} variants{sampled}; {direction} {} first\n",
        answer.done,
        space.len(),
        answer.figure.name
    )?;
    write!(out, "{}", table(answer))?;
    if let Some(best) = answer.top.rows().first() {
        let settings =
            space.axes.iter().zip(&best.values).map(|(a, v)| format!(" --set {}={v}", quoted(&a.name)));
        writeln!(out, "\nthe first alone: playvm run FILE --mode backtest{}", settings.collect::<String>())?;
    }
    if let Some(file) = &answer.file {
        writeln!(out, "all of them: {}", file.display())?;
    }
    Ok(())
}

/// For a shell: `#` begins a comment, brackets are patterns.
fn quoted(name: &str) -> String {
    if name.contains(['#', '[', ' ']) { format!("'{name}'") } else { name.to_owned() }
}

fn table(answer: &Answer<'_>) -> String {
    let space = answer.space;
    let varied: Vec<usize> = (0..space.axes.len()).filter(|&at| space.axes[at].values.len() > 1).collect();
    let mut shown: Vec<usize> = SHOWN.iter().filter_map(|name| sweep::find_figure(name)).collect();
    let ranked = FIGURES.iter().position(|f| f.name == answer.figure.name);
    if let Some(ranked) = ranked.filter(|at| !shown.contains(at)) {
        shown.insert(0, ranked);
    }
    // what a quick sweep did not find is not shown
    shown.retain(|&at| answer.top.rows().iter().any(|row| !row.figure(at).is_nan()));
    let mut lines: Vec<Vec<String>> = vec![Vec::new()];
    lines[0].push("#".into());
    lines[0].extend(varied.iter().map(|&at| space.axes[at].name.clone()));
    lines[0].extend(shown.iter().map(|&at| FIGURES[at].name.to_owned()));
    for (place, row) in (1..).zip(answer.top.rows()) {
        let mut line = vec![place.to_string()];
        line.extend(varied.iter().map(|&at| row.values[at].to_string()));
        line.extend(shown.iter().map(|&at| number(row.figure(at))));
        lines.push(line);
    }
    aligned(&lines)
}

/// Columns of one width, to the right.
pub fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |at: usize| lines.iter().filter_map(|l| l.get(at)).map(|c| c.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |cells: &Vec<String>| {
        let cells = cells.iter().zip(&widths).map(|(cell, &width)| format!("{cell:>width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  "))
    };
    lines.iter().map(line).collect()
}

fn number(value: f64) -> String {
    if value.is_nan() {
        "-".into()
    } else if value.fract() == 0.0 && value.abs() < 1e9 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}

pub fn json(answer: &Answer<'_>) -> Result<(), Failure> {
    let rows: Vec<Value> = answer.top.rows().iter().map(|row| row_json(answer.space, row)).collect();
    let axes: Vec<Value> =
        answer.space.axes.iter().map(|a| json!({ "name": a.name, "values": a.values })).collect();
    let answer = json!({
        "variants": answer.space.len(),
        "combinations": answer.space.combinations(),
        "done": answer.done,
        "parameters": axes,
        "rank": answer.figure.name,
        "top": rows,
        "file": answer.file.as_ref().map(|f| f.display().to_string()),
    });
    writeln!(std::io::stdout().lock(), "{answer:#}")?;
    Ok(())
}

fn row_json(space: &Space, row: &Row) -> Value {
    let values: serde_json::Map<String, Value> =
        space.axes.iter().zip(&row.values).map(|(a, v)| (a.name.clone(), json!(v))).collect();
    let (stopped, hash, refused) = match &row.outcome {
        Outcome::Ran { trades_hash, stopped, .. } => {
            (*stopped, trades_hash.map(|hash| blake3::Hash::from_bytes(hash).to_hex().to_string()), None)
        }
        Outcome::Refused(why) => (None, None, Some(why)),
    };
    // NaN is null
    let figures: serde_json::Map<String, Value> =
        FIGURES.iter().enumerate().map(|(at, f)| (f.name.to_owned(), json!(row.figure(at)))).collect();
    json!({
        "variant": row.variant, "parameters": values, "figures": figures,
        "stopped": stopped, "trades_hash": hash, "refused": refused,
    })
}
