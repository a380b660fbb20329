//! Random Plays by hand, one number a whole case: prices, conditions, policy, options.

use backtest::{Funding, Options};
use bars::{Bars, Series};
use bytecode::ops::PositionField;
use bytecode::{
    Action, Basis, BoolReg, BreakEven, ClockId, EndOfData, Entry, ExitMode, Instrument, Intent, LimitEntry,
    MetadataValue, Mode, NumReg, Op, OrderType, Policy, RegInfo, SizingModel, Stage, StopBeyondLiquidation,
    StopRule, TargetRule, TimeInForce, TrailDistance, Trailing,
};

use super::{MINUTE, Rule, START, Setup, bars_of, leveraged, tf};

/// A small generator, so that one number names a whole case.
pub struct Random(u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ (self.0 >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ (mixed >> 29)
    }
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
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
    let mut bars = bars_of("1m", &rows);
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
    let mut p = leveraged(random.pick(&[1.0, 3.0, 10.0, 50.0]));
    let pct = |random: &mut Random| 0.2 + random.unit() * 8.0;
    p.account.slippage_bps = random.pick(&[0.0, 3.0]);
    p.account.max_drawdown_pct = random.pick(&[100.0, 60.0, 20.0]);
    p.account.maintenance_margin_rate = random.pick(&[None, None, Some(0.0), Some(0.02)]);
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
    p.sizing.max_position_pct = random.pick(&[100.0, 100.0, 40.0]);
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

const ACTIONS: [Action; 5] =
    [Action::EntryLong, Action::EntryShort, Action::ExitLong, Action::ExitShort, Action::ExitAll];

pub fn case(seed: u64, minutes: usize) -> Setup {
    let random = &mut Random(seed);
    let mut setup = begun(random, minutes);
    if random.one_in(2) {
        ask_about_the_position(random, &mut setup);
    }
    setup.options = options(random, &setup.path);
    setup
}

/// One that asks nothing about the position.
pub fn plain_case(seed: u64, minutes: usize) -> Setup {
    let random = &mut Random(seed);
    let mut setup = begun(random, minutes);
    setup.options = options(random, &setup.path);
    setup
}

fn begun(random: &mut Random, minutes: usize) -> Setup {
    let path = path(random, minutes);
    let policy = policy(random, NumReg(0));
    let exec = random.pick(&["1m", "5m", "15m"]);
    let rare = random.pick(&[3, 20, 150]);
    let mut rules: Vec<Rule> = Vec::new();
    for action in ACTIONS.into_iter().chain([random.pick(&ACTIONS)]) {
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
    blocks_of_more(random, &mut setup);
    setup
}

/// A second case, an `otherwise`, values to be noted.
fn blocks_of_more(random: &mut Random, setup: &mut Setup) {
    let blocks = &mut setup.program.actions;
    let last = blocks.pop().expect("one a rule");
    let at = random.below(blocks.len() as u64) as usize;
    if blocks[at].clock == last.clock {
        blocks[at].cases.extend(last.cases);
    } else {
        blocks.insert(at, last);
    }
    let at = random.below(blocks.len() as u64) as usize;
    if random.one_in(8) {
        let intent = Intent { action: random.pick(&ACTIONS), percent: 100.0, metadata: Vec::new() };
        blocks[at].otherwise.push(intent);
    }
    let noted = vec![("atr".to_owned(), MetadataValue::Reg(NumReg(0)))];
    if blocks[at].clock == ClockId(0) {
        blocks[at].cases[0].emit[1].metadata = noted;
    }
}

/// Some cases hold only while something holds for the position as well, or has held for two closes.
fn ask_about_the_position(random: &mut Random, setup: &mut Setup) {
    let remembers = random.one_in(3);
    let program = &mut setup.program;
    for block in &mut program.actions {
        for case in &mut block.cases {
            if random.one_in(2) {
                continue;
            }
            let info = RegInfo { clock: block.clock, stage: Stage::Position };
            let ops = &mut program.position[usize::from(block.clock.0)].ops;
            let (field, level) = random.pick(&[
                (PositionField::BarsInTrade, 3.0),
                (PositionField::UnrealizedPnlPct, 0.5),
                (PositionField::MfePct, 1.0),
                (PositionField::MaePct, 1.0),
                (PositionField::StopPrice, 99.0),
                (PositionField::TargetPrice, 101.0),
                (PositionField::EntryPrice, 100.0),
                (PositionField::Side, 0.0),
            ]);
            let number = program.num_regs.len() as u32;
            let (value, bound) = (NumReg(number), NumReg(number + 1));
            program.num_regs.extend([info; 2]);
            ops.push(Op::Position { out: value, field });
            ops.push(Op::Constant { out: bound, value: level });
            let mut out = || {
                program.bool_regs.push(info);
                BoolReg(program.bool_regs.len() as u32 - 1)
            };
            let mut holds = out();
            ops.push(if random.one_in(2) {
                Op::Ge { out: holds, a: value, b: bound }
            } else {
                Op::Le { out: holds, a: value, b: bound }
            });
            if remembers {
                let held = out();
                ops.push(Op::HoldsFor { out: held, a: holds, bars: 2, stride: 1 });
                holds = held;
            }
            let both = out();
            ops.push(Op::And { out: both, a: case.guard, b: holds });
            case.when = both;
        }
    }
}

fn options(random: &mut Random, path: &Bars) -> Options {
    let first = path.open_time[0];
    let last = path.close_time_ms(path.len() - 1);
    let at = |share: f64| first + ((last - first) as f64 * share) as i64;
    let funding = (0..random.below(20)).map(|i| Funding {
        time_ms: at(i as f64 / 20.0) / MINUTE * MINUTE,
        rate: (random.unit() - 0.5) * 0.01,
    });
    let funding = funding.collect();
    let from_ms = random.one_in(4).then(|| at(random.unit() / 3.0));
    let to_ms = random.one_in(4).then(|| at(1.0 - random.unit() / 3.0));
    Options { from_ms, to_ms, funding, ..Options::default() }
}
