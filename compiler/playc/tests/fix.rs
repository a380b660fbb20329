//! `playc fix` and `playc params` as commands: what they print, what they write, how they end.
#![expect(clippy::disallowed_methods, reason = "tests read and write files")]

use assert_cmd::Command;
use diagnostics::explain;

fn playc(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("playc").expect("the binary is built");
    command.args(args);
    command
}

fn stdout(command: &mut Command) -> String {
    String::from_utf8(command.output().expect("it ran").stdout).expect("text")
}

fn wrong() -> String {
    let account = "account:   # kept\n  starting_equity_usdt: 10000\n  max_levrage: 2\n";
    explain::splice(explain::BASE_PLAY, account)
}

#[test]
fn a_file_is_mended_in_place() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("play.yml");
    let name = path.to_str().expect("a plain name");
    std::fs::write(&path, wrong()).expect("writable");

    playc(&["fix", name, "--dry-run"]).assert().code(1);
    let diff = stdout(&mut playc(&["fix", name, "--dry-run"]));
    assert!(diff.contains("\n-  max_levrage: 2\n+  max_leverage: 2\n"), "{diff}");
    assert_eq!(std::fs::read_to_string(&path).expect("readable"), wrong());

    let said = stdout(&mut playc(&["fix", name]));
    let line = 1 + wrong().lines().position(|l| l.contains("max_levrage")).expect("it is there");
    assert!(said.starts_with(&format!("{name}:{line}:3 E0104 ")) && said.lines().count() == 1, "{said}");
    assert_eq!(std::fs::read_to_string(&path).expect("readable"), wrong().replace("levrage", "leverage"));
    assert_eq!(std::fs::read_dir(dir.path()).expect("readable").count(), 1, "nothing is left beside it");

    assert_eq!(stdout(&mut playc(&["fix", name])), "");
    playc(&["fix", name]).assert().code(0);
    playc(&["fix", name, "--dry-run"]).assert().code(0).stdout("");
}

#[test]
fn a_stream_is_mended_to_a_stream() {
    let mended = wrong().replace("levrage", "leverage");
    playc(&["fix", "-"]).write_stdin(wrong()).assert().code(0).stdout(mended.clone());
    playc(&["fix", "-"]).write_stdin(mended.clone()).assert().code(0).stdout(mended).stderr("");
}

#[test]
fn what_cannot_be_mended_is_told() {
    let hopeless = wrong().replace("max_levrage: 2", "max_levrage: [a]");
    let out = playc(&["fix", "-"]).write_stdin(hopeless.clone()).assert().code(1).stdout(hopeless);
    let said = String::from_utf8_lossy(&out.get_output().stderr).into_owned();
    assert!(said.contains("left out: it would bring E") && said.contains("1 error remains"), "{said}");
    playc(&["fix", "-"]).write_stdin(b"name: caf\xe9\n".to_vec()).assert().code(1);
    playc(&["fix", "no such file.yml"]).assert().code(2);
    playc(&["fix"]).assert().code(2);
}

#[test]
fn the_numbers_of_a_search_are_listed() {
    let risk = "risk: {stop_loss_pct: {min: 1, max: 3, step: 1, default: 2}, take_profit_pct: {choices: [2, 4]}, \
                max_position_pct: 20}\n";
    let play = explain::splice(explain::BASE_PLAY, risk);
    let human = stdout(playc(&["params", "-"]).write_stdin(play.clone()));
    assert_eq!(
        human,
        "risk.stop_loss_pct    1 to 3 by 1  (default 2, 3 values)\n\
         risk.take_profit_pct  2, 4  (default 2, 2 values)\n6 combinations\n"
    );
    let json = stdout(playc(&["params", "-", "--format", "json"]).write_stdin(play.clone()));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["combinations"], 6);
    assert_eq!(json["parameters"][0]["path"], "risk.stop_loss_pct");
    let candidates = serde_json::json!({"min": 1.0, "max": 3.0, "step": 1.0});
    assert_eq!(json["parameters"][0]["candidates"], candidates);
    assert_eq!(json["parameters"][1]["candidates"], serde_json::json!({"choices": [2.0, 4.0]}));
    assert_eq!(
        (&json["parameters"][0]["default"], &json["parameters"][0]["count"]),
        (&2.0.into(), &3.into())
    );
    playc(&["params", "-"]).write_stdin(wrong()).assert().code(1).stdout("");
    playc(&["params", "-"]).write_stdin(explain::BASE_PLAY).assert().code(0);
    playc(&["params", "no such file.yml"]).assert().code(2);
}
