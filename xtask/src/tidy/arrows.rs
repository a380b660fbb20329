//! The arrows between crates, and the map: the table in ARCHITECTURE.md against `cargo metadata`, both ways.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context;
use cargo_metadata::{DependencyKind, MetadataCommand};

type Arrows = BTreeMap<String, BTreeSet<String>>;

pub fn faults(root: &Path) -> anyhow::Result<Vec<String>> {
    let text =
        std::fs::read_to_string(root.join("ARCHITECTURE.md")).context("cannot read ARCHITECTURE.md")?;
    let drawn = table(&text);
    let real = metadata(root)?;
    let mut faults = Vec::new();
    for name in real.keys().filter(|n| !drawn.contains_key(*n)) {
        faults.push(format!("ARCHITECTURE.md §Arrows has no row for the crate `{name}`"));
    }
    for (name, uses) in &drawn {
        let Some(real) = real.get(name) else {
            faults.push(format!("ARCHITECTURE.md §Arrows has a row for `{name}`, which is no crate"));
            continue;
        };
        for extra in real.difference(uses) {
            faults.push(format!(
                "`{name}` uses `{extra}`, an arrow that ARCHITECTURE.md §Arrows does not draw"
            ));
        }
        for gone in uses.difference(real) {
            faults.push(format!("ARCHITECTURE.md §Arrows lets `{name}` use `{gone}`, which it does not"));
        }
    }
    Ok(faults)
}

/// Rows such as "| `lower` | `bars` `bytecode` `ir` |" below the heading "Arrows".
fn table(text: &str) -> Arrows {
    let section = text.split("\n## ").find(|s| s.starts_with("Arrows")).unwrap_or("");
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut names = row.split('`').skip(1).step_by(2).map(str::to_string);
        let name = names.next().unwrap_or_default();
        (name, names.collect())
    })
    .collect()
}

/// Arrows of normal and build dependencies; tests may look anywhere.
fn metadata(root: &Path) -> anyhow::Result<Arrows> {
    let metadata =
        MetadataCommand::new().current_dir(root).no_deps().exec().context("cargo metadata failed")?;
    let names: BTreeSet<String> = metadata.packages.iter().map(|p| p.name.to_string()).collect();
    Ok(metadata
        .packages
        .iter()
        .map(|package| {
            let uses = package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development);
            let uses = uses.map(|d| d.name.clone()).filter(|name| names.contains(name)).collect();
            (package.name.to_string(), uses)
        })
        .collect())
}
