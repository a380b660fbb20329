//! Random actions and filters of a Play: in short, or in blocks with cases, parts and notes.

use std::fmt::Write;

use super::Dice;
use super::conditions::Conditions;
use super::policy::{Exits, Policy};

pub struct Actions {
    pub filters: String,
    pub actions: String,
}

const EXIT_BLOCKS: [&str; 4] =
    ["time_exit_v1", "give_back_exit_v1", "chandelier_exit_v1", "trend_break_exit_v1"];

impl Actions {
    pub fn random(dice: &mut Dice, conditions: &mut Conditions, policy: &Policy) -> Actions {
        let (long, short) = (policy.mode != "short_only", policy.mode != "long_only");
        let filters = if dice.chance(15) {
            format!("filters:\n  - {}\n", conditions.node(dice, 1))
        } else {
            String::new()
        };
        let has_exits = policy.exits != Exits::StopTargetOnly;
        let actions = if dice.chance(55) || policy.is_plain {
            short_form(dice, conditions, policy, has_exits)
        } else {
            blocks(dice, conditions, (long, short), has_exits)
        };
        Actions { filters, actions: format!("actions:\n{actions}") }
    }
}

fn entry(dice: &mut Dice, conditions: &mut Conditions) -> String {
    conditions.may_ask_position = dice.chance(15);
    let condition = conditions.node(dice, 2);
    // many are true too rarely to show anything
    let often = dice.pick(&["close > open * 1.001", "close < low[1]", "hl2 > hlc3[3]"]);
    if dice.chance(60) { format!("{{any: [{condition}, \"{often}\"]}}") } else { condition }
}

fn exit(dice: &mut Dice, conditions: &mut Conditions, may_ask: bool) -> String {
    if may_ask && dice.chance(12) {
        return format!("{{use: {}}}", dice.pick(&EXIT_BLOCKS[..2]));
    }
    conditions.may_ask_position = may_ask;
    conditions.node(dice, 2)
}

fn short_form(dice: &mut Dice, conditions: &mut Conditions, policy: &Policy, has_exits: bool) -> String {
    let mut text = String::new();
    let asks = !policy.is_plain;
    for (side, allowed) in [("long", policy.mode != "short_only"), ("short", policy.mode != "long_only")] {
        if !allowed {
            continue;
        }
        let _ = writeln!(text, "  entry_{side}: {}", entry(dice, conditions));
        if has_exits {
            let condition = if asks && dice.chance(12) {
                format!("{{use: {}}}", dice.pick(&EXIT_BLOCKS))
            } else {
                exit(dice, conditions, asks)
            };
            let _ = writeln!(text, "  exit_{side}: {condition}");
        }
    }
    if has_exits && asks && dice.chance(15) {
        let _ = writeln!(text, "  exit_all: {}", exit(dice, conditions, true));
    }
    text
}

fn blocks(
    dice: &mut Dice,
    conditions: &mut Conditions,
    (long, short): (bool, bool),
    has_exits: bool,
) -> String {
    let mut text = String::from("  - id: enter\n    cases:\n");
    for (side, allowed) in [("entry_long", long), ("entry_short", short)] {
        if allowed {
            let noted = format!(
                "{{action: {side}, metadata: {{atr: {{feature_id: atr_x, offset: 1}}, why: said, n: 3}}}}"
            );
            let emit = dice.pick(&[side, &noted[..]]);
            let _ = writeln!(text, "      - when: {}\n        emit: [{emit}]", entry(dice, conditions));
        }
    }
    if dice.chance(40) {
        text += "    else: {emit: [no_action]}\n";
    }
    if !has_exits {
        return text;
    }
    text += "  - id: leave\n    cases:\n";
    if long {
        let part = dice.pick(&[25, 50, 100]);
        let when = exit(dice, conditions, true);
        let _ =
            writeln!(text, "      - when: {when}\n        emit: [{{action: exit_long, percent: {part}}}]");
    }
    if short {
        let part = dice.pick(&[33, 100]);
        let when = exit(dice, conditions, true);
        let _ =
            writeln!(text, "      - when: {when}\n        emit: [{{action: exit_short, percent: {part}}}]");
    }
    let _ = writeln!(
        text,
        "  - id: all\n    cases:\n      - when: {}\n        emit: [exit_all]",
        exit(dice, conditions, true)
    );
    text
}
