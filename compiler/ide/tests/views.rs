//! Hover, symbols, tokens, hints, fixes.

mod common;

use common::{HEAD, at, in_play};
use ide::{SymbolKind, TokenKind};

#[track_caller]
fn hover(rest: &str, wanted: &[&str]) {
    let cursor = in_play(rest);
    let hover = cursor.analysis.hover(cursor.offset).unwrap_or_else(|| panic!("nothing at {rest:?}"));
    for part in wanted {
        assert!(hover.markdown.contains(part), "no {part:?} in\n{}", hover.markdown);
    }
    assert!(hover.range.start <= cursor.offset && cursor.offset <= hover.range.end);
}

#[test]
fn hovers_say_what_is_known() {
    let long = |text: &str| format!("actions:\n  entry_long: {text}\n");
    hover(
        &long("\"rsi$0_14 < 30\""),
        &["feature `rsi`", "15m (low_tf, exec)", "warm after", "oscillator", "0 to 100", "100 * G / (G + Q)"],
    );
    hover(&long("\"close > ema_$021\""), &["timeframe 1h (med_tf)", "price"]);
    hover(&long("\"macd.hist$0ogram > 0\""), &["macd.histogram", "price difference", "warm after"]);
    hover(&long("\"swing.high$0_level < close\""), &["swing.high_level", "price"]);
    hover(&long("\"sw$0ing.high_level < close\""), &["structure `swing`"]);
    hover(&long("\"ca$0lm\""), &["setup", "rsi_14 between 40 and 60"]);
    hover(&long("\"clo$0se > 1\""), &["column", "price"]);
    hover(&long("\"ema_9 crosses ab$0ove ema_21\""), &["true on one bar"]);
    hover(&long("[ema_9, \"$0>\", ema_21]"), &["greater"]);
    hover(&long("\"ab$0s(close) > 1\""), &["without its sign"]);
    hover("entry: {order_ty$0pe: LIMIT}\n", &["how entries are ordered", "MARKET"]);
    hover("entry: {order_type: LIM$0IT}\n", &["away from"]);
    hover("risk_$0model: {}\n", &["sizing"]);
}

#[test]
fn hovers_in_declarations() {
    let hover = |text: &str| {
        let cursor = at(&format!("{HEAD}{text}actions: {{entry_long: \"close > 1\"}}\n"));
        cursor.analysis.hover(cursor.offset).map(|h| h.markdown).unwrap_or_default()
    };
    assert!(hover("features:\n  x: {indicator: r$0si}\n").contains("## Formula"));
    assert!(hover("features:\n  x: {indicator: rsi, params: {len$0gth: 9}}\n").contains("int, 2 to"));
    assert!(hover("features:\n  x: {indicator: rsi, tf: 1$0h}\n").contains("1h (med_tf)"));
    assert!(hover("features:\n  x: {indicator: rsi, tf: hig$0h_tf}\n").contains("`4h`"));
    assert!(
        hover("variables: {n: 9}\nfeatures:\n  x: {indicator: rsi, params: {length: \"${$0n}\"}}\n")
            .contains("variable")
    );
    // diagnostics bring their pages
    assert!(hover("features:\n  x: {indicator: rsii$0}\n").contains("E0304"));
    assert!(
        hover("features:\n  x: {indicator: rsi, params: {length: 1$0}}\n").contains("playc explain E0502")
    );
}

#[test]
fn symbols_are_sections_and_what_they_declare() {
    let cursor = in_play("actions:\n  entry_long: \"ema_9 > 1\"\n$0");
    let symbols = cursor.analysis.symbols();
    let find = |name: &str| symbols.iter().find(|s| s.name == name).unwrap_or_else(|| panic!("no {name}"));
    let names = |name: &str| find(name).children.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
    assert_eq!(names("features"), ["ema_9", "ema_21", "rsi_14", "macd", "atr_14"]);
    assert_eq!(names("structures"), ["swing", "ms"]);
    assert_eq!(names("setups"), ["calm"]);
    assert_eq!(names("actions"), ["entry_long"]);
    assert_eq!(find("features").children[0].detail, "ema");
    assert_eq!(find("setups").children[0].kind, SymbolKind::Setup);
    for symbol in symbols.iter().flat_map(|s| s.children.iter().chain([s])) {
        assert!(symbol.range.start <= symbol.name_range.start && symbol.name_range.end <= symbol.range.end);
    }
    let blocks = in_play("actions:\n  - id: entry\n    cases:\n      - {when: true, emit: [entry_long]}\n$0");
    let actions = blocks.analysis.symbols().pop().expect("the last section");
    assert_eq!(actions.children[0].name, "entry");
}

#[test]
fn tokens_tell_names_from_words() {
    let cursor = in_play(
        "# head\nactions:\n  entry_long: \"ema_9 > 30 and ms.bos_direction == bullish \
         and close > 1 and calm\" # why\n$0",
    );
    let tokens = cursor.analysis.tokens();
    for pair in tokens.windows(2) {
        assert!(pair[0].range.end <= pair[1].range.start, "{pair:?}");
    }
    let line = cursor.text.rfind("entry_long").expect("the last line");
    let kinds: Vec<(&str, TokenKind)> =
        tokens.iter().filter(|t| t.range.start >= line).map(|t| (cursor.slice(&t.range), t.kind)).collect();
    let wanted = [
        ("entry_long", TokenKind::Key),
        ("ema_9", TokenKind::Feature),
        (">", TokenKind::Operator),
        ("30", TokenKind::Number),
        ("and", TokenKind::Operator),
        ("ms", TokenKind::Structure),
        ("bos_direction", TokenKind::Output),
        ("==", TokenKind::Operator),
        ("bullish", TokenKind::Word),
        ("and", TokenKind::Operator),
        ("close", TokenKind::Variable),
        (">", TokenKind::Operator),
        ("1", TokenKind::Number),
        ("and", TokenKind::Operator),
        ("calm", TokenKind::Setup),
        ("# why", TokenKind::Comment),
    ];
    assert_eq!(kinds, wanted);
    let declared = tokens.iter().find(|t| t.is_declaration && t.kind == TokenKind::Feature);
    assert_eq!(declared.map(|t| cursor.slice(&t.range)), Some("ema_9"));
}

#[test]
fn hints_are_warm_up_and_price_distance() {
    let cursor = in_play("actions:\n  entry_long: \"ema_9 > 1 and calm\"\n$0");
    let hints = cursor.analysis.hints(&(0..cursor.text.len()));
    let texts: Vec<&str> = hints.iter().map(|h| h.text.as_str()).collect();
    // 8 and 12 percent of the margin at leverage 4
    assert!(texts.contains(&"2 % of price") && texts.contains(&"3 % of price"), "{texts:?}");
    let after = |name: &str| {
        let line = cursor.text.find(&format!("  {name}: ")).expect("a feature");
        let end = line + cursor.text[line..].find('\n').expect("its line");
        hints.iter().find(|h| h.offset == end).map(|h| h.text.clone())
    };
    // the catalogue's own figures
    let row = stdlib::builtin(stdlib::lookup(stdlib::Kind::Indicator, "rsi").expect("rsi is there"));
    let params = stdlib::Params(vec![stdlib::Value::Int(14)]);
    let tolerance = stdlib::Warmup { tolerance: 1e-4, period_ms: 900_000 };
    let bars = (row.warmup)(&params, tolerance);
    assert_eq!(after("rsi_14").expect("a hint"), format!("warm after {bars} bars of 15m"));
    assert!(after("ema_21").expect("a hint").ends_with("bars of 1h"));
    // with an error somewhere the hints stay
    let broken = in_play("actions:\n  entry_long: \"nothing > 1\"\n$0");
    let hints = broken.analysis.hints(&(0..broken.text.len()));
    assert!(hints.iter().any(|h| h.text == format!("warm after {bars} bars of 15m")), "{hints:?}");
}

#[test]
fn fixes_can_be_chosen_and_made_at_once() {
    let cursor = in_play("actions:\n  entry_lon$0g: \"emma_9 > 1 && close > 2\"\n");
    let all = cursor.analysis.actions(&(0..cursor.text.len()));
    assert!(all.iter().any(|a| a.title.contains("ema_9")), "{all:?}");
    let fixed = cursor.analysis.fix_all().expect("there is a sure fix");
    let mut text = cursor.text.clone();
    text.replace_range(fixed.range, &fixed.text);
    assert!(text.contains("\"ema_9 > 1 and close > 2\""), "{text}");
    assert!(cursor.analysis.actions(&(0..3)).is_empty());
    assert!(ide::Analysis::new("x", &text, &driver::Options::default()).fix_all().is_none());
}
