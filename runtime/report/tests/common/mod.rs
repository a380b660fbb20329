//! Runs made by hand, for the tests of reports: busy, quiet, with one trade.
#![allow(dead_code, reason = "each test file uses its own part")]

#[path = "../../../backtest/tests/common/mod.rs"]
pub mod by_hand;

use backtest::fidelity::Line;
use backtest::funnel::funnel;
use backtest::result::MissingBars;
use backtest::{Fidelity, Grade, RunResult};
use bars::{Bars, Bitmap};
use by_hand::{Setup, bars_of, on, policy, stop_pct, target_pct};
use bytecode::{
    Action, BoolReg, ClockId, Condition, ConditionKind, Mode, NumReg, Place, Policy, RegInfo, SizingModel,
    Stage,
};
use data::Certificate;
use report::{Overlay, Run};

/// Everything that a [`Run`] borrows.
pub struct Made {
    pub setup: Setup,
    pub result: RunResult,
    pub certificate: Certificate,
    pub columns: Vec<Overlay>,
    pub warnings: Vec<String>,
}

impl Made {
    pub fn run(&self) -> Run<'_> {
        Run {
            program: &self.setup.program,
            result: &self.result,
            certificate: &self.certificate,
            exec_bars: &self.setup.hand.clocks[0],
            columns: &self.columns,
            warnings: &self.warnings,
        }
    }
}

/// A random walk of whole tenths, with a slow swing in it; no functions that differ between machines.
pub fn walk(bars: usize, timeframe: &str) -> Bars {
    let mut state = 11_u64;
    let mut unit = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let tenths = |x: f64| (x * 10.0).round() / 10.0;
    let mut price = 2_000.0;
    let mut rows = Vec::with_capacity(bars);
    for bar in 0..bars {
        let drift = if bar % 160 < 90 { 0.9 } else { -0.9 };
        let open: f64 = price;
        let close = tenths((open + (unit() + unit() - 1.0) * 14.0 + drift).max(100.0));
        let (high, low) = (tenths(open.max(close) + unit() * 5.0), tenths(open.min(close) - unit() * 5.0));
        rows.push((open, high, low, close));
        price = close;
    }
    bars_of(timeframe, &rows)
}

/// Buys every `every` bars at a stop of 2 % and a target of 4 %, sells what is left after some bars.
pub fn busy(bars: usize, timeframe: &str, every: usize) -> Made {
    let path = walk(bars, timeframe);
    let entries: Vec<usize> = (20..bars).step_by(every).collect();
    let exits: Vec<usize> = entries.iter().map(|bar| bar + every * 2 / 3).collect();
    let mut rules = policy();
    rules.mode = Mode::LongOnly;
    rules.sizing.model = SizingModel::PercentEquity(50.0);
    (rules.stop, rules.target) = (stop_pct(2.0), target_pct(4.0));
    let setup = setup(&path, timeframe, rules, &entries, &exits, |bar| bar % 3 != 1);
    made(setup)
}

/// The second condition never holds: no trade at all.
pub fn quiet() -> Made {
    let path = walk(400, "1h");
    let setup = setup(&path, "1h", policy(), &[50, 120, 300], &[], |_| false);
    let mut made = made(setup);
    made.result.missing_bars = vec![MissingBars { timeframe: by_hand::tf("4h"), needed: 210, have: 100 }];
    made.warnings = vec!["play.yml:9:3: warning[W0402]: `rsi_14` is never used".into()];
    made
}

/// Entry `main` when a first rule and a second one hold; exit `leave`.
fn setup(
    path: &Bars,
    exec: &str,
    policy: Policy,
    entries: &[usize],
    exits: &[usize],
    second: impl Fn(usize) -> bool,
) -> Setup {
    let mut setup =
        Setup::new(path, exec, policy, &[on(entries, Action::EntryLong), on(exits, Action::ExitLong)]);
    let bars = path.len();
    let left = setup.num(path.close.to_vec());
    let right = setup.num(path.close.iter().map(|c| c + 12.5).collect());
    let alone = (setup.hand.bools[0].clone(), Bitmap::unknown(bars));
    let (first, mut other) = alone;
    let mut both = Bitmap::unknown(bars);
    for bar in 0..bars {
        other.set(bar, Some(second(bar)));
        both.set(bar, Some(first.is_true(bar) && second(bar)));
    }
    setup.hand.bools[0] = both;
    setup.hand.bools.extend([first, other]);
    setup.program.bool_regs.extend([RegInfo { clock: ClockId(0), stage: Stage::Market }; 2]);
    setup.program.identity.play = "by_hand".into();
    name(&mut setup, left, right);
    setup
}

fn name(setup: &mut Setup, left: NumReg, right: NumReg) {
    let place = |line, col| Place { start: 0, end: 1, line, col };
    let leaf = |reg, text: &str, sides: Option<(NumReg, NumReg)>, col| Condition {
        kind: ConditionKind::Leaf { left: sides.map(|s| s.0), right: sides.map(|s| s.1) },
        reg: BoolReg(reg),
        text: text.into(),
        place: place(21, col),
        children: Vec::new(),
    };
    let entry = &mut setup.program.actions[0];
    (entry.id, entry.place) = ("main".into(), place(20, 3));
    let condition = &mut entry.cases[0].condition;
    *condition = Condition {
        kind: ConditionKind::All,
        reg: BoolReg(0),
        text: "ema_9 crosses above ema_21 and close > level".into(),
        place: place(21, 13),
        children: vec![
            leaf(2, "ema_9 crosses above ema_21", None, 13),
            leaf(3, "close > level", Some((left, right)), 44),
        ],
    };
    let exit = &mut setup.program.actions[1];
    (exit.id, exit.place) = ("leave".into(), place(25, 3));
    (exit.cases[0].condition.text, exit.cases[0].condition.place) = ("ema_9 < ema_21".into(), place(26, 13));
}

fn made(setup: Setup) -> Made {
    let mut result = setup.run();
    result.play = setup.program.identity.play.clone();
    result.funnel = funnel(&setup.program, &setup.hand, &result, &setup.options);
    // Their words belong to another room.
    let line = |topic, grade, why: &str| Line { topic, grade, why: why.into() };
    result.fidelity = Fidelity {
        lines: vec![
            line("instrument steps", Grade::Exact, "as the Play states them"),
            line("price path", Grade::Approximated, "bars instead of every trade"),
            line("order book", Grade::NotModelled, "not in bar data"),
        ],
    };
    let certificate = data::from_bars(setup.path.clone(), "walk.csv").certificate;
    let columns = overlays(&setup.hand.clocks[0]);
    Made { setup, result, certificate, columns, warnings: Vec::new() }
}

fn overlays(bars: &Bars) -> Vec<Overlay> {
    let mean = |n: usize| -> Vec<f64> {
        let value = |bar: usize| match (bar + 1).checked_sub(n) {
            Some(first) => bars.close[first..=bar].iter().sum::<f64>() / n as f64,
            None => f64::NAN,
        };
        (0..bars.len()).map(value).collect()
    };
    let (fast, slow) = (mean(9), mean(21));
    let difference = fast.iter().zip(&slow).map(|(f, s)| f - s).collect();
    let of = |name: &str, unit, values| Overlay { name: name.into(), unit, values };
    vec![
        of("sma_9", stdlib::Unit::Price, fast),
        of("sma_21", stdlib::Unit::Price, slow),
        of("spread.value", stdlib::Unit::PriceDelta, difference),
        of("opened", stdlib::Unit::Time, vec![1.0; bars.len()]),
    ]
}
