//! Another name for a feature, structure, setup or variable, wherever it stands; never for the worse.

use std::collections::BTreeMap;
use std::ops::Range;

use diagnostics::Code;
use driver::File;
use syntax::shape::{Form, Shape};

use crate::declarations::{Declaration, DeclarationKind};
use crate::{Analysis, Edit, words};

/// Why a name cannot be changed, as a sentence for the author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

impl Analysis {
    /// The name at the offset, when it is one that can be changed.
    pub fn renamable(&self, offset: usize) -> Result<Range<usize>, Refusal> {
        let mention = self.mention_at(offset);
        let mention = mention.ok_or_else(|| self.no_name_of_ours(offset))?;
        let declared = &self.declarations[mention.declared];
        if declared.kind == DeclarationKind::Role {
            return Err(refuse(format!("`{}` is a word of the language", declared.name)));
        }
        if self.slice(&mention.range) != declared.name {
            return Err(refuse(format!("`{}` is not written out here", declared.name)));
        }
        Ok(mention.range.clone())
    }

    /// The edits, in the order of the text.
    pub fn rename(&self, offset: usize, new_name: &str) -> Result<Vec<Edit>, Refusal> {
        self.renamable(offset)?;
        let Some(mention) = self.mention_at(offset) else { return Ok(Vec::new()) };
        let declared = &self.declarations[mention.declared];
        let new_name = new_name.trim();
        if new_name == declared.name {
            return Ok(Vec::new());
        }
        self.check_name(declared, new_name)?;
        let same = self.mentions.iter().filter(|m| m.declared == mention.declared);
        let edits: Vec<Edit> =
            same.map(|m| Edit { range: m.range.clone(), text: new_name.to_owned() }).collect();
        self.check_result(declared, &edits)?;
        Ok(edits)
    }

    /// What stands at the offset is no name, or another file's.
    fn no_name_of_ours(&self, offset: usize) -> Refusal {
        let Some(place) = self.definition_elsewhere(offset) else {
            return refuse("here is no name that the Play declares");
        };
        let name = place.text.get(place.range.clone()).unwrap_or("");
        let is_use = self.outline.at(offset).is_some_and(|(slot, is_key)| {
            !is_key && matches!(self.shapes.get(slot).of_form(Form::Scalar), Shape::Block)
        });
        if is_use {
            refuse(format!("`{name}` is a block, which is called after its file"))
        } else if (File { name: place.name.clone(), text: place.text.clone() }).is_standard() {
            refuse(format!("`{name}` is a name of a standard block, which cannot be changed"))
        } else {
            refuse(format!("`{name}` is declared in {}: renamed there, it is renamed here too", place.name))
        }
    }

    fn check_name(&self, declared: &Declaration, new_name: &str) -> Result<(), Refusal> {
        let noun = declared.kind.noun();
        if declared.kind.is_text() {
            let is_word = !new_name.is_empty()
                && new_name.chars().all(|c| c.is_alphanumeric() || c == '_')
                && !new_name.starts_with(|c: char| c.is_ascii_digit());
            if !is_word {
                return Err(refuse(format!(
                    "`{new_name}` cannot be the name of a {noun}: letters, digits and `_`, beginning with a letter"
                )));
            }
        } else if syntax::expr::is_reserved(new_name) {
            return Err(refuse(format!("`{new_name}` is a word of the expression language")));
        } else if !syntax::expr::is_identifier(new_name) {
            return Err(refuse(format!(
                "`{new_name}` cannot be the id of a {noun}: letters, digits and `_`, beginning with a letter"
            )));
        } else if words::ambient().any(|a| a.name == new_name) {
            return Err(refuse(format!("`{new_name}` is a name that every Play knows")));
        }
        let shares = |d: &&Declaration| d.name == new_name && d.kind.is_text() == declared.kind.is_text();
        match self.declarations.iter().filter(|d| d.kind != DeclarationKind::Role).find(shares) {
            Some(other) => {
                let message = format!("there is a {} `{new_name}` already", other.kind.noun());
                Err(refuse(message))
            }
            None => Ok(()),
        }
    }

    /// Compiles what would come of it: a name may be meant in places that do not show it, as through a variable.
    fn check_result(&self, declared: &Declaration, edits: &[Edit]) -> Result<(), Refusal> {
        let text = applied(self.text(), edits);
        let next = self.kind.compile(&self.name, &text, &self.options);
        let count = |diagnostics: &[diagnostics::Diagnostic]| {
            let mut counts: BTreeMap<Code, usize> = BTreeMap::new();
            diagnostics.iter().filter(|d| d.is_error()).for_each(|d| *counts.entry(d.code).or_default() += 1);
            counts
        };
        let before = count(self.diagnostics());
        for (code, after) in count(&next.diagnostics) {
            if after > before.get(&code).copied().unwrap_or(0) {
                return Err(refuse(format!(
                    "with another name for `{}` the Play would have the error {}: it is also meant where it is \
                     not written out, as through a variable",
                    declared.name,
                    code.as_str()
                )));
            }
        }
        Ok(())
    }
}

fn refuse(message: impl Into<String>) -> Refusal {
    Refusal(message.into())
}

/// The edits are in the order of the text and do not touch each other.
pub(crate) fn applied(text: &str, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for edit in edits {
        out.push_str(text.get(from..edit.range.start).unwrap_or(""));
        out.push_str(&edit.text);
        from = edit.range.end;
    }
    out.push_str(text.get(from..).unwrap_or(""));
    out
}
