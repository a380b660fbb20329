//! Sequences, scores, windows, logic and position state against a naive evaluator, on random conditions in random
//! spellings over random bars (L3, L6 to L9, L13 to L15).
//!
//! 20,000 conditions in an ordinary run, 100,000 with `PLAY_SLOW=1`.

mod dice;
mod naive;
mod tree;

use bars::{Bars, Series, Timeframe};
use bytecode::{BoolReg, Program, Stage};
use dice::Dice;
use engine::{Columns, Keep, MarketRow, Options, PositionInputs, PositionMachine};
use naive::{Truth, World};
use tree::{Cond, May};

/// Conditions in one Play.
const TOGETHER: usize = 40;
const QUICK: usize = 20_000;
const FULL: usize = 100_000;

const HEAD: &str = "version: \"3.0.0\"
name: random conditions
symbol: BTCUSDT
timeframes: {low_tf: 1m, med_tf: 5m, high_tf: 15m, exec: low_tf}
account: {starting_equity_usdt: 10000, max_leverage: 1}
position_policy: {mode: long_short, exit_mode: first_hit}
risk: {stop_loss_pct: 2, take_profit_pct: 4, max_position_pct: 50}
features:
  s5: {indicator: sma, tf: 5m, params: {length: 1}}
  s15: {indicator: sma, tf: 15m, params: {length: 1}}
actions:
";

fn play(conditions: &[Cond], dice: &mut Dice) -> String {
    let mut text = HEAD.to_owned();
    for (at, condition) in conditions.iter().enumerate() {
        let yaml = condition.yaml(dice);
        text.push_str(&format!(
            "- {{id: c{at}, cases: [{{when: {yaml}, emit: [{{action: entry_long}}]}}]}}\n"
        ));
    }
    text
}

struct Minute {
    open_time: i64,
    open: f64,
    close: f64,
    funding: f64,
}

/// Whole prices that often meet, minutes that are missing, a series with holes.
fn minutes(dice: &mut Dice) -> Bars {
    let begin = 1_700_000_100_000 / 60_000 * 60_000 + 60_000 * dice.below(30) as i64;
    let mut rows: Vec<Minute> = Vec::new();
    let (mut minute, mut price) = (0, 100.0);
    for _ in 0..20 + dice.below(50) {
        if dice.below(20) == 0 {
            minute += dice.below(25) as i64;
        }
        let open = price;
        price = (price + dice.below(5) as f64 - 2.0_f64).clamp(96.0, 104.0);
        let funding = if dice.below(4) == 0 { f64::NAN } else { dice.below(3) as f64 - 1.0 };
        rows.push(Minute { open_time: begin + minute * 60_000, open, close: price, funding });
        minute += 1;
    }
    let column = |f: fn(&Minute) -> f64| rows.iter().map(f).collect::<Vec<f64>>();
    Bars {
        timeframe: Timeframe::M1,
        open_time: rows.iter().map(|r| r.open_time).collect::<Vec<_>>().into(),
        open: column(|r| r.open).into(),
        high: column(|r| r.open.max(r.close)).into(),
        low: column(|r| r.open.min(r.close)).into(),
        close: column(|r| r.close).into(),
        volume: column(|_| 1.0).into(),
        series: vec![Series { name: "funding_rate".into(), values: column(|r| r.funding).into() }],
    }
}

/// In a trade for some bars, flat for some.
fn positions(bars: &Bars, dice: &mut Dice) -> Vec<PositionInputs> {
    let (mut left, mut now, mut all) = (0, PositionInputs::FLAT, Vec::with_capacity(bars.len()));
    for bar in 0..bars.len() {
        if left == 0 {
            left = 1 + dice.below(12);
            now = PositionInputs::FLAT;
            if dice.below(3) > 0 {
                now.side = dice.pick(&[1.0, -1.0]);
                now.entry_price = bars.close[bar];
                now.bars_in_trade = 0.0;
                now.stop_price = if dice.below(2) == 0 { f64::NAN } else { bars.close[bar] - 2.0 };
                now.target_price = bars.close[bar] + 2.0;
            }
        } else if now.side != 0.0 {
            now.bars_in_trade += 1.0;
        }
        if now.side != 0.0 {
            now.unrealized_pnl_pct = (bars.close[bar] - now.entry_price) * now.side;
            now.mfe_pct =
                now.unrealized_pnl_pct.max(0.0).max(if now.mfe_pct.is_nan() { 0.0 } else { now.mfe_pct });
            now.mae_pct = now.unrealized_pnl_pct.min(0.0);
        }
        left -= 1;
        all.push(now);
    }
    all
}

/// A case's condition and its guard, at each close of a minute.
type Asked = [Vec<Truth>; 2];

/// The truth of the cases' conditions and guards at each close of a minute.
fn asked(program: &Program, bars: &Bars, positions: &[PositionInputs], block_bars: usize) -> Vec<Asked> {
    let options = Options { block_bars, keep: Keep::All, ..Options::default() };
    let columns = engine::run(program, bars, &options).expect("minutes give every timeframe");
    let mut machine = PositionMachine::new(program);
    let mut all: Vec<Asked> = program.actions.iter().map(|_| Default::default()).collect();
    for (clock, bar) in closes(&columns) {
        let own = &columns.clocks[clock].bars;
        let id = bytecode::ClockId(clock as u16);
        // Only the exec clock asks about the position.
        let minute = if id == program.exec { bar } else { 0 };
        machine.step(id, own.open_time[bar], &columns.row(bar), &positions[minute]);
        if id == program.exec {
            for (block, found) in program.actions.iter().zip(&mut all) {
                let case = &block.cases[0];
                let truth = |reg: BoolReg| match program.bool_regs[reg.0 as usize].stage {
                    Stage::Market => columns.row(bar).bool(reg),
                    Stage::Position => machine.bool(reg),
                };
                found[0].push(truth(case.when));
                found[1].push(truth(case.guard));
            }
        }
    }
    all
}

fn closes(columns: &Columns) -> Vec<(usize, usize)> {
    let clocks = columns.clocks.iter().enumerate();
    let mut all: Vec<(i64, usize, usize)> = clocks
        .flat_map(|(clock, c)| (0..c.bars.len()).map(move |bar| (c.bars.close_time_ms(bar), clock, bar)))
        .collect();
    all.sort_unstable();
    all.into_iter().map(|(_, clock, bar)| (clock, bar)).collect()
}

/// What went wrong, and how often a condition was true, false and unknown.
fn one_play(seed: u64, position: bool) -> (Vec<String>, [usize; 3]) {
    let mut dice = Dice::new(seed * 2 + u64::from(position));
    let conditions: Vec<Cond> = (0..TOGETHER).map(|_| tree::random(&mut dice, May { position }, 3)).collect();
    let text = play(&conditions, &mut dice);
    let program = tests::program(&format!("seed {seed}"), &text);
    let bars = minutes(&mut dice);
    let positions = positions(&bars, &mut dice);
    let found = asked(&program, &bars, &positions, dice.pick(&[1, 7, 64, 1000]));
    let world = World::new(&bars, positions);
    let (mut wrong, mut seen) = (Vec::new(), [0; 3]);
    for ((condition, [when, guard]), line) in conditions.iter().zip(&found).zip(text.lines().skip(11)) {
        let expected = world.column(condition, 1);
        for (bar, truth) in expected.iter().enumerate() {
            seen[truth.map_or(2, usize::from)] += 1;
            if when[bar] != *truth {
                wrong.push(format!("seed {seed} bar {bar}: {:?}, not {truth:?}: {line}", when[bar]));
                break;
            }
            if when[bar] == Some(true) && guard[bar] != Some(true) {
                wrong.push(format!("seed {seed} bar {bar}: true, and its guard is not: {line}"));
                break;
            }
        }
    }
    (wrong, seen)
}

fn all_agree(position: bool) {
    // Half of them here, half in the other test.
    let conditions = if tests::slow() { FULL } else { QUICK } / 2;
    let seeds: Vec<u64> = (0..conditions.div_ceil(TOGETHER) as u64).collect();
    let runs = tests::on_all_cores(&seeds, |&seed| one_play(seed, position));
    let wrong: Vec<String> = runs.iter().flat_map(|(wrong, _)| wrong).take(10).cloned().collect();
    tests::all_hold(&wrong);
    // Cases worth their name: each outcome is seen on at least one bar in twenty.
    let sum = |at: usize| runs.iter().map(|(_, seen)| seen[at]).sum::<usize>();
    let all: usize = (0..3).map(sum).sum();
    for (at, outcome) in ["false", "true", "unknown"].iter().enumerate() {
        assert!(sum(at) * 20 >= all, "only {} of {all} are {outcome}", sum(at));
    }
}

#[test]
fn conditions_on_the_market_mean_what_they_say() {
    all_agree(false);
}

#[test]
fn conditions_on_the_position_mean_what_they_say() {
    all_agree(true);
}
