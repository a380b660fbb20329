//! The JSON Schema against a validator that we did not write: it takes every Play that compiles, refuses broken ones at
//! the right place, and knows the keys that the compiler knows.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

mod blocks;
mod calls;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tests::{all_hold, files, python_with, root, shared};

const PLAY: &str = include_str!("play.yml");

/// What is replaced, by what, and the place where the schema must complain.
const BROKEN: &[(&str, &str, &str)] = &[
    ("indicator: ema", "indicator: emma", "features/ema_9/indicator"),
    ("length: 9", "lenght: 9", "features/ema_9/params"),
    ("length: 9", "length: 0", "features/ema_9/params/length"),
    ("length: 9", "length: 9.5", "features/ema_9/params/length"),
    ("length: 9", "length: \"nine\"", "features/ema_9/params/length"),
    ("length: 9", "length: {min: 0, max: 20, step: 1}", "features/ema_9/params/length/min"),
    ("length: 9", "length: {mni: 2, max: 20, step: 1}", "features/ema_9/params/length"),
    ("indicator: ema,", "indicator: ema, length: 9,", "features/ema_9"),
    ("indicator: ema,", "indicator: ema, tf: 15x,", "features/ema_9/tf"),
    ("anchor: D", "anchor: X", "features/vwap_day/params/anchor"),
    ("type: swing", "type: swign", "structures/exec/0/type"),
    ("left: 5", "left: -1", "structures/exec/0/params/left"),
    ("left: 5", "lefft: 5", "structures/exec/0/params"),
    ("  exec: low_tf", "  exec: 15m", "timeframes/exec"),
    ("  low_tf: 15m", "  low: 15m", "timeframes"),
    ("max_leverage: 5", "leverage: 5", "account"),
    ("max_leverage: 5", "max_leverage: 0", "account/max_leverage"),
    ("taker_bps: 5.5", "taker_bp: 5.5", "account/fee_model"),
    ("end_of_data: close", "end_of_data: closed", "backtest/end_of_data"),
    ("end_of_data: close", "end_of_date: close", "backtest"),
    ("mode: long_short", "mode: both", "position_policy/mode"),
    ("allow_flip: false", "allow_flip: no", "position_policy/allow_flip"),
    ("exit_mode: first_hit", "exit_mod: first_hit", "position_policy"),
    ("stop_loss_pct: 5", "stop_los_pct: 5", "risk"),
    ("stop_loss_pct: 5", "stop_loss_pct: five", "risk/stop_loss_pct"),
    ("model: percent_equity", "model: percent", "risk/sizing/model"),
    ("order_type: MARKET", "order_typ: MARKET", "entry"),
    ("order_type: MARKET", "order_type: STOP", "entry/order_type"),
    ("seed: 7", "sead: 7", "validation"),
    ("capital: 500", "capitol: 500", "deploy"),
    ("entry_long:", "enter_long:", "actions"),
    ("holds_for: {bars: 3", "holds_for: {bar: 3", "actions/entry_short/all/1/holds_for"),
    ("holds_for: {bars: 3", "holds_for: {bars: 0", "actions/entry_short/all/1/holds_for/bars"),
    ("within: [5]", "within: [0]", "actions/entry_short/all/3/3/within/0"),
    ("within_total: 1d", "within_totl: 1d", "actions/entry_short/all/2"),
    ("weight: -0.5", "wieght: -0.5", "actions/entry_short/all/6/score/1"),
    ("feature_id: ema_9", "feature: ema_9", "setups/dull/lhs"),
    ("any:", "anny:", "setups/pullback"),
];

/// What compiles, though with a warning or by an older spelling, must be valid.
const ACCEPTED: &[(&str, &str)] = &[
    ("indicator: ema", "indicator: EMA"),
    ("length: 9", "length: 9.0"),
    ("length: 9", "length: null"),
    ("length: 9", "length: 9, offset: 0"),
    ("length: 9", "length: {min: 5, max: 20, step: 5, default: 10}"),
    ("length: 9", "length: {choices: [5, 10]}"),
    ("length: 9", "length: \"${fast}\""),
    ("indicator: ema,", "indicator: ema, x-note: mine,"),
    ("slow: 25", "long: 25, short: 13"),
    ("max_leverage: 5", "max_leverage: \"5\""),
    ("max_leverage: 5", "max_leverage: ${fast}"),
    ("order_type: MARKET", "order_type: market"),
    ("anchor: D", "anchor: d"),
    ("deploy:", "notes-of-mine:"),
    ("seed: 7", "seed:"),
    ("stop_loss_pct: 5", "stop_loss_pct: {min: 2, max: 8, step: 1, default: 5}"),
];

struct Verdict {
    file: String,
    verdict: String,
    paths: Vec<String>,
    message: String,
}

fn validate(plays: &[PathBuf]) -> Option<Vec<Verdict>> {
    validate_by("play.schema.json", plays)
}

/// One verdict a file; `None` where the validator is not installed.
fn validate_by(schema: &str, plays: &[PathBuf]) -> Option<Vec<Verdict>> {
    let python = python_with("jsonschema, yaml")?;
    let schema = root().join("grammar").join(schema);
    let script = root().join("tests/oracles/schema_check.py");
    let run = Command::new(python).arg(script).arg(schema).args(plays).output().expect("it was found before");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let out = String::from_utf8(run.stdout).expect("paths and messages are text");
    let verdict = |line: &str| {
        let mut parts = line.split('\t').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        let (file, verdict) = (next(), next());
        let paths = next().split(',').map(str::to_owned).collect();
        Verdict { file, verdict, paths, message: next() }
    };
    let verdicts: Vec<Verdict> = out.lines().map(verdict).collect();
    assert_eq!(verdicts.len(), plays.len(), "one line a file");
    Some(verdicts)
}

fn compiles(text: &str) -> bool {
    !driver::compile("play", text, &driver::Options::default()).has_errors()
}

fn all_valid(plays: &[PathBuf]) {
    let Some(verdicts) = validate(plays) else { return };
    let wrong = verdicts.iter().filter(|v| v.verdict != "valid");
    let failures: Vec<String> =
        wrong.map(|v| format!("{}: {} {:?} {}", v.file, v.verdict, v.paths, v.message)).collect();
    all_hold(&failures);
}

fn that_compile(folder: &Path) -> Vec<PathBuf> {
    let is_right = |path: &PathBuf| {
        let bytes = std::fs::read(path).expect("it was listed");
        !driver::compile_bytes("play", &bytes, &driver::Options::default()).has_errors()
    };
    files(folder, "yml").into_iter().filter(is_right).collect()
}

#[test]
fn the_written_schema_is_the_compilers() {
    let written = std::fs::read_to_string(root().join("grammar/play.schema.json")).unwrap_or_default();
    assert!(written == driver::schema::text(&driver::schema::play()), "run `cargo xtask docs`");
}

#[test]
fn every_play_of_the_corpus_that_compiles_is_valid() {
    let Some(folder) = shared("corpus/plays") else { return };
    let plays = that_compile(&folder);
    assert!(plays.len() > 200, "the corpus is whole");
    all_valid(&plays);
}

#[test]
fn every_play_of_the_project_that_compiles_is_valid() {
    let plays: Vec<PathBuf> =
        ["plays", "tests", "benches"].iter().flat_map(|folder| that_compile(&root().join(folder))).collect();
    assert!(plays.len() > 16, "the examples and those of the tests");
    all_valid(&plays);
}

#[test]
fn what_compiles_with_warnings_is_valid() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut plays = vec![write(folder.path(), "base", PLAY)];
    assert!(compiles(PLAY), "the Play that the others are made of");
    for (at, (from, to)) in ACCEPTED.iter().enumerate() {
        let text = changed(from, to);
        assert!(compiles(&text), "`{to}` compiles");
        plays.push(write(folder.path(), &format!("accepted_{at}"), &text));
    }
    all_valid(&plays);
}

#[test]
fn broken_plays_are_refused_at_the_right_place() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut plays = Vec::new();
    for (at, (from, to, _)) in BROKEN.iter().enumerate() {
        let text = changed(from, to);
        assert!(!compiles(&text), "`{to}` is an error for the compiler as well");
        plays.push(write(folder.path(), &format!("broken_{at:02}"), &text));
    }
    let Some(verdicts) = validate(&plays) else { return };
    let mut failures = Vec::new();
    for ((_, to, place), v) in BROKEN.iter().zip(&verdicts) {
        if v.verdict != "invalid" || !v.paths.iter().any(|path| path == place) {
            failures.push(format!("`{to}`: {} at {:?}, not at {place}: {}", v.verdict, v.paths, v.message));
        }
    }
    all_hold(&failures);
}

/// Each parameter of each row, at both ends of its range and just beyond them.
#[test]
fn every_parameter_has_the_range_of_its_row() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ends = calls::at_the_ends();
    let beyond = calls::beyond_the_ends();
    let found = calls::reported(&beyond);
    let plays: Vec<PathBuf> = [("ends", &ends), ("beyond", &beyond)]
        .map(|(name, calls)| write(folder.path(), name, &calls::play(calls)))
        .to_vec();
    let Some(verdicts) = validate(&plays) else { return };
    let mut failures = Vec::new();
    for call in &ends {
        if verdicts[0].paths.contains(&call.path) {
            failures.push(format!("`{}` is refused at {}", call.text, call.path));
        }
    }
    assert!(beyond.len() > 300, "the whole catalogue: {}", beyond.len());
    for (at, call) in beyond.iter().enumerate() {
        if !verdicts[1].paths.contains(&call.path) {
            failures.push(format!("`{}` is let through at {}", call.text, call.path));
        }
        if !found.contains(&at) {
            failures.push(format!("`{}` is let through by the compiler", call.text));
        }
    }
    all_hold(&failures);
}

/// The note of an unknown key lists the keys of its section: the schema must list the same.
#[test]
fn every_section_has_the_keys_of_the_compiler() {
    let schema = driver::schema::play();
    let mut failures = Vec::new();
    let sections = [
        "timeframes",
        "account",
        "backtest",
        "deploy",
        "position_policy",
        "risk",
        "risk_model",
        "entry",
        "validation",
        "structures",
    ];
    for section in sections {
        let properties = &schema["properties"][section]["properties"];
        failures.extend(differing_keys(&format!("{section}:\n  zzzzzzzz: 1\n"), properties, section));
        for inner in
            ["stop_loss", "take_profit", "sizing", "trailing", "break_even", "fee_model", "instrument"]
        {
            let found = [&properties[inner]["properties"], &properties[inner]["then"]["properties"]];
            for properties in found.into_iter().filter(|p| p.is_object()) {
                let text = format!("{section}:\n  {inner}:\n    zzzzzzzz: 1\n");
                failures.extend(differing_keys(&text, properties, inner));
            }
        }
    }
    let feature = &schema["definitions"]["feature"]["properties"];
    failures.extend(differing_keys("features:\n  a:\n    zzzzzzzz: 1\n", feature, "a feature"));
    let structure = &schema["definitions"]["structure"]["properties"];
    failures.extend(differing_keys("structures:\n  exec:\n  - zzzzzzzz: 1\n", structure, "a structure"));
    all_hold(&failures);
}

fn differing_keys(text: &str, properties: &Value, what: &str) -> Option<String> {
    let c = driver::compile("play", text, &driver::Options::default());
    let found = c.diagnostics.iter().find(|d| d.code == diagnostics::Code::E0104);
    let note = found.and_then(|d| d.notes.iter().find_map(|n| n.strip_prefix("its keys: ")));
    let mut theirs: Vec<&str> = note.unwrap_or_default().split('`').skip(1).step_by(2).collect();
    theirs.sort_unstable();
    let mut ours: Vec<&str> = properties.as_object()?.keys().map(String::as_str).collect();
    ours.sort_unstable();
    (theirs != ours).then(|| format!("{what}: the compiler knows {theirs:?}, the schema {ours:?}"))
}

fn changed(from: &str, to: &str) -> String {
    assert!(PLAY.contains(from), "`{from}` stands in the Play");
    PLAY.replacen(from, to, 1)
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(format!("{name}.yml"));
    std::fs::write(&path, text).expect("the folder can be written");
    path
}
