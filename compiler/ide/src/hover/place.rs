//! Keys, built-ins, parameters and words of closed sets.

use std::fmt::Write;

use driver::reference;
use stdlib::{Builtin, Param};
use syntax::shape::{Form, Key, Shape, USE};

use crate::Analysis;
use crate::blocks::facts;
use crate::hover::Hover;
use crate::outline::{SlotId, Value};
use crate::shapes::builtin;

impl Analysis {
    pub(super) fn place_hover(&self, offset: usize) -> Option<Hover> {
        let (slot, is_key) = self.outline.at(offset)?;
        if is_key {
            return self.key_hover(slot);
        }
        let Value::Scalar(token) = &self.outline.slot(slot).value else { return None };
        let range = token.range.clone();
        let word = self.slice(&range).trim();
        let markdown = match self.shapes.get(slot).of_form(Form::Scalar) {
            Shape::Indicator | Shape::StructureType => {
                reference::page(builtin(&self.outline, &self.text, self.outline.slot(slot).parent)?)
            }
            Shape::Words(words) => {
                let (word, doc) = words.iter().find(|(w, _)| *w == word)?;
                format!("**{word}**\n\n{doc}")
            }
            Shape::Block => self.block_of(self.outline.slot(slot).parent)?.page(),
            Shape::Timeframe | Shape::Clock => {
                let tf = bars::Timeframe::parse(word)?;
                format!("timeframe {}", self.timeframe(tf))
            }
            Shape::Action => {
                let action = Shape::value_of(syntax::shape::PLAY, "actions");
                let key = action.keys().iter().find(|k| k.name == word)?;
                format!("**{}** · action\n\n{}", key.name, key.doc)
            }
            _ => {
                let (_, param) = self.param(slot)?;
                param_page(param)
            }
        };
        Some(Hover { range, markdown })
    }

    fn key_hover(&self, slot: SlotId) -> Option<Hover> {
        let range = self.outline.slot(slot).key.as_ref()?.range.clone();
        let name = self.slice(&range);
        if let Some((row, param)) = self.param(slot) {
            let markdown = format!("{}\n\nparameter of `{}`", param_page(param), row.name);
            return Some(Hover { range, markdown });
        }
        if let Some((block, param)) = self.argument(slot) {
            let markdown =
                format!("**{name}** · {}\n\nparameter of the block `{}`", facts(&param), block.file.stem());
            return Some(Hover { range, markdown });
        }
        let around = self.shapes.get(self.outline.slot(slot).parent);
        let uses = self.outline.child(&self.text, self.outline.slot(slot).parent, "use").is_some();
        let beside: &[Key] = if uses { USE } else { &[] };
        let key = around.keys().iter().chain(beside).find(|k| k.name == name)?;
        let need = if key.is_required { " · required" } else { "" };
        let mut markdown = format!("**{}**{need}\n\n{}", key.name, key.doc);
        if let Shape::Words(words) = key.shape.of_form(Form::Scalar) {
            markdown.push('\n');
            for (word, doc) in words {
                let _ = write!(markdown, "\n- `{word}`: {doc}");
            }
        }
        Some(Hover { range, markdown })
    }

    /// The parameter that the slot gives, and of what.
    pub(crate) fn param(&self, slot: SlotId) -> Option<(&'static Builtin, &'static Param)> {
        let params = self.outline.slot(slot).parent;
        if !matches!(self.shapes.get(params), Shape::Params) {
            return None;
        }
        let row = builtin(&self.outline, &self.text, self.outline.slot(params).parent)?;
        let name = self.outline.key(&self.text, slot)?;
        Some((row, row.params.iter().find(|p| p.name == name)?))
    }
}

pub(crate) fn param_page(param: &Param) -> String {
    format!(
        "**{}** · {} · default {}\n\n{}",
        param.name,
        reference::param_type(param),
        reference::param_default(param),
        param.doc
    )
}
