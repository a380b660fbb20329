//! `playvm sweep` as users meet it: the same figures as single runs, interrupted and gone on with, wrong input told.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

mod common;

use common::{Done, Folder, PLAY, playvm, refused, sample, text};
use serde_json::Value;

fn open_play() -> String {
    PLAY.replace(
        "ema_9: {indicator: ema, params: {length: 9}}",
        "ema_9: {indicator: ema, params: {length: {min: 5, max: 20, step: 5, default: 10}}}",
    )
    .replace("stop_loss_pct: 3", "stop_loss_pct: {choices: [2, 3, 4.5]}")
}

fn sweep(folder: &Folder, more: &[&str]) -> Done {
    let path = folder.put("open.yml", open_play());
    playvm(&[&["sweep", text(&path)], more].concat())
}

#[test]
fn each_row_is_what_a_run_with_these_values_says() {
    let folder = Folder::new();
    let bars = sample(&folder, "choppy_whipsaw", "bars.arrow");
    let done = sweep(&folder, &["--data", text(&bars), "--format", "json", "--top", "100"]);
    assert_eq!((done.code, done.err.as_str()), (0, ""), "{}", done.out);
    let answer: Value = serde_json::from_str(&done.out).expect("JSON");
    let top = answer["top"].as_array().expect("a list");
    assert_eq!((top.len(), &answer["done"]), (12, &Value::from(12)));
    let returns: Vec<f64> =
        top.iter().map(|row| row["figures"]["net_return_pct"].as_f64().expect("a number")).collect();
    assert!(returns.is_sorted_by(|a, b| a >= b), "{returns:?}");
    for row in [&top[0], &top[7]] {
        let values = &row["parameters"];
        let settings = [
            format!("ema_9.length={}", values["features.ema_9.params.length"]),
            format!("stop_loss_pct={}", values["risk.stop_loss_pct"]),
        ];
        let play = folder.path("open.yml");
        let run = playvm(&[
            "run",
            text(&play),
            "--mode",
            "backtest",
            "--data",
            text(&bars),
            "--format",
            "json",
            "--set",
            &settings[0],
            "--set",
            &settings[1],
        ]);
        let single: Value = serde_json::from_str(&run.out).expect("JSON");
        let (ours, theirs) = (&row["figures"], &single["metrics"]);
        assert_eq!(ours["final_equity"], theirs["final_equity"], "{settings:?}");
        assert_eq!(ours["net_return_pct"], theirs["net_return_pct"]);
        assert_eq!(ours["trades"].as_f64(), theirs["trades"]["trades"].as_f64());
        assert_eq!(ours["sharpe"], theirs["returns"]["sharpe"]);
        assert!(single.to_string().contains(row["trades_hash"].as_str().expect("a hash")), "{settings:?}");
    }
}

#[test]
fn values_are_chosen_and_the_best_are_shown() {
    let folder = Folder::new();
    let bars = sample(&folder, "choppy_whipsaw", "bars.arrow");
    let set = ["--data", text(&bars), "--set", "ema_9.length=5..15:5", "--set", "stop_loss_pct=3"];
    let done = sweep(&folder, &[&set[..], &["--rank", "max_daily_drawdown_pct", "--top", "2"]].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.starts_with("3 of 3 variants; lowest max_daily_drawdown_pct first"), "{}", done.out);
    let rows = done.out.lines().filter(|l| l.trim_start().starts_with(['1', '2'])).count();
    assert_eq!(rows, 2, "{}", done.out);
    assert!(done.out.contains("--set risk.stop_loss_pct=3"), "{}", done.out);
    let sampled = sweep(&folder, &["--data", text(&bars), "--sample", "5", "--seed", "3"]);
    assert!(sampled.out.starts_with("5 of 5 variants, a sample of 12 combinations"), "{}", sampled.out);
    let again = sweep(&folder, &["--data", text(&bars), "--sample", "5", "--seed", "3", "--threads", "3"]);
    assert_eq!(again.out, sampled.out);
}

#[test]
fn the_result_file_is_the_same_however_it_was_made() {
    let folder = Folder::new();
    let bars = sample(&folder, "choppy_whipsaw", "bars.arrow");
    let into = |name: &str, more: &[&str]| {
        let out = folder.path(name);
        let done = sweep(&folder, &[&["--data", text(&bars), "--out", text(&out)], more].concat());
        assert_eq!(done.code, 0, "{}", done.err);
        folder.read(&format!("{name}/sweep.parquet"))
    };
    let whole = into("a", &["--threads", "1"]);
    assert!(whole == into("b", &["--threads", "4"]), "threads change the file");
    assert!(whole == into("a", &["--resume"]), "a second sweep gives another file");
    assert!(whole != into("c", &["--to", "2025-01-03"]));
}

#[test]
fn wrong_input_is_told() {
    let folder = Folder::new();
    let bars = sample(&folder, "choppy_whipsaw", "bars.arrow");
    let cases: [(&[&str], &str); 11] = [
        (&["--set", "ema_9.lenght=5"], "did you mean `features.ema_9.params.length`?"),
        (&["--set", "ema_9.length=5..21:4"], "cannot be 9: it goes from 5 to 20 by 5; the nearest: 5 and 10"),
        (&["--set", "ema_9.length=20..5:5"], "does not say what to try"),
        (&["--set", "ema_9.length"], "does not say what to try"),
        (&["--set", "stop_loss_pct=2,x"], "does not say what to try"),
        (&["--set", "stop_loss_pct=2", "--set", "risk.stop_loss_pct=3"], "is set twice"),
        (&["--rank", "sharp"], "did you mean `sharpe`?"),
        (&["--rank", "luck"], "one of net_return_pct, final_equity"),
        (&["--sample", "0"], "give at least 1"),
        (&["--memory", "1"], "MiB are too few"),
        (&["--resume"], "--out"),
    ];
    for (more, message) in cases {
        refused(&sweep(&folder, &[&["--data", text(&bars)], more].concat()), 2, message);
    }
    let plain = folder.put("plain.yml", PLAY);
    refused(&playvm(&["sweep", text(&plain), "--data", text(&bars)]), 2, "no open parameters");
    let broken = folder.put("broken.yml", open_play().replace("crosses above", "crossses above"));
    assert_eq!(playvm(&["sweep", text(&broken), "--data", text(&bars)]).code, 1);
    refused(
        &playvm(&["run", text(&plain), "--mode", "backtest", "--set", "a=1"]),
        2,
        "no open parameter `a`",
    );
}

/// Ctrl-C keeps what is done; `--resume` ends with the file of an uninterrupted sweep.
#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_is_done() {
    let folder = Folder::new();
    let bars = sample(&folder, "choppy_whipsaw", "bars.arrow");
    let wide = open_play()
        .replace("{min: 5, max: 20, step: 5, default: 10}", "{min: 2, max: 101, step: 1}")
        .replace("[2, 3, 4.5]", "[2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5]")
        .replace("take_profit_pct: 9", "take_profit_pct: {choices: [7, 8, 9]}");
    let play = folder.put("wide.yml", wide);
    let command = |out: &str| {
        let out = folder.path(out);
        let args = [
            "sweep",
            text(&play),
            "--data",
            text(&bars),
            "--memory",
            "8",
            "--threads",
            "1",
            "--out",
            text(&out),
        ];
        args.map(str::to_owned)
    };
    let binary = assert_cmd::cargo::cargo_bin!("playvm");
    let mut child = std::process::Command::new(binary)
        .args(command("cut"))
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let part = folder.path("cut/sweep.part");
    let begun = std::time::Instant::now();
    while std::fs::metadata(&part).map_or(0, |m| m.len()) <= 40 && begun.elapsed().as_secs() < 60 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let interrupted = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(interrupted.expect("kill is there").success());
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(6));
    assert!(part.exists() && !folder.path("cut/sweep.parquet").exists());
    let refused_again = playvm(&command("cut").each_ref().map(String::as_str));
    refused(&refused_again, 2, "--resume");
    let resumed = playvm(&[&command("cut").each_ref().map(String::as_str)[..], &["--resume"]].concat());
    assert_eq!(resumed.code, 0, "{}", resumed.err);
    let whole = playvm(&command("whole").each_ref().map(String::as_str));
    assert_eq!(whole.code, 0, "{}", whole.err);
    assert!(folder.read("cut/sweep.parquet") == folder.read("whole/sweep.parquet"), "the files differ");
    assert_eq!(resumed.out.replace("/cut/", "/whole/"), whole.out);
}
