//! A small Play whose sections tests replace.
#![allow(dead_code, reason = "each test file uses a part")]

use diagnostics::{Code, Diagnostic, Source, SourceId};

const SECTIONS: &[(&str, &str)] = &[
    ("version", "\"3.0.0\""),
    ("name", "snippet"),
    ("symbol", "BTCUSDT"),
    ("timeframes", "{low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low_tf}"),
    ("account", "{starting_equity_usdt: 10000, max_leverage: 1}"),
    (
        "features",
        "
  rsi_14: {indicator: rsi, params: {length: 14}}
  ema_9: {indicator: ema, params: {length: 9}}
  ema_21: {indicator: ema, params: {length: 21}}
  ema_1h: {indicator: ema, tf: 1h, params: {length: 20}}
  rsi_4h: {indicator: rsi, tf: 4h}
  rsi_1m: {indicator: rsi, tf: 1m}
  macd: {indicator: macd}
  atr_14: {indicator: atr, params: {length: 14}}
  donchian_20: {indicator: donchian}
  supertrend: {indicator: supertrend}",
    ),
    (
        "structures",
        "
  exec:
    - {type: swing, key: swing, params: {left: 5, right: 5}}
    - {type: trend, key: trend, uses: swing}
    - {type: market_structure, key: ms, uses: swing}
    - {type: fibonacci, key: fib, uses: swing, params: {levels: [0.382, 0.5, 0.618], mode: retracement}}
    - {type: derived_zone, key: zones, uses: swing, params: {levels: [0.5], max_active: 2}}",
    ),
    ("setups", "\n  pullback: [[\"close\", \"<\", \"open\"]]"),
    (
        "actions",
        "
  entry_long: {all: [[\"close\", \">\", \"ema_9\"]]}
  exit_long: {all: [[\"close\", \"<\", \"ema_9\"]]}",
    ),
    ("position_policy", "{mode: long_short, exit_mode: first_hit}"),
    ("risk", "{stop_loss_pct: 2, take_profit_pct: 4, max_position_pct: 50}"),
];

/// The Play with these sections instead of its own; an empty one is left out.
pub fn play(changes: &[(&str, &str)]) -> String {
    let own = SECTIONS.iter().filter(|(key, _)| !changes.iter().any(|(changed, _)| changed == key));
    let all = own.chain(changes).filter(|(_, text)| !text.is_empty());
    all.map(|(key, text)| format!("{key}: {text}\n")).collect()
}

/// The Play whose only entry has this condition, written as YAML on one line.
pub fn entry(condition: &str) -> String {
    play(&[(
        "actions",
        &format!("\n  entry_long: {{all: [{condition}]}}\n  exit_long: {{all: [\"close < ema_9\"]}}"),
    )])
}

pub struct Compiled {
    pub source: Source,
    pub module: Option<ir::Module>,
    pub all: Vec<Diagnostic>,
}

pub fn compile(text: &str) -> Compiled {
    let source = Source::new("snippet.yml", text);
    let (play, mut all) = syntax::parse(SourceId(0), text);
    let (resolved, found) = resolve::resolve(&play);
    all.extend(found);
    let (module, found) = check::check(&resolved, &check::Options::default());
    all.extend(found);
    if let Some(module) = &module {
        assert_eq!(ir::verify(module), Ok(()), "{text}");
    }
    Compiled { source, module, all }
}

impl Compiled {
    /// Code and text of every finding, but for unused declarations, of which a snippet has many.
    pub fn findings(&self) -> Vec<(&'static str, &str)> {
        let unused = |d: &&Diagnostic| !matches!(d.code, Code::W0802 | Code::W0803 | Code::W0804);
        let mut all: Vec<&Diagnostic> = self.all.iter().filter(unused).collect();
        all.sort_by_key(|d| (d.span().start, d.code));
        all.into_iter().map(|d| (d.code.as_str(), self.source.slice(d.span()))).collect()
    }
}

/// The text after the fix of the first finding that has one.
pub fn mended(compiled: &Compiled) -> Option<String> {
    let fix = compiled.all.iter().flat_map(|d| &d.fixes).next()?;
    let mut text = compiled.source.text.to_string();
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|e| std::cmp::Reverse(e.span.start));
    for edit in edits {
        text.replace_range(edit.span.range(), &edit.text);
    }
    Some(text)
}
