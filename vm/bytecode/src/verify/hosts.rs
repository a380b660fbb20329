//! What hosts read: actions, policy, exports, debug.

use std::collections::BTreeSet;

use super::Verifier;
use crate::actions::{Block, Case, Condition, ConditionKind, Intent, MetadataValue};
use crate::encode::MAX_CONDITION_DEPTH;
use crate::policy::{Account, Entry, Instrument, Policy, SizingModel, StopRule, TargetRule, TrailDistance};
use crate::program::{ClockId, ExportColumn, Stage};

pub(super) fn check(v: &mut Verifier<'_>) {
    let program = v.program;
    for block in &program.actions {
        check_block(v, block);
    }
    check_policy(v, &program.policy);
    let mut names = BTreeSet::new();
    for export in &program.exports {
        let at = format!("export `{}`", export.name);
        v.require(!export.name.is_empty(), &at, "the name is empty");
        v.require(names.insert(&export.name), &at, "the name occurs twice");
        let exists = match export.column {
            ExportColumn::Num(reg) => v.num(reg).is_some(),
            ExportColumn::Bool(reg) => v.bool(reg).is_some(),
        };
        v.require(exists, &at, "its register does not exist");
    }
    for (sections, places) in
        [(&program.market, &program.debug.market), (&program.position, &program.debug.position)]
    {
        let fits = sections.iter().map(|s| s.ops.len()).eq(places.iter().map(Vec::len));
        v.require(fits, "debug", "there is not one place for each op");
    }
}

fn check_block(v: &mut Verifier<'_>, block: &Block) {
    let at = format!("action `{}`", block.id);
    if usize::from(block.clock.0) >= v.program.clocks.len() {
        return v.fail(&at, "its clock does not exist");
    }
    for case in &block.cases {
        check_case(v, case, block.clock, &at);
    }
    for intent in &block.otherwise {
        check_intent(v, intent, block.clock, &at);
    }
}

fn check_case(v: &mut Verifier<'_>, case: &Case, clock: ClockId, at: &str) {
    let when = v.bool(case.when);
    v.require(Verifier::placed(when, clock, false), at, "`when` is not on the block's clock");
    let guard = v.bool(case.guard);
    v.require(
        Verifier::placed(guard, clock, true),
        at,
        "the guard is not a market register on the block's clock",
    );
    let of_market = when.is_some_and(|info| info.stage == Stage::Market);
    v.require(!of_market || case.guard == case.when, at, "`when` needs no other guard than itself");
    v.require(case.condition.reg == case.when, at, "the condition's root is not `when`");
    // Not by recursion: how deep it is, is what must be found out.
    let mut waiting = vec![(&case.condition, 1)];
    while let Some((node, depth)) = waiting.pop() {
        if depth > MAX_CONDITION_DEPTH {
            return v.fail(at, "the condition is nested too deeply");
        }
        check_node(v, node, at);
        waiting.extend(node.children.iter().map(|child| (child, depth + 1)));
    }
    for intent in &case.emit {
        check_intent(v, intent, clock, at);
    }
}

fn check_node(v: &mut Verifier<'_>, node: &Condition, at: &str) {
    v.require(v.bool(node.reg).is_some(), at, "a register of the condition does not exist");
    if let ConditionKind::Leaf { left, right } = node.kind {
        let exist = left.into_iter().chain(right).all(|reg| v.num(reg).is_some());
        v.require(exist, at, "a side of a comparison does not exist");
    }
}

fn check_intent(v: &mut Verifier<'_>, intent: &Intent, clock: ClockId, at: &str) {
    let percent = intent.percent > 0.0 && intent.percent <= 100.0;
    v.require(percent, at, "an intent's percentage is not over 0 and at most 100");
    for (key, value) in &intent.metadata {
        let fits = match value {
            MetadataValue::Text(_) => true,
            MetadataValue::Number(value) => value.is_finite(),
            MetadataValue::Reg(reg) => Verifier::placed(v.num(*reg), clock, false),
        };
        v.require(fits, at, &format!("metadata `{key}` is not finite or not on the block's clock"));
    }
}

fn positive(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}

fn not_negative(value: f64) -> bool {
    value >= 0.0 && value.is_finite()
}

fn check_policy(v: &mut Verifier<'_>, policy: &Policy) {
    policy.map(|reg| {
        let placed = Verifier::placed(v.num(reg), v.program.exec, true);
        v.require(placed, "policy", "a register is not a market register on the exec clock");
    });
    check_account(v, &policy.account);
    let sizing = &policy.sizing;
    let amount = match sizing.model {
        SizingModel::PercentEquity(amount)
        | SizingModel::RiskBased(amount)
        | SizingModel::FixedUsdt(amount) => amount,
    };
    let sized = positive(amount) && positive(sizing.leverage) && positive(sizing.max_position_pct);
    v.require(sized, "policy, sizing", "a figure is not above 0");
    let stop = match policy.stop {
        None => true,
        Some(StopRule::Percent { percent, .. }) => positive(percent),
        Some(StopRule::Atr { multiple, buffer_pct, .. }) => positive(multiple) && not_negative(buffer_pct),
        Some(StopRule::Points { distance, buffer_pct }) => positive(distance) && not_negative(buffer_pct),
        Some(StopRule::Structure { buffer_pct, .. }) => not_negative(buffer_pct),
    };
    v.require(stop, "policy, stop", "a distance is not above 0 or a buffer is negative");
    let target = match policy.target {
        None => true,
        Some(
            TargetRule::Percent { percent: figure, .. }
            | TargetRule::RiskReward { ratio: figure }
            | TargetRule::Atr { multiple: figure, .. }
            | TargetRule::Points { distance: figure },
        ) => positive(figure),
    };
    v.require(target, "policy, target", "a distance is not above 0");
    let trailing = policy.trailing.is_none_or(|trailing| {
        let (TrailDistance::Percent(distance) | TrailDistance::Atr { multiple: distance, .. }) =
            trailing.distance;
        positive(distance) && not_negative(trailing.activation_pct)
    });
    v.require(trailing, "policy, trailing", "a distance is not above 0 or the activation is negative");
    let break_even =
        policy.break_even.is_none_or(|b| not_negative(b.activation_pct) && b.offset_pct.is_finite());
    v.require(break_even, "policy, break even", "a figure is negative or not finite");
    let entry = match policy.entry {
        Entry::Market => true,
        Entry::Limit(limit) => limit.offset_pct.is_finite(),
    };
    v.require(entry, "policy, entry", "the offset is not finite");
    let steps = match policy.instrument {
        Instrument::Table | Instrument::NoSteps => true,
        Instrument::Custom { tick_size, qty_step, min_qty, min_notional_usdt } => {
            [tick_size, qty_step, min_qty, min_notional_usdt].into_iter().all(not_negative)
        }
    };
    v.require(steps, "policy, instrument", "a step is negative or not finite");
}

fn check_account(v: &mut Verifier<'_>, account: &Account) {
    let at = "policy, account";
    v.require(positive(account.equity_usdt), at, "the equity is not above 0");
    v.require(positive(account.max_leverage), at, "the leverage is not above 0");
    let drawdown = positive(account.max_drawdown_pct) && account.max_drawdown_pct <= 100.0;
    v.require(drawdown, at, "the drawdown limit is not over 0 and at most 100 percent");
    // A maker may be paid.
    let rates = [account.taker_bps, account.maker_bps].into_iter().all(|bps| bps.abs() < 10_000.0);
    v.require(rates, at, "a fee is not within 100 percent");
    let slippage = (0.0..10_000.0).contains(&account.slippage_bps);
    v.require(slippage, at, "the slippage is not from 0 to 100 percent");
    let margin = account.maintenance_margin_rate.is_none_or(|rate| (0.0..1.0).contains(&rate));
    v.require(margin, at, "the maintenance margin is not a fraction");
    let amounts = not_negative(account.min_notional_usdt) && not_negative(account.maintenance_deduction_usdt);
    v.require(amounts, at, "an amount is negative or not finite");
}
