//! Random programs that verify: every op, over two or three clocks and both stages.

use bars::Timeframe;
use bytecode::ops::PositionField;
use bytecode::{
    Account, Action, Block, BoolReg, Call, Case, Clock, ClockId, Condition, ConditionKind, Debug, EndOfData,
    Entry, ExitMode, Export, ExportColumn, Identity, Instrument, Intent, MetadataValue, Mode, NumReg, Op,
    OrderType, Place, Policy, Program, RegInfo, Section, Sizing, SizingModel, Stage, StopBeyondLiquidation,
    StopRule,
};
use stdlib::{Field, Params, Unit, Value};

use super::rng::Rng;

/// A program without code over these clocks (slowest first), the last being exec.
pub fn empty(periods: &[&str]) -> Program {
    let timeframes = periods.iter().map(|text| Timeframe::parse(text).expect("a timeframe"));
    let clocks: Vec<Clock> = timeframes.map(|timeframe| Clock { timeframe, warmup_bars: 0 }).collect();
    let ids = 0..u16::try_from(clocks.len()).expect("a few");
    let sections: Vec<Section> = ids.map(|id| Section { clock: ClockId(id), ops: Vec::new() }).collect();
    let places = vec![Vec::new(); clocks.len()];
    Program {
        identity: Identity {
            play: "test".into(),
            source_hash: [7; 32],
            catalogue_hash: stdlib::catalogue_hash(),
            engine_version: "0.1.0".into(),
        },
        symbol: "BTCUSDT".into(),
        exec: ClockId(clocks.len() as u16 - 1),
        clocks,
        num_regs: Vec::new(),
        bool_regs: Vec::new(),
        series: vec!["funding_rate".into()],
        calls: Vec::new(),
        market: sections.clone(),
        position: sections,
        actions: Vec::new(),
        policy: policy(),
        exports: Vec::new(),
        debug: Debug { file: "test.yml".into(), market: places.clone(), position: places },
        pattern: None,
    }
}

fn policy() -> Policy {
    Policy {
        account: Account {
            equity_usdt: 10_000.0,
            max_leverage: 1.0,
            max_drawdown_pct: 100.0,
            taker_bps: 5.5,
            maker_bps: 2.0,
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
            model: SizingModel::PercentEquity(95.0),
            leverage: 1.0,
            max_position_pct: 100.0,
            include_fees: true,
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

/// Appends ops to a program and keeps what belongs to them in step.
pub struct Builder {
    pub program: Program,
}

impl Builder {
    pub fn new(periods: &[&str]) -> Builder {
        Builder { program: empty(periods) }
    }

    pub fn num(&mut self, clock: ClockId, stage: Stage) -> NumReg {
        self.program.num_regs.push(RegInfo { clock, stage });
        NumReg(self.program.num_regs.len() as u32 - 1)
    }

    pub fn bool(&mut self, clock: ClockId, stage: Stage) -> BoolReg {
        self.program.bool_regs.push(RegInfo { clock, stage });
        BoolReg(self.program.bool_regs.len() as u32 - 1)
    }

    pub fn push(&mut self, clock: ClockId, stage: Stage, op: Op) {
        let at = usize::from(clock.0);
        let (sections, places) = match stage {
            Stage::Market => (&mut self.program.market, &mut self.program.debug.market),
            Stage::Position => (&mut self.program.position, &mut self.program.debug.position),
        };
        sections[at].ops.push(op);
        let line = places[at].len() as u32 + 1;
        places[at].push(Place { start: 0, end: 0, line, col: 3 });
    }

    pub fn ema(&mut self, clock: ClockId, source: NumReg, length: i64) -> NumReg {
        let out = self.num(clock, Stage::Market);
        let call = self.program.calls.len() as u32;
        self.program.calls.push(Call {
            builtin: "ema".into(),
            structure: false,
            params: Params(vec![Value::Int(length)]),
            inputs: vec![Some(source)],
            outputs: vec![out],
        });
        self.push(clock, Stage::Market, Op::Call { call });
        out
    }

    pub fn export(&mut self, column: ExportColumn) {
        let name = format!("column_{}", self.program.exports.len());
        self.program.exports.push(Export { name, column, unit: Unit::Scalar, words: Vec::new() });
    }

    /// An entry on this condition.
    pub fn enter(&mut self, clock: ClockId, when: BoolReg, guard: BoolReg, sides: [Option<NumReg>; 2]) {
        let [left, right] = sides;
        let place = Place { start: 0, end: 0, line: 9, col: 5 };
        let leaf = Condition {
            kind: ConditionKind::Leaf { left, right },
            reg: when,
            text: "left > right".into(),
            place,
            children: Vec::new(),
        };
        let condition =
            Condition { kind: ConditionKind::All, text: "all".into(), children: vec![leaf.clone()], ..leaf };
        let metadata = left.into_iter().map(|reg| ("value".into(), MetadataValue::Reg(reg))).collect();
        let emit = vec![Intent { action: Action::EntryLong, percent: 100.0, metadata }];
        let id = format!("entry_{}", self.program.actions.len());
        let cases = vec![Case { when, guard, emit, condition }];
        self.program.actions.push(Block { id, clock, cases, otherwise: Vec::new(), place });
    }
}

/// What an op may read.
#[derive(Clone, Default)]
struct Pool {
    nums: Vec<NumReg>,
    bools: Vec<BoolReg>,
}

pub fn random(rng: &mut Rng) -> Program {
    let periods: &[&str] = rng.pick(&[
        &["15m", "1m"][..],
        &["5m", "3m"],
        &["1h", "5m", "1m"],
        &["15m", "5m", "3m"],
        &["D", "2m"],
    ]);
    let mut b = Builder::new(periods);
    let mut market: Vec<Pool> = vec![Pool::default(); periods.len()];
    for at in 0..periods.len() {
        section(rng, &mut b, Stage::Market, at, &mut market);
    }
    let mut position = market.clone();
    for at in 0..periods.len() {
        section(rng, &mut b, Stage::Position, at, &mut position);
    }
    for (at, clock) in b.program.clocks.iter_mut().enumerate() {
        clock.warmup_bars = rng.below(40 >> (2 * (periods.len() - 1 - at))) as u32;
    }
    roots(rng, &mut b, &market, &position);
    b.program
}

fn roots(rng: &mut Rng, b: &mut Builder, market: &[Pool], position: &[Pool]) {
    let exec = b.program.exec;
    let pool = &market[usize::from(exec.0)];
    let when = rng.pick(&pool.bools);
    b.enter(exec, when, when, [Some(rng.pick(&pool.nums)), Some(rng.pick(&pool.nums))]);
    let of_position = position[usize::from(exec.0)].bools.iter().copied();
    let stage_of = |b: &Builder, reg: BoolReg| b.program.bool_regs[reg.0 as usize].stage;
    let asked: Vec<BoolReg> = of_position.filter(|&reg| stage_of(b, reg) == Stage::Position).collect();
    b.enter(exec, rng.pick(&asked), rng.pick(&pool.bools), [None, None]);
    b.program.policy.stop = Some(StopRule::Atr { atr: rng.pick(&pool.nums), multiple: 2.0, buffer_pct: 0.1 });
    for pool in market {
        for &reg in pool.nums.iter().filter(|_| rng.chance(25)) {
            b.export(ExportColumn::Num(reg));
        }
        for &reg in pool.bools.iter().filter(|_| rng.chance(25)) {
            b.export(ExportColumn::Bool(reg));
        }
    }
}

/// Code of one clock; `pools` hold what each clock has so far.
fn section(rng: &mut Rng, b: &mut Builder, stage: Stage, at: usize, pools: &mut [Pool]) {
    let clock = ClockId(at as u16);
    let own_stage = |infos: &[RegInfo], reg: u32| infos[reg as usize].stage == stage;
    let ops = 25 + rng.below(40);
    for index in 0..ops {
        let slow = (at > 0).then(|| rng.below(at));
        // The first ops give something of each kind to read.
        let kind = match index {
            0 | 1 => 0,
            2 => 4,
            _ => rng.below(12),
        };
        let pool = pools[at].clone();
        let made = match kind {
            0 => leaf(rng, b, clock, stage, index > 2),
            1 | 2 => arithmetic(rng, b, clock, stage, &pool),
            3 if stage == Stage::Market => {
                b.ema(clock, rng.pick(&pool.nums), 1 + rng.below(30) as i64).into()
            }
            3..=5 => comparison(rng, b, clock, stage, &pool),
            6 if slow.is_some() => {
                let slow = slow.expect("just asked");
                let regs = pools[slow].nums.iter().copied();
                let regs: Vec<NumReg> = regs.filter(|r| own_stage(&b.program.num_regs, r.0)).collect();
                let a = rng.pick(&regs);
                let out = b.num(clock, stage);
                b.push(clock, stage, Op::AlignNum { out, a });
                out.into()
            }
            7 if slow.is_some() => {
                let slow = slow.expect("just asked");
                let regs = pools[slow].bools.iter().copied();
                let regs: Vec<BoolReg> = regs.filter(|r| own_stage(&b.program.bool_regs, r.0)).collect();
                let a = rng.pick(&regs);
                let out = b.bool(clock, stage);
                b.push(clock, stage, Op::AlignBool { out, a });
                out.into()
            }
            6..=8 => logic(rng, b, clock, stage, &pool),
            9 => sequence(rng, b, clock, stage, &pool),
            _ => window(rng, b, clock, stage, &pool),
        };
        match made {
            bytecode::ops::Operand::Num(reg) => pools[at].nums.push(reg),
            bytecode::ops::Operand::Bool(reg) => pools[at].bools.push(reg),
        }
    }
}

type Made = bytecode::ops::Operand;

/// A number first, so that there is one to read.
fn leaf(rng: &mut Rng, b: &mut Builder, clock: ClockId, stage: Stage, conditions: bool) -> Made {
    if conditions && rng.chance(10) {
        let out = b.bool(clock, stage);
        b.push(clock, stage, Op::ConstantBool { out, value: rng.pick(&[Some(true), Some(false), None]) });
        return out.into();
    }
    let out = b.num(clock, stage);
    let value = rng.pick(&[0.0, -0.0, 1.0, -2.5, 3.0, 100.0, 1e300, -1e300, 1e-300, f64::NAN]);
    let op = match (rng.below(6), stage) {
        (0, _) => Op::Constant { out, value },
        (1, Stage::Market) => Op::Series { out, series: 0 },
        (_, Stage::Market) => Op::Field { out, field: rng.pick(&Field::ALL) },
        (_, Stage::Position) => Op::Position {
            out,
            field: rng.pick(&[
                PositionField::EntryPrice,
                PositionField::BarsInTrade,
                PositionField::UnrealizedPnlPct,
                PositionField::Side,
                PositionField::StopPrice,
                PositionField::TargetPrice,
                PositionField::MfePct,
                PositionField::MaePct,
            ]),
        },
    };
    b.push(clock, stage, op);
    out.into()
}

fn arithmetic(rng: &mut Rng, b: &mut Builder, clock: ClockId, stage: Stage, pool: &Pool) -> Made {
    let (x, y) = (rng.pick(&pool.nums), rng.pick(&pool.nums));
    let out = b.num(clock, stage);
    let op = match rng.below(10) {
        0 => Op::Add { out, a: x, b: y },
        1 => Op::Sub { out, a: x, b: y },
        2 => Op::Mul { out, a: x, b: y },
        3 => Op::Div { out, a: x, b: y },
        4 => Op::Rem { out, a: x, b: y },
        5 => Op::Min { out, a: x, b: y },
        6 => Op::Max { out, a: x, b: y },
        7 => Op::Neg { out, a: x },
        8 => Op::Abs { out, a: x },
        _ => Op::Shift { out, a: x, bars: rng.pick(&[0, 1, 2, 3, 63, 64, 65, 130]) },
    };
    b.push(clock, stage, op);
    out.into()
}

fn comparison(rng: &mut Rng, b: &mut Builder, clock: ClockId, stage: Stage, pool: &Pool) -> Made {
    let (x, y, tolerance) = (rng.pick(&pool.nums), rng.pick(&pool.nums), rng.pick(&pool.nums));
    let out = b.bool(clock, stage);
    let op = match rng.below(11) {
        0 => Op::Gt { out, a: x, b: y },
        1 => Op::Ge { out, a: x, b: y },
        2 => Op::Lt { out, a: x, b: y },
        3 => Op::Le { out, a: x, b: y },
        4 => Op::Eq { out, a: x, b: y },
        5 => Op::Ne { out, a: x, b: y },
        6 => Op::NearAbs { out, a: x, b: y, tolerance },
        7 => Op::NearPct { out, a: x, b: y, tolerance },
        8 => Op::CrossAbove { out, a: x, b: y },
        9 => Op::CrossBelow { out, a: x, b: y },
        _ => Op::Truthy { out, a: x },
    };
    b.push(clock, stage, op);
    out.into()
}

fn logic(rng: &mut Rng, b: &mut Builder, clock: ClockId, stage: Stage, pool: &Pool) -> Made {
    let (x, y) = (rng.pick(&pool.bools), rng.pick(&pool.bools));
    let out = b.bool(clock, stage);
    let op = match rng.below(3) {
        0 => Op::And { out, a: x, b: y },
        1 => Op::Or { out, a: x, b: y },
        _ => Op::Not { out, a: x },
    };
    b.push(clock, stage, op);
    out.into()
}

fn window(rng: &mut Rng, b: &mut Builder, clock: ClockId, stage: Stage, pool: &Pool) -> Made {
    let a = rng.pick(&pool.bools);
    let out = b.bool(clock, stage);
    let bars = rng.pick(&[1, 2, 3, 5, 17, 63, 64, 65, 100]);
    let stride = rng.pick(&[1, 1, 2, 15]);
    let duration_ms = rng.pick(&[1, 60_000, 90_000, 300_000, 1_800_000, 7_200_000]);
    let min_true = rng.below(8) as u32;
    let op = match rng.below(6) {
        0 => Op::HoldsFor { out, a, bars, stride },
        1 => Op::OccurredWithin { out, a, bars, stride },
        2 => Op::CountTrue { out, a, bars, stride, min_true },
        3 => Op::HoldsForTime { out, a, duration_ms },
        4 => Op::OccurredWithinTime { out, a, duration_ms },
        _ => Op::CountTrueTime { out, a, duration_ms, min_true },
    };
    b.push(clock, stage, op);
    out.into()
}

fn sequence(rng: &mut Rng, b: &mut Builder, clock: ClockId, stage: Stage, pool: &Pool) -> Made {
    let (first, next, start) = (rng.pick(&pool.bools), rng.pick(&pool.bools), rng.pick(&pool.nums));
    let bars = rng.pick(&[1, 2, 3, 5, 63, 64, 65, 130]);
    let duration_ms = rng.pick(&[1, 60_000, 90_000, 300_000, 1_800_000, 7_200_000]);
    let weight = rng.pick(&[0.0, 1.0, -2.0, 0.25]);
    if rng.chance(50) {
        let out = b.bool(clock, stage);
        let op = match rng.below(4) {
            0 => Op::Then { out, first, next, bars },
            1 => Op::ThenTime { out, first, next, duration_ms },
            2 => Op::ThenEnd { out, start, bars },
            _ => Op::ThenEndTime { out, start, duration_ms },
        };
        b.push(clock, stage, op);
        return out.into();
    }
    let out = b.num(clock, stage);
    let op = match rng.below(6) {
        0 => Op::ThenStart { out, a: first },
        1 => Op::ThenStartTime { out, a: first },
        2 => Op::ThenNext { out, start, next, bars },
        3 => Op::ThenNextTime { out, start, next, duration_ms },
        4 => Op::TallyLeast { out, sum: start, a: first, weight },
        _ => Op::TallyMost { out, sum: start, a: first, weight },
    };
    b.push(clock, stage, op);
    out.into()
}
