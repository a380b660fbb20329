//! `playc doc`

use std::io::Write;

use diagnostics::suggest;
use stdlib::{BUILTINS, Kind};

use crate::Outcome;

#[derive(clap::Args)]
pub struct Args {
    /// Name of an indicator or structure, such as `rsi` or `swing`
    name: Option<String>,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mut out = std::io::stdout().lock();
    let Some(name) = &args.name else {
        for (kind, title) in [(Kind::Indicator, "Indicators"), (Kind::Structure, "Structures")] {
            writeln!(out, "{title}")?;
            for row in BUILTINS.iter().filter(|b| b.kind == kind) {
                writeln!(out, "  {:24} {}", row.name, row.summary)?;
            }
        }
        return Ok(Outcome::Ok);
    };
    let mut rows = BUILTINS.iter().filter(|b| b.name.eq_ignore_ascii_case(name)).peekable();
    if rows.peek().is_none() {
        let hint = suggest::nearest(name, BUILTINS.iter().map(|b| b.name));
        let hint = hint.map(|n| format!("; did you mean `{n}`?"));
        let hint = hint.unwrap_or_else(|| "; `playc doc` lists all".into());
        return Ok(Outcome::Usage(format!("there is no indicator or structure `{name}`{hint}")));
    }
    for row in rows {
        writeln!(out, "{}", driver::reference::page(row).trim_end())?;
    }
    Ok(Outcome::Ok)
}
