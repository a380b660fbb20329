//! Keys of a map, and parameters.

use syntax::shape::{Form, Key, Shape, USE};

use super::{CompletionKind, Cx};
use crate::hover::param_page;
use crate::outline::{SlotId, Value};
use crate::shapes::{builtin, sides};

const REQUIRED: u8 = 0;
const OPTIONAL: u8 = 1;

impl Cx<'_> {
    /// The keys that the map in this slot does not have yet.
    pub(super) fn keys(&mut self, map: SlotId) {
        let shape = self.shapes.get(map);
        let present = self.present(map);
        if matches!(shape, Shape::Params) {
            return self.parameters(map, &present);
        }
        if matches!(shape, Shape::Arguments) {
            return self.arguments(map, &present);
        }
        let is_flow = matches!(self.outline.slot(map).value, Value::Map { is_flow: true });
        for key in self.possible(map, shape, &present).filter(|k| !present.iter().any(|p| p == k.name)) {
            let rank = if key.is_required { REQUIRED } else { OPTIONAL };
            let detail = if key.is_required { "required" } else { "" };
            let insert = format!("{}{}", key.name, opening(key, is_flow));
            self.push_as(key.name, insert, CompletionKind::Key, detail, key.doc.to_owned(), rank);
        }
    }

    fn possible(
        &self,
        map: SlotId,
        shape: Shape,
        present: &[String],
    ) -> impl Iterator<Item = &'static Key> + use<> {
        let keys = shape.of_form(Form::Map).keys();
        let has = |name: &str| keys.iter().any(|k| k.name == name);
        let uses = present.iter().any(|p| p == "use");
        let more: &'static [Key] = match (uses, has("with")) {
            (true, false) => USE,
            (false, true) => sides(&self.outline, self.prefix, map),
            // an item of a list of features
            (false, false) if has("indicator") && !has("use") => &USE[..1],
            _ => &[],
        };
        // a feature that uses a block is a set of them, and has nothing else
        let own: &'static [Key] = if uses && has("indicator") { &[] } else { keys };
        own.iter().chain(more)
    }

    /// The keys before the cursor, and behind it.
    fn present(&self, map: SlotId) -> Vec<String> {
        let whole = &self.analysis.outline;
        let is_same =
            whole.slots.get(map).is_some_and(|s| s.range.start == self.outline.slot(map).range.start);
        let mut keys = Vec::new();
        for &child in &self.outline.slot(map).children {
            let range = self.outline.slot(child).key.as_ref().map(|k| k.range.clone());
            // what is being typed is not there yet
            if range.as_ref() != Some(&self.typed) {
                keys.extend(self.outline.key(self.prefix, child).map(str::to_owned));
            }
        }
        if is_same {
            let behind = whole
                .slot(map)
                .children
                .iter()
                .filter(|&&c| whole.slot(c).has_colon && whole.slot(c).range.start >= self.typed.end);
            keys.extend(behind.filter_map(|&c| whole.key(self.analysis.text(), c)).map(str::to_owned));
        }
        keys
    }

    fn parameters(&mut self, params: SlotId, present: &[String]) {
        let declaration = self.outline.slot(params).parent;
        let row = builtin(&self.outline, self.prefix, declaration).or_else(|| {
            // the indicator may be named behind the cursor
            let whole = &self.analysis.outline;
            let same = whole.slots.get(declaration)?;
            let is_same = same.range.start == self.outline.slot(declaration).range.start;
            if is_same { builtin(whole, self.analysis.text(), declaration) } else { None }
        });
        for param in row.into_iter().flat_map(|r| r.params).filter(|p| !present.iter().any(|n| n == p.name)) {
            let detail = format!(
                "{}, default {}",
                driver::reference::param_type(param),
                driver::reference::param_default(param).replace('`', "")
            );
            let rank = if param.default == stdlib::Default::Required { REQUIRED } else { OPTIONAL };
            let insert = format!("{}: ", param.name);
            self.push_as(param.name, insert, CompletionKind::Parameter, &detail, param_page(param), rank);
        }
    }

    /// Behind a key whose value is a map: the map on one line.
    pub(super) fn skeleton(&mut self, slot: SlotId) {
        let shape = self.shapes.get(slot);
        let required: Vec<&Key> = shape.keys().iter().filter(|k| k.is_required).collect();
        if required.is_empty() {
            return;
        }
        let inner: Vec<String> = required.iter().map(|k| format!("{}: ", k.name)).collect();
        let label = format!("{{{}}}", inner.join(", ").trim_end());
        let doc =
            required.iter().map(|k| format!("- `{}`: {}", k.name, k.doc)).collect::<Vec<_>>().join("\n");
        self.push(&label, CompletionKind::Key, "", doc, REQUIRED);
    }
}

/// What follows the key at once: a value on its line, or a line of its own.
fn opening(key: &Key, is_flow: bool) -> &'static str {
    let takes_scalar =
        !matches!(
            key.shape.of_form(Form::Scalar),
            Shape::Map(_) | Shape::Named(_) | Shape::List(_) | Shape::Params
        ) && !matches!((key.shape, key.shape.of_form(Form::Scalar)), (Shape::Either(_), Shape::Any));
    if takes_scalar || is_flow { ": " } else { ":" }
}
