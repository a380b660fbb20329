//! Actions: blocks in their conditions, and filters before their entries.

use syntax::ast::{Block, Case, Expr, ExprKind, Filter, Intent, MetadataValue, Play, Side};

use crate::expander::Expander;
use crate::scope::{Place, Scope, Takes};

impl Expander<'_> {
    pub fn actions(&mut self, play: &mut Play, scope: &mut Scope) {
        let filters = std::mem::take(&mut play.filters);
        for block in &mut play.actions {
            filter_else(block, &filters);
            for case in &mut block.cases {
                self.case(case, &filters, scope);
            }
            self.metadata(&mut block.otherwise, scope);
        }
    }

    fn case(&mut self, case: &mut Case, filters: &[Filter], scope: &mut Scope) {
        let entry = entry_of(&case.emit);
        let place = match entry {
            Some((_, side)) => Place { side: Some(side), takes: Takes::Entry },
            None => Place { side: exit_side(&case.emit), takes: Takes::Any },
        };
        self.expr(&mut case.when, scope, place);
        self.metadata(&mut case.emit, scope);
        let Some((action, _)) = entry else { return };
        let mut parts = Vec::new();
        for filter in filters.iter().filter(|f| holds_for(f, action)) {
            let mut condition = filter.condition.clone();
            self.expr(&mut condition, scope, place);
            parts.push(condition);
        }
        if !parts.is_empty() {
            let span = case.when.span;
            let when = std::mem::replace(&mut case.when, Expr { kind: ExprKind::Error, span });
            parts.push(when);
            case.when = Expr { kind: ExprKind::All(parts), span };
        }
    }

    fn metadata(&mut self, intents: &mut [Intent], scope: &mut Scope) {
        for entry in intents.iter_mut().flat_map(|intent| &mut intent.metadata) {
            if let MetadataValue::Expr(expr) = &mut entry.value {
                self.expr(expr, scope, Place::ANY);
            }
        }
    }
}

fn holds_for(filter: &Filter, action: &str) -> bool {
    filter.action.as_ref().is_none_or(|only| only.value == action)
}

/// `else` has no condition to which a filter could be added: its entries become a case of their own.
fn filter_else(block: &mut Block, filters: &[Filter]) {
    let Some((action, _)) = entry_of(&block.otherwise) else { return };
    if !filters.iter().any(|f| holds_for(f, action)) {
        return;
    }
    let emit = block.otherwise.clone();
    block.otherwise.retain(|intent| !intent.action.value.starts_with("entry_"));
    let span = emit.first().map_or(block.span, |intent| intent.span);
    block.cases.push(Case { when: Expr { kind: ExprKind::Bool(true), span }, emit, span });
}

/// The first entry among the intents.
fn entry_of(intents: &[Intent]) -> Option<(&'static str, Side)> {
    intents.iter().find_map(|intent| match intent.action.value.as_str() {
        "entry_long" => Some(("entry_long", Side::Long)),
        "entry_short" => Some(("entry_short", Side::Short)),
        _ => None,
    })
}

/// The side that the intents leave, when they agree.
fn exit_side(intents: &[Intent]) -> Option<Side> {
    let mut sides = intents.iter().map(|intent| match intent.action.value.as_str() {
        "exit_long" => Some(Side::Long),
        "exit_short" => Some(Side::Short),
        _ => None,
    });
    let first = sides.next()?;
    sides.all(|side| side == first).then_some(first)?
}
