//! Scenario S1 against a loop that shares nothing with the host.

mod common;

use backtest::{EquityDetail, Options};
use common::ema_cross::{crosses, s1, walk};

#[test]
fn trades_and_return_are_those_of_a_plain_loop() {
    let bars = walk(60_000);
    let setup = s1(&bars);
    let result = setup.run();
    let found = crosses(&bars);
    let fee = 0.000_55;
    let (mut cash, mut size, mut trades) = (10_000.0_f64, 0.0, 0);
    let mut exits = Vec::new();
    for i in 1..bars.len() {
        let open = bars.open[i];
        if size == 0.0 && found.above[i - 1] {
            size = 0.95 * cash / (open * (1.0 + fee));
            cash -= size * open * (1.0 + fee);
            trades += 1;
        } else if size > 0.0 && found.below[i - 1] {
            cash += size * open * (1.0 - fee);
            size = 0.0;
            exits.push(cash);
        }
    }
    let left = cash + size * bars.close[bars.len() - 1];
    assert!(trades > 1_000);
    assert_eq!(result.trades.len(), trades);
    let relative = (result.final_equity / left - 1.0).abs();
    assert!(relative < 1e-9, "{} is not {left}", result.final_equity);
    common::conserves_money(&result);
    // Every way through the host gives the same, daily points included.
    let slow = setup.run_with(false);
    assert_eq!((slow.trades_hash(), slow.decisions_hash()), (result.trades_hash(), result.decisions_hash()));
    let options = Options { equity: EquityDetail::Daily, ..Options::default() };
    let daily = backtest::run(&setup.program, &setup.hand, &bars, &options).expect("a run");
    for (time, equity) in daily.equity.time_ms.iter().zip(&daily.equity.equity).skip(1) {
        let at = result.equity.time_ms.iter().rposition(|t| t == time).expect("the full curve has it");
        assert_eq!(result.equity.equity[at], *equity);
    }
    // 60,000 minutes are 41 whole days and a part; and the start.
    assert_eq!(daily.equity.equity.len(), 1 + 42);
}
