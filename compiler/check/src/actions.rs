//! Blocks of actions, each on its clock.

use bars::Timeframe;
use ir::{Block, Case, Intent, MetadataValue};
use resolve::resolved::{self, Action, Expr};
use syntax::ast;

use crate::clocks::{self, Reads};
use crate::{Checker, logic, report};

impl Checker<'_> {
    pub(crate) fn actions(&mut self) -> Option<Vec<Block>> {
        let play = self.play;
        let blocks: Vec<Option<Block>> =
            play.blocks.iter().enumerate().map(|(at, block)| self.block(at, block)).collect();
        blocks.into_iter().collect()
    }

    pub(crate) fn reads(&self, expr: &Expr) -> Reads {
        clocks::of(self.play, expr, &mut |setup| self.setup_reads[setup])
    }

    /// On the exec clock, or a finer one when a condition reads it.
    fn block(&mut self, at: usize, block: &resolved::Block) -> Option<Block> {
        let exec = self.play.exec;
        let clock = block.cases.iter().map(|case| self.reads(&case.when).block(exec)).min().unwrap_or(exec);
        let cases: Vec<Option<Case>> = block.cases.iter().map(|case| self.case(case, clock)).collect();
        let otherwise = self.intents(&block.otherwise, clock);
        let cases: Vec<Case> = cases.into_iter().collect::<Option<_>>()?;
        self.unreachable(&cases);
        self.unreachable_else(&cases, &block.otherwise);
        Some(Block {
            id: block.id.as_ref().map_or_else(|| format!("block_{}", at + 1), |id| id.value.clone()),
            clock,
            cases,
            otherwise: otherwise?,
            span: block.span,
        })
    }

    fn case(&mut self, case: &resolved::Case, clock: Timeframe) -> Option<Case> {
        let when = self.condition_on(&case.when, clock);
        let emit = self.intents(&case.emit, clock);
        Some(Case { when: when?, emit: emit?, span: case.span })
    }

    /// The first case that holds ends the block, so what an earlier one always takes is never asked.
    fn unreachable(&mut self, cases: &[Case]) {
        let conditions: Vec<_> = cases.iter().map(|case| case.when).collect();
        for (at, later) in cases.iter().enumerate() {
            if let Some(taken) = logic::covering(&self.arena, &conditions[..at], later.when) {
                let earlier: Vec<_> = taken.iter().map(|&at| cases[at].span).collect();
                self.out.push(report::logic::unreachable(later.span, &earlier));
            }
        }
    }

    /// `else` is for when no case holds: never, where one always does.
    fn unreachable_else(&mut self, cases: &[Case], otherwise: &[resolved::Intent]) {
        let acts = otherwise.iter().find(|intent| intent.action != Some(Action::NoAction));
        let Some(first) = acts else { return };
        let arena = &self.arena;
        let conditions: Vec<_> = cases.iter().map(|case| case.when).collect();
        let sure = conditions.iter().position(|&when| logic::always(arena, when)).map(|at| vec![at]);
        if let Some(taken) = sure.or_else(|| logic::exhaust(arena, &conditions)) {
            let taken: Vec<_> = taken.iter().map(|&at| cases[at].span).collect();
            self.out.push(report::logic::else_unreachable(first.span, &taken));
        }
    }

    fn intents(&mut self, intents: &[resolved::Intent], clock: Timeframe) -> Option<Vec<Intent>> {
        let built: Vec<Option<Intent>> = intents.iter().map(|intent| self.intent(intent, clock)).collect();
        built.into_iter().collect()
    }

    fn intent(&mut self, intent: &resolved::Intent, clock: Timeframe) -> Option<Intent> {
        let action = intent.action?;
        let exits = matches!(action, Action::ExitLong | Action::ExitShort | Action::ExitAll);
        let percent = match &intent.percent {
            Some(number) if !(number.value > 0.0 && number.value <= 100.0) => {
                self.out.push(report::risk::bad_percent(number));
                return None;
            }
            Some(number) if !exits => {
                self.out.push(report::risk::percent_of_entry(number.span));
                100.0
            }
            Some(number) => number.value,
            None => 100.0,
        };
        let mut metadata = Vec::with_capacity(intent.metadata.len());
        for entry in &intent.metadata {
            if matches!(entry.key.value.as_str(), "stop_loss" | "take_profit" | "exit_percent") {
                self.out.push(report::risk::metadata_override(&entry.key));
            }
            metadata.push(self.metadata(entry, clock).map(|value| (entry.key.value.clone(), value)));
        }
        let metadata: Vec<(String, MetadataValue)> = metadata.into_iter().collect::<Option<_>>()?;
        Some(Intent { action: to_ir(action), percent, metadata })
    }

    fn metadata(&mut self, entry: &resolved::Metadata, clock: Timeframe) -> Option<MetadataValue> {
        Some(match &entry.value {
            resolved::MetadataValue::Expr(expr) => {
                let id = self.number(expr, clock)?;
                MetadataValue::Value(self.arena.align(id, clock))
            }
            resolved::MetadataValue::Constant(value) => match value {
                ast::Value::Number { value, .. } => MetadataValue::Number(*value),
                ast::Value::Search(search) => MetadataValue::Number(search.default.unwrap_or_default()),
                ast::Value::Error => return None,
                other => MetadataValue::Text(shown(other)),
            },
        })
    }
}

/// A constant as it would be written.
fn shown(value: &ast::Value) -> String {
    match value {
        ast::Value::Null | ast::Value::Error => "null".to_owned(),
        ast::Value::Bool(value) => value.to_string(),
        ast::Value::Number { value, .. } => value.to_string(),
        ast::Value::Search(search) => search.default.unwrap_or_default().to_string(),
        ast::Value::Text(text) => text.clone(),
        ast::Value::List(items) => {
            let items: Vec<String> = items.iter().map(|i| shown(&i.value)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

fn to_ir(action: Action) -> bytecode::Action {
    match action {
        Action::EntryLong => bytecode::Action::EntryLong,
        Action::EntryShort => bytecode::Action::EntryShort,
        Action::ExitLong => bytecode::Action::ExitLong,
        Action::ExitShort => bytecode::Action::ExitShort,
        Action::ExitAll => bytecode::Action::ExitAll,
        Action::NoAction => bytecode::Action::NoAction,
    }
}
