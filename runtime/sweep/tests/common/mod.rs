//! Plays with open parameters, and bars for them.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::sync::atomic::{AtomicBool, AtomicU64};

use bars::Bars;
use bytecode::Program;
use data::sample::{SampleOptions, generate};
use driver::Options;
use driver::settings::{Setting, compile_with};
use sweep::{Axis, Detail, Row, Setup, Space, SweepError};

/// Five indicators on two clocks, stop, target and trailing stop that read columns too.
pub const BRACKET: &str = r#"
version: "3.0.0"
name: bracket
symbol: BTCUSDT
timeframes: {low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low_tf}
account: {starting_equity_usdt: 10000, max_leverage: 3, fee_model: {taker_bps: 5.5, maker_bps: 2}}
features:
  fast: {indicator: ema, params: {length: {min: 3, max: 12, step: 1, default: 9}}}
  slow: {indicator: ema, params: {length: {choices: [15, 21, 34, 55]}}}
  rsi: {indicator: rsi, params: {length: {min: 7, max: 21, step: 7, default: 14}}}
  atr: {indicator: atr, params: {length: 14}}
  trend: {indicator: ema, params: {length: {choices: [10, 20]}}, tf: 1h}
actions:
  entry_long: {all: ["fast crosses above slow", ["rsi", "<", {min: 60, max: 80, step: 10}], "close > trend"]}
  exit_long: {any: ["fast crosses below slow", {all: ["unrealized_pnl_pct > 2.5", "rsi > 70"]}]}
  entry_short: "fast crosses below slow and close < trend"
  exit_short: "fast crosses above slow"
position_policy: {mode: long_short, exit_mode: first_hit}
risk:
  stop_loss: {type: atr_multiple, atr_feature_id: atr, value: {min: 1, max: 3, step: 0.5}}
  take_profit: {type: rr_ratio, value: {choices: [1, 2, 3]}}
  trailing: {atr_multiplier: {choices: [1.5, 2.5]}, atr_feature_id: atr, activation_pct: {min: 0, max: 1, step: 0.5}}
  sizing: {model: percent_equity, value: {choices: [10, 30]}, max_leverage: 2}
"#;

/// A Play of signals, with places for what may make it more than that.
pub const SIGNALS: &str = r#"
version: "3.0.0"
name: signals
symbol: BTCUSDT
timeframes: {low_tf: 1m, med_tf: 15m, high_tf: 1h, exec: low_tf}
account:
  max_leverage: LEVERAGE
  fee_model: {taker_bps: 5.5, maker_bps: 2}
  slippage_bps: SLIPPAGE
  min_trade_notional_usdt: MINIMUM
backtest: {equity: EQUITY, end_of_data: END, warmup_tolerance: 1}
features:
  fast: {indicator: ema, params: {length: {min: 2, max: 9, step: 1}}}
  slow: {indicator: ema, params: {length: {choices: [8, 21, 55]}}}
actions:
  - {id: long, cases: [{when: "fast crosses above slow", emit: [{action: entry_long}]}]}
  - {id: short, cases: [{when: "fast crosses below slow or close < open * 0.999", emit: [{action: entry_short}]}]}
  - EXITS
position_policy: {mode: MODE, exit_mode: signal}
risk:
  STOP
  sizing: {model: percent_equity, value: {choices: [95, 40]}, max_leverage: LEVERAGE}
"#;

/// A Play that one crossing moves, and lengths enough to fill lanes and leave some free.
pub const CROSSES: &str = r#"
version: "3.0.0"
name: crosses
symbol: BTCUSDT
timeframes: {low_tf: 1m, med_tf: 15m, high_tf: 1h, exec: low_tf}
account:
  max_leverage: 1
  fee_model: {taker_bps: 5.5, maker_bps: 2}
  slippage_bps: SLIPPAGE
  min_trade_notional_usdt: MINIMUM
backtest: {equity: 10000, end_of_data: END, warmup_tolerance: 1, instrument: none}
features:
  fast: {indicator: sma, params: {length: {min: 1, max: 6, step: 1}}}
  slow: {indicator: ema, params: {length: {choices: [1, 2, 8, 21]}}}
actions: {entry_SIDE: "ENTER", exit_SIDE: "LEAVE"}
position_policy: {mode: SIDE_only, exit_mode: signal}
risk:
  sizing: {model: percent_equity, value: 95, max_leverage: 1, include_fees: true}
"#;

/// The same bars with prices on a grid so coarse that many are equal.
#[must_use]
pub fn coarse(bars: &Bars, grid: f64) -> Bars {
    let round = |prices: &[f64]| prices.iter().map(|x| (x / grid).round() * grid).collect::<Vec<f64>>();
    Bars {
        open: round(&bars.open).into(),
        high: round(&bars.high).into(),
        low: round(&bars.low).into(),
        close: round(&bars.close).into(),
        ..bars.clone()
    }
}

#[must_use]
pub fn sample(pattern: &str, bars: usize, seed: u64) -> Bars {
    let exec = bars::Timeframe::parse("15m").expect("a timeframe");
    let mut options = SampleOptions::for_play(pattern, "BTCUSDT", exec, 100);
    options.seed = seed;
    let made = generate(&options).expect("a pattern");
    let end = made.len().min(bars);
    made.slice(0..end)
}

pub fn compile(play: &str, axes: &[Axis], values: &[f64]) -> Result<Program, String> {
    let settings: Vec<Setting> =
        axes.iter().zip(values).map(|(a, &value)| Setting { name: a.name.clone(), value }).collect();
    let compiled =
        compile_with("play.yml", play, &Options::default(), &settings).map_err(|e| e.to_string())?;
    compiled
        .program
        .ok_or_else(|| format!("{:?}", compiled.diagnostics.iter().map(|d| d.code).collect::<Vec<_>>()))
}

#[derive(Clone, Copy)]
pub struct How {
    pub memory_mib: usize,
    pub threads: usize,
    pub first: u64,
    pub detail: Detail,
}

pub fn rows(play: &str, space: &Space, bars: &Bars, how: How) -> Result<Vec<Row>, SweepError> {
    let stop = AtomicBool::new(false);
    let options = backtest::Options::default();
    let setup = Setup {
        bars,
        options: &options,
        detail: how.detail,
        memory_bytes: how.memory_mib << 20,
        threads: how.threads,
        stop: &stop,
        done: &AtomicU64::new(0),
    };
    let mut all = Vec::new();
    sweep::run(space, how.first, &|values| compile(play, &space.axes, values), &setup, &mut |rows| {
        all.extend(rows);
        std::ops::ControlFlow::Continue(())
    })?;
    Ok(all)
}
