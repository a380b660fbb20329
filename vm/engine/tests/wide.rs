//! Recurrences and comparisons in wide vectors: the same bits at every width, in any blocks, and bar by bar from
//! snapshots.

mod common;

use bars::{Bars, Bitmap};
use bytecode::{BoolReg, Call, ClockId, NumReg, Op, Program, Stage};
use common::data::minutes;
use common::programs::Builder;
use common::rng::Rng;
use engine::{Bar, Columns, Keep, MarketRow, Options, Session, run};
use stdlib::wide::{self, Level};
use stdlib::{Field, Kind, Params, builtin, lookup};

const CLOCK: ClockId = ClockId(0);

fn call(b: &mut Builder, name: &str, inputs: &[NumReg]) -> Vec<NumReg> {
    let row = builtin(lookup(Kind::Indicator, name).expect("in the catalogue"));
    let params = Params::defaults(row.params);
    let outputs = row.outputs(&params).into_iter();
    let outputs: Vec<NumReg> = outputs.map(|_| b.num(CLOCK, Stage::Market)).collect();
    let call = b.program.calls.len() as u32;
    b.program.calls.push(Call {
        builtin: name.into(),
        structure: false,
        params,
        inputs: inputs.iter().map(|&reg| Some(reg)).collect(),
        outputs: outputs.clone(),
    });
    b.push(CLOCK, Stage::Market, Op::Call { call });
    outputs
}

/// Averages of several lengths and all that is built on them, each compared with the next in every way.
fn program() -> Program {
    let mut b = Builder::new(&["1m"]);
    let field = |b: &mut Builder, field| {
        let out = b.num(CLOCK, Stage::Market);
        b.push(CLOCK, Stage::Market, Op::Field { out, field });
        out
    };
    let bar = [Field::High, Field::Low, Field::Close].map(|f| field(&mut b, f));
    let close = bar[2];
    let mut nums = vec![close];
    nums.extend([1, 5, 9, 21, 30, 200].map(|length| b.ema(CLOCK, close, length)));
    for name in ["rma", "rsi", "cmo", "macd", "dema", "tema", "stochrsi"] {
        nums.extend(call(&mut b, name, &[close]));
    }
    for name in ["atr", "adx", "natr"] {
        nums.extend(call(&mut b, name, &bar));
    }
    for (&a, &b_) in nums.iter().zip(nums.iter().cycle().skip(1)) {
        let ops: [fn(BoolReg, NumReg, NumReg) -> Op; 8] = [
            |out, a, b| Op::CrossAbove { out, a, b },
            |out, a, b| Op::CrossBelow { out, a, b },
            |out, a, b| Op::Gt { out, a, b },
            |out, a, b| Op::Ge { out, a, b },
            |out, a, b| Op::Lt { out, a, b },
            |out, a, b| Op::Le { out, a, b },
            |out, a, b| Op::Eq { out, a, b },
            |out, a, b| Op::Ne { out, a, b },
        ];
        for op in ops {
            let out = b.bool(CLOCK, Stage::Market);
            b.push(CLOCK, Stage::Market, op(out, a, b_));
        }
    }
    for reg in 0..b.program.num_regs.len() as u32 {
        b.export(bytecode::ExportColumn::Num(NumReg(reg)));
    }
    for reg in 0..b.program.bool_regs.len() as u32 {
        b.export(bytecode::ExportColumn::Bool(BoolReg(reg)));
    }
    b.program
}

/// Whole words without a hole, then holes, then none again.
fn data(seed: u64) -> Bars {
    let mut bars = minutes(&mut Rng(seed), 2600);
    let filled = |values: &[f64]| {
        let mut last = 100.0;
        let fill = |(bar, &x): (usize, &f64)| {
            last = if x.is_nan() { last } else { x };
            if (1100..1500).contains(&bar) { x } else { last }
        };
        values.iter().enumerate().map(fill).collect::<Vec<f64>>().into()
    };
    for column in [&mut bars.open, &mut bars.high, &mut bars.low, &mut bars.close] {
        *column = filled(&*column);
    }
    bars
}

fn bits(column: &[f64]) -> Vec<u64> {
    column.iter().map(|x| if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() }).collect()
}

fn all(columns: &Columns, program: &Program) -> (Vec<Vec<u64>>, Vec<Bitmap>) {
    let nums = (0..program.num_regs.len() as u32).map(|reg| columns.num(NumReg(reg)).expect("kept"));
    let bools = (0..program.bool_regs.len() as u32).map(|reg| columns.bool(BoolReg(reg)).expect("kept"));
    (nums.map(bits).collect(), bools.cloned().collect())
}

fn whole(program: &Program, bars: &Bars, level: Level, block_bars: usize) -> Columns {
    wide::limit(level);
    run(program, bars, &Options { block_bars, keep: Keep::All, native: None }).expect("runs")
}

// One test: the width is the process's.
#[test]
fn every_width_and_any_block_give_the_same_bits() {
    let program = program();
    for seed in [1, 2] {
        let bars = data(seed);
        let expected = all(&whole(&program, &bars, Level::Portable, 1), &program);
        let present = |column: &Vec<u64>| column.iter().filter(|x| **x != f64::NAN.to_bits()).count();
        assert!(expected.0.iter().all(|column| present(column) > 1000), "every column has values");
        for level in Level::ALL {
            for block_bars in [7, 64, 100, 512, 1024, 5000] {
                let found = all(&whole(&program, &bars, level, block_bars), &program);
                let what = format!("{} in blocks of {block_bars}", level.name());
                for (reg, (found, expected)) in found.0.iter().zip(&expected.0).enumerate() {
                    assert!(found == expected, "n{reg}, {what}");
                }
                for (reg, (found, expected)) in found.1.iter().zip(&expected.1).enumerate() {
                    assert!(found == expected, "b{reg}, {what}");
                }
            }
        }
        bar_by_bar(&program, &bars, &expected);
    }
}

fn bar_by_bar(program: &Program, bars: &Bars, expected: &(Vec<Vec<u64>>, Vec<Bitmap>)) {
    let mut rng = Rng(5);
    let mut session = Session::new(program).expect("verified");
    for bar in 0..bars.len() {
        if rng.chance(5) {
            let mut restored = Session::new(program).expect("verified");
            restored.restore(&session.snapshot()).expect("its own snapshot");
            session = restored;
        }
        let row = Bar {
            open_time: bars.open_time[bar],
            open: bars.open[bar],
            high: bars.high[bar],
            low: bars.low[bar],
            close: bars.close[bar],
            volume: bars.volume[bar],
            series: bars.series.iter().map(|s| s.values[bar]).collect(),
        };
        let row = session.push(CLOCK, &row).expect("in order");
        for (reg, column) in (0_u32..).zip(&expected.0) {
            assert_eq!(bits(&[row.num(NumReg(reg))])[0], column[bar], "n{reg} at {bar}");
        }
        for (reg, column) in (0_u32..).zip(&expected.1) {
            assert_eq!(row.bool(BoolReg(reg)), column.get(bar), "b{reg} at {bar}");
        }
    }
}
