//! `playc params`

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use diagnostics::render;
use driver::Compilation;
use driver::params::{Parameter, combinations, parameters};
use serde_json::{Value, json};
use syntax::ast::Candidates;

use crate::{Outcome, input};
use folders::BlockFolders;

#[derive(clap::Args)]
pub struct Args {
    /// The Play; `-` reads standard input
    file: PathBuf,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    library: BlockFolders,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table
    Human,
    /// One JSON object
    Json,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let (name, bytes) = match input::read(&args.file) {
        Ok(read) => read,
        Err(message) => return Ok(Outcome::Usage(message)),
    };
    let options = match args.library.options(&args.file) {
        Ok(options) => options,
        Err(message) => return Ok(Outcome::Usage(message)),
    };
    let compilation = driver::compile_bytes(&name, &bytes, &options);
    if compilation.has_errors() {
        // what a wrong Play may vary is not known for sure; standard output is for the answer alone
        for d in compilation.diagnostics.iter().filter(|d| d.is_error()) {
            writeln!(std::io::stderr(), "{}", render::short(&compilation.sources, d).trim_end())?;
        }
        return Ok(Outcome::PlayErrors);
    }
    let parameters = parameters(&compilation.ast, compilation.sources.get(compilation.source));
    let text = match args.format {
        Format::Human => human(&parameters),
        Format::Json => format!("{:#}\n", as_json(&compilation, &parameters)),
    };
    write!(std::io::stdout(), "{text}")?;
    Ok(Outcome::Ok)
}

fn human(parameters: &[Parameter]) -> String {
    if parameters.is_empty() {
        return "nothing to vary; a number such as `{min: 5, max: 50, step: 5}` may be varied\n".into();
    }
    let width = parameters.iter().map(|p| p.path.chars().count()).max().unwrap_or(0);
    let mut lines: Vec<String> = parameters
        .iter()
        .map(|p| {
            let candidates = match &p.candidates {
                Candidates::Steps { min, max, step } => format!("{min} to {max} by {step}"),
                Candidates::Choices(choices) => {
                    choices.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
                }
            };
            format!("{:width$}  {candidates}  (default {}, {} values)\n", p.path, p.default, p.count())
        })
        .collect();
    lines.push(match combinations(parameters) {
        Some(count) => format!("{count} combinations\n"),
        None => "more than 2^64 combinations\n".into(),
    });
    lines.concat()
}

/// `combinations` is null when 64 bits do not hold it.
fn as_json(compilation: &Compilation, parameters: &[Parameter]) -> Value {
    let source = compilation.sources.get(compilation.source);
    let rows = parameters.iter().map(|p| {
        let at = source.position(p.span.start);
        let candidates = match &p.candidates {
            Candidates::Steps { min, max, step } => json!({ "min": min, "max": max, "step": step }),
            Candidates::Choices(choices) => json!({ "choices": choices }),
        };
        json!({
            "path": p.path, "line": at.line, "col": at.col, "candidates": candidates,
            "default": p.default, "count": p.count(),
        })
    });
    json!({
        "play": compilation.resolved.id,
        "parameters": rows.collect::<Vec<_>>(),
        "combinations": combinations(parameters),
    })
}
