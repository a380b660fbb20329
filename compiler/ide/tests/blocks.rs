//! Plays that use blocks, and block files.

mod common;

use common::{At, HEAD, at_in};
use driver::{Library, Options, library};
use std::path::Path;

const DIP: &str = "\
id: dip
version: 1
type: entry
description: The RSI comes back from weakness.
params:
  length: {type: int, default: 14, min: 2, max: 200, description: bars of the RSI}
  border: {type: number, min: 0, max: 50}
  way: {type: choice, choices: [close, low], default: close}
  tf: {type: timeframe, default: exec}
  strict: true
requires:
  features:
    rsi: {indicator: rsi, tf: \"${tf}\", params: {length: \"${length}\"}}
  blocks:
    calm: {use: volatility_regime_v1}
logic:
  long: \"calm and rsi crosses above ${border} and ${way} > open and ${strict}\"
  short: \"rsi crosses below 100 - ${border}\"
";

fn options() -> Options {
    let file = |name: &str, text: &str| library::file(Path::new(name), text.as_bytes());
    let second = DIP.replace("version: 1", "version: 2");
    let folder = vec![file("/plays/blocks/dip_v1.yml", DIP), file("/plays/blocks/dip_v2.yml", &second)];
    Options { blocks: Library::new(vec![folder]), ..Options::default() }
}

fn play(rest: &str) -> At {
    at_in("/plays/test.yml", &format!("{HEAD}{rest}"), &options())
}

fn block(text: &str) -> At {
    at_in("/plays/blocks/dip_v1.yml", text, &options())
}

#[track_caller]
fn offers(cursor: &At, wanted: &[&str], unwanted: &[&str]) {
    let labels = cursor.labels();
    for label in wanted {
        assert!(labels.iter().any(|l| l == label), "no `{label}`: {labels:?}");
    }
    for label in unwanted {
        assert!(labels.iter().all(|l| l != label), "`{label}`: {labels:?}");
    }
}

#[test]
fn blocks_are_proposed_where_they_may_stand() {
    let long = play("actions:\n  entry_long: {use: $0");
    offers(
        &long,
        &["dip_v1", "dip_v2", "trend_filter_v1"],
        &["time_exit_v1", "momentum_set_v1", "atr_risk_v1"],
    );
    assert!(long.completed("dip_v1").ends_with("{use: dip_v1"));
    let typed = play("filters:\n  - use: tre$0");
    offers(&typed, &["trend_filter_v1"], &["time_exit_v1"]);
    assert!(typed.completed("trend_filter_v1").ends_with("- use: trend_filter_v1"));
    offers(&play("actions:\n  exit_long:\n    any: [{use: $0}]\n"), &["time_exit_v1"], &["atr_risk_v1"]);
    offers(&play("features:\n  m: {use: $0}\n"), &["momentum_set_v1"], &["trend_filter_v1"]);
    offers(&play("features:\n  - id: m\n    use: $0"), &["momentum_set_v1"], &["trend_filter_v1"]);
    offers(&play("risk_model: {use: $0}\n"), &["atr_risk_v1"], &["trend_filter_v1"]);
    offers(&play("actions:\n  entry_long: {use: dip, version: $0}\n"), &["1", "2"], &["3"]);
}

#[test]
fn keys_and_parameters_beside_use() {
    offers(
        &play("features:\n  m: {use: momentum_set_v1, $0}\n"),
        &["with", "version"],
        &["indicator", "use"],
    );
    offers(&play("features:\n  m: {$0}\n"), &["indicator", "use"], &["with"]);
    offers(&play("features:\n  - id: m\n    $0"), &["indicator", "use"], &["with"]);
    offers(&play("risk_model: {use: atr_risk_v1, $0}\n"), &["with", "stop_loss"], &["use"]);
    let with = play("actions:\n  entry_long: {use: dip_v1, with: {$0}}\n");
    offers(&with, &["length", "border", "way", "tf", "strict"], &["use"]);
    let all = with.analysis.completions(with.offset);
    let detail = |name: &str| all.iter().find(|c| c.label == name).map(|c| c.detail.clone());
    assert_eq!(detail("length").as_deref(), Some("int, 2 to 200; default 14; bars of the RSI"));
    assert_eq!(detail("border").as_deref(), Some("number, 0 to 50; required"));
    // what must be given comes first
    assert_eq!(all[0].label, "border");
    let rest = play("actions:\n  entry_long:\n    use: dip_v1\n    with:\n      length: 9\n      $0");
    offers(&rest, &["border"], &["length"]);
    // the block may be named behind the cursor
    offers(&play("actions:\n  entry_long: {with: {le$0}, use: dip_v1}\n"), &["length"], &[]);
    offers(&play("actions:\n  entry_long: {use: dip_v1, with: {way: $0}}\n"), &["close", "low"], &["high"]);
    offers(&play("actions:\n  entry_long: {use: dip_v1, with: {tf: $0}}\n"), &["exec", "high_tf", "4h"], &[]);
    offers(&play("actions:\n  entry_long: {use: dip_v1, with: {strict: $0}}\n"), &["true", "false"], &[]);
    offers(&play("actions:\n  entry_long: {use: dip_v1, with: {length: $0}}\n"), &["14"], &[]);
}

#[test]
fn hover_says_what_a_block_is() {
    let hover = |cursor: &At| cursor.analysis.hover(cursor.offset).expect("something is known").markdown;
    let used = hover(&play("actions:\n  entry_long: {use: di$0p_v1, with: {border: 30}}\n"));
    for part in
        ["block, `entry`", "comes back from weakness", "`length`: int, 2 to 200; default 14", "dip_v1.yml"]
    {
        assert!(used.contains(part), "{used}");
    }
    let param = hover(&play("actions:\n  entry_long: {use: dip_v1, with: {bor$0der: 30}}\n"));
    assert!(param.contains("number, 0 to 50; required") && param.contains("block `dip_v1`"), "{param}");
    let set = "features:\n  m: {use: momentum_set_v1}\nactions:\n  entry_long: \"";
    let alias = hover(&play(&format!("{set}m$0.rsi > 50\"\n")));
    assert!(alias.contains("momentum_set_v1") && alias.contains("`m.macd`"), "{alias}");
    let member = hover(&play(&format!("{set}m.rs$0i > 50\"\n")));
    assert!(member.contains("feature `rsi` of the block `momentum_set_v1`"), "{member}");
    let output = hover(&play(&format!("{set}m.macd.sig$0nal > 50\"\n")));
    assert!(output.contains("`signal`") && !output.contains("`histogram`"), "{output}");
}

#[test]
fn members_of_a_set_are_proposed() {
    let set = "features:\n  m: {use: momentum_set_v1}\nactions:\n  entry_long: \"";
    offers(&play(&format!("{set}$0")), &["m", "m.rsi", "m.macd.signal"], &[]);
    offers(&play(&format!("{set}m.$0")), &["rsi", "macd", "macd.signal"], &["m"]);
    offers(&play(&format!("{set}m.macd.$0")), &["signal", "histogram"], &["rsi"]);
}

#[test]
fn definitions_lead_into_the_block_file() {
    let at = |cursor: &At| {
        let place = cursor.analysis.definition_elsewhere(cursor.offset).expect("a place in a block");
        (place.name.clone(), place.text[place.range].to_owned())
    };
    let own = "/plays/blocks/dip_v1.yml".to_owned();
    let used = play("actions:\n  entry_long: {use: dip_$0v1, with: {border: 30}}\n");
    assert_eq!(at(&used), (own.clone(), "dip".into()));
    let param = play("actions:\n  entry_long: {use: dip_v1, with: {bor$0der: 30}}\n");
    assert_eq!(at(&param), (own, "border".into()));
    let (name, text) = at(&play("filters: {use: trend_fil$0ter_v1}\n"));
    assert_eq!((name.as_str(), text.as_str()), ("<standard>/trend_filter_v1.yml", "trend_filter"));
    let set = "features:\n  m: {use: momentum_set_v1}\nactions:\n  entry_long: \"m.ma$0cd.signal > 0\"\n";
    assert_eq!(at(&play(set)).1, "macd");
    // the alias itself is declared in the Play
    let alias = play(&set.replace("ma$0cd", "macd").replace("\"m.", "\"$0m."));
    let range = alias.analysis.definition(alias.offset).expect("declared above");
    assert_eq!(alias.slice(&range), "m");
}

#[test]
fn block_files_are_checked_as_blocks() {
    let codes = |text: &str| {
        let it = block(text);
        let of =
            |d: &diagnostics::Diagnostic| (d.code.as_str(), it.slice(&it.analysis.shown_at(d)).to_owned());
        it.analysis.diagnostics().iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(codes(&format!("{DIP}$0")), []);
    let wrong = DIP.replace("indicator: rsi", "indicator: rsii").replace("between", "$0");
    assert_eq!(codes(&format!("{wrong}$0")), [("E0304", "rsii".to_owned())]);
    let unused = DIP.replace(" and ${strict}", "$0");
    assert_eq!(codes(&unused), [("W0804", "strict".to_owned())]);
    let fixed = block(&format!("{wrong}$0")).analysis.fix_all().expect("a fix");
    assert_eq!(fixed.text, "");
}

#[test]
fn block_files_are_completed() {
    offers(&block("$0"), &["id", "type", "params", "requires", "logic"], &["symbol", "actions"]);
    offers(&block("id: dip\ntype: $0"), &["filter", "feature_set"], &["close"]);
    offers(&block("type: filter\nparams:\n  length: {$0}\n"), &["type", "default", "min"], &["indicator"]);
    offers(&block("type: filter\nparams:\n  length: {type: $0}\n"), &["int", "timeframe"], &[]);
    offers(&block("type: filter\nrequires:\n  $0"), &["features", "structures", "blocks"], &[]);
    offers(&block("type: filter\nrequires:\n  features:\n    x: {indicator: $0}\n"), &["ema"], &[]);
    offers(
        &block("type: filter\nrequires:\n  blocks:\n    x: {use: $0}\n"),
        &["trend_filter_v1"],
        &["dip_v1"],
    );
    offers(&block("type: risk\nlogic:\n  $0"), &["stop_loss", "sizing"], &["all"]);
    offers(&block("type: filter\nlogic:\n  $0"), &["long", "short", "all"], &["stop_loss"]);
    offers(&block(&DIP.replace("\"calm and", "\"$0 calm and")), &["rsi", "calm", "close"], &[]);
    offers(&block(&DIP.replace("${length}", "${$0")), &["length", "border"], &[]);
}

#[test]
fn parameters_are_followed_and_renamed_in_their_file() {
    let cursor = block(&DIP.replace("above ${bor", "above ${$0bor"));
    let range = cursor.analysis.definition(cursor.offset).expect("a parameter");
    assert_eq!(cursor.slice(&range), "border");
    assert_eq!(cursor.analysis.references(cursor.offset, true).len(), 3);
    let edits = cursor.analysis.rename(cursor.offset, "edge").expect("it is a name");
    assert_eq!(edits.len(), 3);
    assert!(cursor.analysis.rename(cursor.offset, "length").is_err());
    let feature = block(&DIP.replace("calm and rsi", "calm and $0rsi"));
    assert_eq!(feature.analysis.references(feature.offset, true).len(), 3);
    let hover = feature.analysis.hover(feature.offset).expect("a feature").markdown;
    // the timeframes are those of the Play that uses it
    assert!(hover.contains("with the defaults") && !hover.contains("low_tf"), "{hover}");
}

/// What a block calls so, in other documents.
#[test]
fn names_of_a_block_are_found_where_it_is_used() {
    let found = |block: &At, user: &At, file: &str| -> Vec<String> {
        let outward = block.analysis.outward(block.offset).expect("others write it too");
        let ranges = user.analysis.uses(file, &outward);
        assert!(ranges.iter().all(|r| user.slice(r) == outward.name), "{ranges:?}");
        ranges
            .iter()
            .map(|r| user.text[..r.start].rsplit([' ', '{', '"']).next().unwrap_or("").to_owned())
            .collect()
    };
    let border = block(&DIP.replace("above ${bor", "above ${$0bor"));
    let text = "setups:\n  border: {use: dip_v1, with: {border: 30, length: 9}}\nactions:\n  \
                entry_long: [{use: dip_v2, with: {border: 1}}, {use: dip, version: 1, with: {border: 2}}]\n$0";
    assert_eq!(found(&border, &play(text), "/plays/blocks/dip_v1.yml").len(), 2);
    assert_eq!(found(&border, &play(text), "/plays/blocks/dip_v2.yml").len(), 1);
    assert_eq!(found(&border, &play(text), "/elsewhere/dip_v1.yml").len(), 0);
    // a block that requires it
    let around = at_in(
        "/plays/blocks/around.yml",
        "id: around\nversion: 1\ntype: entry\nrequires:\n  blocks:\n    d: {use: dip_v1, with: {border: 5}}\nlogic: \"d\"\n$0",
        &options(),
    );
    assert_eq!(found(&border, &around, "/plays/blocks/dip_v1.yml").len(), 1);
    // what a feature of it is called is its own affair
    assert_eq!(block(&DIP.replace("calm and rsi", "calm and $0rsi")).analysis.outward(0), None);

    let text = "id: pair\nversion: 1\ntype: feature_set\nrequires:\n  features:\n    fa$0st: {indicator: ema, params: {length: 9}}\n";
    let set = at_in("/plays/blocks/pair.yml", text, &Options::default());
    let folder = vec![library::file(Path::new("/plays/blocks/pair.yml"), set.text.as_bytes())];
    let options = Options { blocks: Library::new(vec![folder]), ..Options::default() };
    let rest = "features:\n  p: {use: pair}\n  fast: {indicator: sma, params: {length: 3}}\n  \
                slope: {indicator: rsi, source: p.fast}\nactions:\n  entry_long: \"p.fast > fast and close > p.fast[2]\"\n$0";
    let user = at_in("/plays/test.yml", &format!("{HEAD}{rest}"), &options);
    assert_eq!(found(&set, &user, "/plays/blocks/pair.yml"), ["p.", "p.", "p."]);
}

#[test]
fn names_of_other_files_are_not_renamed_here() {
    let refused = |rest: &str| {
        let cursor = play(rest);
        cursor.analysis.renamable(cursor.offset).expect_err("it is declared elsewhere").0
    };
    let own = refused("actions:\n  entry_long: {use: dip_v1, with: {bor$0der: 30}}\n");
    assert!(own.contains("`border` is declared in /plays/blocks/dip_v1.yml"), "{own}");
    let standard = refused("filters: {use: trend_filter_v1, with: {len$0gth: 30}}\n");
    assert!(standard.contains("standard block"), "{standard}");
    let block = refused("actions:\n  entry_long: {use: di$0p_v1, with: {border: 30}}\n");
    assert!(block.contains("called after its file"), "{block}");
}
