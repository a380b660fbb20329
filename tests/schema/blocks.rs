//! The schema of block files, in the same way: the standard blocks, what may be written, what may not.

use std::path::PathBuf;

use tests::{all_hold, files, root};

use super::{validate_by, write};

const SCHEMA: &str = "block.schema.json";

const BLOCK: &str = "\
# yaml
id: dip
version: 1
type: entry
description: The RSI comes back.
x-note: mine
params:
  length: {type: int, default: 14, min: 2, max: 200, description: bars of the RSI}
  width: {type: number, default: 2.5, min: 0}
  strict: {type: bool, default: true}
  source: {type: choice, choices: [close, hl2], default: close}
  tf: {type: timeframe, default: high_tf}
  border: 30.0
requires:
  features:
    rsi: {indicator: rsi, tf: \"${tf}\", source: \"${source}\", params: {length: \"${length}\"}}
  structures:
    exec: [{type: swing, key: swing, params: {left: 5, right: 5}}]
  blocks:
    with_trend: {use: trend_filter_v1, with: {length: 100}}
logic:
  long: {all: [with_trend, \"rsi < ${border}\", [close, \">\", swing.low_level], \"${strict} or close > ${width}\"]}
  short: \"rsi > 100 - ${border}\"
";

const RISK: &str = "\
id: stop
version: 2
type: risk
requires: {features: {atr: {indicator: atr}}}
logic:
  stop_loss: {type: atr_multiple, value: 2, atr_feature_id: atr}
  take_profit: {type: rr_ratio, value: 2}
  sizing: {model: risk_based, value: 1}
";

const SET: &str = "\
id: averages
version: 1
type: feature_set
requires: {features: {fast: {indicator: ema, params: {length: 9}}}}
";

/// File, what is replaced, by what, and where the schema must complain.
const BROKEN: &[(&str, &str, &str, &str)] = &[
    ("dip", "id: dip", "idd: dip", ""),
    ("dip", "version: 1\n", "", ""),
    ("dip", "version: 1\n", "version: 0\n", "version"),
    ("dip", "version: 1\n", "version: 1.5\n", "version"),
    ("dip", "version: 1\n", "version: \"1\"\n", "version"),
    ("dip", "type: entry", "type: entri", "type"),
    ("dip", "type: entry", "type: feature_set", ""),
    ("dip", "type: entry", "type: risk", "logic"),
    ("dip", "default: 14", "defualt: 14", "params/length"),
    ("dip", "default: 14", "default: 14.5", "params/length/default"),
    ("dip", "default: 2.5", "default: wide", "params/width/default"),
    ("dip", "default: true", "default: 1", "params/strict/default"),
    ("dip", "default: true", "default: true, min: 0", "params/strict"),
    ("dip", "choices: [close, hl2], ", "", "params/source"),
    ("dip", "choices: [close, hl2]", "choices: []", "params/source/choices"),
    ("dip", "default: high_tf", "default: higher_tf", "params/tf/default"),
    ("dip", "type: int", "type: whole", "params/length/type"),
    ("dip", "{type: int, default", "{default", "params/length"),
    ("dip", "border: 30.0", "border: thirty", "params/border"),
    ("dip", "requires:", "require:", ""),
    ("dip", "  features:", "  feature:", "requires"),
    ("dip", "indicator: rsi", "indicator: rsy", "requires/features/rsi/indicator"),
    ("dip", "left: 5", "lefft: 5", "requires/structures/exec/0/params"),
    ("dip", "left: 5", "left: -1", "requires/structures/exec/0/params/left"),
    ("dip", "{use: trend_filter_v1", "{uses: trend_filter_v1", "requires/blocks/with_trend"),
    ("dip", "  long: {all:", "  lang: {all:", "logic"),
    ("dip", "{all:", "{al:", "logic/long"),
    ("stop", "logic:\n  stop_loss", "risk:\n  stop_loss", ""),
    ("stop", "type: atr_multiple", "type: atr_multiples", "logic/stop_loss/type"),
    ("stop", "model: risk_based, ", "", "logic/sizing"),
    ("stop", "  take_profit", "  take_profits", "logic"),
    ("averages", "requires: ", "x-other: ", ""),
    ("averages", "length: 9", "length: 0", "requires/features/fast/params/length"),
];

const ACCEPTED: &[(&str, &str, &str)] = &[
    ("dip", "id: dip", "name: dip"),
    ("dip", "default: 14", "default: {min: 5, max: 20, step: 5, default: 10}"),
    ("dip", "default: 14, ", ""),
    ("dip", "default: high_tf", "default: 4h"),
    ("dip", "border: 30.0", "border: {type: number}"),
    ("dip", "long: {all: [with_trend, ", "long: {all: [{use: session_hours_v1}, with_trend, "),
    ("averages", "length: 9", "length: {choices: [9, 10]}"),
];

fn texts() -> [(&'static str, &'static str); 3] {
    [("dip", BLOCK), ("stop", RISK), ("averages", SET)]
}

fn changed(file: &str, from: &str, to: &str) -> String {
    let (_, text) = texts().into_iter().find(|(name, _)| *name == file).expect("one of the three");
    assert!(text.contains(from), "`{from}` stands in {file}");
    text.replacen(from, to, 1)
}

fn errors(file: &str, text: &str) -> Vec<String> {
    let c = driver::check_block(&format!("{file}.yml"), text, &driver::Options::default());
    let errors = c.diagnostics.iter().filter(|d| d.is_error());
    errors.map(|d| diagnostics::render::short(&c.sources, d)).collect()
}

#[test]
fn the_written_block_schema_is_the_compilers() {
    let written = std::fs::read_to_string(root().join("grammar").join(SCHEMA)).unwrap_or_default();
    let ours = driver::schema::text(&driver::schema::block());
    assert!(written == ours, "run `cargo xtask docs`");
}

#[test]
fn blocks_that_are_right_are_valid() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut blocks: Vec<PathBuf> = files(&root().join("blocks"), "yml");
    assert!(blocks.len() >= 23, "the standard blocks");
    for (name, text) in texts() {
        assert_eq!(errors(name, text), [""; 0], "{name}");
        blocks.push(write(folder.path(), name, text));
    }
    for (at, (file, from, to)) in ACCEPTED.iter().enumerate() {
        let text = changed(file, from, to);
        assert_eq!(errors(file, &text), [""; 0], "`{to}`");
        blocks.push(write(folder.path(), &format!("accepted_{at}"), &text));
    }
    let Some(verdicts) = validate_by(SCHEMA, &blocks) else { return };
    let wrong = verdicts.iter().filter(|v| v.verdict != "valid");
    let failures: Vec<String> =
        wrong.map(|v| format!("{}: {} {:?} {}", v.file, v.verdict, v.paths, v.message)).collect();
    all_hold(&failures);
}

#[test]
fn broken_blocks_are_refused_at_the_right_place() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut blocks = Vec::new();
    for (at, (file, from, to, _)) in BROKEN.iter().enumerate() {
        let text = changed(file, from, to);
        assert!(!errors(file, &text).is_empty(), "`{to}` is an error for the compiler as well");
        blocks.push(write(folder.path(), &format!("broken_{at:02}"), &text));
    }
    // a Play is no block
    blocks.push(write(folder.path(), "play", super::PLAY));
    let Some(verdicts) = validate_by(SCHEMA, &blocks) else { return };
    let mut failures = Vec::new();
    for ((file, _, to, place), v) in BROKEN.iter().zip(&verdicts) {
        if v.verdict != "invalid" || !v.paths.iter().any(|path| path == place) {
            let found = format!("{} at {:?}: {}", v.verdict, v.paths, v.message);
            failures.push(format!("{file}, `{to}`: {found}, not at `{place}`"));
        }
    }
    all_hold(&failures);
    assert_eq!(verdicts.last().map(|v| v.verdict.as_str()), Some("invalid"));
}

/// The note of an unknown key lists the keys of its map: the schema must list the same.
#[test]
fn every_map_of_a_block_has_the_keys_of_the_compiler() {
    let schema = driver::schema::block();
    let param = &schema["properties"]["params"]["additionalProperties"]["then"]["properties"];
    let head = "id: b\nversion: 1\ntype: filter\nlogic: \"close > open\"\n";
    let maps = [
        (format!("{head}zzzzzzzz: 1\n"), &schema["properties"]),
        (format!("{head}params: {{a: {{type: int, zzzzzzzz: 1}}}}\n"), param),
        (format!("{head}requires: {{zzzzzzzz: 1}}\n"), &schema["properties"]["requires"]["properties"]),
    ];
    for (text, properties) in maps {
        let c = driver::check_block("b.yml", &text, &driver::Options::default());
        let found = c.diagnostics.iter().find(|d| d.code == diagnostics::Code::E0104);
        let note = found.and_then(|d| d.notes.iter().find_map(|n| n.strip_prefix("its keys: ")));
        let mut theirs: Vec<&str> = note.unwrap_or_default().split('`').skip(1).step_by(2).collect();
        let mut ours: Vec<&str> = properties.as_object().expect("a map").keys().map(String::as_str).collect();
        theirs.sort_unstable();
        ours.sort_unstable();
        assert_eq!(theirs, ours, "{text}");
    }
}
