//! Every way of running a program gives the bits of the definition: whole, in blocks, bar by bar, after a
//! restore.

mod common;

use bars::{Bars, resample};
use bytecode::{BoolReg, ClockId, NumReg, Program, Stage, verify};
use common::data::minutes;
use common::naive::{self, Naive, Positions};
use common::programs;
use common::rng::Rng;
use engine::{Bar, Columns, Keep, MarketRow, Options, PositionInputs, PositionMachine, Session, run};
use proptest::prelude::*;

const BLOCKS: [usize; 6] = [1, 7, 64, 100, 1024, 100_000];

struct Case {
    program: Program,
    data: Bars,
    positions: Positions,
    naive: Naive,
}

fn case(seed: u64) -> Case {
    let mut rng = Rng(seed);
    let program = programs::random(&mut rng);
    assert_eq!(verify(&program), Ok(()), "seed {seed}");
    let length = rng.pick(&[0, 1, 40, 300, 700]);
    let data = minutes(&mut rng, length);
    let clocks = program.clocks.iter().map(|c| resample(&data, c.timeframe).expect("a multiple").len());
    let positions: Positions = clocks.map(|bars| (0..bars).map(|_| position(&mut rng)).collect()).collect();
    let naive = naive::run(&program, &data, &positions);
    Case { program, data, positions, naive }
}

fn position(rng: &mut Rng) -> PositionInputs {
    if rng.chance(30) {
        return PositionInputs::FLAT;
    }
    PositionInputs {
        entry_price: 100.0 + rng.unit(),
        bars_in_trade: rng.below(30) as f64,
        unrealized_pnl_pct: rng.unit() * 10.0 - 5.0,
        side: rng.pick(&[1.0, -1.0]),
        stop_price: if rng.chance(50) { 98.0 + rng.unit() } else { f64::NAN },
        target_price: 103.0,
        mfe_pct: rng.unit(),
        mae_pct: -rng.unit(),
    }
}

fn options(block_bars: usize, keep: Keep) -> Options {
    Options { block_bars, keep, native: None }
}

/// To the bit; NaN is one value.
fn same(a: f64, b: Option<f64>) -> bool {
    a.to_bits() == b.unwrap_or(f64::NAN).to_bits() || (a.is_nan() && b.is_none())
}

fn check_columns(columns: &Columns, case: &Case, what: &str) -> Result<(), TestCaseError> {
    for (reg, expected) in case.naive.nums.iter().enumerate() {
        let Some(column) = columns.num(NumReg(reg as u32)) else { continue };
        prop_assert_eq!(column.len(), expected.len());
        let wrong = (0..column.len()).find(|&bar| !same(column[bar], expected[bar]));
        let found = wrong.map(|bar| (bar, column[bar], expected[bar]));
        prop_assert!(wrong.is_none(), "{what}: n{reg}: {found:?}\n{}", bytecode::disasm(&case.program));
    }
    for (reg, expected) in case.naive.bools.iter().enumerate() {
        let Some(column) = columns.bool(BoolReg(reg as u32)) else { continue };
        prop_assert_eq!(column.len(), expected.len());
        let wrong = (0..column.len()).find(|&bar| column.get(bar) != expected[bar]);
        prop_assert!(wrong.is_none(), "{what}: b{reg} at {wrong:?}\n{}", bytecode::disasm(&case.program));
        let beyond = column.known.last().map_or(0, |w| w & !(u64::MAX >> ((64 - column.len() % 64) % 64)));
        prop_assert_eq!(beyond, 0, "bits beyond the end");
    }
    Ok(())
}

/// The bars of all clocks in the order of their closes, the slower first: (clock, its bar).
fn closes(naive: &Naive) -> Vec<(ClockId, usize)> {
    let clocks = naive.bars.iter().enumerate();
    let mut all: Vec<(i64, usize, usize)> = clocks
        .flat_map(|(clock, bars)| (0..bars.len()).map(move |bar| (bars.close_time_ms(bar), clock, bar)))
        .collect();
    all.sort_unstable();
    all.into_iter().map(|(_, clock, bar)| (ClockId(clock as u16), bar)).collect()
}

fn bar_of(bars: &Bars, bar: usize) -> Bar {
    Bar {
        open_time: bars.open_time[bar],
        open: bars.open[bar],
        high: bars.high[bar],
        low: bars.low[bar],
        close: bars.close[bar],
        volume: bars.volume[bar],
        series: bars.series.iter().map(|s| s.values[bar]).collect(),
    }
}

/// All registers of this clock and stage that `row` holds, against the definition.
fn check_row(
    row: &impl MarketRow,
    case: &Case,
    at: (ClockId, usize),
    stage: Stage,
    kept: impl Fn(bytecode::ops::Operand) -> bool,
) -> Result<(), TestCaseError> {
    let (clock, bar) = at;
    for (reg, info) in (0_u32..).zip(&case.program.num_regs) {
        if info.clock == clock && info.stage == stage && kept(NumReg(reg).into()) {
            let expected = case.naive.nums[reg as usize][bar];
            prop_assert!(same(row.num(NumReg(reg)), expected), "n{reg} at {bar} of {clock:?}");
        }
    }
    for (reg, info) in (0_u32..).zip(&case.program.bool_regs) {
        if info.clock == clock && info.stage == stage && kept(BoolReg(reg).into()) {
            prop_assert_eq!(
                row.bool(BoolReg(reg)),
                case.naive.bools[reg as usize][bar],
                "b{} at {}",
                reg,
                bar
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_block_size_gives_the_definition(seed: u64) {
        let case = case(seed);
        for block_bars in BLOCKS {
            for keep in [Keep::Run, Keep::Exports, Keep::All] {
                let columns = run(&case.program, &case.data, &options(block_bars, keep)).expect("runs");
                check_columns(&columns, &case, &format!("blocks of {block_bars}, {keep:?}"))?;
            }
        }
    }

    #[test]
    fn bar_by_bar_gives_the_same_with_restores_anywhere(seed: u64) {
        let case = case(seed);
        let mut rng = Rng(seed ^ 1);
        let kept = Keep::Exports.registers(&case.program);
        let mut session = Session::new(&case.program).expect("verified");
        for (clock, bar) in closes(&case.naive) {
            if rng.chance(3) {
                let mut restored = Session::new(&case.program).expect("verified");
                restored.restore(&session.snapshot()).expect("its own snapshot");
                session = restored;
            }
            let bars = &case.naive.bars[usize::from(clock.0)];
            let row = session.push(clock, &bar_of(bars, bar)).expect("in order");
            check_row(row, &case, (clock, bar), Stage::Market, |reg| match reg {
                bytecode::ops::Operand::Num(reg) => kept.nums[reg.0 as usize],
                bytecode::ops::Operand::Bool(reg) => kept.bools[reg.0 as usize],
            })?;
        }
    }

    #[test]
    fn position_code_gives_the_definition(seed: u64) {
        let case = case(seed);
        let mut rng = Rng(seed ^ 2);
        let columns = run(&case.program, &case.data, &Options::default()).expect("runs");
        let mut machine = PositionMachine::new(&case.program);
        for (clock, bar) in closes(&case.naive) {
            if rng.chance(3) {
                let mut restored = PositionMachine::new(&case.program);
                restored.load(&machine.save()).expect("its own state");
                machine = restored;
            }
            let at = usize::from(clock.0);
            let open_ms = case.naive.bars[at].open_time[bar];
            let row = machine.step(clock, open_ms, &columns.row(bar), &case.positions[at][bar]);
            check_row(row, &case, (clock, bar), Stage::Position, |_| true)?;
        }
    }

    #[test]
    fn cutting_the_data_changes_nothing_before(seed: u64) {
        let case = case(seed);
        let cut = Rng(seed ^ 3).below(case.data.len() + 1);
        let part = case.data.slice(0..cut);
        let whole = run(&case.program, &case.data, &options(1024, Keep::All)).expect("runs");
        let before = run(&case.program, &part, &options(64, Keep::All)).expect("runs");
        for (reg, info) in (0_u32..).zip(&case.program.num_regs) {
            let bars = before.clock(info.clock).bars.len();
            if let Some(column) = before.num(NumReg(reg)) {
                let whole = &whole.num(NumReg(reg)).expect("kept too")[..bars];
                let present = |x: f64| Some(x).filter(|x| !x.is_nan());
                prop_assert!(column.iter().zip(whole).all(|(&a, &b)| same(a, present(b))));
            }
        }
        for (reg, info) in (0_u32..).zip(&case.program.bool_regs) {
            let bars = before.clock(info.clock).bars.len();
            if let Some(column) = before.bool(BoolReg(reg)) {
                let whole = whole.bool(BoolReg(reg)).expect("kept too");
                prop_assert!((0..bars).all(|bar| column.get(bar) == whole.get(bar)));
            }
        }
        for (before, whole) in before.clocks.iter().zip(&whole.clocks) {
            prop_assert!(before.ready == before.bars.len() || before.ready == whole.ready);
        }
    }

    #[test]
    fn encoding_gives_the_program_back(seed: u64) {
        let program = programs::random(&mut Rng(seed));
        let bytes = program.encode();
        let decoded = Program::decode(&bytes).expect("its own bytes");
        prop_assert_eq!(decoded.encode(), bytes);
        // Missing constants are NaN, which is not equal to itself: compare as text.
        prop_assert_eq!(format!("{decoded:?}"), format!("{program:?}"));
    }
}

#[test]
fn the_generator_covers_every_op() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..100 {
        let program = programs::random(&mut Rng(seed));
        let ops = program.market.iter().chain(&program.position).flat_map(|s| &s.ops);
        seen.extend(ops.map(bytecode::Op::mnemonic));
    }
    let missing: Vec<_> = bytecode::ops::MNEMONICS.iter().filter(|name| !seen.contains(*name)).collect();
    assert!(missing.is_empty(), "never generated: {missing:?}");
}
