//! Each rule of the verifier: a program that breaks it, and the words that say so.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

mod common;

use std::path::Path;

use bytecode::ops::PositionField;
use bytecode::{
    BoolReg, ClockId, ExportColumn, MetadataValue, NumReg, Op, Program, RegInfo, Stage, StopRule, verify,
};
use common::programs::Builder;
use stdlib::{Field, Value};

const SLOW: ClockId = ClockId(0);
const FAST: ClockId = ClockId(1);

/// Every kind of part, accepted as it is. Market 15m: n0 close. Market 1m: n1 close, n2 ema, n3 align n0, b0
/// n2 > n3, b1 its window. Position 1m: n4 entry price, b2 n1 > n4.
fn sound() -> Program {
    let mut b = Builder::new(&["15m", "1m"]);
    let market = Stage::Market;
    let slow = b.num(SLOW, market);
    b.push(SLOW, market, Op::Field { out: slow, field: Field::Close });
    let close = b.num(FAST, market);
    b.push(FAST, market, Op::Field { out: close, field: Field::Close });
    let ema = b.ema(FAST, close, 9);
    let aligned = b.num(FAST, market);
    b.push(FAST, market, Op::AlignNum { out: aligned, a: slow });
    let above = b.bool(FAST, market);
    b.push(FAST, market, Op::Gt { out: above, a: ema, b: aligned });
    let held = b.bool(FAST, market);
    b.push(FAST, market, Op::HoldsFor { out: held, a: above, bars: 3, stride: 1 });
    let entry = b.num(FAST, Stage::Position);
    b.push(FAST, Stage::Position, Op::Position { out: entry, field: PositionField::EntryPrice });
    let winning = b.bool(FAST, Stage::Position);
    b.push(FAST, Stage::Position, Op::Gt { out: winning, a: close, b: entry });
    b.enter(FAST, held, held, [Some(ema), Some(aligned)]);
    b.enter(FAST, winning, above, [Some(close), Some(entry)]);
    b.export(ExportColumn::Num(ema));
    b.program
}

type Break = fn(&mut Program);

const RULES: &[(&str, Break)] = &[
    ("another catalogue", |p| p.identity.catalogue_hash[0] ^= 1),
    ("there is none", |p| p.clocks.clear()),
    ("strictly from the slowest", |p| p.clocks.swap(0, 1)),
    ("strictly from the slowest", |p| p.clocks[1] = p.clocks[0]),
    ("there is no such clock", |p| p.exec = ClockId(2)),
    ("not one section for each clock", |p| p.market.swap(0, 1)),
    ("not one section for each clock", |p| p.position.truncate(1)),
    ("has a clock that does not exist", |p| p.num_regs[0].clock = ClockId(9)),
    ("before it is written", |p| p.market[1].ops.swap(0, 1)),
    ("b9, which does not exist", |p| p.market[1].ops[4] = Op::Not { out: BoolReg(1), a: BoolReg(9) }),
    ("a second time", |p| {
        let op = p.market[0].ops[0];
        p.market[0].ops.push(op);
    }),
    ("n5 is never written", |p| p.num_regs.push(RegInfo { clock: SLOW, stage: Stage::Market })),
    ("of another clock or stage", |p| {
        p.market[1].ops[3] = Op::Gt { out: BoolReg(0), a: NumReg(2), b: NumReg(0) };
    }),
    ("it writes n0, which is of another clock or stage", |p| p.num_regs[0].clock = FAST),
    ("not of a slower clock", |p| p.market[1].ops[2] = Op::AlignNum { out: NumReg(3), a: NumReg(1) }),
    ("does not belong to this stage", |p| {
        p.market[1].ops[0] = Op::Position { out: NumReg(1), field: PositionField::Side };
    }),
    ("does not belong to this stage", |p| {
        p.position[1].ops[0] = Op::Field { out: NumReg(4), field: Field::Open };
    }),
    ("is infinite", |p| p.market[1].ops[0] = Op::Constant { out: NumReg(1), value: f64::INFINITY }),
    ("no such series", |p| p.market[1].ops[0] = Op::Series { out: NumReg(1), series: 1 }),
    ("has no bars", |p| {
        p.market[1].ops[4] = Op::HoldsFor { out: BoolReg(1), a: BoolReg(0), bars: 0, stride: 1 }
    }),
    ("has no bars", |p| {
        p.market[1].ops[4] = Op::HoldsFor { out: BoolReg(1), a: BoolReg(0), bars: 1, stride: 0 }
    }),
    ("is too long", |p| {
        p.market[1].ops[4] =
            Op::OccurredWithin { out: BoolReg(1), a: BoolReg(0), bars: u32::MAX, stride: u32::MAX };
    }),
    ("is too long", |p| p.market[1].ops[2] = Op::Shift { out: NumReg(3), a: NumReg(1), bars: u32::MAX }),
    ("the duration", |p| {
        p.market[1].ops[4] = Op::HoldsForTime { out: BoolReg(1), a: BoolReg(0), duration_ms: 0 };
    }),
    ("there is no call 7", |p| p.market[1].ops[1] = Op::Call { call: 7 }),
    ("not the operand of any op", |p| p.calls.push(p.calls[0].clone())),
    ("the catalogue has no", |p| p.calls[0].builtin = "emma".into()),
    ("the catalogue has no", |p| p.calls[0].structure = true),
    ("has 1 parameters, not 0", |p| p.calls[0].params.0.clear()),
    ("out of its range", |p| p.calls[0].params.0[0] = Value::Int(0)),
    ("not of its type", |p| p.calls[0].params.0[0] = Value::Bool(true)),
    ("another number of inputs", |p| p.calls[0].inputs.clear()),
    ("input 0 is absent", |p| p.calls[0].inputs[0] = None),
    ("has 1 outputs", |p| p.calls[0].outputs.push(NumReg(3))),
    ("its clock does not exist", |p| p.actions[0].clock = ClockId(3)),
    ("not on the block's clock", |p| p.actions[0].clock = SLOW),
    ("the guard is not a market register", |p| p.actions[1].cases[0].guard = BoolReg(2)),
    ("no other guard than itself", |p| p.actions[0].cases[0].guard = BoolReg(0)),
    ("the condition's root", |p| p.actions[0].cases[0].condition.reg = BoolReg(0)),
    ("a register of the condition", |p| {
        p.actions[0].cases[0].condition.children[0].reg = BoolReg(77);
    }),
    ("percentage", |p| p.actions[0].cases[0].emit[0].percent = 0.0),
    ("percentage", |p| p.actions[0].cases[0].emit[0].percent = f64::NAN),
    ("metadata `value`", |p| {
        p.actions[0].cases[0].emit[0].metadata[0].1 = MetadataValue::Reg(NumReg(0));
    }),
    ("policy: a register", |p| {
        p.policy.stop = Some(StopRule::Atr { atr: NumReg(4), multiple: 1.0, buffer_pct: 0.0 });
    }),
    ("policy, stop", |p| {
        p.policy.stop = Some(StopRule::Atr { atr: NumReg(2), multiple: -1.0, buffer_pct: 0.0 });
    }),
    ("policy, account", |p| p.policy.account.equity_usdt = 0.0),
    ("policy, account", |p| p.policy.account.taker_bps = f64::NAN),
    ("policy, sizing", |p| p.policy.sizing.leverage = f64::INFINITY),
    ("the name occurs twice", |p| p.exports.push(p.exports[0].clone())),
    ("its register does not exist", |p| p.exports[0].column = ExportColumn::Num(NumReg(50))),
    ("one place for each op", |p| p.debug.market[0].truncate(0)),
];

#[test]
fn each_rule_is_checked() {
    assert_eq!(verify(&sound()), Ok(()));
    for (index, (words, damage)) in RULES.iter().enumerate() {
        let mut program = sound();
        damage(&mut program);
        let errors = verify(&program).expect_err(words);
        let said = errors.iter().any(|error| error.to_string().contains(words));
        assert!(said, "rule {index}, `{words}`: {errors:#?}");
    }
}

#[test]
fn a_missing_constant_is_accepted() {
    let mut program = sound();
    program.market[1].ops[0] = Op::Constant { out: NumReg(1), value: f64::NAN };
    assert_eq!(verify(&program), Ok(()));
}

#[test]
fn the_listing_is_stable() {
    let listing = bytecode::disasm(&sound());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/listing.txt");
    if std::env::var_os("BLESS").is_some_and(|v| v == "1") {
        std::fs::write(&path, &listing).expect("the golden can be written");
    }
    let golden = std::fs::read_to_string(&path).expect("the golden is part of the project");
    assert_eq!(listing, golden, "`cargo xtask bless` writes goldens anew");
}
