//! Every number of a Play that a search may vary is listed, once.

use std::collections::BTreeSet;

use driver::params::{Parameter, combinations, parameters};
use driver::{Compilation, Options, compile};
use syntax::ast::Candidates;

const PLAY: &str = r#"
version: "3.0.0"
name: "all_over"
symbol: "BTCUSDT"
timeframes: {low_tf: "15m", med_tf: "1h", high_tf: "4h", exec: "low_tf"}
variables:
  stop: {min: 1, max: 3, step: 0.5}
  unused: {choices: [1, 2]}
account:
  starting_equity_usdt: 10000
  max_leverage: {choices: [1, 2]}
  fee_model: {taker_bps: {choices: [5, 6]}, maker_bps: 2}
features:
  fast: {indicator: ema, params: {length: {min: 5, max: 20, step: 5, default: 10}}}
  slow: {indicator: ema, params: {length: {choices: [21, 34, 55]}}}
setups:
  low: {all: [["fast", "<", "slow"], ["rsi_14", "<", {min: 20, max: 40, step: 10}]]}
actions:
  - id: entry
    cases:
      - when: {holds_for: {bars: {choices: [2, 3]}, expr: ["fast", ">", "slow"]}}
        emit: [{action: entry_long}]
  - id: exit
    cases:
      - when: {all: [["fast", "<", "slow"], ["close", ">", {choices: [1, 2]}]]}
        emit: [{action: exit_long, percent: {choices: [50, 100]}}]
position_policy: {mode: long_only, exit_mode: first_hit}
risk:
  stop_loss_pct: "${stop}"
  take_profit: {type: rr_ratio, value: {choices: [1.5, 2]}}
  trailing: {trail_pct: "${stop}"}
  max_position_pct: {min: 0.1, max: 0.3, step: 0.1}
"#;

fn listed(play: &str) -> (Vec<Parameter>, Compilation) {
    let c = compile("play.yml", play, &Options::default());
    (parameters(&c.ast, c.sources.get(c.source)), c)
}

#[test]
fn they_are_listed_in_the_order_of_the_file() {
    let (found, _) = listed(PLAY);
    let rows: Vec<(&str, f64, u64)> = found.iter().map(|p| (p.path.as_str(), p.default, p.count())).collect();
    let expected = [
        ("variables.stop", 1.0, 5),
        ("account.max_leverage", 1.0, 2),
        ("account.fee_model.taker_bps", 5.0, 2),
        ("features.fast.params.length", 10.0, 4),
        ("features.slow.params.length", 21.0, 3),
        ("setups.low#1", 20.0, 3),
        ("actions.entry.cases[0].when#1", 2.0, 2),
        ("actions.exit.cases[0].when#1", 1.0, 2),
        ("actions.exit.cases[0].emit[0].percent", 50.0, 2),
        ("risk.take_profit.value", 1.5, 2),
        ("risk.max_position_pct", 0.1, 3),
    ];
    assert_eq!(rows, expected);
    assert_eq!(combinations(&found), Some(expected.iter().map(|e| e.2).product()));
}

/// The tree printed by its derived `Debug` shows every search, whatever field holds it.
#[test]
fn none_is_overlooked() {
    let (found, c) = listed(PLAY);
    let shown = format!("{:?}", c.ast);
    let spans: BTreeSet<&str> = shown
        .split("Search { candidates: ")
        .skip(1)
        .filter_map(|rest| rest.split("span: ").nth(1)?.split('}').next())
        .collect();
    // two uses of `${stop}`, and the variable that nothing uses
    assert_eq!(spans.len(), found.len() + 3, "{spans:#?}");
}

#[test]
fn an_alias_repeats_a_number() {
    let play =
        PLAY.replace("length: {min", "length: &length {min").replace("{choices: [21, 34, 55]}", "*length");
    let (found, _) = listed(&play);
    assert_eq!(found.iter().filter(|p| p.path.starts_with("features.")).count(), 1, "{found:#?}");
}

#[test]
fn counts_are_those_of_a_naive_loop() {
    for (min, max, step) in
        [(0.1, 0.3, 0.1), (5.0, 50.0, 5.0), (1.0, 2.0, 0.3), (0.0, 1.0, 0.001), (2.0, 2.0, 1.0)]
    {
        // in thousandths, where nothing is rounded
        let [low, high, by] = [min, max, step].map(|x: f64| (x * 1000.0).round() as u64);
        let p = Parameter {
            path: String::new(),
            candidates: Candidates::Steps { min, max, step },
            default: min,
            span: diagnostics::Span::default(),
        };
        assert_eq!(p.count(), (low..=high).step_by(by as usize).count() as u64, "{min} to {max} by {step}");
        assert_eq!(combinations(&vec![p; 100]).is_none(), min != max, "{min} to {max} by {step}");
    }
}
