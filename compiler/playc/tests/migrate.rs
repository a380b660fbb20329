//! `playc migrate` and `playc schema --block` as commands: what they print, what they write, how they end.
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

fn today() -> String {
    explain::splice(explain::BASE_PLAY, "symbol: BTCUSDT   # kept\n")
}

fn older() -> String {
    today().replace("symbol: BTCUSDT ", "symbol_universe: [BTCUSDT] ")
}

#[test]
fn a_file_is_migrated_in_place() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("play.yml");
    let name = path.to_str().expect("a plain name");
    std::fs::write(&path, older()).expect("writable");

    playc(&["migrate", name, "--dry-run"]).assert().code(1);
    let diff = stdout(&mut playc(&["migrate", name, "--dry-run"]));
    assert!(diff.contains("\n-symbol_universe: [BTCUSDT]   # kept\n+symbol: BTCUSDT   # kept\n"), "{diff}");
    let line = 1 + older().lines().position(|l| l.starts_with("symbol_universe")).expect("it is there");
    let told = format!("{name}:{line}:1 `symbol_universe` of one is now `symbol`\n");
    playc(&["migrate", name, "--check"]).assert().code(1).stdout(told.clone());
    assert_eq!(std::fs::read_to_string(&path).expect("readable"), older(), "nothing was written so far");

    playc(&["migrate", name]).assert().code(0).stdout(told);
    assert_eq!(std::fs::read_to_string(&path).expect("readable"), today());
    for option in ["--check", "--dry-run"] {
        playc(&["migrate", name, option]).assert().code(0).stdout("");
    }
    playc(&["migrate", name]).assert().code(0).stdout("");
}

#[test]
fn a_stream_is_migrated_to_a_stream() {
    playc(&["migrate", "-"]).write_stdin(older()).assert().code(0).stdout(today());
    playc(&["migrate", "-"]).write_stdin(today()).assert().code(0).stdout(today()).stderr("");
}

#[test]
fn what_is_still_older_is_told_and_the_help_shows_how() {
    let text = today().replace("symbol: BTCUSDT", "signal_rules: {}\nsymbol_universe: [BTCUSDT, ETHUSDT]");
    let out = playc(&["migrate", "-"]).write_stdin(text.clone()).assert().code(1).stdout(text);
    let said = String::from_utf8_lossy(&out.get_output().stderr).into_owned();
    assert!(
        said.contains("`signal_rules` is of an older form") && said.contains("one Play for each"),
        "{said}"
    );
    let help = stdout(&mut playc(&["migrate", "--help"]));
    assert!(help.contains("Examples:") && help.contains("Exit codes:"), "{help}");
    playc(&["migrate", "--check", "--dry-run", "x.yml"]).assert().code(2);
    playc(&["migrate", "no such file.yml"]).assert().code(2);
    playc(&["migrate"]).assert().code(2);
}

#[test]
fn both_schemas_are_printed() {
    for (args, title) in [(&["schema"][..], "Play"), (&["schema", "--block"], "Block")] {
        let schema: serde_json::Value = serde_json::from_str(&stdout(&mut playc(args))).expect("JSON");
        assert_eq!(schema["title"], title);
    }
}
