//! Structures against the reference's columns: equal, or every differing cell explained by a listed fault.
//!
//! A script holds a model of the reference with its faults as switches. With all faults on the model must
//! give the reference's columns cell for cell; with all off, ours. In between it says which fault changes
//! which cell.

#![allow(clippy::disallowed_methods, reason = "the test reads what its script wrote")]

mod structure_chain;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;

use structure_chain::{Chain, Columns, Instance};

/// Faults that must explain at least one cell of this data.
const SEEN: &[u32] =
    &[51, 52, 55, 56, 57, 58, 64, 65, 66, 67, 68, 70, 71, 73, 74, 75, 76, 77, 78, 79, 80, 82];

/// Key and output.
type Name = (String, String);
/// A fault that is off from here on, and the column.
type Stage = (u32, Vec<f64>);

struct Oracle {
    instances: Vec<Instance>,
    bars: Columns,
    /// What the reference wrote, and the stages of the model (fault, column).
    reference: BTreeMap<Name, Vec<f64>>,
    stages: BTreeMap<Name, Vec<Stage>>,
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("stdlib lies in the workspace").to_path_buf()
}

/// `None`, with a message, where the data or Python is not there.
fn oracle() -> Option<Oracle> {
    let shared = std::env::var_os("PLAY_SHARED").map_or_else(|| workspace().join("../shared"), PathBuf::from);
    let python =
        std::env::var_os("PLAY_PYTHON").map_or_else(|| workspace().join(".venv/bin/python"), PathBuf::from);
    for path in [&shared.join("oracle/structures-btc-15m.parquet"), &python] {
        if !path.exists() {
            eprintln!("skipped: {} is not there", path.display());
            return None;
        }
    }
    let out = std::env::temp_dir().join(format!("structure-columns-{}", std::process::id()));
    let script = workspace().join("tests/oracles/structure_columns.py");
    let status =
        Command::new(&python).arg("-B").arg(script).arg(&shared).arg(&out).status().expect("Python runs");
    assert!(status.success(), "structure_columns.py failed");
    let oracle = read(&out);
    std::fs::remove_dir_all(&out).expect("the temporary folder is ours");
    Some(oracle)
}

fn read(folder: &Path) -> Oracle {
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).expect("the script wrote it");
    let instance = |line: &str| {
        let parts: Vec<&str> = line.split('\t').collect();
        let list =
            |text: &str, at| text.split(at).filter(|s| !s.is_empty()).map(String::from).collect::<Vec<_>>();
        let pair =
            |p: String| p.split_once('=').map(|(k, v)| (k.to_string(), v.to_string())).expect("name=value");
        Instance {
            key: parts[0].into(),
            ty: parts[1].into(),
            uses: list(parts[2], ','),
            params: list(parts[3], ';').into_iter().map(pair).collect(),
        }
    };
    let instances = text("instances.txt").lines().map(instance).collect();
    let bytes = std::fs::read(folder.join("columns.f64")).expect("the script wrote it");
    let names = text("columns.txt");
    let mut lines = names.lines();
    let bars_count: usize = lines.next().and_then(|n| n.parse().ok()).expect("number of bars");
    let mut oracle =
        Oracle { instances, bars: Columns::new(), reference: BTreeMap::new(), stages: BTreeMap::new() };
    for (line, column) in lines.zip(bytes.chunks_exact(8 * bars_count)) {
        let column: Vec<f64> =
            column.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().expect("8 bytes"))).collect();
        let parts: Vec<&str> = line.split('\t').collect();
        let name = (parts[0].to_string(), parts[1].to_string());
        match parts[2] {
            "bar" => drop(oracle.bars.insert(name.1, column)),
            "oracle" => drop(oracle.reference.insert(name, column)),
            fault => oracle.stages.entry(name).or_default().push((fault.parse().expect("a number"), column)),
        }
    }
    oracle
}

fn same(a: f64, b: f64) -> bool {
    (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-9 * a.abs().max(1.0)
}

/// The bar of the first cell that differs. Names of anchors and zones must stand for one another one to one.
fn first_difference(name: &str, ours: &[f64], theirs: &[f64]) -> Option<usize> {
    if !(name.ends_with("hash") || name.ends_with("instance_id")) {
        return ours.iter().zip(theirs).position(|(&a, &b)| !same(a, b));
    }
    let (mut there, mut back) = (HashMap::new(), HashMap::new());
    ours.iter().zip(theirs).position(|(a, b)| {
        let (x, y) = (a.to_bits(), b.to_bits());
        a.is_nan() != b.is_nan()
            || (!a.is_nan() && (*there.entry(x).or_insert(y) != y || *back.entry(y).or_insert(x) != x))
    })
}

#[test]
fn every_cell_is_the_references_or_explained_by_a_fault() {
    let Some(oracle) = oracle() else { return };
    let chain = Chain::run(&oracle.instances, &oracle.bars);
    let mut cells = 0;
    let mut by_fault: BTreeMap<u32, usize> = BTreeMap::new();
    let mut unexplained = Vec::new();
    for ((key, output), reference) in &oracle.reference {
        let stages = &oracle.stages[&(key.clone(), output.clone())];
        let (first, last) = (&stages[0].1, &stages[stages.len() - 1].1);
        let model = reference.iter().zip(first).position(|(&a, &b)| !same(a, b));
        assert_eq!(model, None, "{key}.{output}: the model with all faults is not the reference");
        if let Some(t) = first_difference(output, chain.column(key, output), last) {
            let ours = chain.column(key, output)[t];
            unexplained.push(format!(
                "{key}.{output} bar {t}: ours {ours}, expected {}, reference {}",
                last[t], first[t]
            ));
        }
        cells += reference.len();
        for t in (0..reference.len()).filter(|&t| !same(first[t], last[t])) {
            let (fault, _) = stages[1..]
                .iter()
                .find(|(_, column)| !same(column[t], first[t]))
                .expect("some stage changed it");
            *by_fault.entry(*fault).or_default() += 1;
        }
    }
    let differing: usize = by_fault.values().sum();
    eprintln!(
        "{cells} cells, {} equal; differing cells by the fault that first changed them: {by_fault:?}",
        cells - differing
    );
    assert!(unexplained.is_empty(), "unexplained cells:\n{}", unexplained.join("\n"));
    let missing: Vec<_> = SEEN.iter().filter(|f| !by_fault.contains_key(f)).collect();
    assert!(missing.is_empty(), "faults {missing:?} explain no cell: is the comparison still complete?");
}
