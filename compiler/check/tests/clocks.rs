//! Clocks, windows, edges and warm-up as rules L7 to L10 and X11 say, seen in the IR.

mod play;

use bars::Timeframe;
use bytecode::Stage;
use ir::{CompareOp, Extent, Op, Value, ValueId};
use play::{compile, entry, play};
use stdlib::Field;

fn tf(text: &str) -> Timeframe {
    Timeframe::parse(text).expect(text)
}

fn module(condition: &str) -> ir::Module {
    let compiled = compile(&entry(condition));
    compiled.module.unwrap_or_else(|| panic!("{condition}: {:?}", compiled.all))
}

/// The condition of the entry.
fn root(module: &ir::Module) -> &Value {
    module.value(module.actions[0].cases[0].when)
}

/// `op` on `clock` over operands that are what `path` says, for a compact statement of a tree.
fn shape(module: &ir::Module, id: ValueId) -> String {
    let value = module.value(id);
    let clock = value.clock.map_or("const".to_owned(), |c| c.to_string());
    let of = |id: &ValueId| shape(module, *id);
    match &value.op {
        Op::Number(v) => format!("{v}"),
        Op::Field(field) => format!("{}@{clock}", field.name()),
        Op::Output { call, .. } => match &module.value(*call).op {
            Op::Call { builtin, .. } => format!("{}@{clock}", stdlib::builtin(*builtin).name),
            other => panic!("an output of {other:?}"),
        },
        Op::Position(field) => format!("{field:?}@{clock}"),
        Op::Align { a } => format!("{}->{clock}", of(a)),
        Op::Shift { a, bars } => format!("{}[{bars}]", of(a)),
        Op::Compare { a, b, .. } => format!("compare@{clock}({}, {})", of(a), of(b)),
        Op::Cross { a, b, .. } => format!("cross@{clock}({}, {})", of(a), of(b)),
        Op::Window { a, extent: Extent::Bars { bars, stride }, .. } => {
            format!("window@{clock}({bars} every {stride}: {})", of(a))
        }
        Op::Window { a, extent: Extent::TimeMs(ms), .. } => format!("window@{clock}({ms} ms: {})", of(a)),
        Op::All(items) => format!("all@{clock}({})", items.iter().map(of).collect::<Vec<_>>().join(", ")),
        Op::Sequence { steps, within, total } => {
            let steps: Vec<String> = steps.iter().map(of).collect();
            format!("then@{clock}({} within {within:?} total {total:?})", steps.join(", "))
        }
        Op::Setup { name, a } => format!("{name}({})", of(a)),
        other => format!("{other:?}"),
    }
}

fn entry_shape(condition: &str) -> String {
    let module = module(condition);
    shape(&module, module.actions[0].cases[0].when)
}

#[test]
fn slow_values_are_brought_to_the_clock_that_asks() {
    // L7: a comparison of slow values is slow; it is seen by the block as of its close.
    assert_eq!(entry_shape(r#""rsi_4h > 70""#), "compare@4h(rsi@4h, 70)->15m");
    assert_eq!(entry_shape(r#""close > ema_1h""#), "compare@15m(close@15m, ema@1h->15m)");
    // Each side as of now: a gap in the hours must not hold the four hours back.
    assert_eq!(entry_shape(r#""ema_1h > rsi_4h""#), "compare@15m(ema@1h->15m, rsi@4h->15m)");
    // History counts bars of the value's own clock, before it is brought anywhere.
    assert_eq!(entry_shape(r#""close > ema_1h[2]""#), "compare@15m(close@15m, ema@1h[2]->15m)");
    // X1: a condition on a faster value is asked when that closes.
    assert_eq!(entry_shape(r#""rsi_1m > rsi_14""#), "compare@1m(rsi@1m, rsi@15m->1m)");
    // On the longest clock of which both are multiples, where they do not nest.
    let text = play(&[
        ("features", "{ema_9: {indicator: ema}, a: {indicator: ema, tf: 10m}}"),
        ("actions", "\n  entry_long: [\"a > close\"]\n  exit_long: [\"close < ema_9\"]"),
    ]);
    let module = compile(&text).module.expect("the Play is right");
    assert_eq!(module.actions[0].clock, tf("5m"));
    assert_eq!(shape(&module, module.actions[0].cases[0].when), "compare@5m(ema@10m->5m, close@15m->5m)");
    // Connectives stand on the clock of the block.
    assert_eq!(
        entry_shape(r#""rsi_4h > 70 and close > open""#),
        "all@15m(compare@4h(rsi@4h, 70)->15m, compare@15m(close@15m, open@15m))"
    );
}

#[test]
fn crossovers_are_edges_on_the_clock_that_asks() {
    // L9: once for each slow bar, not on every fast bar after it.
    assert_eq!(entry_shape(r#""rsi_4h crosses above 70""#), "cross@15m(rsi@4h->15m, 70)");
    assert_eq!(entry_shape(r#""close crosses above ema_1h""#), "cross@15m(close@15m, ema@1h->15m)");
    // Inside a window over slow values alone, the clock that asks is theirs.
    assert_eq!(
        entry_shape(r#"{occurred_within: {bars: 3, expr: ["rsi_4h", "cross_above", 70]}}"#),
        "window@4h(3 every 1: cross@4h(rsi@4h, 70))->15m"
    );
}

#[test]
fn sequences_stand_on_the_finest_clock_of_their_steps() {
    // L9, L13: an hourly and a 4-hour step on the hours; `within` counts them.
    assert_eq!(
        entry_shape(r#"{then: ["ema_1h > 5", "rsi_4h > 50"], within: 3}"#),
        "then@1h(compare@1h(ema@1h, 5), compare@4h(rsi@4h, 50)->1h within [Some(Bars(3))] total None)->15m"
    );
    // Or bars of the anchor.
    assert_eq!(
        entry_shape(r#"{then: ["rsi_14 < 30", "rsi_14 > 50"], within: 3, anchor_tf: 1h}"#),
        "then@15m(compare@15m(rsi@15m, 30), compare@15m(rsi@15m, 50) within [Some(Bars(12))] total None)"
    );
    // The position is asked when the block is.
    assert_eq!(
        entry_shape(r#""then(rsi_4h > 50, bars_in_trade > 3, within_total: 5)""#),
        "then@15m(compare@4h(rsi@4h, 50)->15m, compare@15m(BarsInTrade@15m, 3) within [None] total Some(Bars(5)))"
    );
}

#[test]
fn windows_count_bars_of_what_they_look_at() {
    // L8: bars of the condition's clock ...
    assert_eq!(
        entry_shape(r#"{holds_for: {bars: 3, expr: ["rsi_4h", ">", 50]}}"#),
        "window@4h(3 every 1: compare@4h(rsi@4h, 50))->15m"
    );
    assert_eq!(
        entry_shape(r#"{holds_for: {bars: 3, expr: ["close", ">", "ema_1h"]}}"#),
        "window@15m(3 every 1: compare@15m(close@15m, ema@1h->15m))"
    );
    // ... or of the anchor.
    assert_eq!(
        entry_shape(r#"{holds_for: {bars: 3, anchor_tf: 1h, expr: ["rsi_14", ">", 50]}}"#),
        "window@15m(3 every 4: compare@15m(rsi@15m, 50))"
    );
    // An anchor faster than what is looked at: the condition is asked that often.
    assert_eq!(
        entry_shape(r#"{holds_for: {bars: 3, anchor_tf: 30m, expr: ["rsi_4h", ">", 50]}}"#),
        "window@30m(3 every 1: compare@4h(rsi@4h, 50)->30m)->15m"
    );
    // Durations are time.
    assert_eq!(
        entry_shape(r#"{holds_for_duration: {duration: 1h, expr: ["rsi_14", ">", 50]}}"#),
        "window@15m(3600000 ms: compare@15m(rsi@15m, 50))"
    );
}

#[test]
fn last_price_takes_its_block_to_the_minute() {
    // L10: with the bar values of the last closed bar.
    let module = module(r#""last_price > ema_9 and close > open""#);
    assert_eq!(module.actions[0].clock, Timeframe::M1);
    assert_eq!(module.actions[1].clock, tf("15m"));
    assert_eq!(
        shape(&module, module.actions[0].cases[0].when),
        "all@1m(compare@1m(close@1m, ema@15m->1m), compare@15m(close@15m, open@15m)->1m)"
    );
}

#[test]
fn a_setup_stands_on_the_clock_that_asks() {
    let text = play(&[
        ("setups", "\n  cross: [\"rsi_4h crosses above 50\"]"),
        (
            "actions",
            "\n  entry_long: [{setup: cross}, \"last_price > ema_9\"]\n  exit_long: [{setup: cross}]",
        ),
    ]);
    let module = compile(&text).module.expect("the Play is right");
    let entry = shape(&module, module.actions[0].cases[0].when);
    let exit = shape(&module, module.actions[1].cases[0].when);
    assert_eq!(entry, "all@1m(cross(cross@1m(rsi@4h->1m, 50)), compare@1m(close@1m, ema@15m->1m))");
    assert_eq!(exit, "cross(cross@15m(rsi@4h->15m, 50))");
}

#[test]
fn clocks_that_do_not_nest_meet_on_the_clock_that_asks() {
    let text = play(&[
        ("features", "{ema_9: {indicator: ema}, a: {indicator: ema, tf: 6h}, b: {indicator: ema, tf: 4h}}"),
        ("actions", "\n  entry_long: [\"a > b\"]\n  exit_long: [\"close < ema_9\"]"),
    ]);
    let module = compile(&text).module.expect("the Play is right");
    assert_eq!(shape(&module, module.actions[0].cases[0].when), "compare@15m(ema@6h->15m, ema@4h->15m)");
}

#[test]
fn the_position_moves_with_the_clock_that_asks() {
    let module = module(r#""unrealized_pnl_pct > 3 and rsi_14 > 50""#);
    assert_eq!(root(&module).stage, Stage::Position);
    assert_eq!(
        shape(&module, module.actions[0].cases[0].when),
        "all@15m(compare@15m(UnrealizedPnlPct@15m, 3), compare@15m(rsi@15m, 50))"
    );
    let exit = module.value(module.actions[1].cases[0].when);
    assert_eq!(exit.stage, Stage::Market);
}

#[test]
fn warm_up_adds_along_the_chain() {
    let need = |condition: &str, clock: &str| {
        let module = module(condition);
        root(&module).warmup.0.get(&tf(clock)).copied().unwrap_or(0)
    };
    let donchian = need(r#""close > donchian_20.middle""#, "15m");
    assert_eq!(donchian, 20);
    assert_eq!(need(r#""close > donchian_20.middle[3]""#, "15m"), 23);
    assert_eq!(need(r#""close crosses above donchian_20.middle""#, "15m"), 21);
    assert_eq!(need(r#"{holds_for: {bars: 5, expr: ["close", ">", "donchian_20.middle"]}}"#, "15m"), 24);
    assert_eq!(
        need(r#"{holds_for: {bars: 5, anchor_tf: 1h, expr: ["close", ">", "donchian_20.middle"]}}"#, "15m"),
        36
    );
    // Looking back over 5 bars of 15m asks for 1h bars of one or two hours more.
    let hour = need(r#""close > ema_1h""#, "1h");
    assert_eq!(need(r#"{holds_for: {bars: 5, expr: ["close", ">", "ema_1h"]}}"#, "1h"), hour + 1);
    // An average of an oscillator waits for both.
    let chained = play(&[
        (
            "features",
            "
  ema_9: {indicator: ema}
  top: {indicator: donchian}
  mean: {indicator: sma, source: top.upper, params: {length: 10}}",
        ),
        ("actions", "\n  entry_long: [\"close > mean\"]\n  exit_long: [\"close < ema_9\"]"),
    ]);
    let module = compile(&chained).module.expect("the Play is right");
    assert_eq!(root(&module).warmup.0[&tf("15m")], 29);
}

#[test]
fn words_and_truths_are_numbers_and_conditions() {
    let all = module(r#"["ms.bos_direction", "==", "BEARISH"]"#);
    let Op::Compare { op: CompareOp::Eq, b, .. } = root(&all).op else { panic!("{}", ir::print(&all)) };
    let words = match root(&all).op {
        Op::Compare { a, .. } => all.value(a).ty,
        _ => unreachable!("matched above"),
    };
    let ir::Ty::Number(stdlib::Type::Enum(words)) = words else { panic!("{words:?}") };
    let Op::Number(code) = all.value(b).op else { panic!("a word is a constant") };
    assert_eq!(words[code as usize], "bearish");

    let truth = module(r#"["ms.bos_this_bar", "==", 0]"#);
    assert!(matches!(root(&truth).op, Op::Not { .. }), "{}", ir::print(&truth));
}

#[test]
fn the_market_is_read_once() {
    // The same value written twice is one value.
    let all = module(r#""close > ema_9 and close < ema_21 and close[1] > ema_9""#);
    let closes = all.values.iter().filter(|v| v.op == Op::Field(Field::Close) && v.clock == Some(tf("15m")));
    assert_eq!(closes.count(), 1);
}

#[test]
fn every_output_and_setup_has_a_name() {
    let all = module(r#""close > open""#);
    let names: Vec<&str> = all.named.iter().map(|n| n.name.as_str()).collect();
    for expected in [
        "rsi_14",
        "macd.signal",
        "swing.high_level",
        "fib.level_0.618",
        "zones.zone1_state",
        "setup:pullback",
    ] {
        assert!(names.contains(&expected), "{expected} is not among {names:?}");
    }
}
