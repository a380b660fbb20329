//! `playc` as users and tools meet it: commands, formats, exit codes, and input of every kind.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

const GOOD: &str = r#"version: "3.0.0"
name: good
symbol: BTCUSDT
timeframes: {low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low_tf}
account: {starting_equity_usdt: 10000, max_leverage: 1}
features:
  ema_9: {indicator: ema, params: {length: 9}}
actions:
  entry_long: "close crosses above ema_9"
risk: {stop_loss_pct: 2, take_profit_pct: 4}
"#;

struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).expect("a temporary folder takes files");
        path
    }
}

/// What a command ended with.
struct Done {
    code: i32,
    out: String,
    err: String,
}

fn playc(arguments: &[&str]) -> Done {
    playc_reading(arguments, "")
}

fn playc_reading(arguments: &[&str], stdin: &str) -> Done {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("playc"));
    let run = command.args(arguments).write_stdin(stdin).output().expect("the binary was built");
    Done {
        code: run.status.code().expect("it ended by itself"),
        out: String::from_utf8(run.stdout).expect("UTF-8"),
        err: String::from_utf8(run.stderr).expect("UTF-8"),
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}

/// No command says nothing, panics, or calls a user's mistake its own.
fn refused(done: &Done, code: i32, says: &str) {
    let said = format!("{}{}", done.out, done.err);
    assert_eq!(done.code, code, "{said}");
    assert!(said.contains(says), "`{says}` is not in: {said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn a_good_play_passes() {
    let folder = Folder::new();
    let play = folder.put("good.yml", GOOD);
    let done = playc(&["check", text(&play)]);
    assert_eq!(
        (done.code, done.out.as_str(), done.err.as_str()),
        (0, "checked 1 Play: 0 errors, 0 warnings\n", "")
    );
    for format in ["short", "json"] {
        let done = playc(&["check", text(&play), "--format", format]);
        assert_eq!((done.code, done.out.as_str()), (0, ""), "nothing to say in {format}");
    }
    let done = playc_reading(&["check", "-"], GOOD);
    assert_eq!(done.code, 0, "{}", done.err);
}

#[test]
fn errors_of_several_files_are_all_told() {
    let folder = Folder::new();
    let good = folder.put("good.yml", GOOD);
    let bad = folder.put("bad.yml", GOOD.replace("indicator: ema", "indicator: emma"));
    let worse = folder.put("worse.yml", GOOD.replace("\"close crosses above ema_9\"", "\"close > \""));
    let done = playc(&["check", text(&bad), text(&good), text(&worse), "--format", "short"]);
    assert_eq!(done.code, 1);
    let lines: Vec<&str> = done.out.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    let expected = format!("{}:7:22: error[E0304]: there is no indicator `emma`", text(&bad));
    assert_eq!(lines[0], expected);
    assert!(lines[1].starts_with(&format!("{}:9:", text(&worse))), "{}", lines[1]);
    let human = playc(&["check", text(&bad), text(&good), text(&worse)]);
    refused(&human, 1, "checked 3 Plays: 2 errors, 0 warnings");
    refused(&human, 1, "fix: write `ema`");
    assert!(!human.out.contains('\u{1b}'), "no colours where the output is no terminal");
}

#[test]
fn blocks_are_known_by_their_keys() {
    const BLOCK: &str = "id: dip\nversion: 1\ntype: entry\nparams: {border: 30}\nrequires:\n  features: {rsi: {indicator: rsi}}\n\
                         logic: \"rsi < ${border}\"\n";
    let folder = Folder::new();
    let (play, block) = (folder.put("good.yml", GOOD), folder.put("dip.yml", BLOCK));
    for (args, told) in [
        (vec!["check", text(&block)], "checked 1 block: 0 errors, 0 warnings\n"),
        (vec!["check", "--block", text(&block)], "checked 1 block: 0 errors, 0 warnings\n"),
        (vec!["check", text(&block), text(&play)], "checked 1 Play and 1 block: 0 errors, 0 warnings\n"),
    ] {
        let done = playc(&args);
        assert_eq!((done.code, done.out.as_str()), (0, told), "{}", done.err);
    }
    let wrong = folder.put("dip.yml", BLOCK.replace("indicator: rsi", "indicator: rsii"));
    let done = playc(&["check", text(&wrong), text(&play)]);
    refused(&done, 1, "there is no indicator `rsii`");
    refused(&done, 1, "checked 1 Play and 1 block: 1 error, 0 warnings");
    refused(&playc(&["check", "--block", text(&play)]), 1, "a block needs the key `type`");
    // a block is mended where it is, also in a folder of blocks that holds it as it was
    std::fs::create_dir(folder.0.path().join("blocks")).expect("a temporary folder takes folders");
    let wrong = folder.put("blocks/dip.yml", BLOCK.replace("indicator: rsi", "indicator: rsii"));
    let done = playc(&["fix", text(&wrong)]);
    assert_eq!(
        (done.code, done.out.as_str()),
        (0, format!("{}:6:31 E0304 write `rsi`\n", text(&wrong)).as_str())
    );
    assert_eq!(std::fs::read_to_string(&wrong).expect("it is there"), BLOCK);
}

#[test]
fn warnings_fail_only_when_denied() {
    let folder = Folder::new();
    let play = folder.put("warns.yml", format!("{GOOD}expected: 3 trades\n"));
    let done = playc(&["check", text(&play), "--format", "short"]);
    assert_eq!(done.code, 0, "{}", done.out);
    assert!(done.out.contains("warning[W0801]"), "{}", done.out);
    assert_eq!(playc(&["check", text(&play), "--deny-warnings"]).code, 1);
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// The text between two places, whose lines and columns must agree with their offsets.
fn slice<'t>(text: &'t str, start: &Value, end: &Value) -> &'t str {
    let offset = |place: &Value| {
        assert_eq!(keys(place), ["col", "line", "offset"]);
        let at = place["offset"].as_u64().expect("an offset") as usize;
        let before = &text[..at];
        let line = before.matches('\n').count() + 1;
        let col = before.rsplit('\n').next().expect("at least one").chars().count() + 1;
        let found = (place["line"].as_u64(), place["col"].as_u64());
        assert_eq!(found, (Some(line as u64), Some(col as u64)), "line and column from 1, at offset {at}");
        at
    };
    &text[offset(start)..offset(end)]
}

/// Issue 2: `{"code","severity","message","labels":[..],"notes":[..],"fixes":[..]}`, one object a line.
#[test]
fn json_diagnostics_keep_their_schema() {
    let folder = Folder::new();
    // letters of two and four bytes stand before the places
    let wrong = GOOD
        .replace("name: good", "name: \"é 🙂\"")
        .replace("indicator: ema", "x-é: \"é🙂\", indicator: emma")
        .replace("{length: 9}", "{length: 9}, tf: 7m");
    let wrong = format!("{wrong}feature: {{}}\n");
    let play = folder.put("wrong.yml", &wrong);
    let done = playc(&["check", text(&play), "--format", "json"]);
    assert_eq!(done.code, 1);
    let lines: Vec<Value> =
        done.out.lines().map(|line| serde_json::from_str(line).expect("one JSON object a line")).collect();
    assert!(lines.len() >= 3, "{}", done.out);
    for found in &lines {
        assert_eq!(keys(found), ["code", "fixes", "labels", "message", "notes", "severity"]);
        let (code, severity) =
            (found["code"].as_str().expect("text"), found["severity"].as_str().expect("text"));
        assert_eq!(code.len(), 5);
        let expected = if code.starts_with('E') { "error" } else { "warning" };
        assert_eq!(severity, expected);
        assert!(found["message"].as_str().is_some_and(|m| !m.is_empty() && !m.ends_with('.')));
        assert!(found["notes"].as_array().expect("a list").iter().all(Value::is_string));
        let labels = found["labels"].as_array().expect("a list");
        assert_eq!(labels.iter().filter(|l| l["primary"] == true).count(), 1, "one primary label");
        for label in labels {
            assert_eq!(keys(label), ["end", "file", "message", "primary", "start"]);
            assert_eq!(label["file"], text(&play));
            slice(&wrong, &label["start"], &label["end"]);
        }
        for fix in found["fixes"].as_array().expect("a list") {
            assert_eq!(keys(fix), ["applicability", "edits", "title"]);
            assert!(["machine", "maybe"].contains(&fix["applicability"].as_str().expect("text")));
            for edit in fix["edits"].as_array().expect("a list") {
                assert_eq!(keys(edit), ["end", "file", "start", "text"]);
                slice(&wrong, &edit["start"], &edit["end"]);
            }
        }
    }
    let unknown = lines.iter().find(|l| l["code"] == "E0304").expect("the unknown indicator");
    let label = &unknown["labels"][0];
    assert_eq!(slice(&wrong, &label["start"], &label["end"]), "emma");
    assert_eq!(unknown["fixes"][0]["applicability"], "machine");
}

/// A fix that a machine may apply heals what it is about.
#[test]
fn a_machine_fix_heals() {
    let folder = Folder::new();
    let slips = [
        ("indicator: ema", "indicator: emma", "E0304"),
        ("above ema_9", "above ema9", "E0301"),
        ("length: 9", "lenght: 9", "E0501"),
        ("take_profit_pct", "take_proft_pct", "E0104"),
    ];
    for (right, slip, code) in slips {
        let mut wrong = GOOD.replace(right, slip);
        let play = folder.put("slip.yml", &wrong);
        let done = playc(&["check", text(&play), "--format", "json"]);
        let found: Value = serde_json::from_str(done.out.lines().next().expect("a finding")).expect("JSON");
        assert_eq!(
            (found["code"].as_str(), &found["fixes"][0]["applicability"]),
            (Some(code), &"machine".into())
        );
        let edit = &found["fixes"][0]["edits"][0];
        let at = |end: &str| edit[end]["offset"].as_u64().expect("an offset") as usize;
        wrong.replace_range(at("start")..at("end"), edit["text"].as_str().expect("text"));
        assert_eq!(wrong, GOOD, "{slip}");
    }
}

#[test]
fn input_of_every_kind_is_answered() {
    let folder = Folder::new();
    let directory = text(folder.0.path()).to_string();
    refused(&playc(&["check", "no/such.yml"]), 2, "cannot read `no/such.yml`");
    refused(&playc(&["check", &directory]), 2, "cannot read");
    let garbage: Vec<u8> = (0..4096_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let cases: [(&str, Vec<u8>); 7] = [
        ("garbage.yml", garbage),
        ("empty.yml", Vec::new()),
        ("zeros.yml", vec![0; 1000]),
        ("list.yml", b"- 1\n- 2\n".to_vec()),
        ("latin1.yml", b"name: caf\xe9\n".to_vec()),
        ("deep.yml", [b"a: ".to_vec(), vec![b'['; 100_000]].concat()),
        (
            "brackets.yml",
            [b"actions: {entry_long: \"".to_vec(), vec![b'('; 50_000], b"\"}\n".to_vec()].concat(),
        ),
    ];
    for (name, bytes) in cases {
        let play = folder.put(name, bytes);
        for command in [vec!["check", text(&play)], vec!["build", text(&play), "-o", "/dev/null"]] {
            let done = playc(&command);
            refused(&done, 1, "error[E");
        }
    }
}

#[test]
fn a_huge_play_is_read_in_reasonable_time() {
    let folder = Folder::new();
    let features: String = (0..20_000)
        .map(|i| format!("  e{i}: {{indicator: ema, params: {{length: {}}}}}\n", 2 + i % 300))
        .collect();
    let huge = GOOD.replace("actions:", &format!("{features}actions:"));
    assert!(huge.len() > 900_000);
    let play = folder.put("huge.yml", huge);
    let done = playc(&["check", text(&play), "--format", "short"]);
    assert_eq!(done.code, 0, "{:.300}", done.out);
    assert_eq!(done.out.lines().filter(|l| l.contains("W0802")).count(), 20_000);
}

#[test]
fn a_wrong_command_line_is_usage() {
    for arguments in [&[][..], &["check"], &["chekc"], &["check", "x.yml", "--format", "xml"], &["build"]] {
        refused(&playc(arguments), 2, "--help");
    }
    let folder = Folder::new();
    let play = folder.put("good.yml", GOOD);
    refused(&playc(&["build", text(&play)]), 2, "--output");
    refused(&playc(&["build", text(&play), "-o", "/no/such/place.playb"]), 2, "choose another place with -o");
    refused(
        &playc(&["build", text(&play), "--emit", "soup"]),
        2,
        "[possible values: tokens, ast, blocks, resolved, ir, bytecode]",
    );
    let help = playc(&["--help"]);
    assert_eq!(help.code, 0);
    assert!(help.out.contains("Exit codes: 0 ok, 1 errors in a Play, 2 usage, 5 internal."));
    assert!(playc(&["--version"]).out.starts_with("playc "));
}

#[test]
fn every_phase_can_be_looked_at() {
    let folder = Folder::new();
    let play = folder.put("good.yml", GOOD);
    for (phase, has) in [
        ("tokens", "crosses above"),
        ("ast", "ema_9"),
        ("resolved", "ema_9"),
        ("ir", "cross above"),
        ("bytecode", "cross.above"),
    ] {
        let done = playc(&["build", text(&play), "--emit", phase]);
        assert_eq!(done.code, 0, "{}", done.err);
        assert!(done.out.contains(has), "{phase}: {}", done.out);
    }
    // with errors the early phases still show what they made of it
    let bad = folder.put("bad.yml", GOOD.replace("ema_9\"", "ema9\""));
    refused(&playc(&["build", text(&bad), "--emit", "ast"]), 1, "ema9");
    refused(&playc(&["build", text(&bad), "--emit", "ir"]), 1, "error[E0301]");
}

#[test]
fn building_twice_gives_the_same_bytes() {
    let folder = Folder::new();
    let play = folder.put("good.yml", GOOD);
    let built = |name: &str| {
        let path = folder.0.path().join(name);
        let done = playc(&["build", text(&play), "-o", text(&path)]);
        assert_eq!(done.code, 0, "{}", done.err);
        std::fs::read(path).expect("it was written")
    };
    assert_eq!(built("a.playb"), built("b.playb"));
    let bad = folder.put("bad.yml", GOOD.replace("ema_9\"", "ema9\""));
    let target = folder.0.path().join("bad.playb");
    assert_eq!(playc(&["build", text(&bad), "-o", text(&target)]).code, 1);
    assert!(!target.exists(), "no program of a wrong Play");
}

#[test]
fn codes_are_explained() {
    let all = playc(&["explain"]);
    assert_eq!(all.code, 0);
    assert!(all.out.lines().count() > 50 && all.out.contains("E0301"));
    let page = playc(&["explain", "E0301"]);
    assert_eq!(page.code, 0);
    let name = all.out.lines().find(|l| l.starts_with("E0301")).expect("listed");
    let name = name.split_whitespace().nth(1).expect("a name");
    assert_eq!(playc(&["explain", name]).out, page.out, "by code or by name");
    refused(&playc(&["explain", "E9999"]), 2, "there is no diagnostic `E9999`");
    refused(&playc(&["explain", "unknown_nam"]), 2, "did you mean `unknown_name`?");
}

#[test]
fn built_ins_are_described() {
    let all = playc(&["doc"]);
    assert_eq!(all.code, 0);
    for heading in ["Indicators", "Structures"] {
        assert!(all.out.contains(heading));
    }
    for name in ["rsi", "macd", "swing"] {
        let page = playc(&["doc", name]);
        assert_eq!(page.code, 0);
        assert!(page.out.to_lowercase().contains("warm-up"), "{name}: {}", page.out);
    }
    refused(&playc(&["doc", "rsii"]), 2, "did you mean `rsi`?");
}

#[test]
fn the_schema_is_printed() {
    let done = playc(&["schema"]);
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    let schema: Value = serde_json::from_str(&done.out).expect("JSON");
    assert!(
        schema["properties"]["features"].is_object() && schema["definitions"]["indicator_rsi"].is_object()
    );
}
