//! The outline of the document for its readers: sections, and what they declare.

use std::ops::Range;

use crate::Analysis;
use crate::declarations::DeclarationKind;
use crate::outline::{SlotId, Value};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    pub name: String,
    /// What it is, in a few words.
    pub detail: String,
    pub kind: SymbolKind,
    pub range: Range<usize>,
    /// Of the name, inside of `range`.
    pub name_range: Range<usize>,
    pub children: Vec<Symbol>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolKind {
    Section,
    Feature,
    Structure,
    Setup,
    Variable,
    Action,
    /// A key of a section that declares nothing.
    Key,
}

impl Analysis {
    #[must_use]
    pub fn symbols(&self) -> Vec<Symbol> {
        let sections = &self.outline.slot(0).children;
        sections.iter().filter_map(|&id| self.section(id)).collect()
    }

    fn section(&self, id: SlotId) -> Option<Symbol> {
        let slot = self.outline.slot(id);
        let name_range = slot.key.as_ref()?.range.clone();
        let name = self.slice(&name_range).to_owned();
        let inside = |range: &Range<usize>| slot.range.start <= range.start && range.end <= slot.range.end;
        let declared = self.declarations.iter().filter(|d| d.kind != DeclarationKind::Role);
        let mut children: Vec<Symbol> = declared
            .filter(|d| inside(&d.range))
            .map(|d| {
                let whole = self.outline.slot(d.slot).range.clone();
                Symbol {
                    name: d.name.clone(),
                    detail: d.builtin.map_or_else(String::new, |b| b.name.to_owned()),
                    kind: symbol_kind(d.kind),
                    range: whole.start.min(d.range.start)..whole.end.max(d.range.end),
                    name_range: d.range.clone(),
                    children: Vec::new(),
                }
            })
            .collect();
        if children.is_empty()
            && !["features", "structures", "setups", "variables", "params", "requires"]
                .contains(&name.as_str())
        {
            children = slot.children.iter().filter_map(|&c| self.entry(c, name == "actions")).collect();
        }
        let detail =
            self.outline.scalar(&self.text, id).unwrap_or("").lines().next().unwrap_or("").to_owned();
        Some(Symbol {
            name,
            detail,
            kind: SymbolKind::Section,
            range: slot.range.clone(),
            name_range,
            children,
        })
    }

    /// A key of a section, or a block of `actions`.
    fn entry(&self, id: SlotId, is_action: bool) -> Option<Symbol> {
        let slot = self.outline.slot(id);
        let named = match &slot.key {
            Some(key) => Some(key.range.clone()),
            None => {
                self.outline.child(&self.text, id, "id").and_then(|c| match &self.outline.slot(c).value {
                    Value::Scalar(token) => Some(token.range.clone()),
                    _ => None,
                })
            }
        };
        let name_range = named?;
        let name = self.slice(&name_range).to_owned();
        let kind = if is_action { SymbolKind::Action } else { SymbolKind::Key };
        let detail =
            self.outline.scalar(&self.text, id).unwrap_or("").lines().next().unwrap_or("").to_owned();
        let range = slot.range.start.min(name_range.start)..slot.range.end.max(name_range.end);
        (!name.is_empty()).then_some(Symbol { name, detail, kind, range, name_range, children: Vec::new() })
    }
}

fn symbol_kind(kind: DeclarationKind) -> SymbolKind {
    match kind {
        DeclarationKind::Feature => SymbolKind::Feature,
        DeclarationKind::Structure | DeclarationKind::Block => SymbolKind::Structure,
        DeclarationKind::Setup => SymbolKind::Setup,
        DeclarationKind::Variable | DeclarationKind::Parameter => SymbolKind::Variable,
        DeclarationKind::Role => SymbolKind::Key,
    }
}
