//! A variant that is made from the program of another is the program that the compiler makes of it, to the last byte.

use driver::Options;
use driver::params::Parameter;
use driver::variants::Variants;
use proptest::prelude::*;

const PLAY: &str = r#"
version: "3.0.0"
name: open
symbol: BTCUSDT
timeframes: {low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low_tf}
VARIABLES
account: {starting_equity_usdt: 10000, max_leverage: 3}
features:
  fast: {indicator: ema, params: {length: {min: 5, max: 40, step: 5, default: 10}}}
  slow: {indicator: ema, params: {length: {choices: [21, 34, 55, 10, 20]}}}
  trend: {indicator: sma, tf: 4h, params: {length: {min: 2, max: 200, step: 1}}}
  smooth: {indicator: ema, source: fast, params: {length: {min: 1, max: 9, step: 2}}}
  again: {indicator: ema, source: slow, params: {length: {min: 1, max: 9, step: 2}}}
  macd: {indicator: macd, params: {fast: {min: 4, max: 40, step: 4}, slow: {choices: [26, 13, 5]}, signal: 9}}
  bands: {indicator: bbands, params: {length: 20, std: {min: 0.5, max: 3, step: 0.25}}}
  atr: {indicator: atr, params: {length: {min: 7, max: 21, step: 7}}}
structures:
  exec:
    - {type: swing, key: swing, params: {left: {min: 2, max: 8, step: 1}, right: {min: 2, max: 8, step: 1}}}
    - {type: fibonacci, key: fib, uses: [swing], params: {levels: {choices: [0.382, 0.5, 0.618]}}}
actions:
  entry_long: {all: ["fast crosses above slow", "close > trend", ["atr", ">", {min: 0, max: 2, step: 1}], "smooth[2] > again"]}
  entry_short: {all: ["macd.histogram < 0", "close < bands.lower", "close < swing.low_level"]}
  exit_long: "fast crosses below slow"
  exit_short: "macd.histogram crosses above 0"
position_policy: {mode: long_short, exit_mode: first_hit}
risk:
  stop_loss: {type: atr_multiple, atr_feature_id: atr, value: {min: 1, max: 3, step: 0.5}}
  take_profit: {type: rr_ratio, value: 2}
  sizing: {model: percent_equity, value: 20, max_leverage: 2}
"#;

fn variants(text: &str) -> Variants {
    Variants::new("play.yml", text.as_bytes(), Options::default())
}

/// Each parameter at the candidate with the number that is drawn for it.
fn chosen<'v>(variants: &'v Variants, numbers: &[u64]) -> Vec<(&'v Parameter, f64)> {
    variants.parameters.iter().zip(numbers).map(|(p, n)| (p, p.value(n % p.count()))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn made_and_compiled_are_the_same(numbers in prop::collection::vec(prop::collection::vec(0_u64..1000, 20), 8)) {
        let plain = variants(&PLAY.replace("VARIABLES", ""));
        prop_assert_eq!((plain.parameters.len(), plain.compiled(&[]).err()), (14, None));
        for numbers in numbers {
            let values = chosen(&plain, &numbers);
            prop_assert_eq!(plain.program(&values), plain.compiled(&values));
        }
    }
}

#[test]
fn neighbours_share_a_template_and_refusals_are_the_compilers() {
    let plain = variants(&PLAY.replace("VARIABLES", ""));
    let at = |path: &str| plain.parameters.iter().find(|p| p.path == path).expect("it is open");
    let (fast, slow) = (at("features.macd.params.fast"), at("features.macd.params.slow"));
    // `fast` above `slow` is no macd: said in the compiler's words
    let refused = plain.program(&[(fast, 40.0), (slow, 26.0)]).expect_err("fast above slow");
    assert!(refused.contains("less than"), "{refused}");
    let same = [(at("features.fast.params.length"), 10.0), (at("features.slow.params.length"), 10.0)];
    assert_eq!(plain.program(&same), plain.compiled(&same), "two averages that are one");
    let calls = plain.program(&[]).expect("right").calls.len();
    assert!(plain.compiled(&same).is_err() || plain.compiled(&same).expect("right").calls.len() < calls);
}

/// A range that a variable repeats is more than one parameter of one built-in.
#[test]
fn what_stands_at_several_places_is_compiled() {
    let text = PLAY
        .replace("VARIABLES", "variables: {n: {min: 5, max: 9, step: 1}}")
        .replace("length: {min: 2, max: 200, step: 1}", "length: \"${n}\"")
        .replace("{min: 7, max: 21, step: 7}", "\"${n}\"");
    let shared = variants(&text);
    for (at, parameter) in shared.parameters.iter().enumerate() {
        for value in parameter.values() {
            let values = [(parameter, value)];
            assert_eq!(
                shared.program(&values),
                shared.compiled(&values),
                "{at}: {} = {value}",
                parameter.path
            );
        }
    }
}
