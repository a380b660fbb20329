//! Whatever the Play and the prices: skipping changes no bit, money is conserved, a journal replays, a cut of the data
//! changes nothing before it.

mod common;

use backtest::{EquityDetail, Options, RunResult, run};
use bytecode::{Entry, OrderType, SizingModel};
use common::random::{case, plain_case};
use common::{Setup, conserves_money};
use kernel::{Kernel, Rules};
use proptest::prelude::*;

fn same(a: &RunResult, b: &RunResult) {
    assert_eq!(a.decisions_hash(), b.decisions_hash(), "decisions");
    assert_eq!(a.trades_hash(), b.trades_hash(), "trades");
    assert_eq!(a.counters, b.counters);
    assert_eq!(a.waiting, b.waiting);
    // As text, because missing values are NaN, which equals nothing.
    assert_eq!(format!("{:?}", a.metadata), format!("{:?}", b.metadata));
    assert_eq!((a.span, a.stop_reason), (b.span, b.stop_reason));
    same_curve(a, b);
    assert_eq!(a.final_equity.to_bits(), b.final_equity.to_bits());
}

fn same_curve(a: &RunResult, b: &RunResult) {
    let bits = |r: &RunResult| r.equity.equity.iter().map(|e| e.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(a), bits(b));
    assert_eq!(a.equity.time_ms, b.equity.time_ms);
}

/// The way a sweep runs it: daily equity, excursions not measured; all else as before.
fn same_in_short(setup: &Setup, whole: &RunResult) {
    let short = |skip| {
        let options =
            Options { skip, equity: EquityDetail::Daily, excursions: false, ..setup.options.clone() };
        run(&setup.program, &setup.hand, &setup.path, &options).expect("a run")
    };
    let daily = short(true);
    same_curve(&daily, &short(false));
    for (time, equity) in daily.equity.time_ms.iter().zip(&daily.equity.equity) {
        let at = whole.equity.time_ms.iter().rposition(|t| t == time).expect("the full curve has it");
        assert_eq!(whole.equity.equity[at].to_bits(), equity.to_bits());
    }
    assert_eq!(daily.decisions_hash(), whole.decisions_hash());
    assert_eq!(daily.final_equity.to_bits(), whole.final_equity.to_bits());
    let unmeasured = |r: &RunResult| {
        let mut trades = r.trades.clone();
        trades.iter_mut().for_each(|t| (t.mae_pct, t.mfe_pct) = (f64::NAN, f64::NAN));
        format!("{trades:?}")
    };
    assert_eq!(unmeasured(&daily), unmeasured(whole));
    assert_eq!((&daily.fills, &daily.counters), (&whole.fills, &whole.counters));
    assert_eq!(format!("{:?}", daily.metadata), format!("{:?}", whole.metadata));
}

/// A case whose trades can be settled at once: market orders, levels that stay, nothing asked about the position.
fn direct_case(seed: u64) -> Setup {
    let mut setup = plain_case(seed, 600);
    let policy = &mut setup.program.policy;
    (policy.entry, policy.stop_order) = (Entry::Market, OrderType::Market);
    (policy.trailing, policy.break_even) = (None, None);
    policy.account.max_drawdown_pct = 100.0;
    if seed.is_multiple_of(3) {
        (policy.stop, policy.target) = (None, None);
        policy.sizing.model = SizingModel::PercentEquity(80.0);
    }
    setup
}

/// Without a journal, which wants every event.
fn run_plainly(setup: &Setup, skip: bool) -> RunResult {
    let options = Options { skip, journal: false, ..setup.options.clone() };
    run(&setup.program, &setup.hand, &setup.path, &options).expect("a run")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn skipping_conserving_replaying(seed in any::<u64>()) {
        // Beyond the windows in which levels are searched for.
        let setup = case(seed, if seed % 4 == 0 { 1_500 } else { 600 });
        let (skipping, bar_by_bar) = (setup.run_with(true), setup.run_with(false));
        same(&skipping, &bar_by_bar);
        same_in_short(&setup, &skipping);
        conserves_money(&skipping);
        let rules = Rules::new(&setup.program.policy, &setup.program.symbol);
        for result in [&skipping, &bar_by_bar] {
            let journal = result.journal.as_ref().expect("a journal was asked for");
            let mut kernel = Kernel::new(&rules, &setup.program.actions);
            prop_assert_eq!(journal.replay(&mut kernel), Ok(()));
        }
    }

    #[test]
    fn trades_settled_at_once_are_those_of_a_walk_from_bar_to_bar(seed in any::<u64>()) {
        let setup = direct_case(seed);
        let (at_once, bar_by_bar) = (run_plainly(&setup, true), run_plainly(&setup, false));
        same(&at_once, &bar_by_bar);
        prop_assert_eq!(format!("{:?}", at_once.trades), format!("{:?}", bar_by_bar.trades));
        prop_assert_eq!(at_once.fills, bar_by_bar.fills);
    }

    #[test]
    fn cutting_the_data_changes_nothing_before(seed in any::<u64>(), keep in 100_usize..500) {
        let mut setup = case(seed, 600);
        setup.options.to_ms = None;
        let whole = setup.run_with(true);
        let to_ms = setup.path.open_time[keep];
        let options = Options { to_ms: Some(to_ms), ..setup.options.clone() };
        let cut = run(&setup.program, &setup.hand, &setup.path, &options).expect("a run");
        // All before the last close; at it the end of the data itself closes, marks and cancels.
        let end_ms = setup.path.close_time_ms(keep - 1);
        let done = |r: &RunResult| {
            let before = r.trades.iter().filter(|t| t.exit_time < end_ms).cloned();
            before.map(|t| format!("{t:?}")).collect::<Vec<_>>()
        };
        prop_assert_eq!(done(&cut), done(&whole));
        let decided = |r: &RunResult| {
            let before = r.decisions.iter().filter(|d| d.time_ms < end_ms);
            before.map(|d| format!("{d:?}")).collect::<Vec<_>>()
        };
        prop_assert_eq!(decided(&cut), decided(&whole));
    }
}

/// The cases above are worth nothing if they never trade.
#[test]
fn the_random_cases_reach_every_kind_of_exit() {
    let mut seen = std::collections::BTreeMap::new();
    let (mut refused, mut unfilled, mut partial, mut asked, mut noted) = (0, 0, 0, 0, 0);
    for seed in 0..600 {
        let setup = case(seed, 600);
        let result = setup.run();
        for trade in &result.trades {
            *seen.entry(format!("{:?}", trade.exit_reason)).or_insert(0) += 1;
            partial += usize::from(trade.fills > 2);
        }
        for case in &result.counters.cases {
            refused += case.refused.iter().sum::<u32>();
            unfilled += case.unfilled;
        }
        noted += result.metadata.len();
        // Orders of cases that ask about the position.
        let cases = setup.program.actions.iter().flat_map(|block| {
            let otherwise = std::iter::once(false);
            block.cases.iter().map(|case| case.when != case.guard).chain(otherwise)
        });
        let counted = cases.zip(&result.counters.cases).filter(|(asks, _)| *asks);
        asked += counted.map(|(_, case)| case.sent + case.exits).sum::<u32>();
    }
    assert_eq!(seen.len(), 10, "{seen:?}");
    let counts = [refused as usize, unfilled as usize, partial, asked as usize, noted];
    assert!(counts.iter().all(|&count| count > 50), "{counts:?}");
}

#[test]
fn the_cases_settled_at_once_reach_every_exit_they_can() {
    let mut seen = std::collections::BTreeMap::new();
    for seed in 0..300 {
        for trade in run_plainly(&direct_case(seed), true).trades {
            *seen.entry(trade.exit_reason.as_str()).or_insert(0) += 1;
        }
    }
    // Flips, parts, funding and the end of the data come in between and are handed over.
    for reason in ["signal", "stop_loss", "take_profit", "liquidation", "flip", "end_of_data", "open"] {
        assert!(seen.get(reason).is_some_and(|&count| count > 20), "{reason}: {seen:?}");
    }
}
