//! Blocks, cases, intents.

use diagnostics::Diagnostic;
use syntax::ast;

use crate::names::Names;
use crate::resolved::{Action, Block, Case, Intent, Metadata, MetadataValue};
use crate::{exprs, report};

const ACTIONS: [(&str, Action); 6] = [
    ("entry_long", Action::EntryLong),
    ("entry_short", Action::EntryShort),
    ("exit_long", Action::ExitLong),
    ("exit_short", Action::ExitShort),
    ("exit_all", Action::ExitAll),
    ("no_action", Action::NoAction),
];

/// Accepted by the reference, which then did nothing.
const INERT: [&str; 3] = ["adjust_stop", "adjust_target", "adjust_size"];

pub fn resolve(blocks: &[ast::Block], names: &mut Names<'_>, out: &mut Vec<Diagnostic>) -> Vec<Block> {
    for (at, block) in blocks.iter().enumerate() {
        let Some(id) = &block.id else { continue };
        let earlier = blocks[..at].iter().filter_map(|b| b.id.as_ref()).find(|e| e.value == id.value);
        if let Some(earlier) = earlier {
            out.push(report::duplicate(id, earlier));
        }
    }
    let mut resolved = Vec::with_capacity(blocks.len());
    for block in blocks {
        let mut cases = Vec::with_capacity(block.cases.len());
        for case in &block.cases {
            let when = exprs::condition(&case.when, names, out);
            cases.push(Case { when, emit: intents(&case.emit, names, out), span: case.span });
        }
        let otherwise = intents(&block.otherwise, names, out);
        resolved.push(Block { id: block.id.clone(), cases, otherwise, span: block.span });
    }
    resolved
}

fn intents(written: &[ast::Intent], names: &mut Names<'_>, out: &mut Vec<Diagnostic>) -> Vec<Intent> {
    let mut resolved = Vec::with_capacity(written.len());
    for intent in written {
        let action = action(&intent.action, out);
        let mut metadata = Vec::with_capacity(intent.metadata.len());
        for entry in &intent.metadata {
            let value = match &entry.value {
                ast::MetadataValue::Constant(value) => MetadataValue::Constant(value.value.clone()),
                ast::MetadataValue::Expr(expr) => MetadataValue::Expr(exprs::number(expr, names, out)),
            };
            metadata.push(Metadata { key: entry.key.clone(), value });
        }
        resolved.push(Intent { action, percent: intent.percent.clone(), metadata, span: intent.span });
    }
    resolved
}

fn action(name: &ast::Name, out: &mut Vec<Diagnostic>) -> Option<Action> {
    if let Some((_, action)) = ACTIONS.iter().find(|(text, _)| *text == name.value) {
        return Some(*action);
    }
    if INERT.contains(&name.value.as_str()) {
        out.push(report::inert_action(name));
        return Some(Action::NoAction);
    }
    out.push(report::unknown_action(name, &ACTIONS.map(|(text, _)| text)));
    None
}
