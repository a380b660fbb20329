//! What is proposed where.

mod common;

use common::{HEAD, at, in_play};

#[track_caller]
fn offers(rest: &str, wanted: &[&str], unwanted: &[&str]) {
    let labels = in_play(rest).labels();
    for label in wanted {
        assert!(labels.iter().any(|l| l == label), "no `{label}` at {rest:?}: {labels:?}");
    }
    for label in unwanted {
        assert!(labels.iter().all(|l| l != label), "`{label}` at {rest:?}: {labels:?}");
    }
}

#[test]
fn top_level_keys_that_are_not_there_yet() {
    offers("act$0", &["actions", "entry", "variables"], &["features", "version", "ema_9"]);
    offers("$0", &["actions", "validation"], &["features"]);
    assert!(in_play("act$0").completed("actions").ends_with("actions:"));
}

#[test]
fn keys_of_the_map_around() {
    offers("actions:\n  ent$0", &["entry_long", "entry_short", "exit_all"], &["features", "cases"]);
    offers("actions:\n  entry_long: close > 1\n  $0", &["exit_long"], &["entry_long"]);
    offers("entry:\n  $0", &["order_type", "limit_offset_pct"], &["actions"]);
    offers("entry: {order_type: LIMIT, $0", &["limit_offset_pct", "time_in_force"], &["order_type"]);
    offers("entry: {$0, time_in_force: GTC}", &["order_type"], &["time_in_force"]);
    offers("risk_model:\n  stop_loss: {type: percent, val$0}", &["value", "basis"], &["type", "model"]);
    offers("actions:\n  - id: a\n    cases:\n      - wh$0", &["when", "emit"], &["id"]);
    offers("actions:\n  - id: a\n    ca$0", &["cases", "else"], &["id", "when"]);
    offers("setups:\n  s:\n    $0", &["all", "any", "not", "holds_for"], &["features"]);
    offers("setups:\n  s:\n    holds_for: {ba$0", &["bars", "expr", "anchor_tf"], &["min_true"]);
    offers("actions:\n  entry_long:\n    all:\n      - {lhs: close, $0", &["op", "rhs"], &["lhs"]);
}

#[test]
fn parameters_with_ranges_and_defaults() {
    let cursor = at(&format!("{HEAD}features:\n  x: {{indicator: bbands, params: {{le$0"));
    let all = cursor.analysis.completions(cursor.offset);
    let length = all.iter().find(|c| c.label == "length").expect("bbands has a length");
    assert!(length.detail.starts_with("int, ") && length.detail.contains("default 20"), "{}", length.detail);
    assert!(cursor.completed("length").ends_with("params: {length: "));
    // the indicator behind the cursor counts, what is there already does not
    let cursor = at(&format!("{HEAD}features:\n  x: {{params: {{length: 3, $0}}, indicator: bbands}}\n"));
    let labels = cursor.labels();
    assert!(labels.contains(&"std".to_owned()) && !labels.contains(&"length".to_owned()), "{labels:?}");
    let cursor = at(&format!("{HEAD}features:\n  x:\n    indicator: macd\n    params:\n      $0\n"));
    assert!(cursor.labels().contains(&"fast".to_owned()), "{:?}", cursor.labels());
    let cursor =
        at(&format!("{HEAD}structures:\n  exec:\n    - {{type: swing, key: s, params: {{mo$0}}}}\n"));
    assert!(cursor.labels().contains(&"mode".to_owned()), "{:?}", cursor.labels());
    let cursor =
        at(&format!("{HEAD}structures:\n  exec:\n    - {{type: swing, key: s, params: {{mode: $0}}}}\n"));
    assert!(!cursor.labels().is_empty());
}

#[test]
fn values_of_closed_sets() {
    offers("entry: {order_type: $0", &["MARKET", "LIMIT"], &["GTC"]);
    offers("entry:\n  time_in_force: P$0", &["PostOnly", "GTC"], &["LIMIT"]);
    offers("risk_model:\n  stop_loss: {type: $0}", &["percent", "atr_multiple", "structure"], &["rr_ratio"]);
    offers("backtest: {end_of_data: \"$0\"}", &["close", "mark"], &[]);
    let cursor = at("timeframes: {low_tf: 1$0");
    assert!(cursor.labels().contains(&"15m".to_owned()), "{:?}", cursor.labels());
    let cursor = at("timeframes:\n  low_tf: 15m\n  exec: $0");
    assert_eq!(cursor.labels(), ["high_tf", "low_tf", "med_tf"]);
    let cursor = at(&format!("{HEAD}features:\n  x: {{indicator: sup$0}}\n"));
    assert!(
        cursor.labels().contains(&"supertrend".to_owned()) && !cursor.labels().contains(&"swing".to_owned())
    );
    let cursor = at(&format!("{HEAD}structures:\n  exec:\n    - type: $0"));
    assert!(cursor.labels().contains(&"swing".to_owned()) && !cursor.labels().contains(&"ema".to_owned()));
    let cursor =
        at(&format!("{HEAD}features:\n  a: {{indicator: ema}}\n  b: {{indicator: rsi, source: $0}}\n"));
    let labels = cursor.labels();
    assert!(labels.contains(&"hl2".to_owned()) && labels.contains(&"a".to_owned()), "{labels:?}");
    assert!(!labels.contains(&"b".to_owned()), "{labels:?}");
    let cursor = at(&format!("{HEAD}features:\n  b: {{indicator: rsi, tf: $0}}\n"));
    assert!(cursor.labels().contains(&"med_tf".to_owned()) && cursor.labels().contains(&"4h".to_owned()));
    offers(
        "actions:\n  - id: a\n    cases:\n      - {when: true, emit: [$0]}",
        &["entry_long", "exit_all"],
        &["ema_9"],
    );
    offers("risk_model:\n  stop_loss: {type: atr_multiple, atr_feature_id: $0", &["atr_14"], &["percent"]);
}

#[test]
fn operands_and_operators_in_expressions() {
    let long = |text: &str| format!("actions:\n  entry_long: {text}");
    offers(&long("\"$0"), &["ema_9", "close", "calm", "abs(x)", "not"], &["crosses above"]);
    offers(&long("\"ema_9 $0"), &["crosses above", ">", "between", "and"], &["ema_21", "close"]);
    offers(&long("\"ema_9 > em$0\"\n  exit_long: close < 1"), &["ema_21", "macd.histogram"], &["calm", ">"]);
    offers(&long("\"ema_9 > ema_21 and $0"), &["calm", "rsi_14", "holds_for(5, condition)"], &["and"]);
    offers(&long("\"macd.$0"), &["macd", "signal", "histogram"], &["ema_9"]);
    offers(&long("\"close > macd.hi$0 and true\""), &["histogram"], &["close"]);
    offers(&long("\"ms.bos_direction == $0"), &["bullish", "bearish"], &[]);
    offers(&long("\"ms.bos_direction in [bullish, $0"), &["bearish"], &["ema_9"]);
    offers(&long("\"position_side == $0"), &["long", "short", "flat"], &[]);
    offers(&long("\"setup($0"), &["calm"], &["ema_9"]);
    offers(&long("\"ema_9 crosses $0"), &["above", "below"], &["ema_9"]);
    offers(&long(">\n    ema_9 crosses above ema_21\n    and r$0"), &["rsi_14"], &[]);
    let typed = in_play(&long("\"ema_9 > em$0a_2\""));
    assert!(typed.completed("ema_21").contains("\"ema_9 > ema_21a_2\""));
}

/// Wherever a condition may stand, in each of its spellings.
#[test]
fn every_place_of_a_condition() {
    let places = [
        "actions:\n  exit_short: {}",
        "actions:\n  - id: a\n    cases:\n      - {emit: [entry_long], when: {}}",
        "actions:\n  - id: a\n    cases:\n      - when: {}",
        "setups:\n  s: {}",
        "setups:\n  s:\n    not: {}",
        "setups:\n  s: {any: [{}, close > 1]}",
        "setups:\n  s: {holds_for: {bars: 3, expr: {}}}",
        "setups:\n  s: {count_true_duration: {duration: 1h, min_true: 2, expr: {}}}",
        "setups:\n  s: {then: [close > 1, {when: {}}], within: 3}",
        "setups:\n  s:\n    score:\n      - when: {}",
        "setups:\n  s: {at_least: 1, of: [{}]}",
        "filters: {}",
        "filters:\n  - {}",
        "filters: [close > 1, {}]",
        "filters:\n  all:\n    - {}",
        "filters: {entry_long: {}}",
        "filters: {entry_long: close > 1, entry_short: {}}",
        "filters:\n  entry_short: {}",
        "filters:\n  entry_short:\n    - {}",
        "filters:\n  entry_long:\n    any:\n      - {}",
    ];
    for place in places {
        // the first pair of braces that is empty
        let with = |text: &str| place.replacen("{}", text, 1);
        offers(&with("\"em$0\""), &["ema_9", "close", "calm"], &["actions"]);
        offers(&with("\"ema_9 $0\""), &["crosses above", "and"], &["ema_9"]);
        offers(&with("[ema_9, $0]"), &[">", "near_pct"], &["actions"]);
        offers(&with("[ema_9, \">\", em$0]"), &["ema_21"], &["calm"]);
        offers(&with("{al$0}"), &["all", "any", "occurred_within", "use"], &["calm", "actions"]);
    }
    offers("filters:\n  en$0", &["entry_long", "entry_short", "all", "ema_9"], &["exit_long"]);
    offers("filters: {$0}", &["entry_long", "entry_short", "use"], &["exit_long"]);
    offers("filters: {entry_long: close > 1, $0}", &["entry_short"], &["entry_long", "use", "all"]);
    offers("filters: {use: x, $0}", &["with"], &["entry_long"]);
    offers("setups:\n  filters: {$0}", &["all"], &["entry_long"]);
}

#[test]
fn operands_and_operators_in_lists() {
    let all = |text: &str| format!("actions:\n  entry_long:\n    all:\n      - {text}");
    offers(&all("[$0"), &["ema_9", "close", "calm"], &[">"]);
    offers(&all("[ema_9, $0"), &[">", "cross_above", "near_pct"], &[]);
    offers(&all("[ema_9, \"$0\"]"), &[">", "cross_above"], &[]);
    offers(&all("[ema_9, cro$0"), &["cross_above"], &[]);
    offers(&all("[ema_9, \">\", $0"), &["ema_21", "close"], &["cross_above", "calm"]);
    offers(&all("[ms.bos_direction, \"==\", $0]"), &["bullish", "bearish"], &[]);
    offers(&all("[ms.bos_direction, \"==\", bu$0]"), &["bullish"], &[]);
    offers(&all("[macd.$0, \">\", 0]"), &["histogram"], &["ema_9"]);
    offers(&all("{setup: $0"), &["calm"], &["ema_9"]);
    offers(&all("[\"ema_9\", \">\", \"em$0\"]"), &["ema_21"], &[]);
    let taken = in_play(&all("[ema_9, $0]")).completed(">");
    assert!(taken.ends_with("[ema_9, \">\"]"), "{taken}");
    let taken = in_play(&all("[ema_9, \"$0\"]")).completed(">");
    assert!(taken.ends_with("[ema_9, \">\"]"), "{taken}");
}

#[test]
fn sequences_and_scores() {
    offers("setups:\n  s: {then: [\"em$0\"], within: 3}", &["ema_9", "calm"], &[]);
    offers("setups:\n  s:\n    then:\n      - {when: \"$0", &["ema_9", "calm"], &[]);
    offers("setups:\n  s: {at_least: 2, $0", &["of", "within"], &["at_least"]);
    offers("setups:\n  s: {score: [{when: calm, we$0}], min: 2}", &["weight"], &["when", "all"]);
    offers("setups:\n  s: \"then(ema_9 > 1, $0", &["rsi_14", "at_least(2, a, b, c)"], &["and"]);
}

#[test]
fn variables_inside_of_anything() {
    let text = format!(
        "{HEAD}variables: {{fast: 9, slow: 21}}\nfeatures:\n  x: {{indicator: ema, params: {{length: \"${{f$0"
    );
    let cursor = at(&text);
    assert_eq!(cursor.labels(), ["fast", "slow"]);
    assert!(cursor.completed("fast").ends_with("\"${fast}"));
}

#[test]
fn nothing_in_comments_and_free_text() {
    offers("# $0", &[], &["actions"]);
    assert!(in_play("description: a $0").labels().is_empty());
    assert!(in_play("actions:\n  entry_long: close > 1 # and $0").labels().is_empty());
}

#[test]
fn half_written_documents() {
    // the section under the cursor does not parse, what follows is there
    let text = format!(
        "{HEAD}features:\n  ema_9: {{indicator: ema\n  macd: {{indicator: macd}}\n\
         actions:\n  entry_long: \"$0\n  exit_long: close < 1\n"
    );
    let labels = at(&text).labels();
    assert!(labels.contains(&"ema_9".to_owned()) && labels.contains(&"macd.signal".to_owned()), "{labels:?}");
    // nothing but a beginning
    assert!(at("$0").labels().contains(&"version".to_owned()));
    assert!(at("ve$0").labels().contains(&"version".to_owned()));
}
