//! The worked numbers of the reference (section G), restated under rules X1 to X10 by hand.

mod common;

use backtest::{Options, StopReason};
use bytecode::{
    Action, BreakEven, EndOfData, Entry, LimitEntry, OrderType, SizingModel, TimeInForce, TrailDistance,
    Trailing,
};
use common::{Setup, bars_of, conserves_money, flat, leveraged, near, on, policy, stop_pct, target_pct};
use kernel::{ExitReason, Side};

const LONG: Action = Action::EntryLong;
const SHORT: Action = Action::EntryShort;

/// 15m bars, signal at the close of bar 0.
fn one_trade(ohlc: &[(f64, f64, f64, f64)], policy: bytecode::Policy, action: Action) -> backtest::RunResult {
    let setup = Setup::new(&bars_of("15m", ohlc), "15m", policy, &[on(&[0], action)]);
    let result = setup.run();
    conserves_money(&result);
    result
}

#[test]
fn g1_a_stop_inside_the_bar_fills_at_its_level() {
    let mut p = policy();
    p.stop = stop_pct(20.0);
    p.target = target_pct(90.0);
    let result = one_trade(&[flat(105.0), flat(105.0), (105.0, 105.0, 50.0, 60.0)], p, LONG);
    let t = &result.trades[0];
    // Fill 105: stop 105 x 0.8 = 84, target 105 x 1.9 = 199.5. 1,000 USDT / 105 = 9.5238095.
    near(t.stop, 84.0);
    near(t.target, 199.5);
    near(t.qty, 9.523_809_523_8);
    assert_eq!((t.exit_reason, t.exit_price), (ExitReason::StopLoss, 84.0));
    // -21 x 9.5238 = -200; fees 1,000 x 0.00055 = 0.55 and 800 x 0.00055 = 0.44.
    near(t.gross_pnl, -200.0);
    near(t.fees, 0.99);
    near(t.net_pnl, -200.99);
    near(result.final_equity, 9_799.01);
}

#[test]
fn g2_levels_start_from_the_fill_so_a_gap_books_no_phantom_profit() {
    let mut p = policy();
    p.stop = stop_pct(5.0);
    let result = one_trade(&[flat(100.5), (90.0, 90.0, 89.0, 89.0), (84.0, 86.0, 84.0, 86.0)], p, LONG);
    let t = &result.trades[0];
    // The reference keeps the stop at 95.475 and sells there for a profit. Ours is 90 x 0.95 = 85.5; the next bar
    // opens beyond it, at 84.
    near(t.stop, 85.5);
    assert_eq!((t.entry_price, t.exit_price), (90.0, 84.0));
    // (84 - 90) x 1,000 / 90 = -66.6667; fees 0.55 + 84 x 11.1111 x 0.00055 = 0.513333.
    near(t.gross_pnl, -66.666_666_666_7);
    near(t.net_pnl, -66.666_666_666_7 - 0.55 - 0.513_333_333_3);
}

#[test]
fn g3_a_gap_past_the_old_target_is_no_loss() {
    let mut p = policy();
    p.target = target_pct(10.0);
    let result = one_trade(&[flat(100.5), flat(120.0), (140.0, 141.0, 139.0, 140.0)], p, LONG);
    let t = &result.trades[0];
    // Target 120 x 1.1 = 132; the bar opens at 140: the better price. (140 - 120) x 1,000 / 120 = 166.6667.
    near(t.target, 132.0);
    assert_eq!((t.exit_reason, t.exit_price), (ExitReason::TakeProfit, 140.0));
    near(t.gross_pnl, 166.666_666_666_7);
}

#[test]
fn g4_a_trailing_stop_acts_from_the_next_bar_on() {
    let mut p = policy();
    p.trailing = Some(Trailing { distance: TrailDistance::Percent(2.0), activation_pct: 0.0 });
    let ohlc = [flat(100.5), (100.5, 121.0, 99.0, 120.0), (119.0, 119.5, 117.0, 118.0)];
    let result = one_trade(&ohlc, p, LONG);
    let t = &result.trades[0];
    // At the fill 100.5 x 0.98 = 98.49, below the low of 99. The close of 120 moves it to 117.6 (the reference sells
    // there in the same bar); the bar after trades through it.
    near(t.stop, 98.49);
    near(t.stop_final, 117.6);
    near(t.exit_price, 117.6);
    assert_eq!((t.exit_reason, t.bars_held), (ExitReason::TrailingStop, 1));
}

#[test]
fn g5_break_even_acts_from_the_next_bar_on() {
    let mut p = policy();
    p.break_even = Some(BreakEven { activation_pct: 1.0, offset_pct: 0.1 });
    let ohlc = [flat(100.5), (100.5, 121.0, 99.0, 120.0), (119.0, 119.5, 100.0, 118.0)];
    let result = one_trade(&ohlc, p, LONG);
    let t = &result.trades[0];
    // 100.5 x 1.001 = 100.6005, one bar later than the reference.
    near(t.exit_price, 100.600_5);
    assert_eq!((t.exit_reason, t.bars_held), (ExitReason::BreakEven, 1));
}

#[test]
fn g6_a_short_with_leverage_slippage_and_roi_levels() {
    let mut p = leveraged(2.0);
    p.account.slippage_bps = 10.0;
    p.account.taker_bps = 10.0;
    p.stop = stop_pct(5.0);
    p.target = target_pct(10.0);
    let result = one_trade(&[flat(100.5), flat(100.0), (99.0, 99.0, 90.0, 91.0)], p, SHORT);
    let t = &result.trades[0];
    // Sold at 100 x 0.999 = 99.9; margin 1,000 at 2x: 2,000 / 99.9 = 20.02002. Levels from the fill (the reference
    // has 103.0125 and 95.475 from the signal's close): 99.9 x 1.025 = 102.3975, 99.9 x 0.95 = 94.905.
    near(t.entry_price, 99.9);
    near(t.qty, 20.020_020_020_02);
    near(t.stop, 102.397_5);
    near(t.target, 94.905);
    // Bought at 94.905 x 1.001 = 94.999905: (99.9 - 94.999905) x 20.02002 = 98.1; fees 2 + 1.9018999 = 3.9019.
    near(t.exit_price, 94.999_905);
    near(t.gross_pnl, 98.1);
    near(t.fees, 2.0 + 94.999_905 * 20.020_020_020_02 * 0.001);
}

#[test]
fn g7_a_limit_target_fills_at_its_price_for_the_maker_fee_of_the_play() {
    let mut p = policy();
    p.account.slippage_bps = 10.0;
    p.account.taker_bps = 10.0;
    p.account.maker_bps = 7.0;
    p.target = target_pct(5.0);
    p.target_order = OrderType::Limit;
    let result = one_trade(&[flat(100.5), flat(100.0), (101.0, 106.0, 101.0, 102.0)], p, LONG);
    let t = &result.trades[0];
    // 100.1 x 1.05 = 105.105 exactly; fees 1,000 x 0.001 + 1,050 x 0.0007 = 1.735 (the reference: 2 bps).
    near(t.entry_price, 100.1);
    near(t.exit_price, 105.105);
    near(t.fees, 1.735);
    assert!(result.fills[1].maker && !result.fills[0].maker);
}

#[test]
fn g8_liquidation_costs_the_margin_and_the_run_goes_on() {
    let mut p = leveraged(10.0);
    p.sizing.model = SizingModel::PercentEquity(95.0);
    let ohlc = [flat(100.0), flat(100.0), flat(91.0), flat(90.6), flat(80.0), flat(80.0), flat(88.0)];
    let setup = Setup::new(&bars_of("15m", &ohlc), "15m", p, &[on(&[0, 4], LONG)]);
    let result = setup.run();
    conserves_money(&result);
    let t = &result.trades[0];
    // Margin 9,500, value 95,000: 950 contracts. Liquidation 100 - (9,500 - 475) / 950 = 90.5: closes of 91 and 90.6
    // survive, 80 does not. Settled at 100 x 0.9 / 0.99945 = 90.0495272, far above 80.
    near(t.liquidation_price, 90.5);
    near(t.exit_price, 90.049_527_240);
    assert_eq!(t.exit_reason, ExitReason::Liquidation);
    // Margin and entry fee, no more: 10,000 - 9,500 - 52.25 = 447.75 are left (the reference: 494.80, as it charges
    // no fee for the liquidation).
    near(t.gross_pnl - (t.fees - 52.25), -9_500.0);
    near(result.trades[1].margin, 447.75 * 0.95);
    assert_eq!(result.trades.len(), 2);
}

#[test]
fn g9_the_drawdown_stop_is_a_market_order_at_the_next_open() {
    let mut p = policy();
    p.account.slippage_bps = 5.0;
    p.account.max_drawdown_pct = 5.0;
    p.sizing.model = SizingModel::PercentEquity(95.0);
    let ohlc = [flat(100.0), flat(100.0), flat(99.0), flat(91.0), flat(92.0), flat(100.0)];
    let setup = Setup::new(&bars_of("15m", &ohlc), "15m", p, &[on(&[0, 2], LONG)]);
    let result = setup.run();
    conserves_money(&result);
    let t = &result.trades[0];
    // Bought at 100.05. At the close of 91 the loss is 95 contracts x 9 > 500. Sold at the next open (X1), 92 x 0.9995;
    // the reference sells at that close itself, 91 x 0.9995.
    near(t.entry_price, 100.05);
    near(t.exit_price, 91.954);
    assert_eq!(t.exit_reason, ExitReason::MaxDrawdown);
    assert!(matches!(result.stop_reason, StopReason::MaxDrawdown { .. }));
    assert_eq!(result.trades.len(), 1);
    // Start, four closes, and the bar in which it ended.
    assert_eq!(result.equity.equity.len(), 6);
}

#[test]
fn g10_partial_exits_are_fills_of_one_trade() {
    let mut p = policy();
    p.account.slippage_bps = 10.0;
    let half = common::Rule { clock: 0, on: vec![1], intents: vec![(Action::ExitLong, 50.0)] };
    let ohlc = [flat(100.0), (100.0, 110.0, 100.0, 110.0), flat(112.0), flat(120.0)];
    let setup = Setup::new(&bars_of("15m", &ohlc), "15m", p, &[on(&[0], LONG), half]);
    let result = setup.run();
    conserves_money(&result);
    let t = &result.trades[0];
    // 1,000 / 100.1 = 9.99001. Half at 112 x 0.999 = 111.888, the rest at the end, 120 x 0.999 = 119.88.
    let qty = 1_000.0 / 100.1;
    near(t.gross_pnl, (111.888 - 100.1) * qty / 2.0 + (119.88 - 100.1) * qty / 2.0);
    near(t.exit_price, (111.888 + 119.88) / 2.0);
    near(t.fees, 0.000_55 * (1_000.0 + (111.888 + 119.88) * qty / 2.0));
    assert_eq!((t.fills, result.fills.len(), t.exit_reason), (3, 3, ExitReason::EndOfData));
}

#[test]
fn g12_a_waiting_limit_entry_blocks_another() {
    let mut p = policy();
    let terms = LimitEntry { offset_pct: 1.0, time_in_force: TimeInForce::Gtc, expire_after_bars: 0 };
    p.entry = Entry::Limit(terms);
    let ohlc = [flat(100.0), flat(100.0), flat(100.0), flat(100.0), (100.0, 100.0, 95.0, 97.0)];
    let setup = Setup::new(&bars_of("15m", &ohlc), "15m", p, &[on(&[0, 1, 2], LONG)]);
    let result = setup.run();
    conserves_money(&result);
    // One order, at 99, one fill (the reference: three, of which two vanish). 1,000 x 0.0002 = 0.2.
    assert_eq!(result.trades.len(), 1);
    near(result.trades[0].entry_price, 99.0);
    near(result.fills[0].fee, 0.2);
}

#[test]
fn the_1m_path_decides_what_came_first() {
    let mut p = policy();
    p.stop = stop_pct(5.0);
    p.target = target_pct(5.0);
    // Within the second 15m bar: target in its minute 3, stop in its minute 9. The 15m bar alone would say stop.
    let mut minutes = vec![flat(100.0); 30];
    minutes[18] = (100.0, 106.0, 100.0, 100.0);
    minutes[24] = (100.0, 100.0, 94.0, 95.0);
    let setup = Setup::new(&bars_of("1m", &minutes), "15m", p, &[on(&[0], LONG)]);
    let t = &setup.run().trades[0];
    assert_eq!((t.exit_reason, t.exit_price), (ExitReason::TakeProfit, 105.0));
    assert_eq!(t.entry_time, common::START + 15 * common::MINUTE);
    assert_eq!(t.exit_time, common::START + 18 * common::MINUTE);
}

#[test]
fn an_exit_signal_comes_before_the_stops_of_its_minute() {
    let mut p = policy();
    p.stop = stop_pct(5.0);
    let ohlc = [flat(100.0), flat(100.0), (99.0, 99.0, 90.0, 91.0), flat(91.0)];
    let rules = [on(&[0], LONG), on(&[1], Action::ExitLong)];
    let result = Setup::new(&bars_of("15m", &ohlc), "15m", p.clone(), &rules).run();
    assert_eq!((result.trades[0].exit_reason, result.trades[0].exit_price), (ExitReason::Signal, 99.0));
    p.exit_mode = bytecode::ExitMode::StopTargetOnly;
    let result = Setup::new(&bars_of("15m", &ohlc), "15m", p, &rules).run();
    assert_eq!((result.trades[0].exit_reason, result.trades[0].exit_price), (ExitReason::StopLoss, 95.0));
}

#[test]
fn a_flip_closes_and_opens_at_the_same_open() {
    let mut p = policy();
    p.allow_flip = true;
    let ohlc = [flat(100.0), flat(100.0), flat(110.0), flat(110.0)];
    let rules = [on(&[0], LONG), on(&[1], SHORT)];
    let result = Setup::new(&bars_of("15m", &ohlc), "15m", p, &rules).run();
    conserves_money(&result);
    let [first, second] = &result.trades[..] else { panic!("two trades, not {}", result.trades.len()) };
    assert_eq!((first.exit_reason, second.side), (ExitReason::Flip, Side::Short));
    assert_eq!((first.exit_time, first.exit_price), (second.entry_time, second.entry_price));
    // Sized by what is left after the close: 10,000 + 100 - 0.55 - 0.605 = 10,098.845, a tenth of it.
    near(second.margin, 1_009.884_5);
}

#[test]
fn time_in_force() {
    let run = |time_in_force, expire_after_bars, second, third| {
        let mut p = policy();
        p.entry = Entry::Limit(LimitEntry { offset_pct: 1.0, time_in_force, expire_after_bars });
        let ohlc = [flat(100.0), second, third, flat(100.0)];
        let result = Setup::new(&bars_of("15m", &ohlc), "15m", p, &[on(&[0], LONG)]).run();
        let cancelled = result.counters.cases[0].unfilled;
        (result.fills.first().map(|f| (f.price, f.maker)), cancelled)
    };
    let dip = (100.0, 100.0, 98.5, 99.5);
    // Touched inside the bar: at the limit, as maker. Opened through: at the open, as taker when it just arrived.
    assert_eq!(run(TimeInForce::Gtc, 0, dip, flat(100.0)), (Some((99.0, true)), 0));
    assert_eq!(run(TimeInForce::Gtc, 0, flat(98.0), flat(100.0)), (Some((98.0, false)), 0));
    assert_eq!(run(TimeInForce::Gtc, 0, flat(100.0), flat(98.0)), (Some((98.0, true)), 0));
    assert_eq!(run(TimeInForce::Ioc, 0, flat(100.0), dip), (None, 1));
    assert_eq!(run(TimeInForce::Fok, 0, dip, flat(100.0)), (Some((99.0, false)), 0));
    assert_eq!(run(TimeInForce::PostOnly, 0, flat(98.0), dip), (None, 1));
    assert_eq!(run(TimeInForce::PostOnly, 0, flat(100.0), dip), (Some((99.0, true)), 0));
    // One bar to live: the bar after the signal.
    assert_eq!(run(TimeInForce::Gtc, 1, flat(100.0), dip), (None, 1));
    assert_eq!(run(TimeInForce::Gtc, 2, flat(100.0), dip), (Some((99.0, true)), 0));
}

#[test]
fn a_limit_entry_meets_its_stop_but_not_an_earlier_high_in_the_same_minute() {
    let mut p = policy();
    p.entry =
        Entry::Limit(LimitEntry { offset_pct: 1.0, time_in_force: TimeInForce::Gtc, expire_after_bars: 0 });
    p.target = target_pct(3.0);
    // High 104 is above the target of 101.97, but may have come before the fill at 99; the close says no.
    let ohlc = [flat(100.0), (100.0, 104.0, 98.0, 99.5), flat(99.5)];
    let result = one_trade(&ohlc, p.clone(), LONG);
    assert_eq!(result.trades[0].exit_reason, ExitReason::EndOfData);
    p.stop = stop_pct(1.0);
    let result = one_trade(&ohlc, p, LONG);
    near(result.trades[0].exit_price, 98.01);
}

#[test]
fn a_stop_limit_waits_for_its_price() {
    let mut p = policy();
    p.stop = stop_pct(5.0);
    p.stop_order = OrderType::Limit;
    // Gap to 90 below the stop of 95; two bars later the price comes back to it.
    let ohlc = [flat(100.0), flat(100.0), (90.0, 92.0, 89.0, 91.0), flat(92.0), (93.0, 96.0, 93.0, 94.0)];
    let t = one_trade(&ohlc, p, LONG).trades[0].clone();
    assert_eq!((t.exit_reason, t.exit_price), (ExitReason::StopLoss, 95.0));
    assert_eq!(t.exit_time, common::START + 4 * 15 * common::MINUTE);
}

#[test]
fn funding_is_paid_by_longs_and_received_by_shorts() {
    let settle =
        |bar: i64, rate| backtest::Funding { time_ms: common::START + bar * 15 * common::MINUTE, rate };
    for (action, sign) in [(LONG, -1.0), (SHORT, 1.0)] {
        let path = bars_of("15m", &[flat(100.0), flat(100.0), flat(110.0), flat(110.0)]);
        let mut setup = Setup::new(&path, "15m", policy(), &[on(&[0], action)]);
        // The first comes at the very open of the entry, which is too early to count.
        setup.options = Options { funding: vec![settle(1, 0.5), settle(3, 0.001)], ..Options::default() };
        let result = setup.run();
        conserves_money(&result);
        // 10 contracts x mark 110 x 0.1 %.
        near(result.trades[0].funding, sign * 1.1);
    }
}

#[test]
fn liquidation_follows_the_mark_price_where_there_is_one() {
    let ohlc = [flat(100.0), flat(100.0), flat(80.0), flat(100.0)];
    let path = common::with_series(bars_of("15m", &ohlc), "mark_price", vec![100.0, 100.0, 95.0, 100.0]);
    let result = Setup::new(&path, "15m", leveraged(10.0), &[on(&[0], LONG)]).run();
    assert_eq!(result.trades[0].exit_reason, ExitReason::EndOfData);
    let result = Setup::new(&bars_of("15m", &ohlc), "15m", leveraged(10.0), &[on(&[0], LONG)]).run();
    assert_eq!(result.trades[0].exit_reason, ExitReason::Liquidation);
}

#[test]
fn an_open_position_may_be_marked_at_the_end() {
    let mut p = policy();
    p.end_of_data = EndOfData::Mark;
    let result = one_trade(&[flat(100.0), flat(100.0), (100.0, 108.0, 97.0, 105.0)], p, LONG);
    let t = &result.trades[0];
    assert_eq!((t.exit_reason, t.exit_price, t.fills), (ExitReason::Open, 105.0, 1));
    near(t.net_pnl, 50.0 - 0.55);
    near(t.mae_pct, 3.0);
    near(t.mfe_pct, 8.0);
}

#[test]
fn excursions_are_measured_unless_they_are_not_wanted() {
    let path = bars_of("15m", &[flat(100.0), flat(100.0), (100.0, 108.0, 97.0, 105.0), flat(105.0)]);
    let mut setup = Setup::new(&path, "15m", policy(), &[on(&[0], LONG)]);
    let with = setup.run();
    setup.options = Options { excursions: false, ..Options::default() };
    let without = setup.run();
    near(with.trades[0].mfe_pct, 8.0);
    assert!(without.trades[0].mfe_pct.is_nan() && without.trades[0].mae_pct.is_nan());
    assert_eq!(with.trades[0].net_pnl.to_bits(), without.trades[0].net_pnl.to_bits());
}

#[test]
fn from_and_to_bound_what_is_evaluated() {
    let path = bars_of("15m", &[flat(100.0); 8]);
    let mut setup = Setup::new(&path, "15m", policy(), &[on(&[1, 3], LONG)]);
    let at = |bar: i64| Some(common::START + bar * 15 * common::MINUTE);
    setup.options = Options { from_ms: at(2), to_ms: at(6), ..Options::default() };
    let result = setup.run();
    assert_eq!((result.trades.len(), result.span.bars), (1, 4));
    assert_eq!(Some(result.trades[0].entry_time), at(4));
    assert_eq!(Some(result.trades[0].exit_time), at(6));
}
