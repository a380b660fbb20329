//! The op table read one bar at a time, from the definitions: no blocks, no state, no NaN, no bit tricks.

use bars::{Bars, resample};
use bytecode::{ClockId, NumReg, Op, Program, Section};
use interpreter::PositionInputs;
use stdlib::Field;

pub type Num = Option<f64>;
pub type Truth = Option<bool>;

/// For each register its value at each bar of its clock.
pub struct Naive {
    pub bars: Vec<Bars>,
    pub nums: Vec<Vec<Num>>,
    pub bools: Vec<Vec<Truth>>,
}

/// The position at each bar of each clock.
pub type Positions = Vec<Vec<PositionInputs>>;

pub fn run(program: &Program, data: &Bars, positions: &Positions) -> Naive {
    let bars = program.clocks.iter().map(|c| resample(data, c.timeframe).expect("a multiple"));
    let mut all = Naive {
        bars: bars.collect(),
        nums: vec![Vec::new(); program.num_regs.len()],
        bools: vec![Vec::new(); program.bool_regs.len()],
    };
    for section in program.market.iter().chain(&program.position) {
        run_section(program, section, positions, &mut all);
    }
    all
}

fn run_section(program: &Program, section: &Section, positions: &Positions, all: &mut Naive) {
    let clock = usize::from(section.clock.0);
    for op in &section.ops {
        if let Op::Call { call } = *op {
            let call = &program.calls[call as usize];
            let source = &all.nums[call.inputs[0].expect("ema has a source").0 as usize];
            all.nums[call.outputs[0].0 as usize] = kernel(call, source);
            continue;
        }
        for bar in 0..all.bars[clock].len() {
            op.outputs(|out| match out {
                bytecode::ops::Operand::Num(reg) => {
                    let value = number(program, op, section.clock, bar, positions, all);
                    all.nums[reg.0 as usize].push(value.filter(|x| x.is_finite()));
                }
                bytecode::ops::Operand::Bool(reg) => {
                    let value = truth(program, op, section.clock, bar, all);
                    all.bools[reg.0 as usize].push(value);
                }
            });
        }
    }
}

/// The kernel over all bars at once: its own tests say what it must give.
fn kernel(call: &bytecode::Call, source: &[Num]) -> Vec<Num> {
    let row =
        stdlib::builtin(stdlib::lookup(stdlib::Kind::Indicator, &call.builtin).expect("in the catalogue"));
    let source: Vec<f64> = source.iter().map(|x| x.unwrap_or(f64::NAN)).collect();
    let mut out = vec![0.0; source.len()];
    (row.make)(&call.params).run(&[&source], &mut [&mut out]);
    out.into_iter().map(|x| Some(x).filter(|x| x.is_finite())).collect()
}

fn present(x: f64) -> Num {
    (!x.is_nan()).then_some(x)
}

/// The row of `slow` that the bar sees: the last one that closes no later.
fn visible(all: &Naive, slow: ClockId, clock: ClockId, bar: usize) -> Option<usize> {
    let now = all.bars[usize::from(clock.0)].close_time_ms(bar);
    let slow = &all.bars[usize::from(slow.0)];
    (0..slow.len()).rev().find(|&row| slow.close_time_ms(row) <= now)
}

fn number(program: &Program, op: &Op, clock: ClockId, bar: usize, positions: &Positions, all: &Naive) -> Num {
    let at = |reg: NumReg| all.nums[reg.0 as usize][bar];
    let two = |a, b, f: fn(f64, f64) -> f64| Some(f(at(a)?, at(b)?));
    let bars = &all.bars[usize::from(clock.0)];
    match *op {
        Op::Constant { value, .. } => present(value),
        Op::Field { field, .. } => field_of(bars, field, bar),
        Op::Series { series, .. } => {
            present(bars.series(&program.series[usize::from(series)]).expect("there")[bar])
        }
        Op::Position { field, .. } => present(positions[usize::from(clock.0)][bar].get(field)),
        Op::AlignNum { a, .. } => {
            let slow = program.num_regs[a.0 as usize].clock;
            visible(all, slow, clock, bar).and_then(|row| all.nums[a.0 as usize][row])
        }
        Op::Add { a, b, .. } => two(a, b, |a, b| a + b),
        Op::Sub { a, b, .. } => two(a, b, |a, b| a - b),
        Op::Mul { a, b, .. } => two(a, b, |a, b| a * b),
        Op::Div { a, b, .. } => two(a, b, |a, b| if b == 0.0 { f64::NAN } else { a / b }),
        Op::Rem { a, b, .. } => two(a, b, python_rem),
        Op::Min { a, b, .. } => two(a, b, |a, b| if a < b { a } else { b }),
        Op::Max { a, b, .. } => two(a, b, |a, b| if a > b { a } else { b }),
        Op::Neg { a, .. } => at(a).map(|a| -a),
        Op::Abs { a, .. } => at(a).map(f64::abs),
        Op::Shift { a, bars, .. } => {
            bar.checked_sub(bars as usize).and_then(|bar| all.nums[a.0 as usize][bar])
        }
        _ => sequence_number(op, bar, bars, all),
    }
}

fn sequence_number(op: &Op, bar: usize, bars: &Bars, all: &Naive) -> Num {
    let truth = |reg: bytecode::BoolReg| all.bools[reg.0 as usize][bar];
    let close = |bar: usize| bars.close_time_ms(bar);
    let latest = |start: NumReg, near: &dyn Fn(usize) -> bool| {
        let earlier = (0..bar).rev().filter(|&other| near(other));
        earlier.filter_map(|other| all.nums[start.0 as usize][other]).next()
    };
    match *op {
        Op::ThenStart { a, .. } => (truth(a) == Some(true)).then_some(bar as f64),
        Op::ThenStartTime { a, .. } => (truth(a) == Some(true)).then_some(close(bar) as f64),
        Op::ThenNext { start, next, bars, .. } if truth(next) == Some(true) => {
            latest(start, &|other| bar - other <= bars as usize)
        }
        Op::ThenNextTime { start, next, duration_ms, .. } if truth(next) == Some(true) => {
            latest(start, &|other| close(bar) - close(other) <= duration_ms)
        }
        Op::ThenNext { .. } | Op::ThenNextTime { .. } => None,
        Op::TallyLeast { sum, a, weight, .. } => {
            let certain = |truth: bool| if truth { weight } else { 0.0 };
            let least = truth(a).map_or(weight.min(0.0), certain);
            all.nums[sum.0 as usize][bar].map(|sum| sum + least)
        }
        Op::TallyMost { sum, a, weight, .. } => {
            let certain = |truth: bool| if truth { weight } else { 0.0 };
            let most = truth(a).map_or(weight.max(0.0), certain);
            all.nums[sum.0 as usize][bar].map(|sum| sum + most)
        }
        _ => panic!("{op:?} gives no number"),
    }
}

/// Python's `%` on floats: fmod, then moved to the sign of the divisor.
fn python_rem(a: f64, b: f64) -> f64 {
    if b == 0.0 {
        return f64::NAN;
    }
    let rest = libm::fmod(a, b);
    if rest == 0.0 {
        libm::copysign(0.0, b)
    } else if (rest < 0.0) != (b < 0.0) {
        rest + b
    } else {
        rest
    }
}

fn field_of(bars: &Bars, field: Field, bar: usize) -> Num {
    let (o, h, l, c) = (bars.open[bar], bars.high[bar], bars.low[bar], bars.close[bar]);
    present(match field {
        Field::Open => o,
        Field::High => h,
        Field::Low => l,
        Field::Close => c,
        Field::Volume => bars.volume[bar],
        Field::Hl2 => (h + l) / 2.0,
        Field::Hlc3 => (h + l + c) / 3.0,
        Field::Ohlc4 => (o + h + l + c) / 4.0,
        Field::Hlcc4 => (h + l + 2.0 * c) / 4.0,
        Field::Time => bars.open_time[bar] as f64,
    })
}

fn and(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn truth(program: &Program, op: &Op, clock: ClockId, bar: usize, all: &Naive) -> Truth {
    let at = |reg: NumReg, bar: usize| all.nums[reg.0 as usize][bar];
    let two = |a, b, f: fn(f64, f64) -> bool| Some(f(at(a, bar)?, at(b, bar)?));
    match *op {
        Op::ConstantBool { value, .. } => value,
        Op::AlignBool { a, .. } => {
            let slow = program.bool_regs[a.0 as usize].clock;
            visible(all, slow, clock, bar).and_then(|row| all.bools[a.0 as usize][row])
        }
        Op::Gt { a, b, .. } => two(a, b, |a, b| a > b),
        Op::Ge { a, b, .. } => two(a, b, |a, b| a >= b),
        Op::Lt { a, b, .. } => two(a, b, |a, b| a < b),
        Op::Le { a, b, .. } => two(a, b, |a, b| a <= b),
        Op::Eq { a, b, .. } => two(a, b, |a, b| a == b),
        Op::Ne { a, b, .. } => two(a, b, |a, b| a != b),
        Op::NearAbs { a, b, tolerance, .. } => {
            let (a, b, tolerance) = (at(a, bar)?, at(b, bar)?, at(tolerance, bar)?);
            Some((a - b).abs() <= tolerance)
        }
        Op::NearPct { a, b, tolerance, .. } => {
            let (a, b, tolerance) = (at(a, bar)?, at(b, bar)?, at(tolerance, bar)?);
            (b != 0.0).then(|| (a - b).abs() / b.abs() <= tolerance / 100.0)
        }
        Op::CrossAbove { a, b, .. } => {
            let was_not = bar.checked_sub(1).and_then(|bar| Some(at(a, bar)? <= at(b, bar)?));
            and(two(a, b, |a, b| a > b), was_not)
        }
        Op::CrossBelow { a, b, .. } => {
            let was_not = bar.checked_sub(1).and_then(|bar| Some(at(a, bar)? >= at(b, bar)?));
            and(two(a, b, |a, b| a < b), was_not)
        }
        Op::Truthy { a, .. } => at(a, bar).map(|a| a != 0.0),
        Op::And { a, b, .. } => and(all.bools[a.0 as usize][bar], all.bools[b.0 as usize][bar]),
        Op::Or { a, b, .. } => {
            let not = |x: Truth| x.map(|x| !x);
            not(and(not(all.bools[a.0 as usize][bar]), not(all.bools[b.0 as usize][bar])))
        }
        Op::Not { a, .. } => all.bools[a.0 as usize][bar].map(|a| !a),
        _ => Some(window(op, clock, bar, all)),
    }
}

fn window(op: &Op, clock: ClockId, bar: usize, all: &Naive) -> bool {
    let bars = &all.bars[usize::from(clock.0)];
    let samples = |a: bytecode::BoolReg, count: u32, stride: u32| {
        let offsets = (0..count as usize).map(move |k| k * stride as usize);
        let truths = &all.bools[a.0 as usize];
        offsets
            .map(|back| bar.checked_sub(back).is_some_and(|bar| truths[bar] == Some(true)))
            .collect::<Vec<_>>()
    };
    let recent = |a: bytecode::BoolReg, duration_ms: i64| {
        let from = bars.close_time_ms(bar) - duration_ms;
        let within = (0..=bar).filter(|&other| bars.close_time_ms(other) > from);
        within.map(|bar| all.bools[a.0 as usize][bar] == Some(true)).collect::<Vec<_>>()
    };
    let count = |truths: Vec<bool>| truths.into_iter().filter(|t| *t).count();
    match *op {
        Op::HoldsFor { a, bars, stride, .. } => samples(a, bars, stride).into_iter().all(|t| t),
        Op::OccurredWithin { a, bars, stride, .. } => samples(a, bars, stride).into_iter().any(|t| t),
        Op::CountTrue { a, bars, stride, min_true, .. } => {
            count(samples(a, bars, stride)) >= min_true as usize
        }
        Op::HoldsForTime { a, duration_ms, .. } => {
            let begins = bars.close_time_ms(bar) - duration_ms >= bars.open_time[0];
            begins && recent(a, duration_ms).into_iter().all(|t| t)
        }
        Op::OccurredWithinTime { a, duration_ms, .. } => recent(a, duration_ms).into_iter().any(|t| t),
        Op::CountTrueTime { a, duration_ms, min_true, .. } => {
            count(recent(a, duration_ms)) >= min_true as usize
        }
        _ => sequence(op, bar, bars, all),
    }
}

fn sequence(op: &Op, bar: usize, bars: &Bars, all: &Naive) -> bool {
    let truth = |reg: bytecode::BoolReg, bar: usize| all.bools[reg.0 as usize][bar] == Some(true);
    let ago_ms = |other: usize| bars.close_time_ms(bar) - bars.close_time_ms(other);
    match *op {
        Op::Then { first, next, bars, .. } => {
            let mut near = (0..bar).filter(|&other| bar - other <= bars as usize);
            truth(next, bar) && near.any(|other| truth(first, other))
        }
        Op::ThenTime { first, next, duration_ms, .. } => {
            let mut near = (0..bar).filter(|&other| ago_ms(other) <= duration_ms);
            truth(next, bar) && near.any(|other| truth(first, other))
        }
        Op::ThenEnd { start, bars, .. } => {
            all.nums[start.0 as usize][bar].is_some_and(|start| bar as f64 - start <= f64::from(bars))
        }
        Op::ThenEndTime { start, duration_ms, .. } => {
            let now = bars.close_time_ms(bar) as f64;
            all.nums[start.0 as usize][bar].is_some_and(|start| now - start <= duration_ms as f64)
        }
        _ => panic!("{op:?} is no condition"),
    }
}
