//! A Play with a cursor: `$0` in the text is where the editor asks.

#![allow(dead_code, reason = "each test file uses its part")]

use driver::Options;
use ide::Analysis;

/// The head of every Play; what follows is up to the test.
pub const HEAD: &str = "\
version: \"3.0.0\"
name: test
symbol: BTCUSDT
timeframes: {low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low_tf}
account: {starting_equity_usdt: 10000, max_leverage: 4}
position_policy: {mode: long_only, exit_mode: first_hit}
risk: {stop_loss_pct: 8.0, take_profit_pct: 12.0, max_position_pct: 20.0}
";

/// Features, structures and setups that tests speak of.
pub const BODY: &str = "\
features:
  ema_9: {indicator: ema, params: {length: 9}}
  ema_21: {indicator: ema, params: {length: 21}, tf: med_tf}
  rsi_14: {indicator: rsi, params: {length: 14}}
  macd: {indicator: macd, params: {fast: 12, slow: 26, signal: 9}}
  atr_14: {indicator: atr, params: {length: 14}}
structures:
  exec:
    - {type: swing, key: swing, params: {left: 5, right: 5}}
    - {type: market_structure, key: ms, uses: swing}
setups:
  calm: \"rsi_14 between 40 and 60\"
";

pub struct At {
    pub analysis: Analysis,
    pub offset: usize,
    pub text: String,
}

/// `$0` is taken out of the text.
pub fn at(text: &str) -> At {
    at_in("test.yml", text, &Options::default())
}

/// In a file of this name, with these blocks.
pub fn at_in(name: &str, text: &str, options: &Options) -> At {
    let offset = text.find("$0").expect("the text has a cursor `$0`");
    let text = text.replacen("$0", "", 1);
    At { analysis: Analysis::new(name, &text, options), offset, text }
}

/// The usual Play with this after it.
pub fn in_play(rest: &str) -> At {
    at(&format!("{HEAD}{BODY}{rest}"))
}

impl At {
    pub fn labels(&self) -> Vec<String> {
        self.analysis.completions(self.offset).into_iter().map(|c| c.label).collect()
    }

    pub fn slice(&self, range: &std::ops::Range<usize>) -> &str {
        &self.text[range.clone()]
    }

    /// The text after the proposal with this label was taken.
    pub fn completed(&self, label: &str) -> String {
        let all = self.analysis.completions(self.offset);
        let found = all.iter().find(|c| c.label == label);
        let it = found.unwrap_or_else(|| panic!("no `{label}` among {:?}", self.labels()));
        format!("{}{}{}", &self.text[..it.range.start], it.insert, &self.text[it.range.end..])
    }
}
