//! `--set name=value`: the Play that the author would have written with that number.

use driver::settings::{Setting, SettingError, compile_with};
use driver::{Compilation, Options, compile};

const PLAY: &str = r#"
version: "3.0.0"
name: "open"
symbol: "BTCUSDT"
timeframes: {low_tf: "15m", med_tf: "1h", high_tf: "4h", exec: "low_tf"}
variables:
  stop: {min: 1, max: 3, step: 0.5}
account: {starting_equity_usdt: 10000, max_leverage: 1}
features:
  fast: {indicator: ema, params: {length: {min: 5, max: 20, step: 5, default: 10}}}
  slow: {indicator: ema, params: {length: {choices: [21, 34, 55]}}}
  rsi: {indicator: rsi, params: {length: 14}}
actions:
  entry_long: {all: [["fast", "cross_above", "slow"], ["rsi", "<", {min: 20, max: 40, step: 10}]]}
  exit_long: {all: [["fast", "cross_below", "slow"]]}
position_policy: {mode: long_only, exit_mode: first_hit}
risk:
  stop_loss_pct: "${stop}"
  trailing: {trail_pct: "${stop}"}
  max_position_pct: {min: 0.1, max: 0.7, step: 0.1}
"#;

/// Each range, a value for it, and the text that stands for the value.
const VALUES: [(&str, &str, f64, &str); 5] = [
    ("stop", "{min: 1, max: 3, step: 0.5}", 2.5, "2.5"),
    ("fast.length", "{min: 5, max: 20, step: 5, default: 10}", 15.0, "15"),
    ("features.slow.params.length", "{choices: [21, 34, 55]}", 55.0, "55"),
    ("actions.entry_long.cases[0].when#1", "{min: 20, max: 40, step: 10}", 40.0, "40"),
    ("max_position_pct", "{min: 0.1, max: 0.7, step: 0.1}", 0.3, "0.3"),
];

fn set(settings: &[(&str, f64)]) -> Result<Compilation, SettingError> {
    let settings: Vec<Setting> =
        settings.iter().map(|&(name, value)| Setting { name: name.into(), value }).collect();
    compile_with("play.yml", PLAY, &Options::default(), &settings)
}

/// What a program does, without where its text stands and what the text is.
fn meaning(c: &Compilation) -> String {
    let program = c.program.as_ref().expect("the Play is right");
    let listing = bytecode::disasm::disasm(program);
    let code: Vec<&str> = listing.lines().filter(|l| !l.contains("source")).collect();
    format!("{code:#?} {:?} {:?}", program.policy, program.calls)
        .split_whitespace()
        .filter(|word| !word.contains("play.yml:"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Every subset of the values means what the text with these numbers in place of the ranges means.
#[test]
fn a_setting_is_the_number_in_place_of_the_range() {
    for chosen in 0..1_u32 << VALUES.len() {
        let (mut text, mut settings) = (PLAY.to_owned(), Vec::new());
        for (at, (name, range, value, written)) in VALUES.iter().enumerate() {
            if chosen & (1 << at) != 0 {
                let padded = format!("{written:width$}", width = range.len());
                text = text.replacen(range, &padded, 1);
                settings.push((*name, *value));
            }
        }
        let ours = set(&settings).expect("all are candidates");
        let written = compile("play.yml", &text, &Options::default());
        let (ours, written) = (ours.program.expect("right"), written.program.expect("right"));
        assert_eq!((&ours.calls, &ours.policy), (&written.calls, &written.policy), "{settings:?}");
        assert_eq!((&ours.market, &ours.clocks), (&written.market, &written.clocks), "{settings:?}");
    }
}

#[test]
fn defaults_stand_without_a_setting() {
    let plain = compile("play.yml", PLAY, &Options::default());
    assert_eq!(meaning(&set(&[]).expect("nothing is set")), meaning(&plain));
    let same = set(&[("fast.length", 10.0)]).expect("a candidate");
    assert_eq!(meaning(&same), meaning(&plain));
    assert_ne!(meaning(&set(&[("fast.length", 5.0)]).expect("a candidate")), meaning(&plain));
}

#[test]
fn messages_say_what_to_write() {
    let message = |name, value| set(&[(name, value)]).expect_err("refused").to_string();
    for (name, value, expected) in [
        (
            "fats.length",
            5.0,
            "the Play has no open parameter `fats.length`: did you mean `features.fast.params.length`?",
        ),
        (
            "length",
            5.0,
            "`length` may be `features.fast.params.length`, `features.slow.params.length`: write more of the path",
        ),
        (
            "fast.length",
            7.0,
            "`features.fast.params.length` cannot be 7: it goes from 5 to 20 by 5; the nearest: 5 and 10",
        ),
        (
            "fast.length",
            25.0,
            "`features.fast.params.length` cannot be 25: it goes from 5 to 20 by 5; the nearest: 20",
        ),
        (
            "fast.length",
            0.0,
            "`features.fast.params.length` cannot be 0: it goes from 5 to 20 by 5; the nearest: 5",
        ),
        (
            "slow.length",
            30.0,
            "`features.slow.params.length` cannot be 30: it is one of 21, 34, 55; the nearest: 21 and 34",
        ),
    ] {
        assert_eq!(message(name, value), expected);
    }
    let unknown = message("nothing_like_it", 1.0);
    assert!(unknown.contains("it has `variables.stop`, `features.fast.params.length`"), "{unknown}");
    let twice = set(&[("stop", 1.0), ("variables.stop", 2.0)]).expect_err("refused");
    assert_eq!(twice.to_string(), "`variables.stop` is set twice: leave one of them out");
}

#[test]
fn a_setting_is_name_and_number() {
    assert_eq!(Setting::parse(" a.b = 1.5 "), Ok(Setting { name: "a.b".into(), value: 1.5 }));
    for wrong in ["", "a", "a=", "=1", "a=b", "a=inf", "a=nan"] {
        assert!(Setting::parse(wrong).is_err(), "{wrong}");
    }
}
