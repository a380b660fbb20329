//! Whatever the Play and the prices: skipping changes no bit, money is conserved, a journal replays, a cut of the data
//! changes nothing before it.

mod common;

use backtest::{Funding, Options, RunResult, run};
use bars::{Bars, Series};
use bytecode::{
    Action, Basis, BreakEven, EndOfData, Entry, ExitMode, Instrument, LimitEntry, Mode, NumReg, OrderType,
    Policy, SizingModel, StopBeyondLiquidation, StopRule, TargetRule, TimeInForce, TrailDistance, Trailing,
};
use common::{MINUTE, Rule, START, Setup, conserves_money, tf};
use kernel::{Kernel, Rules};
use proptest::prelude::*;

/// A small generator, so that one number names a whole case.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ (self.0 >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ (mixed >> 29)
    }
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

/// A wild minute path with gaps in price and, now and then, in time.
fn path(random: &mut Random, len: usize) -> Bars {
    let wild = random.pick(&[0.001, 0.01, 0.05]);
    let holes = random.one_in(3);
    let (mut price, mut time) = (100.0, START);
    let mut rows = Vec::new();
    let mut times = Vec::new();
    for _ in 0..len {
        let open = if random.one_in(5) { price * (1.0 + wild * (random.unit() - 0.5) * 3.0) } else { price };
        let close = (open * (1.0 + wild * (random.unit() - 0.5))).max(0.01);
        let high = open.max(close) * (1.0 + wild * random.unit());
        let low = open.min(close) * (1.0 - wild * random.unit() * 0.9);
        rows.push((open, high, low, close));
        times.push(time);
        price = close;
        time += MINUTE * if holes && random.one_in(20) { 1 + random.below(40) as i64 } else { 1 };
    }
    let mut bars = common::bars_of("1m", &rows);
    bars.open_time = times.into();
    if random.one_in(3) {
        let mark = |random: &mut Random, close: f64| {
            if random.one_in(10) { f64::NAN } else { close * (1.0 + wild * (random.unit() - 0.5)) }
        };
        let values: Vec<f64> = rows.iter().map(|r| mark(random, r.3)).collect();
        bars.series.push(Series { name: "mark_price".into(), values: values.into() });
    }
    bars
}

fn policy(random: &mut Random, atr: NumReg) -> Policy {
    let mut p = common::leveraged(random.pick(&[1.0, 3.0, 10.0, 50.0]));
    let pct = |random: &mut Random| 0.2 + random.unit() * 8.0;
    p.account.slippage_bps = random.pick(&[0.0, 3.0]);
    p.account.max_drawdown_pct = random.pick(&[100.0, 60.0, 20.0]);
    p.account.stop_beyond_liquidation = random.pick(&[
        StopBeyondLiquidation::Reject,
        StopBeyondLiquidation::Adjust,
        StopBeyondLiquidation::Warn,
    ]);
    p.mode = random.pick(&[Mode::LongShort, Mode::LongShort, Mode::LongOnly, Mode::ShortOnly]);
    p.exit_mode = random.pick(&[ExitMode::FirstHit, ExitMode::Signal, ExitMode::StopTargetOnly]);
    p.allow_flip = random.one_in(2);
    let basis = random.pick(&[Basis::Roi, Basis::Price]);
    let percent = pct(random);
    p.stop = match random.below(5) {
        0 => None,
        1 => Some(StopRule::Percent { percent, basis }),
        2 => Some(StopRule::Atr { atr, multiple: 2.0, buffer_pct: 0.1 }),
        3 => Some(StopRule::Points { distance: percent, buffer_pct: 0.0 }),
        _ => Some(StopRule::Structure { long: NumReg(1), short: NumReg(2), buffer_pct: 0.1 }),
    };
    p.target = match random.below(5) {
        0 => None,
        1 => Some(TargetRule::Percent { percent, basis }),
        2 => Some(TargetRule::Atr { atr, multiple: 3.0 }),
        3 => Some(TargetRule::Points { distance: percent }),
        _ => Some(TargetRule::RiskReward { ratio: 1.5 }),
    };
    if random.one_in(2) {
        let distance = match random.below(2) {
            0 => TrailDistance::Percent(pct(random)),
            _ => TrailDistance::Atr { atr, multiple: 2.0 },
        };
        p.trailing = Some(Trailing { distance, activation_pct: random.pick(&[0.0, 1.0]) });
    }
    if random.one_in(2) {
        p.break_even = Some(BreakEven { activation_pct: pct(random) / 2.0, offset_pct: 0.1 });
    }
    p.sizing.model = match random.below(3) {
        0 => SizingModel::PercentEquity(10.0 + random.unit() * 90.0),
        1 => SizingModel::RiskBased(1.0 + random.unit()),
        _ => SizingModel::FixedUsdt(1_000.0),
    };
    p.sizing.include_fees = random.one_in(2);
    if random.one_in(2) {
        p.entry = Entry::Limit(LimitEntry {
            offset_pct: random.pick(&[0.0, 0.1, 1.0]),
            time_in_force: random.pick(&[
                TimeInForce::Gtc,
                TimeInForce::Ioc,
                TimeInForce::Fok,
                TimeInForce::PostOnly,
            ]),
            expire_after_bars: random.below(4) as u32,
        });
    }
    p.target_order = random.pick(&[OrderType::Market, OrderType::Limit]);
    p.stop_order = random.pick(&[OrderType::Market, OrderType::Market, OrderType::Limit]);
    p.end_of_data = random.pick(&[EndOfData::Close, EndOfData::Mark]);
    if random.one_in(2) {
        p.instrument =
            Instrument::Custom { tick_size: 0.01, qty_step: 0.001, min_qty: 0.001, min_notional_usdt: 5.0 };
    }
    p
}

fn case(seed: u64, minutes: usize) -> Setup {
    let random = &mut Random(seed);
    let path = path(random, minutes);
    let policy = policy(random, NumReg(0));
    let exec = random.pick(&["1m", "5m", "15m"]);
    let rare = random.pick(&[3, 20]);
    let actions =
        [Action::EntryLong, Action::EntryShort, Action::ExitLong, Action::ExitShort, Action::ExitAll];
    let mut rules: Vec<Rule> = Vec::new();
    for action in actions {
        let clock = if exec != "1m" && random.one_in(3) { 1 } else { 0 };
        let bars = if clock == 1 { minutes } else { minutes * MINUTE as usize / tf(exec).ms() as usize };
        let on = (0..bars).filter(|_| random.one_in(rare)).collect();
        let percent = random.pick(&[100.0, 100.0, 50.0, 30.0]);
        rules.push(Rule { clock, on, intents: vec![(Action::NoAction, 100.0), (action, percent)] });
    }
    let mut setup = Setup::new(&path, exec, policy, &rules);
    let closes: Vec<f64> = setup.hand.clocks[0].close.to_vec();
    let values = |random: &mut Random, at: f64| {
        let noisy =
            |c: &f64| if random.one_in(30) { f64::NAN } else { c * at * (1.0 + random.unit() * 0.01) };
        closes.iter().map(noisy).collect::<Vec<_>>()
    };
    let (atr, below, above) = (values(random, 0.01), values(random, 0.97), values(random, 1.02));
    setup.num(atr);
    setup.num(below);
    setup.num(above);
    setup.hand.ready = random.below(5) as usize;
    let first = path.open_time[0];
    let last = path.close_time_ms(path.len() - 1);
    let funding = (0..random.below(20)).map(|i| Funding {
        time_ms: first + (last - first) * i as i64 / 20 / MINUTE * MINUTE,
        rate: (random.unit() - 0.5) * 0.01,
    });
    setup.options = Options { funding: funding.collect(), ..Options::default() };
    setup
}

fn same(a: &RunResult, b: &RunResult) {
    assert_eq!(a.decisions_hash(), b.decisions_hash(), "decisions");
    assert_eq!(a.trades_hash(), b.trades_hash(), "trades");
    assert_eq!(a.counters, b.counters);
    assert_eq!((a.span, a.stop_reason), (b.span, b.stop_reason));
    let bits = |r: &RunResult| r.equity.equity.iter().map(|e| e.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(a), bits(b));
    assert_eq!(a.equity.time_ms, b.equity.time_ms);
    assert_eq!(a.final_equity.to_bits(), b.final_equity.to_bits());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn skipping_conserving_replaying(seed in any::<u64>()) {
        let setup = case(seed, 600);
        let (skipping, bar_by_bar) = (setup.run_with(true), setup.run_with(false));
        same(&skipping, &bar_by_bar);
        conserves_money(&skipping);
        let rules = Rules::new(&setup.program.policy, &setup.program.symbol);
        for result in [&skipping, &bar_by_bar] {
            let journal = result.journal.as_ref().expect("a journal was asked for");
            let mut kernel = Kernel::new(&rules, &setup.program.actions);
            prop_assert_eq!(journal.replay(&mut kernel), Ok(()));
        }
    }

    #[test]
    fn cutting_the_data_changes_nothing_before(seed in any::<u64>(), keep in 100_usize..500) {
        let setup = case(seed, 600);
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
    let (mut refused, mut unfilled, mut partial) = (0, 0, 0);
    for seed in 0..400 {
        let result = case(seed, 600).run();
        for trade in &result.trades {
            *seen.entry(format!("{:?}", trade.exit_reason)).or_insert(0) += 1;
            partial += usize::from(trade.fills > 2);
        }
        for case in &result.counters.cases {
            refused += case.refused.iter().sum::<u32>();
            unfilled += case.unfilled;
        }
    }
    assert_eq!(seen.len(), 10, "{seen:?}");
    assert!(refused > 50 && unfilled > 50 && partial > 50, "{refused} {unfilled} {partial}");
}
