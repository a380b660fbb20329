//! `playvm data` and `playvm columns`: bars made, checked, converted; what a Play saw, bar by bar.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

mod common;

use common::{Folder, PLAY, parquet, playvm, refused, sample, text};
use serde_json::Value;

#[test]
fn samples_are_the_same_for_a_seed() {
    let folder = Folder::new();
    let make = |file: &str, more: &[&str]| {
        let path = folder.path(file);
        let done = playvm(&[&["data", "sample", "--pattern", "crash", "--out", text(&path)], more].concat());
        assert_eq!(done.code, 0, "{}", done.err);
        folder.read(file)
    };
    let first = make(
        "a.csv",
        &["--seed", "7", "--scale", "5m", "--bars", "100", "--price", "20", "--start", "2025-03-01"],
    );
    let again = make(
        "b.csv",
        &["--seed", "7", "--scale", "5m", "--bars", "100", "--price", "20", "--start", "2025-03-01"],
    );
    let other = make(
        "c.csv",
        &["--seed", "8", "--scale", "5m", "--bars", "100", "--price", "20", "--start", "2025-03-01"],
    );
    assert_eq!(first, again);
    assert_ne!(first, other);
    let csv = String::from_utf8(first).expect("text");
    assert_eq!(csv.lines().count(), 501, "100 bars of 5 minutes are 500 minutes, and a header");
    assert!(csv.lines().nth(1).expect("a row").starts_with("1740787200000,"), "2025-03-01");
}

#[test]
fn patterns_are_listed_and_wrong_ones_refused() {
    let folder = Folder::new();
    let list = playvm(&["data", "sample", "--list"]);
    assert_eq!(list.code, 0);
    assert!(list.out.lines().count() >= 38 && list.out.contains("vol_squeeze_expand"), "{}", list.out);
    let out = folder.path("x.csv");
    let sample = |more: &[&str]| playvm(&[&["data", "sample", "--out", text(&out)], more].concat());
    refused(&sample(&["--pattern", "nonsense"]), 2, "there is no pattern named 'nonsense'");
    refused(&sample(&["--pattern", "crash", "--scale", "7m"]), 2, "`7m` is no timeframe");
    refused(&sample(&["--pattern", "crash", "--bars", "0"]), 2, "0 bars");
    refused(&sample(&["--pattern", "crash", "--bars", "99999999999"]), 2, "cannot be made");
    refused(&sample(&["--pattern", "crash", "--price=-1"]), 2, "price");
    refused(&sample(&["--pattern", "crash", "--start", "soon"]), 2, "`soon` is no time");
    assert!(!out.exists());
    let strange = folder.path("x.docx");
    refused(&playvm(&["data", "sample", "--pattern", "crash", "--out", text(&strange)]), 2, "x.docx");
    refused(
        &playvm(&["data", "sample", "--pattern", "crash", "--out", "/no/such/x.csv"]),
        2,
        "/no/such/x.csv",
    );
}

#[test]
fn a_certificate_says_what_is_wrong() {
    let folder = Folder::new();
    let bars = sample(&folder, "ranging", "bars.csv");
    let check =
        |path: &std::path::Path, more: &[&str]| playvm(&[&["data", "check", text(path)], more].concat());
    let done = check(&bars, &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    let json = check(&bars, &["--json"]);
    let whole: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!((json.code, &whole["rows"], &whole["timeframe"]), (0, &21_600.into(), &"1m".into()));
    assert_eq!(whole["content_hash"].as_str().map(str::len), Some(64));
    let csv = String::from_utf8(folder.read("bars.csv")).expect("text");
    let lines: Vec<&str> = csv.lines().collect();
    let without = |gone: std::ops::Range<usize>| {
        let kept = lines.iter().enumerate().filter(|(i, _)| !gone.contains(i)).map(|(_, l)| *l);
        kept.collect::<Vec<_>>().join("\n") + "\n"
    };
    let gap = folder.put("gap.csv", without(100..110));
    let gap: Value = serde_json::from_str(&check(&gap, &["--json"]).out).expect("JSON");
    assert_eq!(gap["gaps"]["count"], 1);
    assert_ne!(gap["content_hash"], whole["content_hash"]);
    // a high below its low would corrupt results: refused, with the certificate still shown
    let cells: Vec<&str> = lines[50].split(',').collect();
    let broken = [cells[0], cells[1], "1", cells[3], cells[4], cells[5]].join(",");
    let violation = folder.put("violation.csv", csv.replace(lines[50], &broken));
    let done = check(&violation, &[]);
    refused(&done, 3, "violation.csv");
    assert!(!done.out.is_empty(), "the certificate");
    refused(&check(&folder.path("none.csv"), &[]), 3, "none.csv");
    refused(&playvm(&["data", "check"]), 2, "Usage");
}

#[test]
fn resampling_keeps_the_story_and_refuses_what_cannot_be() {
    let folder = Folder::new();
    let bars = sample(&folder, "trending", "bars.csv");
    let to = |from: &std::path::Path, to: &str, file: &str| {
        playvm(&["data", "resample", text(from), "--to", to, "--out", text(&folder.path(file))])
    };
    assert_eq!(to(&bars, "1h", "direct.csv").code, 0);
    assert_eq!(to(&bars, "15m", "step.parquet").code, 0);
    assert_eq!(to(&folder.path("step.parquet"), "1h", "steps.csv").code, 0);
    let (direct, steps) = (folder.read("direct.csv"), folder.read("steps.csv"));
    assert_eq!(direct.iter().filter(|b| **b == b'\n').count(), 361, "15 days of hours, and a header");
    let numbers = |bytes: Vec<u8>| -> Vec<f64> {
        let text = String::from_utf8(bytes).expect("text");
        let cells = text.lines().skip(1).flat_map(|l| l.split(',').map(str::to_owned).collect::<Vec<_>>());
        cells.map(|c| c.parse().expect("a number")).collect()
    };
    // sums of volumes depend on their order in the last bits
    let same = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-9 * a.abs();
    assert!(numbers(direct).iter().zip(&numbers(steps)).all(same));
    refused(&to(&folder.path("direct.csv"), "15m", "x.csv"), 3, "15m bars cannot be built from 1h bars");
    refused(&to(&bars, "7x", "x.csv"), 2, "`7x` is no timeframe");
    refused(&to(&bars, "1h", "x.docx"), 2, "x.docx");
    refused(&to(&folder.path("none.csv"), "1h", "x.csv"), 3, "none.csv");
    let policy = ["data", "resample", text(&bars), "--to", "1h", "--out", "x.csv", "--data-policy", "hope"];
    refused(&playvm(&policy), 2, "report, reject, flat or skip, not `hope`");
}

#[test]
fn columns_are_what_the_play_saw() {
    let folder = Folder::new();
    let play = folder.put("play.yml", PLAY);
    let bars = sample(&folder, "trending", "bars.parquet");
    let columns = |file: &str| {
        let path = folder.path(file);
        let done = playvm(&["columns", text(&play), "--data", text(&bars), "--out", text(&path)]);
        assert_eq!(done.code, 0, "{}", done.err);
        path
    };
    columns("c.csv");
    let csv = String::from_utf8(folder.read("c.csv")).expect("text");
    let header: Vec<&str> = csv.lines().next().expect("a header").split(',').collect();
    assert_eq!(header[0], "ts");
    for name in ["ema_9", "ema_21", "rsi_1h", "swing.high_level", "setup:calm", "entry_long", "exit_long"] {
        assert!(header.contains(&name), "`{name}` is not in {header:?}");
    }
    let rows: Vec<Vec<&str>> = csv.lines().skip(1).map(|l| l.split(',').collect()).collect();
    assert_eq!(rows.len(), 1_440, "one row an exec bar");
    let at = |name: &str| header.iter().position(|h| *h == name).expect("checked above");
    let (ema, entry, hour) = (at("ema_9"), at("entry_long"), at("rsi_1h"));
    assert_eq!((rows[0][ema], rows[7][ema]), ("", ""), "missing before the average has its bars");
    assert!(rows[8][ema].parse::<f64>().is_ok());
    assert!(rows.iter().all(|r| ["", "0", "1"].contains(&r[entry])) && rows.iter().any(|r| r[entry] == "1"));
    // an hourly value changes only on bars that close with the hour (L7)
    let opens = |row: &[&str]| row[0].parse::<i64>().expect("ms");
    let changes = rows.windows(2).filter(|w| w[0][hour] != w[1][hour]);
    let closes_the_hour = |row: &[&str]| (opens(row) + 900_000) % 3_600_000 == 0;
    assert!(changes.clone().count() > 300 && changes.clone().all(|w| closes_the_hour(&w[1])));
    let (names, count) = parquet(&columns("c.parquet"));
    assert_eq!((names.iter().map(String::as_str).collect::<Vec<_>>(), count), (header, 1_440));
    refused(&playvm(&["columns", text(&play), "--data", text(&bars)]), 2, "--out");
    let nowhere = ["columns", text(&play), "--data", text(&bars), "--out", "/no/such/x.parquet"];
    refused(&playvm(&nowhere), 2, "/no/such/x.parquet");
}
