//! `playvm` as users and tools meet it: running, files, exit codes, and input of every kind.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

mod common;

use common::{Folder, PLAY, playvm, refused, sample, text};
use serde_json::Value;

/// The columns that issue 2 promises of `trades.csv`, in order; more may follow.
const TRADES: &str = "id,symbol,side,entry_time,entry_price,qty,exit_time,exit_price,exit_reason,gross_pnl,fees,\
                      funding,net_pnl,bars_held,mae_pct,mfe_pct,entry_signal_time";

fn run(folder: &Folder, play: &str, more: &[&str]) -> common::Done {
    let path = folder.put("play.yml", play);
    playvm(&[&["run", text(&path), "--mode", "backtest"], more].concat())
}

#[test]
fn a_play_without_data_runs_on_its_pattern() {
    let folder = Folder::new();
    let done = run(&folder, PLAY, &[]);
    assert_eq!((done.code, done.err.as_str()), (0, ""), "{}", done.out);
    for line in
        ["Net profit [USDT]", "Max. drawdown [%]", "Trades", "Win rate [%]", "sample trending", "Fidelity"]
    {
        assert!(done.out.contains(line), "`{line}` is not in\n{}", done.out);
    }
    refused(&run(&folder, &PLAY.replace("validation", "x-validation"), &[]), 2, "--data PATH");
    refused(
        &run(&folder, &PLAY.replace("pattern: trending", "pattern: trendy"), &[]),
        1,
        "there is no sample pattern `trendy`",
    );
}

#[test]
fn a_json_result_parses_and_says_what_the_files_say() {
    let folder = Folder::new();
    let out = folder.path("out");
    let done = run(&folder, PLAY, &["--format", "json", "--out", text(&out)]);
    assert_eq!(done.code, 0, "{}", done.err);
    let result: Value = serde_json::from_str(&done.out).expect("JSON on standard output, and nothing else");
    for part in ["schema", "run", "data", "metrics", "funnel", "fidelity", "warnings"] {
        assert!(!result[part].is_null(), "`{part}` is missing");
    }
    let file: Value = serde_json::from_slice(&folder.read("out/result.json")).expect("JSON");
    assert_eq!(file, result);
    let trades = String::from_utf8(folder.read("out/trades.csv")).expect("text");
    let listed = trades.lines().count() - 1;
    assert_eq!(result["metrics"]["trades"]["trades"], listed);
    let sum: f64 = column(&trades, "net_pnl").iter().map(|v| v.parse::<f64>().expect("a number")).sum();
    let net = result["metrics"]["net_profit"].as_f64().expect("a number");
    assert!(listed > 3 && (sum - net).abs() < 1e-6, "{listed} trades of {sum}, and {net}");
}

#[test]
fn a_run_without_trades_has_no_negative_zeros() {
    let folder = Folder::new();
    let never = PLAY.replace("crosses above ema_21", "crosses above ema_21 * 2");
    let done = run(&folder, &never, &["--format", "json"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let result: Value = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!(result["metrics"]["trades"]["trades"], 0);
    assert!(result["metrics"]["trades"]["profit_factor"].is_null(), "undefined, not a pretty zero");
    assert!(!done.out.contains("-0.0,"), "{}", done.out);
}

fn column<'c>(csv: &'c str, name: &str) -> Vec<&'c str> {
    let mut lines = csv.lines().map(|l| l.split(',').collect::<Vec<_>>());
    let at = lines.next().expect("a header").iter().position(|c| *c == name).expect("the column is there");
    lines.map(|cells| cells[at]).collect()
}

#[test]
fn all_files_are_written_with_their_columns() {
    let folder = Folder::new();
    let out = folder.path("deep/down/out");
    let done = run(&folder, PLAY, &["--out", text(&out)]);
    assert_eq!(done.code, 0, "{}", done.err);
    let first = |name: &str| {
        let text = String::from_utf8(folder.read(&format!("deep/down/out/{name}"))).expect("text");
        assert!(text.lines().count() > 4, "{name} is empty");
        text.lines().next().expect("a line").to_owned()
    };
    assert!(first("trades.csv").starts_with(TRADES), "{}", first("trades.csv"));
    for name in ["trade", "time", "price", "qty", "fee", "liquidity", "reason"] {
        assert!(first("fills.csv").split(',').any(|c| c == name), "{name}: {}", first("fills.csv"));
    }
    for name in ["ts", "equity"] {
        assert!(first("equity.csv").split(',').any(|c| c == name), "{name}: {}", first("equity.csv"));
    }
    for name in ["trades", "fills", "equity"] {
        let csv = String::from_utf8(folder.read(&format!("deep/down/out/{name}.csv"))).expect("text");
        let (columns, rows) = common::parquet(&folder.path(&format!("deep/down/out/{name}.parquet")));
        assert_eq!(columns.join(","), csv.lines().next().expect("a header"), "{name}");
        assert_eq!(rows, csv.lines().count() - 1, "{name}");
    }
    let page = String::from_utf8(folder.read("deep/down/out/report.html")).expect("text");
    assert!(page.starts_with("<!doctype html>") || page.starts_with("<!DOCTYPE html>"), "{:.80}", page);
    for outside in ["src=\"http", "href=\"http", "@import", "url(http"] {
        assert!(!page.contains(outside), "the page needs nothing from elsewhere: {outside}");
    }
    refused(&run(&folder, PLAY, &["--out", "/proc/no/such"]), 2, "--out");
}

#[test]
fn the_chain_of_hashes_is_the_same_again_and_from_a_program() {
    let folder = Folder::new();
    let play = folder.put("play.yml", PLAY);
    let program = folder.path("play.playb");
    let compiled = driver::compile(text(&play), PLAY, &driver::Options::default());
    std::fs::write(&program, compiled.program.expect("the Play is right").encode()).expect("written");
    let chain = |file: &str, out: &str| {
        let out = folder.path(out);
        let done = playvm(&["run", file, "--mode", "backtest", "--out", text(&out)]);
        assert_eq!(done.code, 0, "{}", done.err);
        ["manifest.json", "result.json", "trades.csv", "equity.csv", "fills.csv", "trades.parquet"]
            .map(|name| (name, std::fs::read(out.join(name)).expect("it was written")))
    };
    let first = chain(text(&play), "a");
    assert_eq!(first, chain(text(&play), "b"), "a second run");
    assert_eq!(first, chain(text(&program), "c"), "the program instead of the Play");
    let manifest: Value = serde_json::from_slice(&first[0].1).expect("JSON");
    for link in ["play_hash", "bytecode_hash", "data_hash", "decisions_hash", "trades_hash", "catalogue_hash"]
    {
        assert_eq!(manifest[link].as_str().map(str::len), Some(64), "{link}");
    }
    // another fee gives another Play, program and trades, on the same data, with the same decisions
    let dearer = folder.put("dearer.yml", PLAY.replace("taker_bps: 5.5", "taker_bps: 6.5"));
    let other: Value = serde_json::from_slice(&chain(text(&dearer), "d")[0].1).expect("JSON");
    assert_eq!(other["data_hash"], manifest["data_hash"]);
    for link in ["play_hash", "bytecode_hash", "trades_hash"] {
        assert_ne!(other[link], manifest[link], "{link}");
    }
}

#[test]
fn bars_of_every_format_give_the_same_trades() {
    let folder = Folder::new();
    let mut found = Vec::new();
    for file in ["bars.csv", "bars.parquet", "bars.arrow"] {
        let bars = sample(&folder, "trending", file);
        let out = folder.path("out");
        let done = run(&folder, PLAY, &["--data", text(&bars), "--out", text(&out)]);
        assert_eq!(done.code, 0, "{}", done.err);
        found.push(folder.read("out/trades.csv"));
    }
    assert!(found[0].len() > 500 && found.iter().all(|f| *f == found[0]));
}

#[test]
fn from_and_to_bound_the_run() {
    let folder = Folder::new();
    let out = folder.path("out");
    let span = ["--from", "2025-01-05", "--to", "2025-01-08T12:00", "--out", text(&out)];
    assert_eq!(run(&folder, PLAY, &span).code, 0);
    let trades = String::from_utf8(folder.read("out/trades.csv")).expect("text");
    let (from, to) = (1_736_035_200_000, 1_736_337_600_000);
    let inside = |t: &&str| (from..=to).contains(&t.parse::<i64>().expect("ms"));
    assert!(
        column(&trades, "entry_time").iter().all(inside) && column(&trades, "exit_time").iter().all(inside)
    );
    refused(
        &run(&folder, PLAY, &["--from", "2025-01-08", "--to", "2025-01-05"]),
        2,
        "--from is not before --to",
    );
    refused(&run(&folder, PLAY, &["--from", "yesterday"]), 2, "`yesterday` is no time");
    refused(&run(&folder, PLAY, &["--from", "2031-01-01"]), 3, "dates");
}

#[test]
fn other_modes_are_refused_clearly() {
    let folder = Folder::new();
    let play = folder.put("play.yml", PLAY);
    for mode in ["testnet", "mainnet"] {
        refused(&playvm(&["run", text(&play), "--mode", mode]), 2, "no trading on testnet or mainnet");
    }
    refused(&playvm(&["run", text(&play), "--mode", "paper"]), 2, "[possible values:");
    refused(&playvm(&["run", text(&play)]), 2, "--mode");
}

#[test]
fn every_exit_code_is_reached() {
    let folder = Folder::new();
    assert_eq!(run(&folder, PLAY, &[]).code, 0);
    refused(&run(&folder, &PLAY.replace("indicator: ema", "indicator: emma"), &[]), 1, "error[E0304]");
    refused(&run(&folder, PLAY, &["--format", "yaml"]), 2, "[possible values: human, json]");
    let hours = folder.path("hours.csv");
    let bars = sample(&folder, "trending", "bars.csv");
    let done = playvm(&["data", "resample", text(&bars), "--to", "1h", "--out", text(&hours)]);
    assert_eq!(done.code, 0, "{}", done.err);
    refused(&run(&folder, PLAY, &["--data", text(&hours)]), 3, "1h");
    let fragile = PLAY
        .replace("max_leverage: 1", "max_leverage: 1, max_drawdown_pct: 0.5")
        .replace("max_position_pct: 50", "max_position_pct: 95")
        .replace("pattern: trending", "pattern: choppy_whipsaw");
    let out = folder.path("out");
    let stopped = run(&folder, &fragile, &["--out", text(&out)]);
    assert_eq!(stopped.code, 4, "{}{}", stopped.out, stopped.err);
    assert!(stopped.out.contains("max_drawdown"), "{}", stopped.out);
    assert!(!folder.read("out/result.json").is_empty(), "the report of a stopped run is written");
}

#[test]
fn input_of_every_kind_is_answered() {
    let folder = Folder::new();
    let backtest = |file: &str| playvm(&["run", file, "--mode", "backtest"]);
    refused(&backtest("no/such.yml"), 2, "cannot read `no/such.yml`");
    refused(&backtest(text(&folder.path("."))), 2, "cannot read");
    refused(&backtest(text(&folder.put("empty.yml", ""))), 1, "error[E");
    let garbage: Vec<u8> = (0..4096_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let program = driver::compile("p", PLAY, &driver::Options::default()).program.expect("right").encode();
    let mut flipped = program.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x10;
    let cases = [
        ("garbage.playb", &garbage[..]),
        ("empty.playb", &[]),
        ("half.playb", &program[..program.len() / 2]),
        ("flipped.playb", &flipped),
        ("text.playb", PLAY.as_bytes()),
    ];
    for (name, bytes) in cases {
        let path = folder.put(name, bytes);
        for command in [
            playvm(&["run", text(&path), "--mode", "backtest"]),
            playvm(&["disasm", text(&path)]),
            playvm(&["columns", text(&path), "--out", text(&folder.path("x.csv"))]),
        ] {
            refused(&command, 2, name);
        }
    }
    let data = |path: &std::path::Path, code: i32, says: &str| {
        refused(&run(&folder, PLAY, &["--data", text(path)]), code, says);
    };
    data(&folder.path("none.csv"), 3, "none.csv");
    data(&folder.put("garbage.csv", &garbage), 3, "garbage.csv");
    data(&folder.put("garbage.parquet", &garbage), 3, "garbage.parquet");
    data(&folder.put("garbage.arrow", &garbage), 3, "garbage.arrow");
    data(&folder.put("empty.csv", ""), 3, "empty.csv");
    data(&folder.put("header.csv", "ts,open,high,low,close,volume\n"), 3, "header.csv");
    data(&folder.put("bars.xlsx", "PK"), 3, "bars.xlsx");
    std::fs::create_dir(folder.path("nothing")).expect("a folder");
    data(&folder.path("nothing"), 3, "nothing");
}

#[test]
fn programs_are_listed() {
    let folder = Folder::new();
    let play = folder.put("play.yml", PLAY);
    let listing = playvm(&["disasm", text(&play)]);
    assert_eq!(listing.code, 0, "{}", listing.err);
    assert!(listing.out.contains("cross.above") && listing.out.contains("policy"), "{}", listing.out);
}
