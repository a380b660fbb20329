//! `playc explain`

use std::io::Write;

use diagnostics::{Code, suggest};

use crate::Outcome;

#[derive(clap::Args)]
pub struct Args {
    /// A code such as E0301, or its name such as `unknown_name`
    code: Option<String>,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mut out = std::io::stdout().lock();
    let Some(text) = &args.code else {
        for code in Code::ALL {
            writeln!(out, "{}  {:24}  {}", code.as_str(), code.name(), code.summary())?;
        }
        return Ok(Outcome::Ok);
    };
    let Some(code) = Code::parse(text) else {
        let names = Code::ALL.iter().flat_map(|c| [c.as_str(), c.name()]);
        let hint = suggest::nearest(text, names).map(|n| format!("; did you mean `{n}`?"));
        let hint = hint.unwrap_or_else(|| "; `playc explain` lists all codes".into());
        return Ok(Outcome::Usage(format!("there is no diagnostic `{text}`{hint}")));
    };
    writeln!(out, "{}", diagnostics::explain::page(code).trim_end())?;
    Ok(Outcome::Ok)
}
