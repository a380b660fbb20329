//! Plain pivots of `swing` are TA-Lib's FRACTAL(left, right), ties included.

#![allow(clippy::disallowed_methods, reason = "the test reads what its script wrote")]

mod structure_chain;

use std::path::{Path, PathBuf};
use std::process::Command;

use structure_chain::{Chain, Columns, Instance};

const SIDES: [(usize, usize); 5] = [(1, 1), (2, 2), (3, 1), (1, 4), (5, 5)];
const BARS: usize = 3000;

#[test]
fn plain_pivots_are_talibs_fractals() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let python =
        std::env::var_os("PLAY_PYTHON").map_or_else(|| workspace.join(".venv/bin/python"), PathBuf::from);
    let importable = Command::new(&python).args(["-c", "import talib, numpy"]).output();
    if !importable.is_ok_and(|run| run.status.success()) {
        eprintln!("skipped: {} has no TA-Lib; set PLAY_PYTHON", python.display());
        return;
    }
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fractal.f64");
    let script = workspace.join("tests/oracles/fractal_columns.py");
    let status = Command::new(&python).arg(script).arg(&out).status().expect("python runs, as it did before");
    assert!(status.success(), "fractal_columns.py failed");
    let bytes = std::fs::read(out).expect("the script wrote it");
    let values: Vec<f64> =
        bytes.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().expect("8 bytes"))).collect();
    let columns: Vec<&[f64]> = values.chunks_exact(BARS).collect();
    let mut bars = Columns::new();
    for (name, k) in [("high", 0), ("low", 1), ("close", 1)] {
        bars.insert(name.into(), columns[k].to_vec());
    }
    for (k, (left, right)) in SIDES.into_iter().enumerate() {
        let (l, r) = (left.to_string(), right.to_string());
        let swing = Instance::new("s", "swing", &[], &[("left", &l), ("right", &r)]);
        let chain = Chain::run(&[swing], &bars);
        for (side, theirs) in [("high", columns[2 + 2 * k]), ("low", columns[3 + 2 * k])] {
            let accepted = chain.column("s", &format!("{side}_accepted"));
            let level = chain.column("s", &format!("{side}_level"));
            let mut pivots = 0;
            for t in 0..BARS {
                assert_eq!(accepted[t] == 1.0, theirs[t] != 0.0, "{left}/{right} {side} bar {t}");
                if accepted[t] == 1.0 {
                    assert_eq!(level[t], bars[side][t - right], "{left}/{right} {side} bar {t}");
                    pivots += 1;
                }
            }
            assert!(pivots > 50, "{left}/{right} {side}: only {pivots} pivots");
        }
    }
}
