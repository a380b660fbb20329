//! `actions:` what to do when. A map of action to condition, or a list of blocks with cases.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, suggest};

use crate::ast::{Block, Case, Intent, Name};
use crate::condition;
use crate::play::intent;
use crate::read::{Cx, Fields, expect_list, listed, shape_error, spanned};
use crate::yaml::{Entry, Kind, Node};

pub const ACTIONS: &[&str] = &[
    "entry_long",
    "entry_short",
    "exit_long",
    "exit_short",
    "exit_all",
    "no_action",
    "adjust_stop",
    "adjust_target",
    "adjust_size",
];

const BLOCK_KEYS: &[&str] = &["id", "cases", "else"];
const CASE_KEYS: &[&str] = &["when", "emit"];

pub fn read(cx: &mut Cx, entry: &Entry) -> Vec<Block> {
    let blocks: Vec<Block> = match &entry.value.kind {
        Kind::Map(actions) => actions.iter().filter_map(|action| simple(cx, action)).collect(),
        Kind::List(items) => items.iter().filter_map(|item| block(cx, item)).collect(),
        Kind::Error | Kind::Null => return Vec::new(),
        Kind::Scalar(_) => {
            let report = shape_error(&entry.value, "actions", "a map of actions")
                .note("as in `entry_long: \"ema_9 crosses above ema_21\"`");
            cx.report(report);
            return Vec::new();
        }
    };
    let empty = match &entry.value.kind {
        Kind::Map(actions) => actions.is_empty(),
        Kind::List(items) => items.is_empty(),
        _ => false,
    };
    if empty {
        let report =
            Diagnostic::new(Code::E0105, "`actions` is empty", entry.key.span, "no action is given here");
        cx.report(report.note("without actions the Play can never trade"));
    }
    blocks
}

/// `entry_long: <condition>`: a block with one case.
fn simple(cx: &mut Cx, entry: &Entry) -> Option<Block> {
    let action = spanned(&entry.key);
    let known = check_action(cx, &action);
    let when = condition::read_at(cx, &action.value, entry.key.span, &entry.value);
    if !known {
        return None;
    }
    let span = entry.key.span.to(entry.value.span);
    let emit =
        vec![Intent { action: action.clone(), percent: None, metadata: Vec::new(), span: action.span }];
    Some(Block { id: Some(action), cases: vec![Case { when, emit, span }], otherwise: Vec::new(), span })
}

/// Reports an action that does not exist.
pub fn check_action(cx: &mut Cx, action: &Name) -> bool {
    if ACTIONS.contains(&action.value.as_str()) {
        return true;
    }
    let message = format!("there is no action `{}`", action.value);
    let mut report = Diagnostic::new(Code::E0601, message, action.span, "unknown action");
    if let Some(near) = suggest::nearest(&action.value, ACTIONS.iter().copied()) {
        report = report.fix(format!("write `{near}`"), action.span, near);
    }
    cx.report(report.note(format!("the actions: {}", listed(ACTIONS))));
    false
}

fn block(cx: &mut Cx, node: &Node) -> Option<Block> {
    if let [Entry { key, value }] = node.entries().unwrap_or_default()
        && ACTIONS.contains(&key.text.as_str())
    {
        let report = Diagnostic::new(Code::E0106, "an action in a list of blocks", key.span, "not a block")
            .note("either `actions:` is a map, `entry_long: <condition>`, or a list of `{id, cases}` blocks");
        cx.report(report);
        condition::read_at(cx, &key.text, key.span, value);
        return None;
    }
    let fields = Fields::open_as(cx, "a block", node.span, node, BLOCK_KEYS)?;
    fields.require(cx, &["id", "cases"]);
    let mut cases = Vec::new();
    if let Some(entry) = fields.get(cx, "cases")
        && let Some(items) = expect_list(cx, "cases", &entry.value)
    {
        if items.is_empty() {
            let report =
                Diagnostic::new(Code::E0105, "`cases` is empty", entry.key.span, "no case is given here");
            cx.report(report.note("a case is `{when: <condition>, emit: [<action>]}`"));
        }
        cases.extend(items.iter().filter_map(|item| case(cx, item)));
    }
    let otherwise = match fields.get(cx, "else") {
        Some(entry) => otherwise(cx, entry),
        None => Vec::new(),
    };
    Some(Block { id: fields.name(cx, "id"), cases, otherwise, span: node.span })
}

fn case(cx: &mut Cx, node: &Node) -> Option<Case> {
    let fields = Fields::open_as(cx, "a case", node.span, node, CASE_KEYS)?;
    fields.require(cx, CASE_KEYS);
    let when = match node.get("when") {
        Some(entry) => condition::read_at(cx, "when", entry.key.span, &entry.value),
        None => condition::error(node.span),
    };
    let emit = fields.get(cx, "emit").map_or_else(Vec::new, |entry| intent::read_list(cx, entry));
    Some(Case { when, emit, span: node.span })
}

fn otherwise(cx: &mut Cx, entry: &Entry) -> Vec<Intent> {
    let Some(fields) = Fields::open(cx, &entry.key, &entry.value, &["emit"]) else { return Vec::new() };
    fields.require(cx, &["emit"]);
    fields.get(cx, "emit").map_or_else(Vec::new, |emit| intent::read_list(cx, emit))
}
