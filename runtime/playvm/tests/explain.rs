//! `playvm explain`: one moment against values worked out by hand, every trade of a run against its moment.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

mod common;

use common::{Folder, PLAY, playvm, refused, text};
use serde_json::Value;

const HAND: &str = r#"version: "3.0.0"
name: hand
symbol: BTCUSDT
timeframes: {low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low_tf}
account: {starting_equity_usdt: 1000, max_leverage: 1, slippage_bps: 0}
backtest: {instrument: none}
features: {sma_2: {indicator: sma, params: {length: 2}}}
actions:
  entry_long:
    - "close > 101 and volume >= 5"
    - any: [["close", ">", "open"], ["close", "<", "sma_2"]]
  exit_long: "bars_in_trade >= 2 and close > entry_price"
position_policy: {mode: long_only, exit_mode: first_hit}
risk: {stop_loss_pct: 50, take_profit_pct: 50, max_position_pct: 50}
"#;

/// Closes of six bars from midnight on; each opens at the close before.
fn hand(folder: &Folder) -> (String, String) {
    let closes = [100.0, 102.0, 103.0, 101.0, 104.0, 104.0];
    let mut csv = String::from("timestamp,open,high,low,close,volume\n");
    let mut open = 100.0_f64;
    for (bar, close) in closes.into_iter().enumerate() {
        let time = 1_735_689_600_000_i64 + bar as i64 * 900_000;
        let volume = if bar == 1 { 4 } else { 5 };
        csv += &format!("{time},{open},{},{},{close},{volume}\n", open.max(close), open.min(close));
        open = close;
    }
    let (play, bars) = (folder.put("hand.yml", HAND), folder.put("bars.csv", &csv));
    (text(&play).into(), text(&bars).into())
}

fn at(folder: &Folder, time: &str) -> String {
    let (play, bars) = hand(folder);
    let done = playvm(&["explain", &play, "--data", &bars, "--timeframe", "15m", "--at", time]);
    assert_eq!(done.code, 0, "{}", done.err);
    done.out
}

#[test]
fn a_moment_shows_every_condition_in_the_text_with_its_values() {
    let folder = Folder::new();
    // The bar of 00:15 closes at 102 with a volume of 4.
    let told = at(&folder, "2025-01-01T00:44");
    let expected = r#"At 2025-01-01 00:44Z: no position

entry_long, 15m bar closed 2025-01-01 00:30Z: false
   10 |     - "close > 101 and volume >= 5"
      |        ~~~~~~~~~~~ true: 102 against 101
      |                        ~~~~~~~~~~~ false: 4 against 5
   11 |     - any: [["close", ">", "open"], ["close", "<", "sma_2"]]
      |             ~~~~~~~~~~~~~~~~~~~~~~ true: 102 against 100
      |                                     ~~~~~~~~~~~~~~~~~~~~~~~ false: 102 against 101

exit_long, 15m bar closed 2025-01-01 00:30Z: unknown
   12 |   exit_long: "bars_in_trade >= 2 and close > entry_price"
      |               ~~~~~~~~~~~~~~~~~~ unknown: a missing value against 2
      |                                      ~~~~~~~~~~~~~~~~~~~ unknown: 102 against a missing value

Nothing was ordered at this close.
"#;
    assert_eq!(told, expected);
}

#[test]
fn conditions_over_the_position_are_those_of_that_close() {
    let folder = Folder::new();
    // Entered at the open of 00:45, 103; at 01:15 two bars have closed since and the close is 104.
    let told = at(&folder, "2025-01-01T01:15");
    for line in [
        "since 2025-01-01 00:45Z at 103",
        "~~~~~~~~~~~~~~~~~~ true: 2 against 2",
        "~~~~~~~~~~~~~~~~~~~ true: 104 against 103",
        "Ordered at this close: exit (signal).",
    ] {
        assert!(told.contains(line), "`{line}` is not in\n{told}");
    }
    let before = at(&folder, "2025-01-01T01:00");
    assert!(before.contains("false: 1 against 2") && before.contains("false: 101 against 103"), "{before}");
    assert!(before.contains("Nothing was ordered"), "{before}");
}

#[test]
fn every_trade_is_explained_by_the_moment_of_its_signal() {
    let folder = Folder::new();
    let play = folder.put("play.yml", PLAY);
    let json = |args: &[&str]| -> Value {
        let done = playvm(&[args, &["--format", "json"]].concat());
        assert_eq!(done.code, 0, "{}", done.err);
        serde_json::from_str(&done.out).expect("JSON on standard output, and nothing else")
    };
    let out = folder.path("out");
    json(&["run", text(&play), "--mode", "backtest", "--out", text(&out)]);
    let trades = String::from_utf8(folder.read("out/trades.csv")).expect("text");
    let mut rows = trades.lines().map(|row| row.split(',').collect::<Vec<_>>());
    let head = rows.next().expect("a header");
    let signal = head.iter().position(|c| *c == "entry_signal_time").expect("the column is there");
    let mut explained = 0;
    for row in rows.take(6) {
        let moment = &json(&["explain", text(&play), "--at", row[signal]])["moment"];
        assert!(moment["position"].is_null(), "{moment}");
        assert_eq!(moment["decisions"][0]["kind"], "enter_long", "{moment}");
        assert_eq!(moment["actions"][0]["cases"][0]["condition"]["truth"], true, "{moment}");
        explained += 1;
    }
    assert!(explained > 3);
    let whole = json(&["explain", text(&play), "--misses", "3"]);
    let misses = whole["misses"][0]["misses"].as_array().expect("a list");
    assert_eq!(misses.len(), 3);
    for miss in misses {
        let failed = miss["failed"].as_array().expect("a list").len() as u64;
        assert!(failed > 0 && miss["held"].as_u64().expect("a count") + failed == miss["of"], "{miss}");
    }
}

#[test]
fn the_whole_run_is_told_as_funnel_and_near_misses() {
    let folder = Folder::new();
    let never = PLAY.replace("crosses above ema_21", "crosses above ema_21 * 2");
    let play = folder.put("play.yml", &never);
    let done = playvm(&["explain", text(&play)]);
    assert_eq!(done.code, 0, "{}", done.err);
    for part in ["0 trades", "Funnel", "Nearest misses of entry_long", "against"] {
        assert!(done.out.contains(part), "`{part}` is not in\n{}", done.out);
    }
    refused(&playvm(&["explain", text(&play), "--at", "noon"]), 2, "--at: `noon` is no time");
    refused(&playvm(&["explain", text(&play), "--at", "2001-01-01"]), 3, "no bars");
}

#[test]
fn conditions_of_a_block_are_shown_where_the_play_uses_it() {
    let play = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/blocks/trend_pullback.yml");
    let done = playvm(&["explain", play, "--at", "2025-01-08T14:30"]);
    assert_eq!(done.code, 0, "{}", done.err);
    // both entries use the same block: each has its own line, and the block's own words
    for (action, line, words) in
        [("entry_long", 19, "close > average"), ("entry_short", 20, "close < average")]
    {
        let of = done.out.split(&format!("\n{action}, ")).nth(1).and_then(|rest| rest.split("\n\n").next());
        let of = of.unwrap_or_else(|| panic!("{action} is not in\n{}", done.out));
        let (_, below) =
            of.split_once(&format!("   {line} |   {action}: {{use: pullback_entry_v1")).expect("the line");
        assert!(below.contains("~~~ ") && below.contains(&format!("   {words}")), "{of}");
    }
}
