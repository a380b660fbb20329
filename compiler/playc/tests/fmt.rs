//! `playc fmt` as a command: what it writes, what it prints, how it ends.
#![expect(clippy::disallowed_methods, reason = "tests read and write files")]

use assert_cmd::Command;

const MESSY: &str = "name:   messy  # kept\nfeatures:\n    ema: { indicator: ema,params: {length: 9} }\n";
const NEAT: &str = "name: messy  # kept\n\nfeatures:\n  ema: {indicator: ema, params: {length: 9}}\n";

fn playc(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("playc").expect("the binary is built");
    command.args(args);
    command
}

#[test]
fn files_are_laid_out_in_place() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("play.yml");
    let name = path.to_str().expect("a plain name");
    std::fs::write(&path, MESSY).expect("writable");

    let told = format!("{name}: not in its layout; `playc fmt` makes it so\n");
    playc(&["fmt", "--check", name]).assert().code(1).stdout(told);
    playc(&["fmt", "--stdout", name]).assert().code(0).stdout(NEAT);
    let diff = playc(&["fmt", "--diff", name]).assert().code(1);
    let diff = String::from_utf8_lossy(&diff.get_output().stdout).into_owned();
    assert!(
        diff.contains("\n-name:   messy  # kept\n") && diff.contains("\n+name: messy  # kept\n"),
        "{diff}"
    );
    assert_eq!(std::fs::read_to_string(&path).expect("readable"), MESSY, "nothing was written so far");

    playc(&["fmt", name]).assert().code(0).stdout(format!("{name}\n"));
    assert_eq!(std::fs::read_to_string(&path).expect("readable"), NEAT);
    for option in ["--check", "--diff"] {
        playc(&["fmt", option, name]).assert().code(0).stdout("");
    }
    playc(&["fmt", name]).assert().code(0).stdout("");
}

#[test]
fn a_stream_is_laid_out_to_a_stream() {
    playc(&["fmt", "-"]).write_stdin(MESSY).assert().code(0).stdout(NEAT);
}

#[test]
fn what_is_no_yaml_stays_and_is_told() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("play.yml");
    let name = path.to_str().expect("a plain name");
    for text in [&b"a: [1\nb: 2\n"[..], b"name: caf\xe9\n"] {
        std::fs::write(&path, text).expect("writable");
        let out = playc(&["fmt", name]).assert().code(1);
        assert!(String::from_utf8_lossy(&out.get_output().stdout).contains("error[E01"));
        assert_eq!(std::fs::read(&path).expect("readable"), text);
    }
    playc(&["fmt", "no such file.yml"]).assert().code(2);
    playc(&["fmt", "--check", "--diff", name]).assert().code(2);
    playc(&["fmt"]).assert().code(2);
}
