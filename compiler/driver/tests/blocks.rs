//! Blocks mean what the Play with their parts written out means, and see nothing else.

mod common;

use bytecode::{Condition, ConditionKind, Program};
use common::{errors, findings, options, slice, with};
use diagnostics::{SourceId, explain};
use driver::{Options, compile, meaning};

const TREND: (&str, &str) = (
    "trend_v1.yml",
    r#"
id: trend
version: 1
type: filter
params:
  length: {type: int, default: 50, min: 2, max: 500}
  tf: {type: timeframe, default: exec}
requires:
  features:
    ema: {indicator: ema, tf: "${tf}", params: {length: "${length}"}}
logic: {long: "close > ema", short: "close < ema"}
"#,
);

const CALM: (&str, &str) = (
    "calm_v1.yml",
    r#"
id: calm
version: 1
type: filter
params: {most: 60}
requires:
  features:
    rsi: {indicator: rsi, params: {length: 14}}
logic: "rsi < ${most}"
"#,
);

/// The program without names and places: what it does.
fn bare(program: &Program) -> Program {
    fn condition(it: &mut Condition) {
        if let ConditionKind::Setup(name) = &mut it.kind {
            name.clear();
        }
        it.children.iter_mut().for_each(condition);
    }
    let mut program = meaning::of(program.clone());
    for block in &mut program.actions {
        block.cases.iter_mut().for_each(|case| condition(&mut case.condition));
    }
    program.exports.iter_mut().for_each(|e| e.name.clear());
    program
}

fn program(blocks: &[(&str, &str)], fragment: &str) -> Program {
    let c = with(blocks, fragment);
    assert_eq!(findings(&c), [], "{fragment}");
    c.program.expect("there are no findings")
}

#[track_caller]
fn same(blocks: &[(&str, &str)], with_blocks: &str, by_hand: &str) {
    let (made, written) = (program(blocks, with_blocks), program(&[], by_hand));
    assert_eq!(bare(&made), bare(&written));
    assert_ne!(made.identity.source_hash, written.identity.source_hash);
}

/// An anchored indicator follows a structure that it does not name: never one on the other side of a block's wall.
#[test]
fn an_implied_structure_is_never_one_of_the_other_side() {
    let swing = "structures: {exec: [{type: swing, key: swing}]}";
    let vwap = "vwap: {indicator: anchored_vwap}";
    let averages =
        "ema_9: {indicator: ema, params: {length: 9}}, ema_21: {indicator: ema, params: {length: 21}}";
    let block = |requires: &str| {
        format!("id: b\nversion: 1\ntype: filter\nrequires: {{{requires}}}\nlogic: \"close > vwap\"\n")
    };
    let play = |block: &str, features: &str, rest: &str| {
        errors(&with(
            &[("b.yml", block)],
            &format!("features: {{{features}}}\nfilters: {{use: b}}\n{rest}\n"),
        ))
    };
    let without = block(&format!("features: {{{vwap}}}"));
    assert_eq!(play(&without, averages, swing), [("E0311", "b.yml".to_owned(), "vwap".to_owned())]);
    let whole = block(&format!("features: {{{vwap}}}, {swing}"));
    assert_eq!(play(&whole, averages, ""), []);
    let entry = "actions: {entry_long: \"vwap > ema_21 and ema_9 > ema_21\"}";
    let found = play(&whole, &format!("{averages}, {vwap}"), entry);
    assert_eq!(found, [("E0311", "play.yml".to_owned(), "vwap".to_owned())]);
}

#[test]
fn a_broken_version_is_no_matter_of_the_others() {
    let broken = ("calm_v2.yml", "id: [calm\nversion: 2\n");
    for used in ["{use: calm_v1}", "{use: calm, version: 1}"] {
        assert_eq!(findings(&with(&[CALM, broken], &format!("filters: {used}"))), [], "{used}");
    }
    for used in ["{use: calm_v2}", "{use: calm}"] {
        let c = with(&[CALM, broken], &format!("filters: {used}"));
        assert!(findings(&c).iter().any(|f| f.1 == "calm_v2.yml"), "{used}: {:?}", findings(&c));
    }
}

#[test]
fn a_filter_stands_before_each_entry_on_its_own_side() {
    same(
        &[TREND],
        r#"
filters: {use: trend, with: {length: 100, tf: 1h}}
actions: {entry_long: "ema_9 crosses above ema_21", entry_short: "ema_9 crosses below ema_21"}
position_policy: {mode: long_short}
"#,
        r#"
features:
  ema_9: {indicator: ema, params: {length: 9}}
  ema_21: {indicator: ema, params: {length: 21}}
  slow: {indicator: ema, tf: 1h, params: {length: 100}}
setups: {up: "close > slow", down: "close < slow"}
actions:
  entry_long: {all: [{setup: up}, "ema_9 crosses above ema_21"]}
  entry_short: {all: [{setup: down}, "ema_9 crosses below ema_21"]}
position_policy: {mode: long_short}
"#,
    );
}

#[test]
fn filters_of_one_side_leave_the_other_alone() {
    same(
        &[TREND],
        r#"
filters: {entry_short: [{use: trend}, "ema_9 < close"]}
actions: {entry_long: "ema_9 crosses above ema_21", entry_short: "ema_9 crosses below ema_21"}
position_policy: {mode: long_short}
"#,
        r#"
features:
  ema_9: {indicator: ema, params: {length: 9}}
  ema_21: {indicator: ema, params: {length: 21}}
  slow: {indicator: ema, params: {length: 50}}
setups: {down: "close < slow"}
actions:
  entry_long: "ema_9 crosses above ema_21"
  entry_short: {all: [{all: [{setup: down}, "ema_9 < close"]}, "ema_9 crosses below ema_21"]}
position_policy: {mode: long_short}
"#,
    );
}

#[test]
fn filters_hold_in_cases_and_in_else() {
    same(
        &[],
        r#"
filters: "close > ema_21"
actions:
  - id: a
    cases: [{when: "ema_9 < close", emit: [{action: no_action}]}]
    else: {emit: [{action: entry_long}]}
"#,
        r#"
actions:
  - id: a
    cases:
      - {when: "ema_9 < close", emit: [{action: no_action}]}
      - {when: {all: ["close > ema_21", true]}, emit: [{action: entry_long}]}
"#,
    );
}

#[test]
fn a_block_is_one_condition_among_others() {
    let by_hand = r#"
features:
  ema_9: {indicator: ema, params: {length: 9}}
  ema_21: {indicator: ema, params: {length: 21}}
  rsi: {indicator: rsi, params: {length: 14}}
setups: {low: "rsi < 55"}
actions: {entry_long: {all: ["ema_9 crosses above ema_21", {setup: low}]}}
"#;
    for spelling in [
        r#"actions: {entry_long: {all: ["ema_9 crosses above ema_21", {use: calm_v1, with: {most: 55}}]}}"#,
        r#"actions: {entry_long: ["ema_9 crosses above ema_21", {use: calm, version: 1, with: {most: 55}}]}"#,
        "variables: {limit: 55}\nactions:\n  entry_long:\n    - ema_9 crosses above ema_21\n    - use: calm\n      with: {most: \"${limit}\"}\n",
    ] {
        same(&[CALM], &format!("{spelling}\n"), by_hand);
    }
}

#[test]
fn sibling_keys_of_a_use_are_required_too() {
    same(
        &[CALM],
        "actions: {entry_long: {use: calm, not: \"ema_9 < ema_21\"}}\n",
        r#"
features:
  ema_9: {indicator: ema, params: {length: 9}}
  ema_21: {indicator: ema, params: {length: 21}}
  rsi: {indicator: rsi, params: {length: 14}}
setups: {low: "rsi < 60"}
actions: {entry_long: {all: [{setup: low}, {not: "ema_9 < ema_21"}]}}
"#,
    );
}

#[test]
fn a_feature_set_is_read_by_its_name_everywhere() {
    let set = (
        "mix.yml",
        "id: mix\nversion: 1\ntype: feature_set\nparams: {length: 14}\nrequires:\n  features:\n    \
         atr: {indicator: atr, params: {length: '${length}'}}\n    macd: {indicator: macd}\n    \
         smooth: {indicator: ema, source: macd.signal, params: {length: 5}}\n  structures:\n    exec:\n      \
         - {type: swing, key: swing, params: {left: 3, right: 3}}\n",
    );
    let tail = |atr: &str, macd: &str, smooth: &str, swing: &str| {
        format!(
            r#"
actions:
  entry_long: "ema_9 > ema_21 and {macd}.histogram[1] > 0 and {smooth} > 0 and close > {swing}.low_level"
risk_model:
  stop_loss: {{type: atr_multiple, value: 2, atr_feature_id: {atr}}}
  take_profit: {{type: rr_ratio, value: 2}}
  sizing: {{model: percent_equity, value: 10}}
risk: {{}}
"#
        )
    };
    let used = format!(
        "features:\n  ema_9: {{indicator: ema, params: {{length: 9}}}}\n  \
         ema_21: {{indicator: ema, source: m.smooth, params: {{length: 21}}}}\n  \
         m: {{use: mix, with: {{length: 20}}}}\n{}",
        tail("m.atr", "m.macd", "m.smooth", "m.swing")
    );
    let by_hand = format!(
        r#"
features:
  ema_9: {{indicator: ema, params: {{length: 9}}}}
  ema_21: {{indicator: ema, source: smooth, params: {{length: 21}}}}
  atr: {{indicator: atr, params: {{length: 20}}}}
  macd: {{indicator: macd}}
  smooth: {{indicator: ema, source: macd.signal, params: {{length: 5}}}}
structures:
  exec: [{{type: swing, key: swing, params: {{left: 3, right: 3}}}}]
{}"#,
        tail("atr", "macd", "smooth", "swing")
    );
    same(&[set], &used, &by_hand);
}

#[test]
fn risk_comes_from_a_block_and_the_play_has_the_last_word() {
    let careful = (
        "careful.yml",
        r#"
id: careful
version: 1
type: risk
params: {stop: 2.0, share: 10}
requires:
  features: {atr: {indicator: atr, params: {length: 14}}}
logic:
  stop_loss: {type: atr_multiple, value: "${stop}", atr_feature_id: atr}
  take_profit: {type: rr_ratio, value: 2}
  sizing: {model: percent_equity, value: "${share}"}
"#,
    );
    let by_hand = |reward: &str| {
        format!(
            r#"
features:
  ema_9: {{indicator: ema, params: {{length: 9}}}}
  ema_21: {{indicator: ema, params: {{length: 21}}}}
  atr: {{indicator: atr, params: {{length: 14}}}}
risk: {{}}
risk_model:
  stop_loss: {{type: atr_multiple, value: 3, atr_feature_id: atr}}
  take_profit: {{type: rr_ratio, value: {reward}}}
  sizing: {{model: percent_equity, value: 10}}
"#
        )
    };
    same(&[careful], "risk: {use: careful, with: {stop: 3.0}}\n", &by_hand("2"));
    let own =
        "risk: {}\nrisk_model: {use: careful, with: {stop: 3.0}, take_profit: {type: rr_ratio, value: 5}}\n";
    same(&[careful], own, &by_hand("5"));
}

#[test]
fn blocks_inside_blocks_take_the_side_of_the_outer_one() {
    let outer = (
        "outer.yml",
        r#"
id: outer
version: 1
type: entry
params: {length: 30}
requires:
  blocks:
    with_trend: {use: trend, with: {length: "${length}"}}
logic:
  long: "with_trend and close > open"
  short: {all: [with_trend, "close < open"]}
"#,
    );
    same(
        &[outer, TREND],
        r#"
actions: {entry_long: {use: outer}, entry_short: {use: outer}}
position_policy: {mode: long_short}
"#,
        r#"
features:
  ema_9: {indicator: ema, params: {length: 9}}
  ema_21: {indicator: ema, params: {length: 21}}
  ema: {indicator: ema, params: {length: 30}}
setups:
  trend_up: "close > ema"
  up: "trend_up and close > open"
  trend_down: "close < ema"
  down: {all: [trend_down, "close < open"]}
actions: {entry_long: {setup: up}, entry_short: {setup: down}}
position_policy: {mode: long_short}
"#,
    );
}

#[test]
fn what_is_the_same_is_there_once() {
    let (a, b) = (TREND.1.replace("id: trend", "id: left"), TREND.1.replace("id: trend", "id: right"));
    let blocks = [("left.yml", a.as_str()), ("right.yml", b.as_str())];
    let both = program(
        &blocks,
        "features: {own: {indicator: ema, params: {length: 50}}}\n\
         actions: {entry_long: {all: [{use: left}, {use: right}, {use: left}, own < open]}}\n",
    );
    assert_eq!(both.calls.len(), 1, "the two blocks and the Play need the very same average");
    let apart = program(
        &blocks,
        "features: {own: {indicator: ema, params: {length: 50}}}\n\
         actions: {entry_long: {all: [{use: left}, {use: right, with: {length: 51}}, own < open]}}\n",
    );
    assert_eq!(apart.calls.len(), 2);
}

#[test]
fn a_block_sees_nothing_of_the_play_and_the_play_nothing_of_a_block() {
    // the Play has what the block forgot to require, also as what would be implied
    let open = ("open.yml", "id: open\nversion: 1\ntype: filter\nlogic: 'close > ema_9 and trendd'\n");
    let c = with(&[open], "setups: {trendd: 'close > 1'}\nactions: {entry_long: {use: open}}\n");
    let at = |text: &str| ("E0301", "open.yml".to_owned(), text.to_owned());
    assert_eq!(findings(&c), [at("ema_9"), at("trendd")]);
    assert!(c.diagnostics[0].notes.iter().any(|n| n.contains("nothing of the Play")), "{:#?}", c.diagnostics);
    let vague = (
        "vague.yml",
        "id: vague\nversion: 1\ntype: filter\nrequires:\n  structures: {exec: [{type: zigzag, key: z}]}\n\
         logic: 'close > z.last_high'\n",
    );
    let c = with(
        &[vague],
        "features: {atr: {indicator: atr, params: {length: 14}}}\nactions: {entry_long: {use: vague}}\n",
    );
    assert!(findings(&c).iter().any(|f| f.1 == "vague.yml"), "{:#?}", findings(&c));
    // the other way round
    let risk = "risk: {stop_loss: {type: atr_multiple, value: 2, atr_feature_id: 'calm_v1::rsi'}, take_profit_pct: 4}";
    let fragment = format!("actions: {{entry_long: {{use: calm}}}}\n{risk}\n");
    let c = with(&[CALM], &fragment);
    assert_eq!(findings(&c)[0], ("E0301", "play.yml".into(), "'calm_v1::rsi'".into()));
    // the same names on both sides do not meet
    let clash = "features: {rsi: {indicator: rsi, params: {length: 3}}}\n\
                 actions: {entry_long: {all: [{use: calm}, 'rsi < 30']}}\n";
    assert_eq!(program(&[CALM], clash).calls.len(), 2);
}

#[test]
fn what_nothing_uses_is_said() {
    let set = "id: s\nversion: 1\ntype: feature_set\nrequires: {features: {e: {indicator: ema}, f: {indicator: rsi}}}\n";
    let fragment = "features: {s: {use: s}}\nactions: {entry_long: 'close > open'}\n";
    assert_eq!(findings(&with(&[("s.yml", set)], fragment)), [("W0809", "play.yml".into(), "s".into())]);
    // but not which part of a set is not read
    let part = fragment.replace("close > open", "close > s.e");
    assert_eq!(with(&[("s.yml", set)], &part).diagnostics, []);
}

#[test]
fn words_of_a_set_are_words_in_a_block() {
    let block = (
        "bos.yml",
        "id: bos\nversion: 1\ntype: filter\nparams: {way: {type: choice, choices: [bullish, bearish], default: bullish}}\n\
         requires:\n  structures:\n    exec:\n      - {type: swing, key: swing, params: {left: 5, right: 5}}\n      \
         - {type: market_structure, key: ms, uses: swing}\nlogic: 'ms.bos_direction == ${way}'\n",
    );
    program(&[block], "actions: {entry_long: {use: bos, with: {way: bearish}}}\n");
}

#[test]
fn searches_go_through_to_the_parameter() {
    let fragment = "features: {x: {use: pair, with: {fast: {min: 5, max: 9, step: 2, default: 7}}}}\n\
                    actions: {entry_long: {all: ['x.fast > x.slow', {use: calm, with: {most: {choices: [40, 50]}}}]}}\n";
    let pair = (
        "pair.yml",
        "id: pair\nversion: 1\ntype: feature_set\nparams: {fast: {type: int, min: 2, max: 9}, slow: 30}\nrequires:\n  \
         features:\n    fast: {indicator: ema, params: {length: '${fast}'}}\n    \
         slow: {indicator: ema, params: {length: '${slow}'}}\n",
    );
    let c = with(&[pair, CALM], fragment);
    assert_eq!(findings(&c), []);
    let listed = driver::params::parameters(&c.ast, c.sources.get(c.source));
    let paths: Vec<_> = listed.iter().map(|p| (p.path.as_str(), p.default)).collect();
    assert_eq!(paths, [("features.x.with.fast", 7.0), ("actions.entry_long.cases[0].when#1", 40.0)]);
    let by_hand =
        fragment.replace("{min: 5, max: 9, step: 2, default: 7}", "7").replace("{choices: [40, 50]}", "40");
    let plain = program(&[pair, CALM], &by_hand);
    assert_eq!(bare(&c.program.expect("no findings")), bare(&plain));
}

#[test]
fn findings_in_a_block_show_both_places_in_every_form() {
    let inner = ("inner.yml", "id: inner\nversion: 1\ntype: filter\nlogic: 'close > emaa'\n");
    let outer = ("outer.yml", "id: outer\nversion: 1\ntype: filter\nlogic: {use: inner}\n");
    let c = with(&[inner, outer], "actions: {entry_long: {use: outer}}\n");
    assert_eq!(c.diagnostics.len(), 1);
    let d = &c.diagnostics[0];
    let places: Vec<_> = d.labels.iter().map(|l| (common::file(&c, l.span), slice(&c, l.span))).collect();
    let at = |file: &str, text: &str| (file.to_owned(), text.to_owned());
    assert_eq!(places, [at("inner.yml", "emaa"), at("outer.yml", "inner"), at("play.yml", "outer")]);
    let human = diagnostics::render::human(&c.sources, d, false);
    for part in ["inner.yml:4:17", "outer.yml:4:14", "play.yml:9:29", "used here"] {
        assert!(human.contains(part), "{part}: {human}");
    }
    assert!(diagnostics::render::short(&c.sources, d).starts_with("inner.yml:4:17: error[E0301]"));
    assert!(diagnostics::render::json(&c.sources, d).contains(r#""file":"play.yml""#));
    // a program's places are those of the Play
    let made = with(&[TREND], "actions: {entry_long: {use: trend}}\n").program.expect("it is right");
    let setup = &made.actions[0].cases[0].condition;
    assert_eq!((setup.place.line, setup.place.col), (9, 29));
    assert_eq!(setup.children[0].text, "close > ema");
}

#[test]
fn one_finding_is_said_once_for_all_uses() {
    let wrong = (
        "wrong.yml",
        "id: wrong\nversion: 1\ntype: filter\nparams: {n: 5}\nrequires:\n  features: {x: {indicator: ema, params: {length: '${n}'}}}\n\
         logic: 'close > x and close > y'\n",
    );
    let c =
        with(&[wrong], "actions: {entry_long: [{use: wrong}, {use: wrong, with: {n: 6}}, {use: wrong}]}\n");
    assert_eq!(findings(&c), [("E0301", "wrong.yml".into(), "y".into())]);
}

#[test]
fn the_hash_covers_the_blocks() {
    let fragment = "actions: {entry_long: {use: calm}}\n";
    let first = program(&[CALM], fragment).identity;
    assert_eq!(first, program(&[CALM, TREND], fragment).identity, "only what is used counts");
    let other = CALM.1.replace("params: {most: 60}", "params: {most: 60} # the usual");
    assert_ne!(first.source_hash, program(&[("calm_v1.yml", &other)], fragment).identity.source_hash);
    let text = explain::splice(explain::BASE_PLAY, "");
    let plain = compile("play.yml", &text, &Options::default()).program.expect("it is right");
    assert_eq!(plain.identity.source_hash, *blake3::hash(text.as_bytes()).as_bytes());
}

#[test]
fn the_nearest_block_counts() {
    let far = CALM.1.replace("60", "10");
    let text = explain::splice(explain::BASE_PLAY, "actions: {entry_long: {use: calm}}\n");
    let same = compile("play.yml", &text, &options(&[&[CALM], &[("far/calm_v1.yml", CALM.1)]]));
    assert_eq!(findings(&same), []);
    let c = compile("play.yml", &text, &options(&[&[CALM], &[("far/calm.yml", &far)]]));
    assert_eq!(findings(&c), [("W0810", "calm_v1.yml".into(), "calm".into())]);
    let made = c.program.expect("a warning only");
    assert_eq!(bare(&made), bare(&program(&[CALM], "actions: {entry_long: {use: calm}}\n")));
}

#[test]
fn a_block_alone_is_checked_with_its_defaults() {
    let text = "id: alone\nversion: 1\ntype: filter\nparams: {n: {type: int, min: 3, max: 9}, unused: 1}\nrequires:\n  \
                features:\n    a: {indicator: ema, params: {length: '${n}'}}\n    b: {indicator: ema}\n  blocks: {c: {use: calm}}\n\
                logic: {long: 'close > a', short: 'close < aa'}\n";
    let c = driver::check_block("blocks/alone.yml", text, &options(&[&[CALM]]));
    let found: Vec<_> = c.diagnostics.iter().map(|d| (d.code.as_str(), slice(&c, d.span()))).collect();
    assert_eq!(found, [("E0301", "aa".to_owned())], "an error hides what may follow from it");
    assert!(c.diagnostics.iter().all(|d| d.labels.iter().all(|l| l.span.source != SourceId(0))));
    let c = driver::check_block("blocks/alone.yml", &text.replace("aa", "a"), &options(&[&[CALM]]));
    let found: Vec<_> = c.diagnostics.iter().map(|d| (d.code.as_str(), slice(&c, d.span()))).collect();
    let leftovers = [("W0804", "unused"), ("W0802", "b"), ("W0809", "c")];
    assert_eq!(found, leftovers.map(|(code, text)| (code, text.to_owned())));
}
