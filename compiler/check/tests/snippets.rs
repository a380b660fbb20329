//! Each snippet gives exactly these findings at exactly these places, and nothing more: no cascades.

mod play;

use play::{compile, entry, mended, play};

/// Condition, then the findings as code and text.
const CONDITIONS: &[(&str, &[(&str, &str)])] = &[
    // names
    (r#"["ema_2l", ">", 1]"#, &[("E0301", "ema_2l")]),
    (r#""ema_2l > 1 and emaa > 2""#, &[("E0301", "ema_2l"), ("E0301", "emaa")]),
    (r#"["rsi", ">", 1]"#, &[("E0301", "rsi")]),
    (r#"["macd_signal", ">", 1]"#, &[("E0301", "macd_signal")]),
    (r#"["macd.sginal", ">", 1]"#, &[("E0302", "sginal")]),
    (r#"["supertrend.dir", ">", 1]"#, &[("E0302", "dir")]),
    (r#"["rsi_14.valeu", ">", 1]"#, &[("E0302", "valeu")]),
    (r#"["close.x", ">", 1]"#, &[("E0302", "x")]),
    (r#"["fib.level[0.7]", ">", 1]"#, &[("E0302", "level[0.7]")]),
    (r#"["swing", ">", 1]"#, &[("E0303", "swing")]),
    (r#"["macd", ">", 1]"#, &[("E0303", "macd")]),
    (r#"["close", ">", "swing"]"#, &[("E0303", "swing")]),
    (r#"{setup: pulback}"#, &[("E0306", "pulback")]),
    (r#""pullback and close > ema_9""#, &[]),
    (r#"["close", ">", "donchian_20"]"#, &[]),
    (r#""abss(close) > 1""#, &[("E0301", "abss")]),
    (r#""rsi(14) > 30""#, &[("E0301", "rsi")]),
    // families and history
    (r#"["close", ">", "fib.level[0.618]"]"#, &[]),
    (r#"["close", ">", "fib.level_0.618"]"#, &[]),
    (r#"["close", ">", "fib.level[0.500]"]"#, &[]),
    (r#"["zones.zone[0].state", "==", "active"]"#, &[]),
    (r#""close[3] > ema_9[1] and macd.histogram[2] > 0 and fib.level[0.618][1] > close""#, &[]),
    (r#"[{feature_id: macd, field: signal, offset: 2}, ">", 0]"#, &[]),
    (r#""donchian_20.upper[1] < close""#, &[]),
    // sequences and scores
    (r#"{then: ["close > ema_9", "rsi_14 > 50"], within: 3}"#, &[]),
    (r#"{then: ["rsi_4h > 50", "rsi_4h > 60"], within: 1h}"#, &[("W0701", "1h")]),
    (r#"{then: ["close > ema_9", "rsi_14 > 50", "rsi_14 > 60"], within_total: 1}"#, &[("W0701", "1")]),
    (r#""then(rsi_14 > 120, close > open, within: 3)""#, &[("W0701", "rsi_14 > 120")]),
    (
        r#"{score: [{when: "close > open", weight: 2}, {when: "rsi_14 > 50", weight: 1}], min: 4}"#,
        &[(
            "W0701",
            "score: [{when: \"close > open\", weight: 2}, {when: \"rsi_14 > 50\", weight: 1}], min: 4",
        )],
    ),
    (r#"{score: [{when: "close > open", weight: 0.7}, {when: "rsi_14 > 50", weight: 0.1}], min: 0.8}"#, &[]),
    (
        r#""score(min: -1, close > open: 2, rsi_14 > 50: -1)""#,
        &[("W0702", "score(min: -1, close > open: 2, rsi_14 > 50: -1)")],
    ),
    (r#""at_least(2, ema_99 > 1, close > open, ema_98 > 1)""#, &[("E0301", "ema_99"), ("E0301", "ema_98")]),
    // words
    (r#"["ms.bos_direction", "==", "bulish"]"#, &[("E0312", "bulish")]),
    (r#"["ms.bos_direction", "==", "up"]"#, &[("E0312", "up")]),
    (r#"["ms.bos_direction", "==", "BULLISH"]"#, &[]),
    (r#"["ms.bos_direction", "in", ["bullish", "nothing"]]"#, &[("E0312", "\"nothing\"")]),
    (r#"["trend.direction", "==", "bullish"]"#, &[("E0301", "bullish")]),
    (r#""position_side == long""#, &[]),
    (r#""position_side == both""#, &[("E0312", "both")]),
    // types
    (r#"["close", "==", 100]"#, &[("E0402", "\"==\"")]),
    (r#""close == ema_9""#, &[("E0402", "==")]),
    (r#""close in [1, 2]""#, &[("E0402", "close in [1, 2]")]),
    (r#"["trend.direction", "==", 1.0]"#, &[]),
    (r#"["supertrend.direction", "==", 1]"#, &[]),
    (r#"["ms.bos_this_bar", "==", 1]"#, &[]),
    (r#"["ms.bos_this_bar", "==", true]"#, &[]),
    (r#"["ms.bos_this_bar", "!=", 0]"#, &[]),
    (r#""ms.bos_this_bar""#, &[]),
    (r#"["ms.bos_this_bar", ">", 0]"#, &[("E0401", "0")]),
    (r#"["ms.bos_this_bar", "==", 2]"#, &[("E0401", "2")]),
    (r#"["ms.bos_direction", ">", 0]"#, &[("E0401", "\">\"")]),
    (r#"["ms.bos_direction", "==", 1]"#, &[("E0401", "1")]),
    (r#""ema_9""#, &[("E0406", "ema_9")]),
    (r#""ema_9 + (close > open) > 3""#, &[("E0407", "(close > open)")]),
    (r#""ms.bos_direction + 1 > 2""#, &[("E0401", "ms.bos_direction")]),
    (r#""(close > open) == false""#, &[]),
    // logic
    (r#"["rsi_14", ">", 120]"#, &[("W0701", r#"["rsi_14", ">", 120]"#)]),
    (r#"["rsi_14", ">=", 0]"#, &[("W0702", r#"["rsi_14", ">=", 0]"#)]),
    (r#""rsi_14 + 20 < 10""#, &[("W0701", "rsi_14 + 20 < 10")]),
    (r#"["trend.direction", "==", 2]"#, &[("W0701", r#"["trend.direction", "==", 2]"#)]),
    (r#""close > donchian_20.upper""#, &[("W0701", "close > donchian_20.upper")]),
    (r#""close crosses above donchian_20.upper""#, &[("W0701", "close crosses above donchian_20.upper")]),
    (r#""low > high""#, &[("W0701", "low > high")]),
    (r#""rsi_14 > 70 and rsi_14 < 30""#, &[("W0701", "rsi_14 < 30")]),
    (r#""rsi_14 > 30 and rsi_14 < 70""#, &[]),
    (r#""rsi_14 > 50 and rsi_14 > 60""#, &[("W0710", "rsi_14 > 50")]),
    (r#""rsi_14 > 50 and rsi_14 >= 50""#, &[("W0710", "rsi_14 >= 50")]),
    (r#""rsi_14 > 50 or rsi_14 > 60""#, &[("W0710", "rsi_14 > 60")]),
    (r#""close > ema_9 and close > ema_9""#, &[("W0710", "close > ema_9")]),
    (r#""ema_9 crosses above ema_21 and ema_9 > ema_21""#, &[("W0710", "ema_9 > ema_21")]),
    (r#""ema_9 crosses above ema_21 and ema_21 < ema_9""#, &[("W0710", "ema_21 < ema_9")]),
    (r#""ema_9 > ema_21 and (ema_9 crosses above ema_21 or close > open)""#, &[]),
    (r#""rsi_14 between 30 and 70 and rsi_14 > 50""#, &[]),
    (r#""rsi_14 between 30 and 70 and rsi_14 > 20""#, &[("W0710", "rsi_14 > 20")]),
    (r#""rsi_14 between 30 and 70 and rsi_14 > 80""#, &[("W0701", "rsi_14 > 80")]),
    (r#""rsi_14 crosses above 70 and rsi_14 < 60""#, &[("W0701", "rsi_14 < 60")]),
    (r#""rsi_14 crosses above 70 and rsi_14 crosses below 70""#, &[("W0701", "rsi_14 crosses below 70")]),
    (
        r#""ms.bos_direction == bullish and ms.bos_direction == bearish""#,
        &[("W0701", "ms.bos_direction == bearish")],
    ),
    (r#""setup(pullback) and close < open""#, &[("W0710", "close < open")]),
    (r#""ema_9 > ema_21 and ema_21 >= ema_9""#, &[("W0701", "ema_21 >= ema_9")]),
    (r#""rsi_14 < 60 or rsi_14 > 40""#, &[("W0702", "rsi_14 > 40")]),
    (r#"{setup: pullback}, ["close", ">", "open"]"#, &[("W0701", r#"["close", ">", "open"]"#)]),
    (r#"["close", "near_pct", "ema_9", 0.03]"#, &[("W0703", "0.03")]),
    (r#"["close", ">", "rsi_14"]"#, &[("W0705", r#"close", ">", "rsi_14"#)]),
    (r#""close + volume > 100000""#, &[("E0403", "close + volume")]),
    (r#""close + rsi_14 > 100000""#, &[("W0705", "close + rsi_14")]),
    // a fraction of something that is counted in hundredths
    (r#""rsi_14 < 0.3""#, &[("W0705", "0.3")]),
    (r#"["rsi_14", "cross_above", 0.7]"#, &[("W0705", "0.7")]),
    (r#""rsi_14 between 0.2 and 80""#, &[("W0705", "0.2")]),
    (r#""rsi_14 / 100 < 0.3 and rsi_14 > 1 and macd.histogram < 0.3""#, &[]),
    (r#""close between 200 and 100""#, &[("E0107", "200 and 100")]),
    // windows
    (r#"{holds_for: {bars: 3, anchor_tf: 1h, expr: ["rsi_14", ">", 50]}}"#, &[]),
    (r#"{holds_for: {bars: 3, anchor_tf: 5m, expr: ["rsi_14", ">", 50]}}"#, &[("E0404", "5m")]),
    (r#"{holds_for: {bars: 3, anchor_tf: 17m, expr: ["rsi_14", ">", 50]}}"#, &[("E0404", "17m")]),
    (r#"{count_true_duration: {duration: 1h, min_true: 9, expr: ["rsi_14", ">", 50]}}"#, &[("W0701", "9")]),
];

#[test]
fn conditions_are_told_what_is_wrong_with_them() {
    let mut problems = Vec::new();
    for (condition, expected) in CONDITIONS {
        let compiled = compile(&entry(condition));
        if compiled.findings() != *expected {
            problems
                .push(format!("{condition}\n  found    {:?}\n  expected {expected:?}", compiled.findings()));
        }
        let errors = compiled.all.iter().any(diagnostics::Diagnostic::is_error);
        if compiled.module.is_some() == errors {
            problems.push(format!("{condition}: a module is built exactly when there is no error"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Sections, then the findings.
type Case = (&'static [(&'static str, &'static str)], &'static [(&'static str, &'static str)]);

const SECTIONS: &[Case] = &[
    // timeframes
    (&[("timeframes", "{low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: 15m}")], &[("E0405", "15m")]),
    (&[("timeframes", "{low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: lowtf}")], &[("E0405", "lowtf")]),
    (&[("timeframes", "{low_tf: 15m, med_tf: 7m, high_tf: 4h, exec: low_tf}")], &[("E0404", "7m")]),
    (&[("timeframes", "{low_tf: 1h, med_tf: 15m, high_tf: 4h, exec: low_tf}")], &[("W0807", "15m")]),
    // features
    (&[("features", "{ema_9: {indicator: emma}}")], &[("E0304", "emma")]),
    (&[("features", "{ema_9: {indicator: bollinger}}")], &[("E0304", "bollinger")]),
    (&[("features", "{ema_9: {indicator: ema, params: {lenght: 9}}}")], &[("E0501", "lenght")]),
    (&[("features", "{ema_9: {indicator: ema, params: {period: 9}}}")], &[("E0501", "period")]),
    (&[("features", "{ema_9: {indicator: ema, params: {length: 0}}}")], &[("E0502", "0")]),
    (&[("features", "{ema_9: {indicator: ema, params: {length: 9.5}}}")], &[("E0503", "9.5")]),
    (&[("features", "{ema_9: {indicator: ema, params: {length: abc}}}")], &[("E0503", "abc")]),
    (&[("features", "{ema_9: {indicator: ema, params: {offset: 0}}}")], &[("W0806", "offset")]),
    (&[("features", "{ema_9: {indicator: ema, tf: 7m}}")], &[("E0404", "7m")]),
    (&[("features", "{ema_9: {indicator: ema, tf: high_tf}}")], &[]),
    (&[("features", "{ema_9: {indicator: ema, source: hl2}}")], &[]),
    (
        &[("features", "{r: {indicator: rsi}, ema_9: {indicator: ema, source: r}}")],
        &[("W0705", r#"close", ">", "ema_9"#), ("W0705", r#"close", "<", "ema_9"#)],
    ),
    (&[("features", "{ema_9: {indicator: ema, source: cloes}}")], &[("E0506", "cloes")]),
    (&[("features", "{ema_9: {indicator: ema, source: entry_price}}")], &[("E0409", "entry_price")]),
    (&[("features", "{ema_9: {indicator: ema, source: open_interest}}")], &[("E0408", "open_interest")]),
    (&[("structures", "{exec: [{type: swing, key: s, params: {atr_key: art_14}}]}")], &[("E0301", "art_14")]),
    (&[("features", "{r: {indicator: rsi, tf: 1h}, ema_9: {indicator: ema, source: r}}")], &[("E0506", "r")]),
    (
        &[("features", "{a: {indicator: ema, source: ema_9}, ema_9: {indicator: ema, source: a}}")],
        &[("E0313", "a")],
    ),
    (&[("features", "{close: {indicator: ema}, ema_9: {indicator: ema}}")], &[("E0308", "close")]),
    (&[("features", "{swing: {indicator: ema}, ema_9: {indicator: ema}}")], &[("E0308", "swing")]),
    (&[("features", "{ema_9: {indicator: macd, params: {fast: 30, slow: 10}}}")], &[("E0505", "30")]),
    (&[("features", "{ema_9: {indicator: ema, params: {length: {min: 5, max: 30, step: 5}}}}")], &[]),
    (
        &[("features", "{ema_9: {indicator: ema, params: {length: {min: 0, max: 30, step: 5}}}}")],
        &[("E0507", "{min: 0, max: 30, step: 5}")],
    ),
    (
        &[("features", "{ema_9: {indicator: ema, params: {length: {min: 5, max: 9000000, step: 5}}}}")],
        &[("E0507", "{min: 5, max: 9000000, step: 5}")],
    ),
    (
        &[("features", "{ema_9: {indicator: ema, params: {length: {min: 5, max: 30, step: 2.5}}}}")],
        &[("E0507", "{min: 5, max: 30, step: 2.5}")],
    ),
    (
        &[(
            "features",
            "{ema_9: {indicator: ema, params: {length: {min: 5, max: 30, step: 5, default: 0}}}}",
        )],
        &[("E0507", "{min: 5, max: 30, step: 5, default: 0}")],
    ),
    (
        &[("features", "{ema_9: {indicator: ema, params: {length: {choices: [9, 0]}}}}")],
        &[("E0507", "{choices: [9, 0]}")],
    ),
    (
        &[(
            "features",
            "{bands: {indicator: bbands, params: {std: {min: 0.5, max: 3, step: 0.5}}}, ema_9: {indicator: ema}}",
        )],
        &[],
    ),
    // structures
    (&[("structures", "{exec: [{type: swnig, key: swing}]}")], &[("E0305", "swnig")]),
    (
        &[("structures", "{exec: [{type: swing, key: s}, {type: trend, key: t, uses: ss}]}")],
        &[("E0310", "ss")],
    ),
    (&[("structures", "{exec: [{type: swing, key: s}, {type: trend, key: t}]}")], &[("E0311", "t")]),
    (
        &[("structures", "{high_tf: [{type: swing, key: s}], exec: [{type: trend, key: t, uses: s}]}")],
        &[("E0310", "s")],
    ),
    (&[("structures", "{exec: [{type: trend, key: t, uses: s}, {type: swing, key: s}]}")], &[]),
    // setups
    (&[("setups", "{a: {all: [{setup: b}]}, b: {all: [{setup: a}]}}")], &[("E0307", "a")]),
    // actions
    (
        &[(
            "actions",
            "
  - id: e
    cases:
      - when: [close, '>', ema_9]
        emit: [entry_long]
      - when: {all: [[close, '>', ema_9], [rsi_14, '>', 50]]}
        emit: [entry_short]
",
        )],
        &[("W0707", "when: {all: [[close, '>', ema_9], [rsi_14, '>', 50]]}\n        emit: [entry_short]")],
    ),
    (
        &[(
            "actions",
            "
  - id: e
    cases:
      - when: [rsi_14, '>', 50]
        emit: [entry_long]
      - when: [rsi_14, '>', 60]
        emit: [exit_long]
",
        )],
        &[("W0707", "when: [rsi_14, '>', 60]\n        emit: [exit_long]")],
    ),
    (
        &[(
            "actions",
            "
  - id: e
    cases:
      - when: [rsi_14, '>', 50]
        emit: [entry_long]
      - when: [rsi_14, '<=', 50]
        emit: [no_action]
    else: {emit: [exit_long]}
",
        )],
        &[("W0707", "exit_long")],
    ),
    // parameters and sections without effect
    (&[("validation", "{pattern: trendng}")], &[("E0107", "trendng")]),
    (&[("validation", "{pattern: trending}")], &[]),
    (
        &[(
            "structures",
            "
  exec:
    - {type: swing, key: swing}
    - {type: fibonacci, key: fib, uses: swing, params: {levels: [0.5], use_trend_anchor: true}}",
        )],
        &[("E0311", "fib")],
    ),
    (
        &[(
            "structures",
            "
  exec:
    - {type: swing, key: swing}
    - {type: trend, key: trend, uses: swing}
    - {type: fibonacci, key: fib, uses: [swing, trend], params: {levels: [0.5], use_trend_anchor: true}}",
        )],
        &[],
    ),
    (
        &[(
            "structures",
            "
  exec:
    - {type: swing, key: swing}
    - {type: displacement, key: disp, params: {body_atr_min: 1.2}}
    - {type: order_block, key: ob, uses: [swing, disp], params: {body_atr_min: 2, lookback: 4}}
    - {type: order_block, key: oc, uses: swing, params: {body_atr_min: 2}}
    - {type: order_block, key: od, uses: swing, params: {wick_ratio_max: 0.3, require_displacement: false}}",
        )],
        &[("W0806", "body_atr_min"), ("W0806", "wick_ratio_max")],
    ),
    // exits and risk
    (&[("position_policy", "{exit_mode: sl_tp_only}")], &[("E0602", "exit_long")]),
    (&[("position_policy", "")], &[("W0708", "exit_long")]),
    (&[("position_policy", "{exit_mode: sl_tp_only}"), ("risk", "")], &[("E0602", "exit_long")]),
    (
        &[
            ("position_policy", "{exit_mode: first_hit}"),
            ("risk", ""),
            ("actions", "\n  entry_long: [[close, '>', ema_9]]"),
        ],
        &[("E0603", "entry_long")],
    ),
    (
        &[
            ("position_policy", "{exit_mode: signal}"),
            ("risk", ""),
            ("actions", "\n  entry_long: [[close, '>', ema_9]]"),
        ],
        &[("W0709", "entry_long")],
    ),
    (
        &[
            ("position_policy", "{exit_mode: first_hit}"),
            ("risk", ""),
            ("actions", "\n  entry_long: [[close, '>', ema_9]]\n  exit_long: [[rsi_14, '>', 100]]"),
        ],
        &[("E0603", "entry_long"), ("W0701", "[rsi_14, '>', 100]")],
    ),
    // `signal` keeps stop and target for emergencies, so something must give one
    (
        &[("position_policy", "{exit_mode: signal}"), ("actions", "\n  entry_long: [[close, '>', ema_9]]")],
        &[("W0713", "signal")],
    ),
    (
        &[
            ("position_policy", "{exit_mode: signal}"),
            ("actions", "\n  entry_long: [[close, '>', ema_9]]\n  exit_long: [[rsi_14, '>', 100]]"),
        ],
        &[("W0713", "signal"), ("W0701", "[rsi_14, '>', 100]")],
    ),
    (
        &[
            ("position_policy", "{mode: long_short, exit_mode: signal}"),
            (
                "actions",
                "\n  entry_long: [[close, '>', ema_9]]\n  entry_short: [[close, '<', ema_9]]\n  exit_long: [[rsi_14, '>', 70]]",
            ),
        ],
        &[("W0713", "signal")],
    ),
    (
        &[
            ("position_policy", "{mode: long_short, allow_flip: true, exit_mode: signal}"),
            ("actions", "\n  entry_long: [[close, '>', ema_9]]\n  entry_short: [[close, '<', ema_9]]"),
        ],
        &[],
    ),
    (
        &[
            ("position_policy", "{mode: long_short, exit_mode: signal}"),
            (
                "actions",
                "\n  entry_long: [[close, '>', ema_9]]\n  entry_short: [[close, '<', ema_9]]\n  exit_all: [[rsi_14, '>', 70]]",
            ),
        ],
        &[],
    ),
    (&[("risk", "{take_profit_pct: 4}")], &[("W0709", "entry_long")]),
    (&[("risk", "{stop_loss_pct: 4}")], &[]),
    (
        &[("position_policy", "{mode: short_only, exit_mode: first_hit}")],
        &[("W0706", "entry_long"), ("W0706", "exit_long")],
    ),
    (&[("account", "{max_leverage: 5}")], &[("W0704", "2")]),
    // The leverage of the position counts, not the account's.
    (
        &[
            ("account", "{max_leverage: 10}"),
            ("risk", "{stop_loss_pct: 2, sizing: {model: percent_equity, value: 10, max_leverage: 1}}"),
        ],
        &[],
    ),
    (
        &[
            ("account", "{max_leverage: 1}"),
            ("risk", "{stop_loss_pct: 1, sizing: {model: risk_based, value: 5}}"),
        ],
        &[("W0711", "5")],
    ),
    (
        &[
            ("account", "{max_leverage: 1}"),
            ("risk", "{stop_loss_pct: 1, sizing: {model: risk_based, value: 0.5}}"),
        ],
        &[],
    ),
    (&[("risk", "{stop_loss_pct: 200}")], &[("E0604", "200")]),
    (
        &[
            ("account", "{max_leverage: 50}"),
            ("risk", "{stop_loss: {type: percent, value: 3, basis: price}}"),
        ],
        &[("E0605", "3")],
    ),
    (
        &[
            ("account", "{max_leverage: 50, on_sl_beyond_liq: adjust}"),
            ("risk", "{stop_loss: {type: percent, value: 3, basis: price}}"),
        ],
        &[],
    ),
    (
        &[("risk", "{stop_loss: {type: atr_multiple, value: 2, atr_feature_id: art_14}}")],
        &[("E0301", "art_14")],
    ),
    (
        &[("risk", "{stop_loss: {type: atr_multiple, value: 2}}")],
        &[("E0105", "stop_loss: {type: atr_multiple, value: 2}")],
    ),
    (&[("risk", "{stop_loss: {type: structure}}")], &[]),
    (
        &[("risk", "{stop_loss: {type: atr_multiple, value: 2, atr_feature_id: rsi_1m}}")],
        &[("E0404", "rsi_1m")],
    ),
    (&[("risk", "{stop_loss: {type: structure, level: last_price}}")], &[]),
    (&[("risk", "{stop_loss: {type: structure, level: swing.low_leve}}")], &[("E0302", "low_leve")]),
    (&[("risk", "{stop_loss: {type: structure, level: entry_price}}")], &[("E0409", "entry_price")]),
    (&[("risk", "{stop_loss: {type: trailing_atr, atr_feature_id: atr_14}}")], &[]),
];

#[test]
fn sections_are_told_what_is_wrong_with_them() {
    let mut problems = Vec::new();
    for (changes, expected) in SECTIONS {
        let compiled = compile(&play(changes));
        if compiled.findings() != *expected {
            problems
                .push(format!("{changes:?}\n  found    {:?}\n  expected {expected:?}", compiled.findings()));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn unused_declarations_are_told() {
    let text = play(&[("features", "{ema_9: {indicator: ema}, lonely: {indicator: rsi}}")]);
    let compiled = compile(&text);
    let unused: Vec<_> =
        compiled.all.iter().map(|d| (d.code.as_str(), compiled.source.slice(d.span()))).collect();
    // `swing` is used by the other structures, and they by nothing.
    let expected = [
        ("swing", "W0802"),
        ("trend", "W0802"),
        ("ms", "W0802"),
        ("fib", "W0802"),
        ("zones", "W0802"),
        ("lonely", "W0802"),
        ("pullback", "W0803"),
    ];
    let mut unused: Vec<(&str, &str)> = unused.into_iter().map(|(code, text)| (text, code)).collect();
    let mut expected = expected.to_vec();
    unused.sort_unstable();
    expected.sort_unstable();
    assert_eq!(unused, expected);
}

/// Condition, then the condition after its fix.
const FIXES: &[(&str, &str)] = &[
    (r#"["ema_2l", ">", 1]"#, r#"["ema_21", ">", 1]"#),
    (r#"["macd_signal", ">", 1]"#, r#"["macd.signal", ">", 1]"#),
    (r#"["macd.sginal", ">", 1]"#, r#"["macd.signal", ">", 1]"#),
    (r#"["macd", ">", 1]"#, r#"["macd.macd", ">", 1]"#),
    (r#"["ms.bos_direction", "==", "up"]"#, r#"["ms.bos_direction", "==", "bullish"]"#),
    (r#"["trend.direction", "==", "bearish"]"#, r#"["trend.direction", "==", "-1"]"#),
    (r#"{setup: pulback}"#, r#"{setup: pullback}"#),
    (r#"["close", "==", 100]"#, r#"["close", "near_pct", 100, 0.1]"#),
    (r#""close == ema_9""#, r#""close near_pct ema_9 within 0.1""#),
    (r#"["ms.bos_this_bar", ">", 0]"#, r#"["ms.bos_this_bar", "==", true]"#),
    (r#"["close", "near_pct", "ema_9", 0.03]"#, r#"["close", "near_pct", "ema_9", 3]"#),
    (r#""close between 200 and 100""#, r#""close between 100 and 200""#),
];

#[test]
fn fixes_mend_what_they_are_offered_for() {
    for (condition, expected) in FIXES {
        let compiled = compile(&entry(condition));
        let text = mended(&compiled).unwrap_or_else(|| panic!("{condition} has no fix"));
        assert_eq!(text, entry(expected), "{condition}");
        let again = compile(&text);
        assert!(again.module.is_some(), "{condition}: {:?}", again.findings());
    }
}

/// What reads a bar that has not closed yet, in every way it might be written (X14).
#[test]
fn the_future_cannot_be_written() {
    let conditions = [
        r#""close[-1] > open""#,
        r#""ema_1h[-1] > close""#,
        r#""macd.histogram[-2] > 0""#,
        r#""swing.high_level[-1] > close""#,
        r#"[{feature_id: ema_9, offset: -1}, ">", 0]"#,
        r#"[{feature_id: ema_9, offset: -1.5}, ">", 0]"#,
        r#""shift(close, -1) > open""#,
        r#"{holds_for: {bars: -3, expr: "close > open"}}"#,
        r#"{occurred_within: {bars: -3, expr: "close > open"}}"#,
        r#""count_true(-5, 1, close > open)""#,
        r#"{then: ["close > open", "rsi_14 > 50"], within: -2}"#,
        r#""then(close > open, rsi_14 > 50, within: [-2])""#,
        r#""then(close > open, rsi_14 > 50, within_total: -2)""#,
    ];
    for condition in conditions {
        let compiled = compile(&entry(condition));
        assert!(compiled.module.is_none(), "{condition} compiles");
        assert!(compiled.all.iter().any(diagnostics::Diagnostic::is_error), "{condition} has no error");
    }
    for features in
        ["{ema_9: {indicator: ema, params: {length: -9}}}", "{ema_9: {indicator: ema, source: 'close[-1]'}}"]
    {
        let compiled = compile(&play(&[("features", features)]));
        assert!(compiled.module.is_none(), "{features} compiles");
    }
    // Other engines shift an indicator by this; here it moves nothing, and says so.
    let compiled = compile(&play(&[("features", "{ema_9: {indicator: ema, params: {offset: -1}}}")]));
    assert_eq!(compiled.findings(), [("W0806", "offset")]);
}
