//! Worked numbers: close is 100, 101, 102, ... on 1-minute bars without gaps.

mod common;

use bars::{Bars, Timeframe};
use bytecode::{BoolReg, ClockId, NumReg, Op, Stage};
use common::programs::Builder;
use engine::{Keep, Options, run};
use stdlib::Field;

const CLOCK: ClockId = ClockId(0);

fn rising(count: usize) -> Bars {
    let close: Vec<f64> = (0..count).map(|i| 100.0 + i as f64).collect();
    let column = || close.clone().into();
    let series = vec![bars::Series { name: "funding_rate".into(), values: column() }];
    Bars {
        timeframe: Timeframe::M1,
        open_time: (0..count as i64).map(|i| i * 60_000).collect::<Vec<_>>().into(),
        open: column(),
        high: column(),
        low: column(),
        close: column(),
        volume: column(),
        series,
    }
}

/// The bars on which a condition over close and constants is true.
fn true_bars(
    code: impl Fn(&mut Builder, NumReg, &dyn Fn(&mut Builder, f64) -> NumReg) -> BoolReg,
) -> Vec<usize> {
    let mut b = Builder::new(&["1m"]);
    let close = b.num(CLOCK, Stage::Market);
    b.push(CLOCK, Stage::Market, Op::Field { out: close, field: Field::Close });
    let constant = |b: &mut Builder, value: f64| {
        let out = b.num(CLOCK, Stage::Market);
        b.push(CLOCK, Stage::Market, Op::Constant { out, value });
        out
    };
    let condition = code(&mut b, close, &constant);
    b.enter(CLOCK, condition, condition, [None, None]);
    let columns =
        run(&b.program, &rising(120), &Options { keep: Keep::Run, ..Options::default() }).expect("runs");
    let bits = columns.bool(condition).expect("a condition of a case is kept");
    (0..bits.len()).filter(|&bar| bits.is_true(bar)).collect()
}

/// `close >= level`, then an op over it.
fn over_level(level: f64, op: impl Fn(BoolReg, BoolReg) -> Op) -> Vec<usize> {
    true_bars(|b, close, constant| {
        let level = constant(b, level);
        let above = b.bool(CLOCK, Stage::Market);
        b.push(CLOCK, Stage::Market, Op::Ge { out: above, a: close, b: level });
        let out = b.bool(CLOCK, Stage::Market);
        b.push(CLOCK, Stage::Market, op(out, above));
        out
    })
}

#[test]
fn windows() {
    let holds = over_level(150.0, |out, a| Op::HoldsFor { out, a, bars: 3, stride: 1 });
    assert_eq!(holds, (52..120).collect::<Vec<_>>());
    let count = over_level(150.0, |out, a| Op::CountTrue { out, a, bars: 5, stride: 1, min_true: 3 });
    assert_eq!(count, (52..120).collect::<Vec<_>>());
    // Samples 0, 15 and 30 bars back.
    let anchored = over_level(110.0, |out, a| Op::HoldsFor { out, a, bars: 3, stride: 15 });
    assert_eq!(anchored, (40..120).collect::<Vec<_>>());
    let minutes = over_level(150.0, |out, a| Op::HoldsForTime { out, a, duration_ms: 180_000 });
    assert_eq!(minutes, (52..120).collect::<Vec<_>>(), "3m is three 1-minute bars");
    let from_the_start = over_level(0.0, |out, a| Op::HoldsForTime { out, a, duration_ms: 180_000 });
    assert_eq!(from_the_start, (2..120).collect::<Vec<_>>(), "not before three minutes have passed");
}

#[test]
fn an_occurrence_is_remembered_for_the_window() {
    let near = |window: fn(BoolReg, BoolReg) -> Op| {
        true_bars(|b, close, constant| {
            let (level, tolerance) = (constant(b, 150.0), constant(b, 0.5));
            let near = b.bool(CLOCK, Stage::Market);
            b.push(CLOCK, Stage::Market, Op::NearAbs { out: near, a: close, b: level, tolerance });
            let out = b.bool(CLOCK, Stage::Market);
            b.push(CLOCK, Stage::Market, window(out, near));
            out
        })
    };
    assert_eq!(near(|out, a| Op::OccurredWithin { out, a, bars: 3, stride: 1 }), [50, 51, 52]);
    assert_eq!(near(|out, a| Op::OccurredWithin { out, a, bars: 2, stride: 10 }), [50, 60]);
    assert_eq!(near(|out, a| Op::OccurredWithinTime { out, a, duration_ms: 180_000 }), [50, 51, 52]);
}

#[test]
fn a_crossing_is_true_once() {
    let crossing = |level: f64, op: fn(BoolReg, NumReg, NumReg) -> Op| {
        true_bars(|b, close, constant| {
            let level = constant(b, level);
            let out = b.bool(CLOCK, Stage::Market);
            b.push(CLOCK, Stage::Market, op(out, close, level));
            out
        })
    };
    assert_eq!(crossing(150.0, |out, a, b| Op::CrossAbove { out, a, b }), [51]);
    assert_eq!(crossing(150.0, |out, a, b| Op::CrossBelow { out, a: b, b: a }), [51]);
    assert_eq!(
        crossing(99.0, |out, a, b| Op::CrossAbove { out, a, b }),
        [] as [usize; 0],
        "nothing before the first bar"
    );
}

#[test]
fn remainders_have_the_sign_of_the_divisor() {
    // Python: 7 % 3 == 1, -7 % 3 == 2, 7 % -3 == -2, -7 % -3 == -1, -6 % 3 == 0, 5.5 % 2 == 1.5
    let mut out = [0.0; 7];
    let (a, b) = ([7.0, -7.0, 7.0, -7.0, -6.0, 5.5, 1.0], [3.0, 3.0, -3.0, -3.0, 3.0, 2.0, 0.0]);
    interpreter::elementwise::rem(&a, &b, &mut out);
    assert_eq!(out[..6], [1.0, 2.0, -2.0, -1.0, 0.0, 1.5]);
    assert!(out[6].is_nan());
}
