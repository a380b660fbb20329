//! The cost of an op, in time per bar: each runs inside a program of many of its kind, so that what a block
//! costs by itself does not count.

use std::hint::black_box;

use bars::Timeframe;
use bytecode::{
    Account, BoolReg, Call, Clock, ClockId, Debug, EndOfData, Entry, ExitMode, Identity, Instrument, Mode,
    NumReg, Op, OrderType, Policy, Program, RegInfo, Section, Sizing, SizingModel, Stage,
    StopBeyondLiquidation,
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use interpreter::source::NoSlower;
use interpreter::{Layout, Machine, RegSet, Source};
use stdlib::{Field, Params, Value};

const BARS: usize = 1 << 17;
/// Copies of the op in one program.
const COPIES: u32 = 64;
const BLOCK_BARS: usize = 1024;

struct Data {
    open_time: Vec<i64>,
    columns: [Vec<f64>; 5],
}

/// A random walk, the same every time.
fn data(bars: usize) -> Data {
    let mut state = 1_u64;
    let mut unit = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut price = 30_000.0;
    let mut columns: [Vec<f64>; 5] = Default::default();
    for _ in 0..bars {
        let open = price;
        price += 20.0 * (unit() - 0.5);
        let row = [open, open.max(price) + unit(), open.min(price) - unit(), price, unit()];
        columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
    }
    Data { open_time: (0..bars as i64).map(|bar| bar * 60_000).collect(), columns }
}

/// n0 open, n1 close, n2 close one bar ago, b0 n0 > n1, b1 n1 > n2; then `COPIES` times an op that writes
/// register 3 or 2 and on.
fn program(op: impl Fn(u32) -> Op, writes_number: bool) -> Program {
    let info = RegInfo { clock: ClockId(0), stage: Stage::Market };
    let (open, close, old) = (NumReg(0), NumReg(1), NumReg(2));
    let mut ops = vec![
        Op::Field { out: open, field: Field::Open },
        Op::Field { out: close, field: Field::Close },
        Op::Shift { out: old, a: close, bars: 1 },
        Op::Gt { out: BoolReg(0), a: open, b: close },
        Op::Gt { out: BoolReg(1), a: close, b: old },
    ];
    ops.extend((0..COPIES).map(|copy| op(copy + if writes_number { 3 } else { 2 })));
    let (nums, bools) = if writes_number { (3 + COPIES, 2) } else { (3, 2 + COPIES) };
    let call = |copy: u32| Call {
        builtin: "ema".into(),
        structure: false,
        params: Params(vec![Value::Int(21)]),
        inputs: vec![Some(close)],
        outputs: vec![NumReg(3 + copy)],
    };
    Program {
        identity: Identity {
            play: "bench".into(),
            source_hash: [0; 32],
            catalogue_hash: stdlib::catalogue_hash(),
            engine_version: String::new(),
        },
        symbol: "BTCUSDT".into(),
        clocks: vec![Clock { timeframe: Timeframe::M1, warmup_bars: 0 }],
        exec: ClockId(0),
        num_regs: vec![info; nums as usize],
        bool_regs: vec![info; bools as usize],
        series: Vec::new(),
        calls: (0..COPIES).map(call).collect(),
        market: vec![Section { clock: ClockId(0), ops }],
        position: vec![Section { clock: ClockId(0), ops: Vec::new() }],
        actions: Vec::new(),
        policy: policy(),
        exports: Vec::new(),
        debug: Debug::default(),
        pattern: None,
    }
}

fn policy() -> Policy {
    Policy {
        account: Account {
            equity_usdt: 1.0,
            max_leverage: 1.0,
            max_drawdown_pct: 100.0,
            taker_bps: 0.0,
            maker_bps: 0.0,
            slippage_bps: 0.0,
            min_notional_usdt: 0.0,
            maintenance_margin_rate: None,
            maintenance_deduction_usdt: 0.0,
            stop_beyond_liquidation: StopBeyondLiquidation::Reject,
        },
        mode: Mode::LongOnly,
        exit_mode: ExitMode::FirstHit,
        allow_flip: false,
        sizing: Sizing {
            model: SizingModel::FixedUsdt(1.0),
            leverage: 1.0,
            max_position_pct: 100.0,
            include_fees: false,
        },
        stop: None,
        target: None,
        trailing: None,
        break_even: None,
        entry: Entry::Market,
        target_order: OrderType::Market,
        stop_order: OrderType::Market,
        end_of_data: EndOfData::Mark,
        instrument: Instrument::NoSteps,
    }
}

fn run(program: &Program, data: &Data, block_bars: usize) {
    let kept = RegSet::none(program.num_regs.len(), program.bool_regs.len());
    let layout = Layout { kept: &kept, bars: Some(data.open_time.len()), block_bars };
    let mut machine = Machine::new(program, &program.market[0], &layout);
    let [open, high, low, close, volume] = &data.columns;
    let source = Source { open_time: &data.open_time, open, high, low, close, volume, series: &[] };
    machine.run(&source, 0..data.open_time.len(), &NoSlower);
    black_box(&machine);
}

/// Name, the op that writes register `out`, whether that is a number.
type Row = (&'static str, fn(u32) -> Op, bool);

const ROWS: &[Row] = &[
    ("add", |out| Op::Add { out: NumReg(out), a: NumReg(0), b: NumReg(2) }, true),
    ("div", |out| Op::Div { out: NumReg(out), a: NumReg(0), b: NumReg(2) }, true),
    ("rem", |out| Op::Rem { out: NumReg(out), a: NumReg(0), b: NumReg(2) }, true),
    ("min", |out| Op::Min { out: NumReg(out), a: NumReg(0), b: NumReg(2) }, true),
    ("shift", |out| Op::Shift { out: NumReg(out), a: NumReg(2), bars: 20 }, true),
    ("hlc3", |out| Op::Field { out: NumReg(out), field: Field::Hlc3 }, true),
    ("ema", |out| Op::Call { call: out - 3 }, true),
    ("gt", |out| Op::Gt { out: BoolReg(out), a: NumReg(0), b: NumReg(2) }, false),
    (
        "near.pct",
        |out| Op::NearPct { out: BoolReg(out), a: NumReg(0), b: NumReg(2), tolerance: NumReg(1) },
        false,
    ),
    ("cross.above", |out| Op::CrossAbove { out: BoolReg(out), a: NumReg(0), b: NumReg(2) }, false),
    ("and", |out| Op::And { out: BoolReg(out), a: BoolReg(0), b: BoolReg(1) }, false),
    ("not", |out| Op::Not { out: BoolReg(out), a: BoolReg(0) }, false),
    ("holds", |out| Op::HoldsFor { out: BoolReg(out), a: BoolReg(0), bars: 5, stride: 1 }, false),
    (
        "count",
        |out| Op::CountTrue { out: BoolReg(out), a: BoolReg(0), bars: 20, stride: 1, min_true: 7 },
        false,
    ),
    ("holds.time", |out| Op::HoldsForTime { out: BoolReg(out), a: BoolReg(0), duration_ms: 300_000 }, false),
];

/// Time per bar and op: the throughput counts bars times copies.
fn ops(criterion: &mut Criterion) {
    let data = data(BARS);
    let mut group = criterion.benchmark_group("op");
    group.throughput(Throughput::Elements(BARS as u64 * u64::from(COPIES)));
    for (name, op, writes_number) in ROWS {
        let mut program = program(op, *writes_number);
        if *name != "ema" {
            program.calls.clear();
        }
        group.bench_function(*name, |b| b.iter(|| run(&program, &data, BLOCK_BARS)));
    }
    group.finish();
}

/// Time grows with the bars, and hardly with the block size.
fn growth(criterion: &mut Criterion) {
    let program = program(|out| Op::CrossAbove { out: BoolReg(out), a: NumReg(0), b: NumReg(2) }, false);
    let program = Program { calls: Vec::new(), ..program };
    let mut group = criterion.benchmark_group("bars");
    for bars in [1 << 12, 1 << 15, 1 << 18, 1 << 20] {
        let data = data(bars);
        group.throughput(Throughput::Elements(bars as u64));
        group.bench_with_input(BenchmarkId::from_parameter(bars), &data, |b, data| {
            b.iter(|| run(&program, data, BLOCK_BARS));
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("block");
    let data = data(BARS);
    group.throughput(Throughput::Elements(BARS as u64));
    for block_bars in [1, 64, 256, 1024, 4096, 16_384] {
        group.bench_with_input(BenchmarkId::from_parameter(block_bars), &block_bars, |b, &block_bars| {
            b.iter(|| run(&program, &data, block_bars));
        });
    }
    group.finish();
}

criterion_group!(benches, ops, growth);
criterion_main!(benches);
