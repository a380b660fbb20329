//! What is proven about several conditions together: over more than two of them, over more than two values, by what
//! is always so between values, and by the bar before. Each finding shows every condition that it rests on.

mod play;

use diagnostics::{Code, Diagnostic};
use play::{compile, entry, play};

/// Condition; code, text of the finding, texts of the conditions it rests on, and a part of a note.
type Case = (&'static str, &'static str, &'static str, &'static [&'static str], &'static str);

const FOUND: &[Case] = &[
    // three values in a circle
    (
        r#""ema_9 > ema_21 and ema_21 > ema_1h and ema_1h > ema_9""#,
        "W0701",
        "ema_1h > ema_9",
        &["ema_9 > ema_21", "ema_21 > ema_1h"],
        "an `all` of them is never true",
    ),
    (
        r#""ema_9 >= ema_21 and ema_21 >= ema_1h and close > open and ema_1h > ema_9""#,
        "W0701",
        "ema_1h > ema_9",
        &["ema_9 >= ema_21", "ema_21 >= ema_1h"],
        "",
    ),
    // the third follows from two
    (
        r#""ema_9 > ema_21 and ema_9 > ema_1h and ema_21 > ema_1h""#,
        "W0710",
        "ema_9 > ema_1h",
        &["ema_9 > ema_21", "ema_21 > ema_1h"],
        "the `all` is the same without it",
    ),
    (
        r#""ema_9 crosses above ema_21 and ema_21 > ema_1h and ema_9 >= ema_1h""#,
        "W0710",
        "ema_9 >= ema_1h",
        &["ema_9 crosses above ema_21", "ema_21 > ema_1h"],
        "",
    ),
    // through a number
    (
        r#""rsi_14 > rsi_4h and rsi_4h > 70 and rsi_14 < 60""#,
        "W0701",
        "rsi_14 < 60",
        &["rsi_14 > rsi_4h", "rsi_4h > 70"],
        "",
    ),
    (
        r#""rsi_14 > rsi_4h and rsi_4h between 40 and 60 and rsi_14 > 30""#,
        "W0710",
        "rsi_14 > 30",
        &["rsi_14 > rsi_4h", "rsi_4h between 40 and 60"],
        "",
    ),
    // through what is always so
    (
        r#""close > ema_9 and ema_9 > high""#,
        "W0701",
        "ema_9 > high",
        &["close > ema_9"],
        "the close of a bar is never above its high",
    ),
    (
        r#""ema_9 > donchian_20.upper and ema_9 < donchian_20.lower""#,
        "W0701",
        "ema_9 < donchian_20.lower",
        &["ema_9 > donchian_20.upper"],
        "`donchian_20.lower` is never above `donchian_20.upper`",
    ),
    (
        r#""ema_9 > donchian_20.upper and ema_9 > donchian_20.lower""#,
        "W0710",
        "ema_9 > donchian_20.lower",
        &["ema_9 > donchian_20.upper"],
        "`donchian_20.lower` is never above `donchian_20.upper`",
    ),
    (
        r#""rsi_14 > ema_9 and ema_9 > 200""#,
        "W0701",
        "ema_9 > 200",
        &["rsi_14 > ema_9"],
        "`rsi_14` is at most 100",
    ),
    // by the bar before
    (
        r#""ema_9 crosses above ema_21 and ema_9[1] > ema_21[1]""#,
        "W0701",
        "ema_9[1] > ema_21[1]",
        &["ema_9 crosses above ema_21"],
        "",
    ),
    (
        r#""rsi_14 crosses above 30 and rsi_14[1] > 40""#,
        "W0701",
        "rsi_14[1] > 40",
        &["rsi_14 crosses above 30"],
        "",
    ),
    (
        r#""rsi_14 crosses below 70 and rsi_14[1] >= 60""#,
        "W0710",
        "rsi_14[1] >= 60",
        &["rsi_14 crosses below 70"],
        "",
    ),
    // sets of whole numbers and words
    (
        r#""trend.direction != 1 and trend.direction != -1 and trend.direction != 0""#,
        "W0701",
        "trend.direction != 0",
        &["trend.direction != 1", "trend.direction != -1"],
        "an `all` of them is never true",
    ),
    (
        r#""trend.direction == 1 or trend.direction == -1 or trend.direction == 0""#,
        "W0702",
        "trend.direction == 0",
        &["trend.direction == 1", "trend.direction == -1"],
        "an `any` of them is always true",
    ),
    (
        r#""trend.direction in [1, -1] and trend.direction == 0""#,
        "W0701",
        "trend.direction == 0",
        &["trend.direction in [1, -1]"],
        "",
    ),
    (
        r#""trend.direction in [1, 0] and trend.direction in [1, -1] and trend.direction == 1""#,
        "W0710",
        "trend.direction in [1, 0]",
        &["trend.direction == 1"],
        "",
    ),
    (
        r#""trend.direction in [1, 0] and trend.direction != 0 and trend.direction > 0""#,
        "W0710",
        "trend.direction in [1, 0]",
        &["trend.direction > 0"],
        "",
    ),
    // intervals over more than two conditions
    (
        r#""rsi_14 < 40 or rsi_14 between 30 and 70 or rsi_14 > 60""#,
        "W0702",
        "rsi_14 > 60",
        &["rsi_14 < 40", "rsi_14 between 30 and 70"],
        "an `any` of them is always true",
    ),
    (
        r#""rsi_14 < 40 or rsi_14 between 30 and 60 or rsi_14 between 35 and 55""#,
        "W0710",
        "rsi_14 between 35 and 55",
        &["rsi_14 between 30 and 60"],
        "",
    ),
    (
        r#""rsi_14 between 20 and 50 or rsi_14 between 40 and 70 or rsi_14 between 30 and 60""#,
        "W0710",
        "rsi_14 between 30 and 60",
        &["rsi_14 between 20 and 50", "rsi_14 between 40 and 70"],
        "the `any` is the same without it",
    ),
    (
        r#"{any: ["rsi_14 < 30", "rsi_14 > 70"]}, ["rsi_14", between, [40, 60]]"#,
        "W0701",
        r#"["rsi_14", between, [40, 60]]"#,
        &[r#"any: ["rsi_14 < 30", "rsi_14 > 70"]"#],
        "",
    ),
    (
        r#"{any: ["rsi_14 < 30", "rsi_14 > 70"]}, ["rsi_14", "<", 50], ["rsi_14", ">", 40]"#,
        "W0701",
        r#"["rsi_14", ">", 40]"#,
        &[r#"any: ["rsi_14 < 30", "rsi_14 > 70"]"#, r#"["rsi_14", "<", 50]"#],
        "",
    ),
];

fn told(all: &[Diagnostic]) -> Vec<&Diagnostic> {
    let unused = |d: &&Diagnostic| !matches!(d.code, Code::W0802 | Code::W0803 | Code::W0705);
    all.iter().filter(unused).collect()
}

#[test]
fn findings_name_all_that_they_rest_on() {
    let mut problems = Vec::new();
    for (condition, code, text, others, note) in FOUND {
        let compiled = compile(&entry(condition));
        let told = told(&compiled.all);
        let [only] = told.as_slice() else {
            let all: Vec<_> =
                told.iter().map(|d| (d.code.as_str(), compiled.source.slice(d.span()))).collect();
            problems.push(format!("{condition}: {all:?}"));
            continue;
        };
        let labels: Vec<&str> = only.labels[1..].iter().map(|l| compiled.source.slice(l.span)).collect();
        let is_noted = only.notes.iter().any(|n| n.contains(note));
        if (only.code.as_str(), compiled.source.slice(only.span())) != (*code, *text)
            || labels != *others
            || !is_noted
        {
            problems.push(format!("{condition}: {only:#?}\n  labels {labels:?}"));
        }
    }
    assert!(problems.is_empty(), "{} wrong:\n{}", problems.len(), problems.join("\n"));
}

/// What looks like it and is none: nothing is said.
const FINE: &[&str] = &[
    r#""ema_9 > ema_21 and ema_21 > ema_1h and close > ema_9""#,
    r#""ema_9 > ema_21 and ema_1h > ema_21""#,
    r#""ema_9 >= ema_21 and ema_21 >= ema_1h and ema_1h >= ema_9""#,
    r#""ema_9 >= ema_21 and ema_21 >= ema_1h and ema_9 > ema_1h""#,
    r#""ema_9 > ema_21 or ema_21 > ema_1h or ema_1h > ema_9""#,
    r#""rsi_14 > rsi_4h and rsi_4h > 30 and rsi_14 < 60""#,
    r#""rsi_14 crosses above 30 and rsi_14[1] < 20""#,
    r#""rsi_14 crosses above 30 and rsi_14[2] > 40""#,
    r#""rsi_14 crosses above 30 and rsi_14 crosses above 50""#,
    r#""ema_9 crosses above ema_21 and ema_9[1] < ema_21[1]""#,
    r#""close > ema_9 and ema_9 > low""#,
    r#""ema_9 > donchian_20.lower and ema_9 < donchian_20.upper""#,
    r#""trend.direction != 1 and trend.direction != -1""#,
    r#""trend.direction == 1 or trend.direction == -1""#,
    r#""trend.direction in [1, 0] and trend.direction in [1, -1]""#,
    r#""rsi_14 < 30 or rsi_14 between 40 and 60 or rsi_14 > 70""#,
    r#""rsi_14 between 20 and 40 or rsi_14 between 45 and 70 or rsi_14 between 30 and 60""#,
    r#"{any: ["rsi_14 < 30", "rsi_14 > 70"]}, ["rsi_14", "<", 80], ["rsi_14", ">", 20]"#,
    r#"{any: ["rsi_14 < 30", "close > open"]}, ["rsi_14", ">", 40]"#,
    r#""not (rsi_14 crosses above 70) and rsi_14 > 80""#,
    r#"{all: ["ema_9 > ema_21", {any: ["ema_21 > ema_1h", "ema_1h > ema_9"]}]}"#,
    r#""close > ema_9 and close[1] < ema_9[1]""#,
];

#[test]
fn what_may_be_meant_is_let_through() {
    let mut problems = Vec::new();
    for condition in FINE {
        let compiled = compile(&entry(condition));
        let all: Vec<_> =
            told(&compiled.all).iter().map(|d| (d.code.as_str(), compiled.source.slice(d.span()))).collect();
        // what cannot be seen in one condition is not the matter here
        if !all.is_empty() {
            problems.push(format!("{condition}: {all:?}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn cases(conditions: &[&str], otherwise: &str) -> String {
    let cases: String =
        conditions.iter().map(|c| format!("      - {{when: \"{c}\", emit: [entry_long]}}\n")).collect();
    play(&[("actions", &format!("\n  - id: e\n    cases:\n{cases}{otherwise}"))])
}

#[test]
fn cases_that_earlier_ones_take_together_are_never_reached() {
    let found = |conditions: &[&str], otherwise: &str| {
        let compiled = compile(&cases(conditions, otherwise));
        let told = told(&compiled.all);
        let shown = |d: &&Diagnostic| {
            let slices = d.labels.iter().map(|l| compiled.source.slice(l.span));
            let words = slices.map(|s| s.split('"').nth(1).unwrap_or(s).to_owned());
            (d.code.as_str(), words.collect::<Vec<_>>())
        };
        told.iter().map(shown).collect::<Vec<_>>()
    };
    let words = |all: &[&str]| all.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        found(&["rsi_14 > 50", "rsi_14 < 60", "rsi_14 > 40 and close > open"], ""),
        [("W0707", words(&["rsi_14 > 40 and close > open", "rsi_14 > 50", "rsi_14 < 60"]))]
    );
    assert_eq!(found(&["rsi_14 > 50", "rsi_14 < 40", "rsi_14 > 40"], ""), []);
    let otherwise = "    else: {emit: [exit_long]}\n";
    assert_eq!(
        found(&["rsi_14 > 60", "rsi_14 < 40", "rsi_14 between 40 and 60"], otherwise),
        [("W0707", words(&["exit_long", "rsi_14 > 60", "rsi_14 < 40", "rsi_14 between 40 and 60"]))]
    );
    assert_eq!(found(&["rsi_14 > 60", "rsi_14 < 40", "rsi_14 between 40 and 59"], otherwise), []);
    assert_eq!(
        found(&["trend.direction == 1", "trend.direction == -1", "trend.direction == 0"], otherwise),
        [(
            "W0707",
            words(&["exit_long", "trend.direction == 1", "trend.direction == -1", "trend.direction == 0"])
        )]
    );
}

/// What only dead things read is dead as well.
#[test]
fn what_only_unused_declarations_read_is_unused() {
    let compiled = compile(&play(&[
        (
            "features",
            "{ema_9: {indicator: ema}, base: {indicator: ema}, over: {indicator: rsi, source: base}, \
             in_setup: {indicator: rsi}, live: {indicator: rsi}}",
        ),
        ("structures", ""),
        ("setups", "{dead: \"in_setup > 50\", deader: {setup: dead}, alive: \"live > 50\"}"),
        (
            "actions",
            "{entry_long: {all: [[close, '>', ema_9], {setup: alive}]}, exit_long: [close, '<', ema_9]}",
        ),
    ]));
    let mut found: Vec<(&str, &str, bool)> = compiled
        .all
        .iter()
        .map(|d| {
            (d.code.as_str(), compiled.source.slice(d.span()), d.labels[0].message.starts_with("only what"))
        })
        .collect();
    found.sort_unstable();
    let expected = [
        ("W0802", "base", true),
        ("W0802", "in_setup", true),
        ("W0802", "over", false),
        ("W0803", "dead", true),
        ("W0803", "deader", false),
    ];
    assert_eq!(found, expected);
}
