//! One golden a phase for each case: `cases/<case>/play.yml` and what every phase makes of it.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

use std::path::Path;

use diagnostics::render;
use tests::{all_hold, golden, root};

#[test]
fn every_phase_makes_what_its_golden_says() {
    let folder = root().join("tests/pipeline");
    let mut cases: Vec<_> = std::fs::read_dir(&folder)
        .expect("tests/pipeline is part of the project")
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.join("play.yml").exists())
        .collect();
    cases.sort();
    assert!(cases.len() >= 15, "there are {} cases", cases.len());
    let failures: Vec<String> = cases.iter().flat_map(|case| run(case)).collect();
    all_hold(&failures);
}

fn run(case: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(case.join("play.yml")).expect("it exists");
    let c = driver::compile("play.yml", &text, &driver::Options::default());
    let diagnostics: Vec<String> =
        c.diagnostics.iter().map(|d| render::human(&c.sources, d, false)).collect();
    let mut phases = vec![
        ("tokens.txt", Some(syntax::print::tokens(&text))),
        ("ast.txt", Some(syntax::print::play(&c.ast))),
        ("resolved.txt", Some(resolve::print::play(&c.resolved))),
        ("ir.txt", c.module.as_ref().map(ir::print::print)),
        ("bytecode.txt", c.program.as_ref().map(bytecode::disasm::disasm)),
    ];
    phases.push(("diagnostics.txt", Some(diagnostics.join("\n"))));
    let mut failures = Vec::new();
    for (name, text) in phases {
        let path = case.join(name);
        match text {
            Some(text) => failures.extend(golden(&path, &text).err()),
            None if path.exists() => {
                failures.push(format!("{}: this phase does not run any more", path.display()))
            }
            None => {}
        }
    }
    failures
}
