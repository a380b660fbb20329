//! The worked numbers of the reference (its section G) from the text of a Play to its trades, restated under rules X1
//! to X10. The arithmetic behind each number stands in `runtime/backtest/tests/worked.rs`, which starts from policies.
//!
//! Bars carry the signals in their volume: above 5 the entry fires, above 50 the exit.

use backtest::{Options, RunResult};
use bars::{Bars, Timeframe};
use bytecode::ExportColumn;
use engine::Keep;
use kernel::ExitReason::{
    self, BreakEven, EndOfData, Liquidation, MaxDrawdown, Signal, StopLoss, TakeProfit, TrailingStop,
};
use tests::program;

/// 2024-01-01.
const START_MS: i64 = 1_704_067_200_000;
const ENTRY: f64 = 10.0;
const EXIT: f64 = 100.0;

/// Open, high, low, close, volume.
type Row = (f64, f64, f64, f64, f64);

fn flat(price: f64) -> Row {
    (price, price, price, price, 1.0)
}

fn signal(price: f64) -> Row {
    (price, price, price, price, ENTRY)
}

fn bar(open: f64, high: f64, low: f64, close: f64) -> Row {
    (open, high, low, close, 1.0)
}

fn bars_of(timeframe: &str, rows: &[Row]) -> Bars {
    let timeframe = Timeframe::parse(timeframe).expect("a timeframe");
    let column = |pick: fn(&Row) -> f64| rows.iter().map(pick).collect::<Vec<_>>().into();
    Bars {
        timeframe,
        open_time: (0..rows.len() as i64).map(|i| START_MS + i * timeframe.ms()).collect::<Vec<_>>().into(),
        open: column(|r| r.0),
        high: column(|r| r.1),
        low: column(|r| r.2),
        close: column(|r| r.3),
        volume: column(|r| r.4),
        series: Vec::new(),
    }
}

/// What differs between the Plays of this file; the rest is the reference's: 10 percent of 10,000 USDT, taker 5.5 bps.
/// `exit_mode: signal` lets positions stay open to the end of the data, as these numbers want it.
struct Play {
    account: &'static str,
    actions: &'static str,
    mode: &'static str,
    risk: &'static str,
    rest: &'static str,
}

const PLAIN: Play = Play {
    account: "max_leverage: 1, slippage_bps: 0, fee_model: {taker_bps: 5.5, maker_bps: 2}",
    actions: "{entry_long: 'volume > 5'}",
    mode: "long_only",
    risk: "sizing: {model: percent_equity, value: 10}",
    rest: "",
};

impl Play {
    fn text(&self) -> String {
        let Play { account, actions, mode, risk, rest } = self;
        format!(
            "version: '3.0.0'\nname: worked\nsymbol: BTCUSDT\n\
             timeframes: {{low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low_tf}}\n\
             account: {{starting_equity_usdt: 10000, min_trade_notional_usdt: 0.001, {account}}}\n\
             backtest: {{instrument: none}}\nfeatures: {{}}\nactions: {actions}\n\
             position_policy: {{mode: {mode}, exit_mode: signal}}\nrisk: {{{risk}}}\n{rest}\n"
        )
    }

    fn run(&self, rows: &[Row]) -> RunResult {
        let program = program("worked", &self.text());
        let result =
            backtest::backtest(&program, &bars_of("15m", rows), &Options::default()).expect("bars fit");
        let sum: f64 = result.trades.iter().map(|t| t.net_pnl).sum();
        assert!((sum - (result.final_equity - result.initial_equity)).abs() < 1e-9, "money is kept (X10)");
        result
    }
}

/// Exit reason, entry price, exit price, net profit of every trade.
fn gives(result: &RunResult, expected: &[(ExitReason, f64, f64, f64)]) {
    let found: Vec<_> =
        result.trades.iter().map(|t| (t.exit_reason, t.entry_price, t.exit_price, t.net_pnl)).collect();
    let near = |a: f64, b: f64| (a - b).abs() <= 5e-5;
    let same = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(f, e)| f.0 == e.0 && near(f.1, e.1) && near(f.2, e.2) && near(f.3, e.3));
    assert!(same, "found {found:?}\nexpected {expected:?}");
}

#[test]
fn g1_g2_g3_levels_are_set_from_the_fill() {
    let both = Play { risk: "stop_loss_pct: 20, take_profit_pct: 90, max_position_pct: 10", ..PLAIN };
    gives(
        &both.run(&[signal(105.0), flat(105.0), bar(105.0, 105.0, 50.0, 60.0)]),
        &[(StopLoss, 105.0, 84.0, -200.99)],
    );
    let stop = Play {
        risk: "stop_loss: {type: percent, value: 5}, sizing: {model: percent_equity, value: 10}",
        ..PLAIN
    };
    gives(
        &stop.run(&[signal(100.5), bar(90.0, 90.0, 89.0, 89.0), bar(84.0, 86.0, 84.0, 86.0)]),
        &[(StopLoss, 90.0, 84.0, -66.666_67 - 1.063_33)],
    );
    let target = Play {
        risk: "take_profit: {type: percent, value: 10}, sizing: {model: percent_equity, value: 10}",
        ..PLAIN
    };
    // (140 - 120) x 8.3333 less 0.55 and 1,166.667 x 0.00055
    gives(
        &target.run(&[signal(100.5), flat(120.0), bar(140.0, 141.0, 139.0, 140.0)]),
        &[(TakeProfit, 120.0, 140.0, 166.666_67 - 0.55 - 0.641_67)],
    );
}

#[test]
fn g4_g5_moving_stops_act_from_the_next_bar_on() {
    let up = [signal(100.5), bar(100.5, 121.0, 99.0, 120.0)];
    let trailing =
        Play { risk: "trailing: {trail_pct: 2}, sizing: {model: percent_equity, value: 10}", ..PLAIN };
    let rows = [&up[..], &[bar(119.0, 119.5, 117.0, 118.0)]].concat();
    let qty = 1_000.0 / 100.5;
    let net = |exit: f64| (exit - 100.5) * qty - 0.000_55 * (1_000.0 + exit * qty);
    gives(&trailing.run(&rows), &[(TrailingStop, 100.5, 117.6, net(117.6))]);
    let even = Play {
        risk: "break_even: {activation_pct: 1.0, offset_pct: 0.1}, sizing: {model: percent_equity, value: 10}",
        ..PLAIN
    };
    let rows = [&up[..], &[bar(119.0, 119.5, 100.0, 118.0)]].concat();
    gives(&even.run(&rows), &[(BreakEven, 100.5, 100.600_5, net(100.600_5))]);
}

#[test]
fn g6_a_short_at_two_times_with_levels_as_roi() {
    let play = Play {
        account: "max_leverage: 2, slippage_bps: 10, fee_model: {taker_bps: 10, maker_bps: 2}",
        actions: "{entry_short: 'volume > 5'}",
        mode: "short_only",
        risk: "stop_loss_pct: 5, take_profit_pct: 10, max_position_pct: 10",
        ..PLAIN
    };
    let result = play.run(&[signal(100.5), flat(100.0), bar(99.0, 99.0, 90.0, 91.0)]);
    // 98.1 less fees of 2 + 94.999905 x 20.02002 x 0.001
    gives(&result, &[(TakeProfit, 99.9, 94.999_905, 98.1 - 3.901_900)]);
    assert!((result.trades[0].stop - 102.397_5).abs() < 1e-9);
}

#[test]
fn g7_a_limit_target_pays_the_maker_fee() {
    let play = Play {
        account: "max_leverage: 1, slippage_bps: 10, fee_model: {taker_bps: 10, maker_bps: 7}",
        risk: "take_profit: {type: percent, value: 5}, sizing: {model: percent_equity, value: 10}, \
               tp_order_type: Limit",
        ..PLAIN
    };
    let result = play.run(&[signal(100.5), flat(100.0), bar(101.0, 106.0, 101.0, 102.0)]);
    gives(&result, &[(TakeProfit, 100.1, 105.105, 50.0 - 1.735)]);
}

#[test]
fn g8_liquidation_costs_the_margin() {
    let play = Play {
        account: "max_leverage: 10, slippage_bps: 0, fee_model: {taker_bps: 5.5, maker_bps: 2}",
        risk: "sizing: {model: percent_equity, value: 95, max_leverage: 10}",
        ..PLAIN
    };
    let result = play.run(&[signal(100.0), flat(100.0), flat(91.0), flat(90.6), flat(80.0)]);
    // margin 9,500 and the entry fee of 52.25
    gives(&result, &[(Liquidation, 100.0, 90.049_527, -9_552.25)]);
}

#[test]
fn g9_the_drawdown_stop_sells_at_the_next_open() {
    let play = Play {
        account: "max_leverage: 1, slippage_bps: 5, max_drawdown_pct: 5, fee_model: {taker_bps: 5.5, maker_bps: 2}",
        risk: "sizing: {model: percent_equity, value: 95}",
        ..PLAIN
    };
    let result = play.run(&[signal(100.0), flat(100.0), flat(99.0), flat(91.0), flat(92.0), flat(100.0)]);
    let qty = 9_500.0 / 100.05;
    let net = (91.954 - 100.05) * qty - 0.000_55 * (9_500.0 + 91.954 * qty);
    gives(&result, &[(MaxDrawdown, 100.05, 91.954, net)]);
}

#[test]
fn g10_half_of_the_position_is_a_fill_of_the_same_trade() {
    let play = Play {
        account: "max_leverage: 1, slippage_bps: 10, fee_model: {taker_bps: 5.5, maker_bps: 2}",
        actions: "[{id: in, cases: [{when: 'volume > 5 and volume < 50', emit: [entry_long]}]}, \
                   {id: out, cases: [{when: 'volume > 50', emit: [{action: exit_long, percent: 50}]}]}]",
        ..PLAIN
    };
    let result = play.run(&[signal(100.0), (100.0, 110.0, 100.0, 110.0, EXIT), flat(112.0), flat(120.0)]);
    let qty = 1_000.0 / 100.1;
    let net = (111.888 + 119.88 - 200.2) * qty / 2.0 - 0.000_55 * (1_000.0 + (111.888 + 119.88) * qty / 2.0);
    gives(&result, &[(EndOfData, 100.1, (111.888 + 119.88) / 2.0, net)]);
    assert_eq!(result.trades[0].fills, 3);
}

#[test]
fn g12_a_waiting_limit_entry_blocks_another() {
    let play = Play { rest: "entry: {order_type: LIMIT, limit_offset_pct: 1}", ..PLAIN };
    let rows = [signal(100.0), signal(100.0), signal(100.0), flat(100.0), bar(100.0, 100.0, 95.0, 97.0)];
    let result = play.run(&rows);
    let qty = 1_000.0 / 99.0;
    gives(&result, &[(EndOfData, 99.0, 97.0, -2.0 * qty - 0.2 - 97.0 * qty * 0.000_55)]);
    let entries: Vec<f64> = result.fills.iter().filter(|f| f.exit.is_none()).map(|f| f.fee).collect();
    assert!(entries.len() == 1 && (entries[0] - 0.2).abs() < 1e-9, "one order, one fill: {entries:?}");
}

/// Bars on which a condition is true, its closes being 100, 101, 102, ...
fn true_on(timeframe: &str, condition: &str) -> Vec<usize> {
    let play = Play { rest: "setups: {asked: CONDITION}", actions: "{entry_long: {setup: asked}}", ..PLAIN };
    let text =
        play.text().replace("CONDITION", condition).replace("low_tf: 15m", &format!("low_tf: {timeframe}"));
    let program = program("windows", &text);
    let rows: Vec<Row> = (0..60).map(|i| flat(100.0 + f64::from(i))).collect();
    let keep = engine::Options { keep: Keep::Exports, ..engine::Options::default() };
    let columns = engine::run(&program, &bars_of(timeframe, &rows), &keep).expect("the bars fit");
    let export = program.exports.iter().find(|e| e.name == "setup:asked").expect("setups are exported");
    let ExportColumn::Bool(reg) = export.column else { panic!("a setup is a condition") };
    let column = columns.bool(reg).expect("exports are kept");
    (0..column.len()).filter(|&bar| column.get(bar) == Some(true)).collect()
}

#[test]
fn g11_windows_and_crossovers() {
    let from = |first: usize| (first..60).collect::<Vec<_>>();
    assert_eq!(true_on("15m", "{holds_for: {bars: 3, expr: 'close >= 150'}}"), from(52));
    assert_eq!(
        true_on("15m", "{occurred_within: {bars: 3, expr: 'close between 149.5 and 150.5'}}"),
        [50, 51, 52]
    );
    // The reference wants five bars there; three of them are true on bar 52 in either reading.
    assert_eq!(true_on("15m", "{count_true: {bars: 5, min_true: 3, expr: 'close >= 150'}}"), from(52));
    assert_eq!(true_on("15m", "'close crosses above 150'"), [51], "on 50 it only touches");
    assert_eq!(true_on("15m", "'close crosses below 150'"), [0_usize; 0]);
    // Anchored: this bar, and those 15 and 30 minutes before it; the close of minute 40 - 30 is the first of 110.
    assert_eq!(true_on("1m", "{holds_for: {bars: 3, anchor_tf: 15m, expr: 'close >= 110'}}"), from(40));
}

#[test]
fn an_exit_signal_leaves_at_the_next_open() {
    let play =
        Play { actions: "{entry_long: 'volume > 5 and volume < 50', exit_long: 'volume > 50'}", ..PLAIN };
    let result = play.run(&[signal(100.0), (100.0, 101.0, 99.0, 100.0, EXIT), flat(103.0)]);
    gives(&result, &[(Signal, 100.0, 103.0, 30.0 - 0.000_55 * 2_030.0)]);
}
