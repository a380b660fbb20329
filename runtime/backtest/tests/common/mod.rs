//! Programs and columns made by hand, so that the host is tested without compiler or engine.
#![allow(dead_code, reason = "each test file uses its own part")]

pub mod ema_cross;
pub mod random;

use bars::{Bars, Bitmap, Series, Timeframe, resample};
use bytecode::{
    Account, Action, Basis, Block, BoolReg, Case, Clock, ClockId, Condition, ConditionKind, Debug, EndOfData,
    Entry, ExitMode, Identity, Instrument, Intent, Mode, NumReg, OrderType, Place, Policy, Program, RegInfo,
    Section, Sizing, SizingModel, Stage, StopBeyondLiquidation, StopRule, TargetRule,
};

use backtest::{EquityDetail, Options, RunResult, Signals, run};

pub const MINUTE: i64 = 60_000;
/// 2024-01-01.
pub const START: i64 = 1_704_067_200_000;

pub fn tf(text: &str) -> Timeframe {
    Timeframe::parse(text).expect("a timeframe")
}

/// Bars of (open, high, low, close), one after the other.
pub fn bars_of(timeframe: &str, ohlc: &[(f64, f64, f64, f64)]) -> Bars {
    let timeframe = tf(timeframe);
    let column = |pick: fn(&(f64, f64, f64, f64)) -> f64| ohlc.iter().map(pick).collect::<Vec<_>>().into();
    Bars {
        timeframe,
        open_time: (0..ohlc.len() as i64).map(|i| START + i * timeframe.ms()).collect::<Vec<_>>().into(),
        open: column(|b| b.0),
        high: column(|b| b.1),
        low: column(|b| b.2),
        close: column(|b| b.3),
        volume: vec![1.0; ohlc.len()].into(),
        series: Vec::new(),
    }
}

/// A bar that does not move.
pub fn flat(price: f64) -> (f64, f64, f64, f64) {
    (price, price, price, price)
}

pub fn with_series(mut bars: Bars, name: &str, values: Vec<f64>) -> Bars {
    bars.series.push(Series { name: name.into(), values: values.into() });
    bars
}

pub fn policy() -> Policy {
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
        mode: Mode::LongShort,
        exit_mode: ExitMode::FirstHit,
        allow_flip: false,
        sizing: Sizing {
            model: SizingModel::PercentEquity(10.0),
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
        end_of_data: EndOfData::Close,
        instrument: Instrument::NoSteps,
    }
}

pub fn leveraged(leverage: f64) -> Policy {
    let mut policy = policy();
    policy.account.max_leverage = leverage;
    policy.sizing.leverage = leverage;
    policy
}

pub fn stop_pct(percent: f64) -> Option<StopRule> {
    Some(StopRule::Percent { percent, basis: Basis::Roi })
}

pub fn target_pct(percent: f64) -> Option<TargetRule> {
    Some(TargetRule::Percent { percent, basis: Basis::Roi })
}

/// What happens on which bars of a clock.
#[derive(Clone)]
pub struct Rule {
    pub clock: u16,
    pub on: Vec<usize>,
    pub intents: Vec<(Action, f64)>,
}

pub fn on(bars: &[usize], action: Action) -> Rule {
    Rule { clock: 0, on: bars.to_vec(), intents: vec![(action, 100.0)] }
}

pub struct Hand {
    pub clocks: Vec<Bars>,
    pub ready: usize,
    pub bools: Vec<Bitmap>,
    pub nums: Vec<Vec<f64>>,
}

impl Signals for Hand {
    fn bars(&self, clock: ClockId) -> &Bars {
        &self.clocks[usize::from(clock.0)]
    }
    fn ready(&self, _: ClockId) -> usize {
        self.ready
    }
    fn num(&self, reg: NumReg) -> Option<&[f64]> {
        self.nums.get(reg.0 as usize).map(|v| &v[..])
    }
    fn bool(&self, reg: BoolReg) -> Option<&Bitmap> {
        self.bools.get(reg.0 as usize)
    }
}

/// A Play over `path`: clock 0 is `exec`, clock 1 the path's own when that is finer. One block a rule.
pub struct Setup {
    pub program: Program,
    pub hand: Hand,
    pub path: Bars,
    pub options: Options,
}

impl Setup {
    pub fn new(path: &Bars, exec: &str, policy: Policy, rules: &[Rule]) -> Setup {
        let exec = tf(exec);
        let mut clocks = vec![resample(path, exec).expect("exec is a multiple of the path")];
        if exec != path.timeframe {
            clocks.push(path.clone());
        }
        let mut bools = Vec::new();
        let mut actions = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            let mut map = Bitmap::unknown(clocks[usize::from(rule.clock)].len());
            for bar in 0..map.len() {
                map.set(bar, Some(rule.on.contains(&bar)));
            }
            bools.push(map);
            actions.push(block(number as u32, rule));
        }
        let bool_regs =
            rules.iter().map(|r| RegInfo { clock: ClockId(r.clock), stage: Stage::Market }).collect();
        let sections = || {
            (0..clocks.len() as u16)
                .map(|c| Section { clock: ClockId(c), ops: Vec::new() })
                .collect::<Vec<_>>()
        };
        let program = Program {
            identity: Identity {
                play: "by hand".into(),
                source_hash: [0; 32],
                catalogue_hash: [0; 32],
                engine_version: "test".into(),
            },
            symbol: "TESTUSDT".into(),
            clocks: clocks.iter().map(|b| Clock { timeframe: b.timeframe, warmup_bars: 0 }).collect(),
            exec: ClockId(0),
            num_regs: Vec::new(),
            bool_regs,
            series: Vec::new(),
            calls: Vec::new(),
            market: sections(),
            position: sections(),
            actions,
            policy,
            exports: Vec::new(),
            debug: Debug::default(),
            pattern: None,
        };
        Setup {
            program,
            hand: Hand { clocks, ready: 0, bools, nums: Vec::new() },
            path: path.clone(),
            options: Options { equity: EquityDetail::Full, ..Options::default() },
        }
    }

    /// Adds a column of the exec clock.
    pub fn num(&mut self, values: Vec<f64>) -> NumReg {
        self.program.num_regs.push(RegInfo { clock: ClockId(0), stage: Stage::Market });
        self.hand.nums.push(values);
        NumReg(self.hand.nums.len() as u32 - 1)
    }

    pub fn run(&self) -> RunResult {
        run(&self.program, &self.hand, &self.path, &self.options).expect("a run")
    }

    pub fn run_with(&self, skip: bool) -> RunResult {
        let options = Options { skip, journal: true, ..self.options.clone() };
        run(&self.program, &self.hand, &self.path, &options).expect("a run")
    }
}

fn block(number: u32, rule: &Rule) -> Block {
    let reg = BoolReg(number);
    let intent = |&(action, percent): &(Action, f64)| Intent { action, percent, metadata: Vec::new() };
    let condition = Condition {
        kind: ConditionKind::Leaf { left: None, right: None },
        reg,
        text: format!("rule {number}"),
        place: Place::default(),
        children: Vec::new(),
    };
    let emit = rule.intents.iter().map(intent).collect();
    Block {
        id: format!("block {number}"),
        clock: ClockId(rule.clock),
        cases: vec![Case { when: reg, guard: reg, emit, condition }],
        otherwise: Vec::new(),
        place: Place::default(),
    }
}

pub fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() <= 1e-6_f64.max(wanted.abs() * 1e-9), "{found} is not {wanted}");
}

/// The sum of what the trades made is what the equity changed by (X10).
pub fn conserves_money(result: &RunResult) {
    let made: f64 = result.trades.iter().map(|t| t.net_pnl).sum();
    let turned: f64 = result.trades.iter().map(|t| t.gross_pnl.abs() + t.fees + t.funding.abs()).sum();
    let change = result.final_equity - result.initial_equity;
    let scale = turned.max(result.initial_equity);
    assert!((made - change).abs() <= 1e-9 * scale, "trades made {made}, the equity changed by {change}");
    let last = result.equity.equity.last().copied().expect("a curve has points");
    assert!((last - result.final_equity).abs() <= 1e-9 * scale, "the curve ends at {last}");
}
