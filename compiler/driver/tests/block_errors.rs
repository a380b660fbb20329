//! Every mistake with blocks is met with its code, at its place, with the fix where there is one.

mod common;

use common::{errors as findings, options, slice, with};
use diagnostics::explain;
use driver::compile;

const HEAD: &str = "id: b\nversion: 1\ntype: filter\n";
const PARAMS: &str = "params:\n  n: {type: int, default: 10, min: 2, max: 50}\n  x: {type: number, default: 1.5, min: 0}\n  \
                      on: {type: bool, default: true}\n  way: {type: choice, choices: [open, low], default: open}\n  \
                      tf: {type: timeframe, default: exec}\n";
/// Reads every parameter.
const USES_ALL: &str = "requires: {features: {a: {indicator: ema, tf: '${tf}', params: {length: '${n}'}}}}\n\
                        logic: 'close > a * ${x} and ${on} and ${way} > 0'\n";

/// A use of the block in an entry: the finding as code, file, text, and the text that its first fix puts in.
type Case = (&'static str, &'static str, &'static str, &'static str, Option<&'static str>);

fn check(block: &str, cases: &[Case]) {
    let mut failures = Vec::new();
    for &(used, code, file, text, fix) in cases {
        let c = with(&[("b.yml", block)], &format!("actions: {{entry_long: {{all: [{used}]}}}}\n"));
        let found = findings(&c);
        let expected = [(code, file.to_owned(), text.to_owned())];
        let first = c.diagnostics.first().and_then(|d| d.fixes.first());
        let mended = first.and_then(|f| f.edits.first()).map(|e| e.text.as_str());
        if found != expected || mended != fix {
            failures.push(format!("{used}: {found:?}, fix {mended:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn parameters_are_typed() {
    let block = format!("{HEAD}{PARAMS}{USES_ALL}");
    check(
        &block,
        &[
            ("{use: b, with: {m: 3}}", "E0501", "play.yml", "m", Some("n")),
            ("{use: b, with: {length: 3}}", "E0501", "play.yml", "length", None),
            ("{use: b, with: {n: 1}}", "E0502", "play.yml", "1", Some("2")),
            ("{use: b, with: {n: 51}}", "E0502", "play.yml", "51", Some("50")),
            ("{use: b, with: {x: -0.5}}", "E0502", "play.yml", "-0.5", Some("0")),
            ("{use: b, with: {n: 2.5}}", "E0503", "play.yml", "2.5", None),
            ("{use: b, with: {n: many}}", "E0503", "play.yml", "many", None),
            ("{use: b, with: {n: ~}}", "E0503", "play.yml", "~", None),
            ("{use: b, with: {n: [1, 2]}}", "E0503", "play.yml", "[1, 2]", None),
            ("{use: b, with: {x: true}}", "E0503", "play.yml", "true", None),
            ("{use: b, with: {on: 1}}", "E0503", "play.yml", "1", None),
            ("{use: b, with: {way: lov}}", "E0503", "play.yml", "lov", Some("low")),
            ("{use: b, with: {tf: 7m}}", "E0503", "play.yml", "7m", None),
            ("{use: b, with: {tf: mid_tf}}", "E0503", "play.yml", "mid_tf", None),
            (
                "{use: b, with: {n: {min: 1, max: 9, step: 1}}}",
                "E0507",
                "play.yml",
                "{min: 1, max: 9, step: 1}",
                None,
            ),
            (
                "{use: b, with: {n: {min: 2, max: 60, step: 1}}}",
                "E0507",
                "play.yml",
                "{min: 2, max: 60, step: 1}",
                None,
            ),
            (
                "{use: b, with: {n: {min: 2, max: 4, step: 0.5}}}",
                "E0507",
                "play.yml",
                "{min: 2, max: 4, step: 0.5}",
                None,
            ),
            ("{use: b, with: {n: {choices: [3, 99]}}}", "E0507", "play.yml", "{choices: [3, 99]}", None),
            ("{use: b, with: {way: {choices: [1, 2]}}}", "E0503", "play.yml", "{choices: [1, 2]}", None),
            ("{use: b, with: {n: {a: 1}}}", "E0106", "play.yml", "{a: 1}", None),
            ("{use: b, with: [1]}", "E0106", "play.yml", "[1]", None),
            ("{use: b, with: {n: '${k}'}}", "E0309", "play.yml", "${k}", None),
        ],
    );
    let open = format!("{HEAD}params: {{n: {{type: int}}}}\nlogic: 'close > ${{n}}'\n");
    check(&open, &[("{use: b}", "E0504", "play.yml", "b", None)]);
}

#[test]
fn names_versions_and_sides_are_checked() {
    let block = format!("{HEAD}logic: 'close > open'\n");
    check(
        &block,
        &[
            ("{use: bb}", "E0314", "play.yml", "bb", Some("b")),
            ("{use: trend_filterr_v1}", "E0314", "play.yml", "trend_filterr_v1", Some("trend_filter_v1")),
            ("{use: no_such_thing}", "E0314", "play.yml", "no_such_thing", None),
            ("{use: b_v2}", "E0315", "play.yml", "b_v2", Some("b_v1")),
            ("{use: b, version: 2}", "E0315", "play.yml", "2", Some("1")),
            ("{use: b_v1, version: 2}", "E0315", "play.yml", "2", None),
            ("{use: b, version: 1.2}", "E0107", "play.yml", "1.2", Some("1")),
            ("{use: b, version: '2'}", "E0107", "play.yml", "'2'", Some("2")),
            ("{use: b, side: long}", "E0318", "play.yml", "long", None),
            ("{use: b, side: both}", "E0107", "play.yml", "both", None),
            ("{use: ~}", "E0105", "play.yml", "use", None),
            ("{use: [b]}", "E0106", "play.yml", "[b]", None),
            ("{use: b, wiht: {n: 1}}", "E0104", "play.yml", "wiht", Some("with")),
            ("{with: {n: 1}}", "E0105", "play.yml", "with", None),
        ],
    );
    let sides = format!("{HEAD}logic: {{long: 'close > open'}}\n");
    check(
        &sides,
        &[
            ("{use: b, side: short}", "E0318", "play.yml", "short", None),
            ("{use: b, side: long}, {use: b, side: short}", "E0318", "play.yml", "short", None),
        ],
    );
    let c = with(&[("b.yml", &sides)], "actions: {entry_long: 'close > open', entry_short: {use: b}}\n");
    assert_eq!(findings(&c), [("E0318", "play.yml".into(), "b".into())]);
    for (section, at) in [
        ("setups: {s: {use: b}}\nactions: {entry_long: {setup: s}}\n", "b"),
        ("actions: {entry_long: 'close > open', exit_all: {use: b}}\n", "b"),
    ] {
        let c = with(&[("b.yml", &sides)], section);
        assert_eq!(findings(&c), [("E0318", "play.yml".into(), at.into())], "{section}");
    }
}

#[test]
fn a_block_stands_where_its_type_says() {
    let exit = "id: out\nversion: 1\ntype: exit\nlogic: 'close < open'\n";
    let set = "id: set\nversion: 1\ntype: feature_set\nrequires: {features: {e: {indicator: ema}}}\n";
    let risk = "id: risky\nversion: 1\ntype: risk\nlogic: {stop_loss: {value: 1}, take_profit: {value: 2}}\n";
    let filter = "id: f\nversion: 1\ntype: filter\nlogic: 'close > open'\n";
    let blocks = [("out.yml", exit), ("set.yml", set), ("risky.yml", risk), ("f.yml", filter)];
    for (fragment, found) in [
        ("actions: {entry_long: {use: out}}\n", vec![("E0317", "out")]),
        ("filters: {use: out}\n", vec![("E0317", "out")]),
        ("actions: {entry_long: 'close > open', exit_long: {use: out}}\n", vec![]),
        ("actions: {entry_long: {use: set}}\n", vec![("E0317", "set")]),
        ("actions: {entry_long: {use: risky}}\n", vec![("E0317", "risky")]),
        ("features: {s: {use: f}}\nactions: {entry_long: 'close > open'}\n", vec![("E0317", "f")]),
        ("risk: {use: f}\n", vec![("E0317", "f")]),
        ("features: {s: {use: set}}\nactions: {entry_long: 'close > s.f'}\n", vec![("E0302", "f")]),
        ("features: {s: {use: set}}\nactions: {entry_long: 'close > s'}\n", vec![("E0303", "s")]),
        (
            "features: {s: {use: set}, t: {indicator: ema, source: s.g}}\nactions: {entry_long: 'close > t'}\n",
            vec![("E0302", "s.g")],
        ),
        (
            "features: [{id: s, use: set}, {id: s, use: set}]\nactions: {entry_long: 'close > s.e'}\n",
            vec![("E0308", "s")],
        ),
        (
            "features: {s: {use: set, params: {length: 3}}}\nactions: {entry_long: 'close > s.e'}\n",
            vec![("E0104", "params")],
        ),
        ("risk: {use: risky, stop_loss_pct: 2}\n", vec![("E0104", "stop_loss_pct")]),
        ("use: f\n", vec![("E0104", "use")]),
        ("filters: {entry_long: {use: f}, exit_long: {use: f}}\n", vec![("E0104", "exit_long")]),
    ] {
        let c = with(&blocks, fragment);
        let of = |(code, text): &(&'static str, &str)| (*code, "play.yml".to_owned(), (*text).to_owned());
        assert_eq!(findings(&c), found.iter().map(of).collect::<Vec<_>>(), "{fragment}");
    }
}

#[test]
fn circles_and_floods_end() {
    let a = "id: a\nversion: 1\ntype: filter\nlogic: [{use: c}, 'close > open']\n";
    let c = "id: c\nversion: 1\ntype: filter\nrequires: {blocks: {it: {use: a}}}\nlogic: 'not it'\n";
    let found = with(&[("a.yml", a), ("c.yml", c)], "actions: {entry_long: {use: a}}\n");
    assert_eq!(findings(&found), [("E0316", "c.yml".into(), "a".into())]);
    let way: Vec<String> = found.diagnostics[0].labels.iter().map(|l| slice(&found, l.span)).collect();
    assert_eq!(way, ["a", "c", "c", "a"], "the place, the way round, and the way from the Play");
    // 40 blocks inside each other
    let deep: Vec<(String, String)> = (0..40)
        .map(|n| {
            (format!("d{n}.yml"), format!("id: d{n}\nversion: 1\ntype: filter\nlogic: {{use: d{}}}\n", n + 1))
        })
        .collect();
    let mut files: Vec<(&str, &str)> = deep.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    files.push(("d40.yml", "id: d40\nversion: 1\ntype: filter\nlogic: 'close > open'\n"));
    let found = with(&files, "actions: {entry_long: {use: d0}}\n");
    assert_eq!(findings(&found), [("E0316", "d31.yml".into(), "d32".into())]);
    assert_eq!(findings(&with(&files, "actions: {entry_long: {use: d20}}\n")), []);
    // each level uses the next one twice, with other parameters
    let wide: Vec<(String, String)> = (0..20)
        .map(|n| {
            let next = |d: u32| format!("{{use: w{}, with: {{n: \"${{n}}{d}\"}}}}", n + 1);
            let text = format!(
                "id: w{n}\nversion: 1\ntype: filter\nparams: {{n: {{type: int}}}}\nlogic: {{any: [{}, {}]}}\n",
                next(1),
                next(2)
            );
            (format!("w{n}.yml"), text)
        })
        .collect();
    let mut files: Vec<(&str, &str)> = wide.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    files.push((
        "w20.yml",
        "id: w20\nversion: 1\ntype: filter\nparams: {n: {type: int}}\nlogic: 'close > ${n}'\n",
    ));
    let found = with(&files, "actions: {entry_long: {use: w0, with: {n: 1}}}\n");
    assert!(findings(&found).iter().all(|f| f.0 == "E0316" || f.0 == "E0503"), "{:?}", findings(&found));
    assert!(found.has_errors());
}

#[test]
fn several_files_of_a_name_are_told_apart() {
    let v = |n: u32| format!("id: b\nversion: {n}\ntype: filter\nlogic: 'close > {n}'\n");
    let (one, two) = (v(1), v(2));
    let files = [("b_v1.yml", one.as_str()), ("b_v2.yml", two.as_str())];
    let found = |used: &str| {
        let c = with(&files, &format!("actions: {{entry_long: {{{used}}}}}\n"));
        findings(&c)
    };
    assert_eq!(found("use: b"), [("E0315", "play.yml".to_owned(), "b".to_owned())]);
    assert_eq!(found("use: b_v2"), []);
    assert_eq!(found("use: b, version: 1"), []);
    // the same version twice in one folder
    let twice =
        [("b.yml", one.as_str()), ("b_v1.yml", "id: b_v1\nversion: 1\ntype: filter\nlogic: 'close > 3'\n")];
    let c = with(&twice, "actions: {entry_long: {use: b}}\n");
    assert_eq!(findings(&c), [("E0315", "b.yml".into(), "b".into())]);
    assert_eq!(common::file(&c, c.diagnostics[0].labels[1].span), "b_v1.yml");
    // what the file, the id and the version say must agree
    for (name, head, at) in [
        ("b_v2.yml", "id: b\nversion: 1\n", "1"),
        ("b_v2.yml", "id: b_v2\nversion: 3\n", "3"),
        ("b.yml", "id: c\nversion: 1\n", "c"),
        ("b.yml", "name: b_v1\nversion: 2\n", "2"),
    ] {
        let text = format!("{head}type: filter\nlogic: 'close > open'\n");
        let c = with(&[(name, &text)], "actions: {entry_long: {use: b}}\n");
        assert_eq!(findings(&c), [("E0315", name.into(), at.into())], "{name} {head}");
    }
}

#[test]
fn block_files_are_read_like_plays() {
    for (text, found) in [
        ("", vec![("E0105", "")]),
        ("[1]\n", vec![("E0106", "[1]")]),
        ("id: b\nversion: 1\ntype: filter\n", vec![("E0105", "id")]),
        ("id: b\ntype: filter\nlogic: 'close > open'\n", vec![("E0105", "id")]),
        ("id: b\nversion: 1\nlogic: 'close > open'\n", vec![("E0105", "id")]),
        ("id: b\nversion: one\ntype: filter\nlogic: 'close > open'\n", vec![("E0107", "one")]),
        ("id: b\nversion: 1\ntype: filtre\nlogic: 'close > open'\n", vec![("E0107", "filtre")]),
        ("id: b\nversion: 1\ntype: filter\nlogik: 1\nlogic: 'close > open'\n", vec![("E0104", "logik")]),
        ("id: b\nversion: 1\ntype: filter\nlogic: 'close >'\n", vec![("E0201", ">")]),
        (
            "id: b\nversion: 1\ntype: filter\nlogic: {long: 'close > open', shrot: 'close < open'}\n",
            vec![("E0104", "shrot")],
        ),
        ("id: b\nversion: 1\ntype: filter\nlogic: 'close > ${n}'\n", vec![("E0309", "${n}")]),
        (
            "id: b\nversion: 1\ntype: filter\nparams: {n: 1}\nlogic: 'close > ${m} + ${n}'\n",
            vec![("E0309", "${m}")],
        ),
        ("id: b\nversion: 1\ntype: filter\nparams: {n: up}\nlogic: 'close > ${n}'\n", vec![("E0107", "up")]),
        (
            "id: b\nversion: 1\ntype: filter\nparams: {n: {default: 3}}\nlogic: 'close > ${n}'\n",
            vec![("E0105", "n")],
        ),
        (
            "id: b\nversion: 1\ntype: filter\nparams: {n: {type: int, default: 3, choices: [3]}}\nlogic: 'close > ${n}'\n",
            vec![("E0107", "int")],
        ),
        (
            "id: b\nversion: 1\ntype: filter\nparams: {n: {type: int, default: 3, min: 4}}\nlogic: 'close > ${n}'\n",
            vec![("E0502", "3")],
        ),
        (
            "id: b\nversion: 1\ntype: filter\nrequires: {feature: {}}\nlogic: 'close > open'\n",
            vec![("E0104", "feature")],
        ),
        (
            "id: b\nversion: 1\ntype: filter\nrequires: {features: {e: {indicator: emma}}}\nlogic: 'close > e'\n",
            vec![("E0304", "emma")],
        ),
        (
            "id: b\nversion: 1\ntype: filter\nrequires: {blocks: {c: 3}}\nlogic: 'close > open'\n",
            vec![("E0105", "c")],
        ),
        (
            "id: b\nversion: 1\ntype: filter\nrequires: {blocks: {c: {use: bb}}}\nlogic: c\n",
            vec![("E0314", "bb")],
        ),
        (
            "id: b\nversion: 1\ntype: filter\nrequires: {blocks: {c: {use: trend_filter_v1}}}\nlogic: 'c + 1 > 2'\n",
            vec![("E0318", "trend_filter_v1")],
        ),
        ("id: b\nversion: 1\ntype: filter\nlogic: {setup: s}\n", vec![("E0306", "s")]),
        (
            "id: b\nversion: 1\ntype: filter\ndescription: \"caf\u{fffd}\"\nlogic: 'close > open'\n",
            vec![("E0109", "\u{fffd}")],
        ),
    ] {
        let c = with(&[("b.yml", text)], "actions: {entry_long: {use: b}}\n");
        let of = |(code, text): &(&'static str, &str)| (*code, "b.yml".to_owned(), (*text).to_owned());
        assert_eq!(findings(&c), found.iter().map(of).collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn a_wrong_structure_stop_is_refused_in_the_block() {
    let risk = "id: r\nversion: 1\ntype: risk\nlogic:\n  stop_loss: {type: structure, buffer_pct: 0.1}\n  take_profit: {type: percent, value: 2}\n";
    let fragment =
        "structures: {exec: [{type: swing, key: swing, params: {left: 5, right: 5}}]}\nrisk: {use: r}\n";
    let c = with(&[("r.yml", risk)], fragment);
    let found: Vec<_> = findings(&c).into_iter().map(|f| (f.0, f.1)).collect();
    assert_eq!(found, [("E0311", "r.yml".to_owned())]);
}

#[test]
fn fixes_mend_the_play_and_leave_blocks_alone() {
    let text = explain::splice(
        explain::BASE_PLAY,
        "filters: {use: trend_filter_v1, with: {lenght: 100}}\n\
         actions: {entry_long: {all: [{use: trend_filterr_v1}, {use: b}]}}\n",
    );
    let wrong =
        "id: b\nversion: 1\ntype: filter\nrequires: {features: {e: {indicator: emma}}}\nlogic: 'close > e'\n";
    let options = options(&[&[("b.yml", wrong)]]);
    let fixed = driver::fix::fix("play.yml", &text, &options);
    assert!(
        fixed.text().contains("with: {length: 100}}") && fixed.text().contains("{use: trend_filter_v1}"),
        "{}",
        fixed.text()
    );
    let left = findings(&compile("play.yml", fixed.text(), &options));
    assert_eq!(left, [("E0304", "b.yml".to_owned(), "emma".to_owned())]);
}
