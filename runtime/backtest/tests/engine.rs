//! The whole room on the real engine: position code, funnel, nearest miss.

mod common;

use backtest::{Options, RunResult, backtest};
use bars::Bars;
use bytecode::ops::PositionField;
use bytecode::{
    Action, Block, BoolReg, Case, ClockId, Condition, ConditionKind, Debug, Intent, MetadataValue, NumReg,
    Op, Place, Program, RegInfo, Stage,
};
use common::{Setup, bars_of, conserves_money, flat, policy};
use kernel::ExitReason;

const CLOCK: ClockId = ClockId(0);

/// Grows a program register by register.
struct Builder {
    program: Program,
}

impl Builder {
    fn new() -> Builder {
        Builder { program: Setup::new(&bars_of("15m", &[flat(1.0)]), "15m", policy(), &[]).program }
    }

    fn num(&mut self, stage: Stage, op: impl FnOnce(NumReg) -> Op) -> NumReg {
        let out = NumReg(self.program.num_regs.len() as u32);
        self.program.num_regs.push(RegInfo { clock: CLOCK, stage });
        self.push(stage, op(out));
        out
    }

    fn bool(&mut self, stage: Stage, op: impl FnOnce(BoolReg) -> Op) -> BoolReg {
        let out = BoolReg(self.program.bool_regs.len() as u32);
        self.program.bool_regs.push(RegInfo { clock: CLOCK, stage });
        self.push(stage, op(out));
        out
    }

    fn push(&mut self, stage: Stage, op: Op) {
        let (sections, places) = match stage {
            Stage::Market => (&mut self.program.market, &mut self.program.debug.market),
            Stage::Position => (&mut self.program.position, &mut self.program.debug.position),
        };
        places.resize(1, Vec::new());
        sections[0].ops.push(op);
        places[0].push(Place::default());
    }

    fn constant(&mut self, stage: Stage, value: f64) -> NumReg {
        self.num(stage, |out| Op::Constant { out, value })
    }

    fn block(&mut self, action: Action, when: BoolReg, guard: BoolReg, condition: Condition) {
        let intent = Intent { action, percent: 100.0, metadata: Vec::new() };
        self.program.actions.push(Block {
            id: format!("{action:?}"),
            clock: CLOCK,
            cases: vec![Case { when, guard, emit: vec![intent], condition }],
            otherwise: Vec::new(),
            place: Place::default(),
        });
    }

    fn finish(mut self) -> Program {
        self.program.identity.catalogue_hash = stdlib::catalogue_hash();
        self.program.debug = Debug {
            file: "by_hand.yml".into(),
            market: vec![vec![Place::default(); self.program.market[0].ops.len()]],
            position: vec![vec![Place::default(); self.program.position[0].ops.len()]],
        };
        self.program
    }
}

fn condition(kind: ConditionKind, reg: BoolReg, text: &str, children: Vec<Condition>) -> Condition {
    Condition { kind, reg, text: text.into(), place: Place::default(), children }
}

fn leaf(reg: BoolReg, left: NumReg, right: NumReg, text: &str) -> Condition {
    condition(ConditionKind::Leaf { left: Some(left), right: Some(right) }, reg, text, Vec::new())
}

/// Enter long when the close is above `level`; leave after a condition of the position.
fn play(level: f64, hold: impl FnOnce(&mut Builder) -> BoolReg) -> Program {
    let mut b = Builder::new();
    let close = b.num(Stage::Market, |out| Op::Field { out, field: stdlib_field() });
    let bound = b.constant(Stage::Market, level);
    let above = b.bool(Stage::Market, |out| Op::Gt { out, a: close, b: bound });
    let always = b.bool(Stage::Market, |out| Op::ConstantBool { out, value: Some(true) });
    b.block(Action::EntryLong, above, above, leaf(above, close, bound, "close > level"));
    let leave = hold(&mut b);
    let text = condition(ConditionKind::Leaf { left: None, right: None }, leave, "position", Vec::new());
    b.block(Action::ExitLong, leave, always, text);
    let entry = &mut b.program.actions[0].cases[0].emit[0];
    entry.metadata = vec![("close".into(), MetadataValue::Reg(close))];
    b.finish()
}

fn stdlib_field() -> stdlib::Field {
    stdlib::Field::Close
}

fn both(program: &Program, bars: &Bars) -> RunResult {
    let run = |skip| backtest(program, bars, &Options { skip, ..Options::default() }).expect("a run");
    let (skipping, bar_by_bar) = (run(true), run(false));
    assert_eq!(skipping.trades_hash(), bar_by_bar.trades_hash());
    assert_eq!(skipping.decisions_hash(), bar_by_bar.decisions_hash());
    assert_eq!(skipping.funnel, bar_by_bar.funnel);
    conserves_money(&skipping);
    skipping
}

#[test]
fn conditions_may_ask_about_the_position() {
    // Entry bar 2; its close and two more make three bars in the trade: the exit fills at the open of bar 5.
    let program = play(105.0, |b| {
        let held = b.num(Stage::Position, |out| Op::Position { out, field: PositionField::BarsInTrade });
        let three = b.constant(Stage::Position, 3.0);
        b.bool(Stage::Position, |out| Op::Ge { out, a: held, b: three })
    });
    let prices = [100.0, 106.0, 100.0, 101.0, 102.0, 103.0, 104.0];
    let result = both(&program, &bars_of("15m", &prices.map(flat)));
    let [trade] = &result.trades[..] else { panic!("{:?}", result.trades) };
    assert_eq!((trade.entry_price, trade.exit_price), (100.0, 103.0));
    assert_eq!((trade.exit_reason, trade.bars_held), (ExitReason::Signal, 3));
    assert_eq!(result.metadata[0].values, vec![("close".to_owned(), MetadataValue::Number(106.0))]);
    assert_eq!(trade.asked_by(&program.actions).map(|(name, _)| name), Some("EntryLong"));
}

#[test]
fn position_code_that_remembers_sees_every_bar() {
    // In profit for two closes running.
    let program = play(105.0, |b| {
        let pnl = b.num(Stage::Position, |out| Op::Position { out, field: PositionField::UnrealizedPnlPct });
        let zero = b.constant(Stage::Position, 0.0);
        let winning = b.bool(Stage::Position, |out| Op::Gt { out, a: pnl, b: zero });
        b.bool(Stage::Position, |out| Op::HoldsFor { out, a: winning, bars: 2, stride: 1 })
    });
    let prices = [106.0, 100.0, 101.0, 99.0, 101.0, 102.0, 103.0, 104.0];
    let result = both(&program, &bars_of("15m", &prices.map(flat)));
    let [trade] = &result.trades[..] else { panic!("{:?}", result.trades) };
    assert_eq!((trade.entry_price, trade.exit_price), (100.0, 103.0));
}

#[test]
fn the_funnel_tells_why_and_where_it_came_closest() {
    let mut b = Builder::new();
    let close = b.num(Stage::Market, |out| Op::Field { out, field: stdlib_field() });
    let (low, high) = (b.constant(Stage::Market, 100.0), b.constant(Stage::Market, 200.0));
    let above = b.bool(Stage::Market, |out| Op::Gt { out, a: close, b: low });
    let far = b.bool(Stage::Market, |out| Op::Gt { out, a: close, b: high });
    let all = b.bool(Stage::Market, |out| Op::And { out, a: above, b: far });
    let children = vec![leaf(above, close, low, "close > 100"), leaf(far, close, high, "close > 200")];
    b.block(Action::EntryLong, all, all, condition(ConditionKind::All, all, "both", children));
    b.block(Action::EntryLong, above, above, leaf(above, close, low, "close > 100"));
    let program = b.finish();
    let prices = [100.0, 101.0, 150.0, 120.0, 90.0];
    let result = both(&program, &bars_of("15m", &prices.map(flat)));
    let never = &result.funnel[0].cases[0];
    assert_eq!((never.bars, never.warm, never.held, never.sent), (5, Some(5), Some(0), 0));
    let stages: Vec<_> = never.conjuncts.iter().map(|c| (c.held, c.prefix)).collect();
    assert_eq!(stages, [(Some(3), 3), (Some(0), 0)]);
    let nearest = never.nearest.as_ref().expect("it never held");
    assert_eq!((nearest.held, nearest.of, nearest.time_ms), (1, 2, common::START + 3 * 15 * common::MINUTE));
    assert_eq!((nearest.failed[0].left, nearest.failed[0].right), (Some(150.0), Some(200.0)));
    // True on bars 1, 2, 3: the first enters at the open of bar 2, so on the others a position is open.
    let often = &result.funnel[1].cases[0];
    assert_eq!((often.held, often.sent, often.filled, often.blocked.position), (Some(3), 1, 1, 2));
    assert!(often.nearest.is_none());
}
