//! result.json, manifest.json and the tables against docs/result-json.md: nothing undocumented, nothing stale.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

mod common;

use std::collections::BTreeSet;

use common::{Made, busy, quiet};
use data::certificate::{Defect, DefectKind, Gap, Jump, Place, SeriesNote};
use kernel::Refusal;
use report::files::{self, result_file};
use report::manifest::Manifest;
use report::trade_figures::REASONS;
use report::{tables, words};
use serde_json::Value;

/// A section of the page: the text below its heading, down to the next one of that level.
fn section(heading: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/result-json.md");
    let page = std::fs::read_to_string(path).expect("the page is there");
    let begin = page.find(&format!("\n## {heading}")).unwrap_or_else(|| panic!("no section `{heading}`"));
    let rest = &page[begin + 4..];
    rest[..rest.find("\n## ").unwrap_or(rest.len())].to_owned()
}

/// The names in the first column of its tables.
fn documented(heading: &str) -> BTreeSet<String> {
    let text = section(heading);
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    rows.map(|(name, _)| name.to_owned()).collect()
}

/// Paths of everything that holds no further names.
fn leaves(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let name = if path.ends_with("refused") { "*" } else { name };
                let dot = if path.is_empty() { "" } else { "." };
                leaves(inner, &format!("{path}{dot}{name}"), found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(item, &format!("{path}[]"), found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.insert(path.to_owned());
        }
    }
}

/// A run in which every list has an element and every option a value, and one in which they have not.
fn produced() -> Vec<Value> {
    let mut full = quiet();
    full.certificate.defects = vec![Defect {
        kind: DefectKind::OhlcViolation,
        rows: 1,
        places: vec![Place { row: "walk.csv:7".into(), time_ms: 1, what: "high below low".into() }],
    }];
    full.certificate.gaps.largest = vec![Gap { from_ms: 1, to_ms: 2, bars: 1 }];
    full.certificate.jumps.largest = vec![Jump { open_ms: 1, change_pct: -9.0 }];
    full.certificate.series = vec![SeriesNote { name: "mark_price".into(), missing: 1 }];
    full.certificate.notes = vec!["a note".into()];
    full.result.stop_reason = backtest::StopReason::MaxDrawdown { time_ms: 5 };
    full.result.funnel[0].cases[0].blocked.refused = Refusal::ALL.map(|r| (r, 1)).to_vec();
    let exit = full.setup.program.actions[1].cases[0].emit.clone();
    full.setup.program.actions[0].otherwise = exit;
    let last = full.result.counters.cases.len() - 1;
    full.result.counters.cases.iter_mut().take(last).for_each(|c| c.refused[0] = 1);
    let json = |made: &Made| serde_json::to_value(result_file(&made.run())).expect("JSON");
    vec![json(&full), json(&busy(600, "1h", 25))]
}

#[test]
fn every_field_of_result_json_is_documented_and_exists() {
    let mut found = BTreeSet::new();
    produced().iter().for_each(|json| leaves(json, "", &mut found));
    let reasons: BTreeSet<String> = Refusal::ALL.iter().map(|r| words::refusal(*r).to_owned()).collect();
    let documented: BTreeSet<String> = documented("result.json").difference(&reasons).cloned().collect();
    let strangers: Vec<_> = found.difference(&documented).collect();
    assert!(strangers.is_empty(), "not in docs/result-json.md: {strangers:#?}");
    let stale: Vec<_> = documented.difference(&found).collect();
    assert!(stale.is_empty(), "in docs/result-json.md, but never written: {stale:#?}");
}

#[test]
fn every_refusal_and_exit_reason_is_documented() {
    let page = documented("result.json");
    assert!(Refusal::ALL.iter().all(|r| page.contains(words::refusal(*r))));
    for refusal in Refusal::ALL {
        assert_eq!(serde_json::to_value(refusal).expect("JSON"), words::refusal(refusal));
    }
    let page = documented("fills.csv");
    assert!(REASONS.iter().all(|r| page.contains(r.as_str())));
    for reason in REASONS {
        assert_eq!(serde_json::to_value(reason).expect("JSON"), reason.as_str());
    }
}

/// Tools may rely on these, whatever the run.
#[test]
fn what_must_be_there_is_there() {
    for json in produced() {
        for path in [
            "/schema",
            "/run/play",
            "/run/data_hash",
            "/run/trades_hash",
            "/run/from_ms",
            "/run/stop/reason",
            "/data/content_hash",
            "/metrics/net_profit",
            "/metrics/trades/trades",
            "/metrics/trades/profit_factor",
            "/metrics/returns/sharpe",
            "/funnel/0/cases/0/blocked/refused",
            "/fidelity/0/grade",
            "/warnings",
        ] {
            assert!(json.pointer(path).is_some(), "{path}");
        }
        assert_eq!(json["schema"], report::files::SCHEMA);
    }
    let without = &produced()[0];
    for undefined in ["win_rate_pct", "profit_factor", "expectancy", "average_win", "largest_loss"] {
        assert!(without["metrics"]["trades"][undefined].is_null(), "{undefined}");
    }
    for undefined in ["sharpe", "sortino", "calmar", "omega"] {
        assert!(without["metrics"]["returns"][undefined].is_null(), "{undefined}");
    }
}

/// Words in `snake_case`, but for texts of users, names, hashes and sentences.
#[test]
fn enums_are_snake_case() {
    let full = &produced()[0];
    for path in [
        "/settings/mode",
        "/settings/exit_mode",
        "/settings/sizing_model",
        "/settings/entry",
        "/settings/end_of_data",
        "/instrument/steps_from",
        "/instrument/tiers_from",
        "/data/order",
        "/data/defects/0/kind",
        "/run/stop/reason",
        "/funnel/0/cases/0/emits/0",
        "/fidelity/2/grade",
    ] {
        let word = full.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("{path}"));
        assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{path}: {word}");
    }
}

#[test]
fn the_manifest_and_the_tables_are_documented() {
    let made = busy(600, "1h", 25);
    let run = made.run();
    let mut found = BTreeSet::new();
    leaves(&serde_json::to_value(Manifest::of(&run)).expect("JSON"), "", &mut found);
    assert_eq!(found, documented("manifest.json"));
    let names = |columns: tables::Columns| -> BTreeSet<String> {
        columns.into_iter().map(|(name, _)| name.to_owned()).collect()
    };
    assert_eq!(names(tables::trades(&run)), documented("trades.csv"));
    let reasons: BTreeSet<String> = REASONS.iter().map(|r| r.as_str().to_owned()).collect();
    assert_eq!(names(tables::fills(run.result)), &documented("fills.csv") - &reasons);
    assert_eq!(names(tables::equity(run.result)), documented("equity.csv"));
}

/// All files, twice: the same bytes; and the table's sums are the run's.
#[test]
fn files_are_written_whole_and_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = |name: &str| {
        let path = folder.path().join(name);
        files::write(&busy(600, "1h", 25).run(), &path).expect("written");
        let mut all: Vec<_> =
            std::fs::read_dir(path).expect("a folder").map(|e| e.expect("a file").path()).collect();
        all.sort();
        let bytes =
            |p: &std::path::PathBuf| (p.file_name().map(ToOwned::to_owned), std::fs::read(p).expect("bytes"));
        all.iter().map(bytes).collect::<Vec<_>>()
    };
    let first = written("a");
    assert_eq!(first.len(), 9);
    assert!(first == written("b"), "two runs wrote different bytes");
    let trades = std::fs::read_to_string(folder.path().join("a/trades.csv")).expect("trades");
    let head: Vec<&str> = trades.lines().next().expect("a head").split(',').collect();
    let net = head.iter().position(|h| *h == "net_pnl").expect("a column");
    let sum: f64 = trades.lines().skip(1).filter_map(|l| l.split(',').nth(net)?.parse::<f64>().ok()).sum();
    let result = busy(600, "1h", 25).result;
    assert!((sum - (result.final_equity - result.initial_equity)).abs() < 1e-6);
}
