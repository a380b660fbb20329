//! Behind `use` and under `with`: blocks, their versions, their parameters.

use driver::{name_and_version, reference};
use syntax::ast::{BlockKind, BlockParamType};
use syntax::shape::Shape;

use super::{CompletionKind, Cx};
use crate::blocks::{Block, facts};
use crate::outline::SlotId;
use crate::words::ROLES;

impl Cx<'_> {
    /// Those that may stand here; of files with one name the nearest.
    pub(super) fn block_names(&mut self, slot: SlotId) {
        let mut known: Vec<&str> = Vec::new();
        let own = driver::File { name: self.analysis.name.clone(), text: "".into() };
        let library = &self.analysis.options.blocks;
        for file in library.files().filter(|f| f.stem() != own.stem()) {
            if known.contains(&file.stem()) {
                continue;
            }
            known.push(file.stem());
            let block = Block::open(file);
            let Some(kind) = block.kind().filter(|kind| self.may_stand(*kind, slot)) else { continue };
            let rank = u8::from(file.is_standard());
            self.push(file.stem(), CompletionKind::Block, kind.name(), block.page(), rank);
        }
    }

    fn may_stand(&self, kind: BlockKind, slot: SlotId) -> bool {
        let around = self.shapes.get(self.outline.slot(slot).parent);
        let has = |name: &str| around.keys().iter().any(|k| k.name == name);
        let path = self.outline.path(slot);
        let is_under = |key: &str| path.iter().any(|&s| self.outline.key(self.prefix, s) == Some(key));
        match kind {
            BlockKind::FeatureSet => has("indicator"),
            BlockKind::Risk => has("stop_loss"),
            _ if has("indicator") || has("stop_loss") => false,
            BlockKind::Exit => !["filters", "entry_long", "entry_short"].iter().any(|key| is_under(key)),
            BlockKind::Filter | BlockKind::Entry => true,
        }
    }

    /// `version:` beside `use`.
    pub(super) fn versions(&mut self, slot: SlotId) {
        let parent = self.outline.slot(slot).parent;
        let Some(name) = self.outline.word(self.prefix, parent, "use") else { return };
        let base = name_and_version(name.trim()).0;
        let same = |file: &&driver::File| name_and_version(file.stem()).0 == base;
        for file in self.analysis.options.blocks.files().filter(same) {
            let block = Block::open(file);
            if let Some(version) = &block.head.version {
                let version = version.value.to_string();
                self.push(&version, CompletionKind::Word, file.stem(), block.page(), 0);
            }
        }
    }

    /// The block of the map that the slot stands in, which may name it behind the cursor.
    fn block(&self, map: SlotId) -> Option<Block> {
        let library = &self.analysis.options.blocks;
        Block::used(&self.outline, self.prefix, map, library).or_else(|| {
            let whole = &self.analysis.outline;
            let is_same = whole.slots.get(map)?.range.start == self.outline.slot(map).range.start;
            if is_same { Block::used(whole, self.analysis.text(), map, library) } else { None }
        })
    }

    pub(super) fn arguments(&mut self, with: SlotId, present: &[String]) {
        let Some(block) = self.block(self.outline.slot(with).parent) else { return };
        for param in block.head.params.iter().filter(|p| !present.contains(&p.name.value)) {
            let name = &param.name.value;
            let doc = param.description.as_ref().map_or(String::new(), |d| d.value.clone());
            let rank = u8::from(param.default.is_some());
            self.push_as(name, format!("{name}: "), CompletionKind::Parameter, &facts(param), doc, rank);
        }
    }

    pub(super) fn is_argument(&self, slot: SlotId) -> bool {
        matches!(self.shapes.get(self.outline.slot(slot).parent), Shape::Arguments)
    }

    pub(super) fn argument_value(&mut self, slot: SlotId) {
        let with = self.outline.slot(slot).parent;
        let name = self.outline.key(self.prefix, slot).unwrap_or("").to_owned();
        let Some(block) = self.block(self.outline.slot(with).parent) else { return };
        let Some(param) = block.param(&name) else { return };
        match &param.ty {
            Some(BlockParamType::Bool) => self.flags(),
            Some(BlockParamType::Choice(words)) => {
                for word in words {
                    self.push(word, CompletionKind::Word, &name, facts(param), 0);
                }
            }
            Some(BlockParamType::Timeframe) => {
                for role in ROLES.iter().chain(&["exec"]) {
                    self.push(role, CompletionKind::Word, "role", "", 0);
                }
                self.timeframes();
            }
            Some(BlockParamType::Int { .. } | BlockParamType::Number { .. }) | None => {
                let default = reference::block_param_default(param);
                if !default.is_empty() {
                    let detail = format!("default; {}", reference::block_param_type(param));
                    self.push(default, CompletionKind::Word, &detail, facts(param), 0);
                }
            }
        }
    }
}
