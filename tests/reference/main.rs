//! The example on every reference page compiles, and its chart is what the page shows.

#![allow(clippy::disallowed_methods, reason = "tests write goldens")]

mod chart;

use data::sample::{SampleOptions, generate};
use diagnostics::explain;
use engine::{Keep, Options};
use stdlib::{BUILTINS, Builtin};
use tests::{all_hold, golden, root};

#[test]
fn every_example_compiles_and_draws_its_chart() {
    let mut options = SampleOptions::new("volatile");
    options.bars = 700;
    let bars = generate(&options).expect("the pattern exists");
    let folder = root().join("docs/reference/charts");
    std::fs::create_dir_all(&folder).expect("docs/ can be written");
    let mut failures = Vec::new();
    for row in BUILTINS {
        match chart_of(row, &bars) {
            Ok(svg) => failures.extend(golden(&folder.join(format!("{}.svg", row.name)), &svg).err()),
            Err(error) => failures.push(error),
        }
    }
    all_hold(&failures);
}

fn chart_of(row: &Builtin, bars: &bars::Bars) -> Result<String, String> {
    let example = driver::reference::example(row);
    let fragment = format!("{example}actions:\n  entry_long: \"close > open\"\n");
    let play = explain::splice(explain::BASE_PLAY, &fragment);
    let c = driver::compile(row.name, &play, &driver::Options::default());
    let errors: Vec<_> = c.diagnostics.iter().filter(|d| d.is_error()).map(|d| d.message.clone()).collect();
    let Some(program) = c.program else {
        return Err(format!("{}: {}\n{example}", row.name, errors.join("; ")));
    };
    let keep = Options { keep: Keep::Exports, ..Options::default() };
    let columns = engine::run(&program, bars, &keep).map_err(|e| format!("{}: {e}", row.name))?;
    Ok(chart::draw(row, &program, &columns))
}
