//! Machine code gives the bits of the interpreter: random programs over every op, any blocks, position
//! code bar by bar,
//! with states that go from one to the other. (That the interpreter gives the definition is the engine's test.)

#[path = "../../engine/tests/common/mod.rs"]
mod common;

use std::collections::BTreeSet;

use bars::{Bars, Bitmap, Column};
use bytecode::{BoolReg, ClockId, NumReg, Op, Program, Stage, verify};
use common::data::minutes;
use common::programs;
use common::rng::Rng;
use engine::{Columns, Keep, MarketRow, Options, PositionInputs, PositionMachine, run};
use jit::ALWAYS;
use proptest::prelude::*;

const BLOCKS: [usize; 6] = [1, 7, 64, 100, 1024, 100_000];

fn case(seed: u64) -> (Program, Bars) {
    let mut rng = Rng(seed);
    let program = programs::random(&mut rng);
    assert_eq!(verify(&program), Ok(()), "seed {seed}");
    let length = rng.pick(&[0, 1, 40, 300, 700, 1500]);
    let mut data = minutes(&mut rng, length);
    if rng.chance(30) {
        data.open = odd(&mut rng, &data.open);
    }
    (program, data)
}

/// Whatever a column may hold, it means the same to both: infinities and foreign NaNs too, which no
/// loader lets through.
fn odd(rng: &mut Rng, column: &[f64]) -> Column<f64> {
    let payload = f64::from_bits(0xfff8_0000_0000_1234);
    let values = [f64::INFINITY, f64::NEG_INFINITY, payload, f64::NAN, -0.0, 0.0, 5e-324, f64::MAX, f64::MIN];
    let mut changed = |&x: &f64| if rng.chance(20) { rng.pick(&values) } else { x };
    column.iter().map(&mut changed).collect::<Vec<_>>().into()
}

fn options(block_bars: usize, keep: Keep, native: bool) -> Options {
    Options { block_bars, keep, native: if native { Some(&ALWAYS) } else { None } }
}

/// To the bit, NaN included: the payload of a missing number is one and the same.
fn same_columns(program: &Program, a: &Columns, b: &Columns) -> Result<(), TestCaseError> {
    for reg in 0..program.num_regs.len() {
        let bits = |columns: &Columns| -> Option<Vec<u64>> {
            columns.num(NumReg(reg as u32)).map(|column| column.iter().map(|x| x.to_bits()).collect())
        };
        let (a, b) = (bits(a), bits(b));
        if a != b {
            let (a, b) = (a.unwrap_or_default(), b.unwrap_or_default());
            let at = a.iter().zip(&b).position(|(a, b)| a != b);
            let pair = at.map(|at| (f64::from_bits(a[at]), f64::from_bits(b[at]), a[at], b[at]));
            prop_assert!(false, "n{reg} at {at:?}: {pair:?}\n{}", bytecode::disasm(program));
        }
    }
    for reg in 0..program.bool_regs.len() {
        let (a, b): (Option<&Bitmap>, _) = (a.bool(BoolReg(reg as u32)), b.bool(BoolReg(reg as u32)));
        prop_assert!(a == b, "b{reg}\n{}", bytecode::disasm(program));
    }
    Ok(())
}

fn position(rng: &mut Rng) -> PositionInputs {
    if rng.chance(30) {
        return PositionInputs::FLAT;
    }
    let pnl = rng.unit() * 10.0 - 5.0;
    PositionInputs {
        entry_price: 100.0 + rng.unit(),
        bars_in_trade: rng.below(30) as f64,
        unrealized_pnl_pct: rng.pick(&[pnl, 0.0, -0.0, f64::INFINITY]),
        side: rng.pick(&[1.0, -1.0]),
        stop_price: if rng.chance(50) { 98.0 + rng.unit() } else { f64::NAN },
        target_price: 103.0,
        mfe_pct: rng.unit(),
        mae_pct: -rng.unit(),
    }
}

/// The bars of all clocks in the order of their closes, the slower first: (clock, its bar).
fn closes(columns: &Columns) -> Vec<(ClockId, usize)> {
    let clocks = columns.clocks.iter().enumerate();
    let mut all: Vec<(i64, usize, usize)> = clocks
        .flat_map(|(clock, c)| (0..c.bars.len()).map(move |bar| (c.bars.close_time_ms(bar), clock, bar)))
        .collect();
    all.sort_unstable();
    all.into_iter().map(|(_, clock, bar)| (ClockId(clock as u16), bar)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn market_code_in_blocks_of_any_size(seed: u64) {
        let (program, data) = case(seed);
        let mut rng = Rng(seed ^ 1);
        for block_bars in BLOCKS {
            let keep = rng.pick(&[Keep::Run, Keep::Exports, Keep::All]);
            let expected = run(&program, &data, &options(1024, keep, false)).expect("runs");
            let found = run(&program, &data, &options(block_bars, keep, true)).expect("runs");
            same_columns(&program, &found, &expected)?;
        }
    }

    #[test]
    fn position_code_with_states_that_change_hands(seed: u64) {
        let (program, data) = case(seed);
        let mut rng = Rng(seed ^ 2);
        let columns = run(&program, &data, &Options::default()).expect("runs");
        let mut interpreted = PositionMachine::new(&program);
        let mut compiled = PositionMachine::with_native(&program, &ALWAYS, usize::MAX);
        for (clock, bar) in closes(&columns) {
            if rng.chance(3) {
                let (one, other) = (interpreted.save(), compiled.save());
                prop_assert_eq!(&one, &other);
                interpreted.load(&other).expect("a state of this program");
                compiled.load(&one).expect("a state of this program");
            }
            let open_ms = columns.clock(clock).bars.open_time[bar];
            let inputs = position(&mut rng);
            let expected = interpreted.step(clock, open_ms, &columns.row(bar), &inputs);
            let found = compiled.step(clock, open_ms, &columns.row(bar), &inputs);
            prop_assert_eq!(found.opened_ms(clock), expected.opened_ms(clock));
            for (reg, info) in (0_u32..).zip(&program.num_regs) {
                let (found, expected) = (found.num(NumReg(reg)), expected.num(NumReg(reg)));
                let same = found.to_bits() == expected.to_bits() || info.stage == Stage::Market;
                prop_assert!(same, "n{reg} at {bar} of {clock:?}: {found} and {expected}\n{}", bytecode::disasm(&program));
            }
            for reg in 0..program.bool_regs.len() {
                let reg = BoolReg(reg as u32);
                prop_assert_eq!(found.bool(reg), expected.bool(reg), "{:?} at {} of {:?}\n{}", reg, bar, clock, bytecode::disasm(&program));
            }
        }
    }
}

/// The cases above say something only if chains hold every op that they can hold, and position code
/// every op there is.
#[test]
fn the_generator_reaches_every_op() {
    let (mut fused, mut other) = (BTreeSet::new(), BTreeSet::new());
    for seed in 0..100 {
        let program = programs::random(&mut Rng(seed));
        let kept = Keep::Run.registers(&program);
        for section in &program.market {
            let plan = interpreter::Native::plan(&ALWAYS, &program, section, &kept, 1000);
            let alone: BTreeSet<usize> = plan.steps.iter().filter_map(op_alone).collect();
            for (at, op) in section.ops.iter().enumerate() {
                if alone.contains(&at) {
                    other.insert(op.mnemonic())
                } else {
                    fused.insert(op.mnemonic())
                };
            }
        }
        for section in &program.position {
            let ops: Vec<&Op> = section.ops.iter().collect();
            assert!(ops.is_empty() || interpreter::Native::position(&ALWAYS, &program, section, 1).is_some());
        }
    }
    let names = [
        "add",
        "sub",
        "mul",
        "div",
        "neg",
        "abs",
        "min",
        "max",
        "gt",
        "ge",
        "lt",
        "le",
        "eq",
        "ne",
        "near.abs",
        "near.pct",
        "cross.above",
        "cross.below",
        "truthy",
        "and",
        "or",
        "not",
    ];
    let missing: Vec<_> = names.iter().filter(|name| !fused.contains(*name)).collect();
    assert!(missing.is_empty(), "never in a chain: {missing:?}");
    let missing: Vec<_> = bytecode::ops::MNEMONICS
        .iter()
        .filter(|name| !fused.contains(*name) && !other.contains(*name))
        .collect();
    assert!(missing.iter().all(|name| **name == "position"), "never run: {missing:?}");
}

fn op_alone(step: &interpreter::native::Step) -> Option<usize> {
    match step {
        interpreter::native::Step::Op(at) => Some(*at),
        interpreter::native::Step::Crossings { .. } | interpreter::native::Step::Chain(_) => None,
    }
}
