//! `playvm compare`: each Play as a run of it alone, side by side; and bars kept between commands.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

mod common;

use common::{Folder, PLAY, playvm, playvm_with_cache, refused, sample, text};
use serde_json::Value;

#[test]
fn each_column_is_what_a_run_of_that_play_says() {
    let folder = Folder::new();
    let bars = sample(&folder, "choppy_whipsaw", "bars.arrow");
    let tight = PLAY.replace("name: crossing", "name: tight").replace("stop_loss_pct: 3", "stop_loss_pct: 1");
    // another clock, other series of conditions, the same averages
    let hourly = PLAY.replace("name: crossing", "name: <hourly>").replace("exec: low_tf", "exec: med_tf");
    let plays = [("a.yml", PLAY.to_owned()), ("b.yml", tight), ("c.yml", hourly)]
        .map(|(name, play)| folder.put(name, play));
    let out = folder.path("out");
    let files = plays.each_ref().map(|p| text(p));
    let done = playvm(
        &[&["compare"], &files[..], &["--data", text(&bars), "--format", "json", "--out", text(&out)]]
            .concat(),
    );
    assert_eq!(done.code, 0, "{}", done.err);
    let answer: Value = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!(String::from_utf8(folder.read("out/compare.json")).expect("text"), done.out);
    for (at, file) in files.iter().enumerate() {
        let run = playvm(&["run", file, "--mode", "backtest", "--data", text(&bars), "--format", "json"]);
        let single: Value = serde_json::from_str(&run.out).expect("JSON");
        assert_eq!(answer["runs"][at]["metrics"], single["metrics"], "{file}");
        let hash = answer["runs"][at]["trades_hash"].as_str().expect("a hash");
        assert!(run.out.contains(hash), "{file}");
    }
    let page = String::from_utf8(folder.read("out/compare.html")).expect("text");
    assert!(page.contains("&#60;hourly&#62;") && !page.contains("<hourly>"), "names are escaped");
    assert_eq!(page.matches("class=\"line\"").count(), 3);
    let table = playvm(&[&["compare"], &files[..], &["--data", text(&bars)]].concat());
    let head: Vec<&str> = table.out.lines().next().expect("a line").split_whitespace().collect();
    assert_eq!(head, ["crossing", "tight", "<hourly>"]);
    assert!(table.out.lines().any(|l| l.starts_with("  Sharpe ratio")), "{}", table.out);
}

#[test]
fn wrong_input_is_told() {
    let folder = Folder::new();
    let play = folder.put("a.yml", PLAY);
    let bars = sample(&folder, "choppy_whipsaw", "bars.arrow");
    refused(&playvm(&["compare", text(&play), "--data", text(&bars)]), 2, "2");
    let coarse = folder.path("4h.arrow");
    assert_eq!(playvm(&["data", "resample", text(&bars), "--to", "4h", "--out", text(&coarse)]).code, 0);
    refused(&playvm(&["compare", text(&play), text(&play), "--data", text(&coarse)]), 3, "a.yml");
    refused(&playvm(&["compare", text(&play), "missing.yml", "--data", text(&bars)]), 2, "missing.yml");
}

#[test]
fn csv_bars_are_kept_for_the_next_run() {
    let folder = Folder::new();
    let play = folder.put("a.yml", PLAY);
    // one is long enough to be worth keeping
    let [small, bars] = [("small.csv", "700"), ("bars.csv", "3000")].map(|(file, bars)| {
        let path = folder.path(file);
        let made = playvm(&["data", "sample", "--pattern", "trending", "--bars", bars, "--out", text(&path)]);
        assert_eq!(made.code, 0, "{}", made.err);
        path
    });
    let cache = folder.path("cache");
    let run = |file: &std::path::Path, more: &[&str]| {
        let arguments =
            [&["run", text(&play), "--mode", "backtest", "--data", text(file), "--format", "json"], more];
        playvm_with_cache(&arguments.concat(), text(&cache)).out
    };
    let list = || playvm_with_cache(&["data", "cache"], text(&cache)).out;
    assert!(list().contains("in 0 files"), "{}", list());
    run(&small, &[]);
    let plain = run(&bars, &["--no-cache"]);
    assert!(list().contains("in 0 files"), "{}", list());
    assert_eq!(run(&bars, &[]), plain);
    assert!(list().contains("bars of 1m from bars.csv") && list().contains("in 1 files"), "{}", list());
    assert_eq!(run(&bars, &[]), plain, "the second time, from what was kept");
    let cleared = playvm_with_cache(&["data", "cache", "--clear"], text(&cache)).out;
    assert!(cleared.contains("1 removed"), "{cleared}");
    assert!(list().contains("in 0 files"), "{}", list());
}
