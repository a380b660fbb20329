//! Whatever is written: no panic, a module exactly when there is no error, and the verifier tells a broken
//! module.

mod play;

use bars::Timeframe;
use bytecode::Stage;
use ir::{Op, Ty, ValueId};
use play::{compile, entry, play};
use proptest::prelude::*;

fn number() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("close".to_owned()),
        Just("ema_9".to_owned()),
        Just("ema_1h".to_owned()),
        Just("rsi_4h".to_owned()),
        Just("rsi_1m".to_owned()),
        Just("macd.signal".to_owned()),
        Just("donchian_20.upper[2]".to_owned()),
        Just("last_price".to_owned()),
        Just("bars_in_trade".to_owned()),
        Just("trend.direction".to_owned()),
        Just("ms.bos_this_bar".to_owned()),
        Just("ms.bos_direction".to_owned()),
        Just("fib.level[0.5]".to_owned()),
        Just("oi_delta(3)".to_owned()),
        Just("nothing".to_owned()),
        (-200i32..200).prop_map(|v| v.to_string()),
        (0.0..5.0f64).prop_map(|v| format!("{v:.2}")),
    ];
    leaf.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), "[-+*/%]", inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("max({a}, {b})")),
            inner.prop_map(|a| format!("abs({a})")),
        ]
    })
}

fn condition() -> impl Strategy<Value = String> {
    let op = prop_oneof![
        Just(">"),
        Just(">="),
        Just("<"),
        Just("<="),
        Just("=="),
        Just("!="),
        Just("crosses above")
    ];
    let leaf = prop_oneof![
        (number(), op, number()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (number(), number(), number()).prop_map(|(a, b, c)| format!("{a} between {b} and {c}")),
        (number(), number()).prop_map(|(a, b)| format!("{a} near_pct {b} within 2")),
        Just("ms.bos_direction == bullish".to_owned()),
        Just("ms.bos_this_bar".to_owned()),
        Just("pullback".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) or ({b})")),
            inner.clone().prop_map(|a| format!("not ({a})")),
            (inner.clone(), 1u32..20).prop_map(|(a, n)| format!("holds_for({n}, {a})")),
            (inner, 1u32..20).prop_map(|(a, n)| format!("occurred_within({n}, {a})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_condition_is_built_or_refused(condition in condition()) {
        let compiled = compile(&entry(&format!("{condition:?}")));
        let errors = compiled.all.iter().any(diagnostics::Diagnostic::is_error);
        prop_assert_eq!(compiled.module.is_some(), !errors, "{}: {:?}", condition, compiled.findings());
    }

    #[test]
    fn damaged_text_does_no_harm(at in 0usize..1500, cut in 0usize..40, put in ".{0,6}") {
        let mut text = play(&[]);
        let at = (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
        let end = (at..=(at + cut).min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(at);
        text.replace_range(at..end, &put);
        compile(&text);
    }
}

/// A module with every kind of op that a mutation may break.
fn module() -> ir::Module {
    let condition = r#""close > ema_1h[2] and rsi_14 crosses above 50 and unrealized_pnl_pct < 3""#;
    let window = r#"{holds_for: {bars: 3, expr: ["rsi_4h", ">", 50]}}"#;
    compile(&entry(&format!("{condition}, {window}"))).module.expect("the Play is right")
}

/// The first value whose op is as asked.
fn find(module: &ir::Module, is: impl Fn(&Op) -> bool) -> usize {
    module.values.iter().position(|v| is(&v.op)).expect("the module has such an op")
}

#[test]
fn the_verifier_tells_a_broken_module() {
    type Breaking = (&'static str, fn(&mut ir::Module));
    let broken: &[Breaking] = &[
        ("an operand that comes later", |m| {
            let at = find(m, |op| matches!(op, Op::Shift { .. }));
            m.values[at].op = Op::Shift { a: ValueId(at as u32), bars: 1 };
        }),
        ("an operand on another clock", |m| {
            let at = find(m, |op| matches!(op, Op::Align { .. }));
            let Op::Align { a } = m.values[at].op else { return };
            let user = find(m, |op| matches!(op, Op::Compare { b, .. } if b.0 as usize == at));
            if let Op::Compare { b, .. } = &mut m.values[user].op {
                *b = a;
            }
        }),
        ("an align to its own clock", |m| {
            let at = find(m, |op| matches!(op, Op::Align { .. }));
            let Op::Align { a } = m.values[at].op else { return };
            m.values[at].clock = m.value(a).clock;
        }),
        ("a condition where a number is read", |m| {
            let at = find(m, |op| matches!(op, Op::Shift { .. }));
            m.values[at].ty = Ty::Condition;
        }),
        ("a constant with a clock", |m| {
            let at = find(m, |op| matches!(op, Op::Number(_)));
            m.values[at].clock = Some(Timeframe::M1);
        }),
        ("a market value that reads the position", |m| {
            let at = find(m, |op| matches!(op, Op::All(_)));
            m.values[at].stage = Stage::Market;
        }),
        ("a value warm before its operand", |m| {
            let at = find(m, |op| matches!(op, Op::Cross { .. }));
            m.values[at].warmup = ir::Warmup::bars(Timeframe::M1, 1);
        }),
        ("a range that is empty", |m| m.values[0].range = stdlib::Range::new(1.0, 0.0)),
        ("a condition beyond true", |m| {
            let at = find(m, |op| matches!(op, Op::Cross { .. }));
            m.values[at].range = stdlib::Range::new(0.0, 2.0);
        }),
        ("a window without bars", |m| {
            let at = find(m, |op| matches!(op, Op::Window { .. }));
            if let Op::Window { extent, .. } = &mut m.values[at].op {
                *extent = ir::Extent::Bars { bars: 0, stride: 1 };
            }
        }),
        ("an output that does not exist", |m| {
            let at = find(m, |op| matches!(op, Op::Output { .. }));
            if let Op::Output { index, .. } = &mut m.values[at].op {
                *index = 99;
            }
        }),
        ("a call without its inputs", |m| {
            let at = find(m, |op| matches!(op, Op::Call { .. }));
            if let Op::Call { inputs, .. } = &mut m.values[at].op {
                inputs.clear();
            }
        }),
        ("a block on another clock", |m| m.actions[0].clock = Timeframe::WEEK),
        ("a number as a block's condition", |m| {
            m.actions[0].cases[0].when = ValueId(find(m, |op| matches!(op, Op::Shift { .. })) as u32);
        }),
        ("a condition that does not exist", |m| m.actions[0].cases[0].when = ValueId(u32::MAX)),
        ("a name twice", |m| {
            let again = m.named[0].clone();
            m.named.push(again);
        }),
    ];
    assert_eq!(ir::verify(&module()), Ok(()));
    for (what, breaks) in broken {
        let mut module = module();
        breaks(&mut module);
        assert!(ir::verify(&module).is_err(), "accepted: {what}");
    }
}

#[test]
fn printing_is_stable_and_whole() {
    let module = module();
    let text = ir::print(&module);
    assert_eq!(text, ir::print(&module));
    assert_eq!(text.lines().filter(|l| l.starts_with('%')).count(), module.values.len());
    assert!(text.contains("cross above"), "{text}");
}

#[test]
fn long_chains_and_deep_setups_are_taken_or_refused() {
    let chain: String = (0..3000)
        .rev()
        .map(|at| match at {
            0 => "\n  f0: {indicator: sma, params: {length: 2}}".to_owned(),
            _ => format!("\n  f{at}: {{indicator: sma, source: f{}, params: {{length: 2}}}}", at - 1),
        })
        .collect();
    let actions = "\n  entry_long: [\"close > f2999\"]\n  exit_long: [\"close < f2999\"]";
    let compiled = compile(&play(&[("features", &chain), ("actions", actions)]));
    let module = compiled.module.expect("a long chain is a Play");
    let root = module.value(module.actions[0].cases[0].when);
    assert_eq!(root.warmup.0[&Timeframe::parse("15m").expect("a timeframe")], 3001);

    // Every setup refers twice to the next: cheap only when each is looked at once.
    let setups: String = (0..500)
        .map(|at| format!("\n  s{at}: {{all: [{{setup: s{0}}}, {{setup: s{0}}}]}}", at + 1))
        .collect();
    let compiled = compile(&play(&[("setups", &format!("{setups}\n  s500: [\"close > open\"]"))]));
    assert!(compiled.findings().iter().all(|(code, _)| *code == "E0307"));
    let few: String =
        (0..50).map(|at| format!("\n  s{at}: {{all: [{{setup: s{0}}}, {{setup: s{0}}}]}}", at + 1)).collect();
    let compiled = compile(&play(&[("setups", &format!("{few}\n  s50: [\"close > open\"]"))]));
    assert!(compiled.module.is_some(), "{:?}", compiled.findings());
}
