//! The random Plays are worth what they reach: every op, every rule of the policy, every intent, every built-in, every
//! way out of a trade. What is new and not generated fails here.

use std::collections::BTreeSet;

use backtest::RunResult;
use bytecode::ops::PositionField;
use bytecode::{
    Action, Basis, Condition, ConditionKind, EndOfData, Entry, ExitMode, Instrument, MetadataValue, Mode, Op,
    OrderType, Program, SizingModel, StopBeyondLiquidation, StopRule, TargetRule, TimeInForce, TrailDistance,
};
use kernel::ExitReason;
use stdlib::{BUILTINS, Field};

use crate::case::Case;
use crate::plays::{Dice, random_play};

/// Plays that are compiled, and cases that are run.
const PLAYS: u64 = 900;
const RUNS: u64 = 240;

/// Names of all variants of these types. A new variant does not compile before it has a name here, and the test fails
/// before some random Play has it.
macro_rules! kinds {
    ($($kind:ident: $ty:ty { $($pattern:pat => $name:literal,)* })*) => {
        const ALL: &[&str] = &[$($($name,)*)*];
        $(fn $kind(value: &$ty) -> &'static str {
            match value { $($pattern => $name,)* }
        })*
    };
}

kinds! {
    stop: Option<StopRule> {
        None => "no stop",
        Some(StopRule::Percent { basis: Basis::Roi, .. }) => "stop in percent of the margin",
        Some(StopRule::Percent { basis: Basis::Price, .. }) => "stop in percent of the price",
        Some(StopRule::Atr { .. }) => "stop in ATRs",
        Some(StopRule::Points { .. }) => "stop in points",
        Some(StopRule::Structure { .. }) => "stop at a level",
    }
    target: Option<TargetRule> {
        None => "no target",
        Some(TargetRule::Percent { basis: Basis::Roi, .. }) => "target in percent of the margin",
        Some(TargetRule::Percent { basis: Basis::Price, .. }) => "target in percent of the price",
        Some(TargetRule::RiskReward { .. }) => "target in stops",
        Some(TargetRule::Atr { .. }) => "target in ATRs",
        Some(TargetRule::Points { .. }) => "target in points",
    }
    trailing: Option<TrailDistance> {
        None => "no trailing stop",
        Some(TrailDistance::Percent(_)) => "trailing in percent",
        Some(TrailDistance::Atr { .. }) => "trailing in ATRs",
    }
    sizing: SizingModel {
        SizingModel::PercentEquity(_) => "size by equity",
        SizingModel::RiskBased(_) => "size by risk",
        SizingModel::FixedUsdt(_) => "size in USDT",
    }
    entry: Entry {
        Entry::Market => "market entry",
        Entry::Limit(_) => "limit entry",
    }
    force: TimeInForce {
        TimeInForce::Gtc => "GTC",
        TimeInForce::Ioc => "IOC",
        TimeInForce::Fok => "FOK",
        TimeInForce::PostOnly => "PostOnly",
    }
    target_order: OrderType {
        OrderType::Market => "market target",
        OrderType::Limit => "limit target",
    }
    stop_order: OrderType {
        OrderType::Market => "market stop",
        OrderType::Limit => "limit stop",
    }
    end: EndOfData {
        EndOfData::Close => "closed at the end",
        EndOfData::Mark => "marked at the end",
    }
    instrument: Instrument {
        Instrument::Table => "steps of the table",
        Instrument::NoSteps => "no steps",
        Instrument::Custom { .. } => "own steps",
    }
    beyond: StopBeyondLiquidation {
        StopBeyondLiquidation::Reject => "stop beyond liquidation: reject",
        StopBeyondLiquidation::Adjust => "stop beyond liquidation: adjust",
        StopBeyondLiquidation::Warn => "stop beyond liquidation: warn",
    }
    mode: Mode {
        Mode::LongOnly => "long only",
        Mode::ShortOnly => "short only",
        Mode::LongShort => "both sides",
    }
    exits: ExitMode {
        ExitMode::StopTargetOnly => "exit by stop and target",
        ExitMode::Signal => "exit by signal",
        ExitMode::FirstHit => "exit by the first hit",
    }
    action: Action {
        Action::EntryLong => "entry_long",
        Action::EntryShort => "entry_short",
        Action::ExitLong => "exit_long",
        Action::ExitShort => "exit_short",
        Action::ExitAll => "exit_all",
        Action::NoAction => "no_action",
    }
    metadata: MetadataValue {
        MetadataValue::Text(_) => "note in words",
        MetadataValue::Number(_) => "note in numbers",
        MetadataValue::Reg(_) => "note of a column",
    }
    condition: ConditionKind {
        ConditionKind::All => "all",
        ConditionKind::Any => "any",
        ConditionKind::Not => "not",
        ConditionKind::Window => "window",
        ConditionKind::Setup(_) => "setup",
        ConditionKind::Leaf { .. } => "leaf",
        ConditionKind::Sequence => "sequence",
        ConditionKind::Score => "score",
    }
    position: PositionField {
        PositionField::EntryPrice => "own entry price",
        PositionField::BarsInTrade => "own bars",
        PositionField::UnrealizedPnlPct => "own profit",
        PositionField::Side => "own side",
        PositionField::StopPrice => "own stop",
        PositionField::TargetPrice => "own target",
        PositionField::MfePct => "own best",
        PositionField::MaePct => "own worst",
    }
    exit: ExitReason {
        ExitReason::StopLoss => "left by the stop",
        ExitReason::TakeProfit => "left by the target",
        ExitReason::TrailingStop => "left by the trailing stop",
        ExitReason::BreakEven => "left by the break-even stop",
        ExitReason::Signal => "left by a signal",
        ExitReason::Flip => "left by a flip",
        ExitReason::Liquidation => "left by liquidation",
        ExitReason::MaxDrawdown => "left by the drawdown limit",
        ExitReason::EndOfData => "left by the end",
        ExitReason::Open => "not left",
    }
}

/// Switches of a policy that are no enums.
const SWITCHES: [&str; 9] = [
    "flip",
    "break-even",
    "drawdown limit",
    "own maintenance margin",
    "fees in the share",
    "cap of the margin",
    "part of a position",
    "trailing beside a stop",
    "trailing from a profit on",
];

/// Ops of position code: what the bars alone say comes to it as columns, from the section of the market.
const MARKET_ONLY: [&str; 7] = ["const", "field", "series", "call", "align", "align.bool", "truthy"];

#[test]
fn random_plays_have_everything() {
    let seeds: Vec<u64> = (0..PLAYS).collect();
    let found = tests::on_all_cores(&seeds, |&seed| {
        let text = random_play(&mut Dice::new(seed));
        let c = driver::compile("play.yml", &text, &driver::Options::default());
        let errors = c.diagnostics.iter().filter(|d| d.is_error());
        let errors: String = errors.map(|d| diagnostics::render::human(&c.sources, d, false)).collect();
        c.program.map(|program| of_program(&program)).ok_or_else(|| format!("seed {seed}: {errors}"))
    });
    tests::all_hold(&found.iter().filter_map(|play| play.as_ref().err().cloned()).collect::<Vec<_>>());
    let mut seen: BTreeSet<String> = found.into_iter().flatten().flatten().collect();
    let seeds: Vec<u64> = (0..RUNS).collect();
    let runs = tests::on_all_cores(&seeds, |&seed| {
        let case = Case::new(seed);
        let result = backtest::backtest(&case.program, &case.bars, &case.options).expect("it runs");
        (of_run(&result), case.program.clocks.len() > 1, !result.trades.is_empty(), case.text)
    });
    seen.extend(runs.iter().flat_map(|run| run.0.iter().cloned()));
    let wanted = wanted();
    let missing: Vec<&String> = wanted.iter().filter(|name| !seen.contains(*name)).collect();
    assert!(missing.is_empty(), "never generated: {missing:#?}");
    let share = |of: &dyn Fn(usize) -> bool| (0..runs.len()).filter(|&at| of(at)).count() * 100 / runs.len();
    let (clocks, trading) = (share(&|at| runs[at].1), share(&|at| runs[at].2));
    assert!(clocks > 60 && trading > 33, "{clocks} % have several clocks, {trading} % trade");
    for spelling in ["{lhs: ", "[\"", "\"(", "{choices: ", "{min: ", "${share}", "].", "].state", "filters:"]
    {
        assert!(runs.iter().any(|run| run.3.contains(spelling)), "no Play has {spelling}");
    }
}

fn wanted() -> BTreeSet<String> {
    let ops = bytecode::ops::MNEMONICS.iter();
    let market = ops.clone().filter(|name| **name != "position").map(|name| format!("market: {name}"));
    let position = ops.filter(|name| !MARKET_ONLY.contains(name)).map(|name| format!("position: {name}"));
    let fields = Field::ALL.iter().map(|field| format!("field {}", field.name()));
    let builtins = BUILTINS.iter().map(|row| format!("built-in {}", row.name));
    let names = ALL.iter().chain(&SWITCHES).map(|name| (*name).to_owned());
    market.chain(position).chain(fields).chain(builtins).chain(names).collect()
}

fn of_program(program: &Program) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    for (stage, sections) in [("market", &program.market), ("position", &program.position)] {
        for op in sections.iter().flat_map(|s| &s.ops) {
            seen.insert(format!("{stage}: {}", op.mnemonic()));
            match op {
                Op::Position { field, .. } => seen.insert(position(field).to_owned()),
                Op::Field { field, .. } => seen.insert(format!("field {}", field.name())),
                _ => false,
            };
        }
    }
    seen.extend(program.calls.iter().map(|call| format!("built-in {}", call.builtin)));
    seen.extend(of_policy(program).into_iter().map(str::to_owned));
    for block in &program.actions {
        for case in &block.cases {
            conditions(&case.condition, &mut seen);
        }
        for intent in block.cases.iter().flat_map(|c| &c.emit).chain(&block.otherwise) {
            seen.insert(action(&intent.action).to_owned());
            seen.extend(intent.metadata.iter().map(|(_, value)| metadata(value).to_owned()));
            if intent.percent < 100.0 {
                seen.insert("part of a position".to_owned());
            }
        }
    }
    seen
}

fn conditions(of: &Condition, seen: &mut BTreeSet<String>) {
    seen.insert(condition(&of.kind).to_owned());
    of.children.iter().for_each(|child| conditions(child, seen));
}

fn of_policy(program: &Program) -> Vec<&'static str> {
    let p = &program.policy;
    let mut seen = vec![
        stop(&p.stop),
        target(&p.target),
        trailing(&p.trailing.map(|t| t.distance)),
        sizing(&p.sizing.model),
        entry(&p.entry),
        target_order(&p.target_order),
        stop_order(&p.stop_order),
        end(&p.end_of_data),
        instrument(&p.instrument),
        beyond(&p.account.stop_beyond_liquidation),
        mode(&p.mode),
        exits(&p.exit_mode),
    ];
    if let Entry::Limit(limit) = &p.entry {
        seen.push(force(&limit.time_in_force));
    }
    let switches = [
        p.allow_flip,
        p.break_even.is_some(),
        p.account.max_drawdown_pct < 100.0,
        p.account.maintenance_margin_rate.is_some(),
        p.sizing.include_fees,
        p.sizing.max_position_pct < 100.0,
        false,
        p.trailing.is_some() && p.stop.is_some(),
        p.trailing.is_some_and(|t| t.activation_pct > 0.0),
    ];
    seen.extend(SWITCHES.iter().zip(switches).filter(|(_, on)| *on).map(|(name, _)| *name));
    seen
}

fn of_run(result: &RunResult) -> BTreeSet<String> {
    result.trades.iter().map(|trade| exit(&trade.exit_reason).to_owned()).collect()
}
