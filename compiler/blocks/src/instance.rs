//! One block with one set of parameters: read, its own blocks first, its names put into its scope.

use std::collections::BTreeSet;
use std::sync::Arc;

use diagnostics::Span;
use syntax::ast::{BlockBody, BlockKind, FeatureSet, Logic, Name, RiskModel, Setup, Side, Use};
use syntax::{block, scope};

use crate::expander::Expander;
use crate::registry::{FileId, Found};
use crate::scope::{Alias, Aliased, Place, Scope, Takes};
use crate::{arguments, report};

/// Blocks inside blocks, at most.
const DEPTH_MAX: usize = 32;

/// Blocks with different parameters, at most.
const INSTANCES_MAX: usize = 1000;

pub struct Instance {
    pub file: FileId,
    /// With its version.
    pub block: String,
    pub text: Arc<str>,
    pub kind: BlockKind,
    pub scope: Scope,
    /// As written: conditions are made when the first use asks for them.
    logic: Logic,
    /// Where the setups of the conditions are declared, as far as they are made: one, or one for each side.
    setups: Vec<(Option<Side>, Option<String>)>,
    head: Span,
}

impl Expander<'_> {
    /// The instance that `use` asks for; `None` when there is none, which has been reported.
    pub fn instance(&mut self, block: &Use) -> Option<usize> {
        let found = self.registry.find(block, &mut self.parts.out)?;
        if let Some(from) = self.path.iter().position(|(file, _)| *file == found.id) {
            let way: Vec<Span> = self.path[from..].iter().skip(1).map(|(_, at)| *at).collect();
            self.report(report::cycle(block, &found.name, &way));
            return None;
        }
        if self.path.len() >= DEPTH_MAX || self.instances.len() >= INSTANCES_MAX {
            self.report(report::too_much(block, DEPTH_MAX, INSTANCES_MAX));
            return None;
        }
        let read = self.registry.get(found.id);
        let key = arguments::key(&read.file.head, block);
        let (file, head, source) = (read.file.clone(), read.file.head.clone(), read.source);
        let said = std::mem::take(&mut read.diagnostics);
        self.parts.out.extend(said);
        self.registry.set_used_at(source, block.name.span);
        let values = arguments::values(&head, block, &mut self.parts.out)?;
        let key = (found.id, key);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let is_first = !self.known.keys().any(|(file, _)| *file == found.id);
        let file = if is_first {
            file
        } else {
            let source = self.registry.add(found.id);
            self.registry.set_used_at(source, block.name.span);
            block::read(source, &self.registry.text(found.id).text).0
        };
        let made = self.make(&found, &file, &values, block);
        self.known.insert(key, made);
        made
    }

    fn make(
        &mut self,
        found: &Found,
        file: &block::File,
        values: &[block::Given],
        used: &Use,
    ) -> Option<usize> {
        let text = &self.registry.text(found.id).text;
        let (body, diagnostics) = file.body(text, values);
        self.parts.out.extend(diagnostics);
        let kind = file.head.kind.as_ref()?.value;
        let same = self.instances.iter().filter(|i| i.file == found.id).count();
        let prefix = if same == 0 { found.name.clone() } else { format!("{}#{}", found.name, same + 1) };
        self.path.push((found.id, used.name.span));
        let (scope, logic) = self.contents(body, prefix);
        self.path.pop();
        self.instances.push(Instance {
            file: found.id,
            block: found.name.clone(),
            text: text.clone(),
            kind,
            scope,
            logic,
            setups: Vec::new(),
            head: file.head.id.as_ref().map_or(file.head.span, |id| id.span),
        });
        Some(self.instances.len() - 1)
    }

    /// What a block requires, under the names of its scope.
    fn contents(&mut self, body: BlockBody, prefix: String) -> (Scope, Logic) {
        let mut names: BTreeSet<String> = body.features.iter().map(|f| f.id.value.clone()).collect();
        names.extend(body.structures.iter().filter_map(|s| s.key.as_ref()).map(|key| key.value.clone()));
        let mut scope = Scope::new(prefix, names);
        self.sets(body.sets, &mut scope);
        for FeatureSet { id, block } in body.blocks {
            let what = Aliased::Condition(Box::new(block));
            self.alias(Alias { id, is_used: false, what }, &mut scope);
        }
        for mut feature in body.features {
            self.feature(&mut feature, &mut scope);
            self.parts.features.push(feature);
        }
        for mut structure in body.structures {
            self.structure(&mut structure, &mut scope);
            self.parts.structures.push(structure);
        }
        (scope, body.logic)
    }

    /// The feature sets of a scope.
    pub fn sets(&mut self, sets: Vec<FeatureSet>, scope: &mut Scope) {
        for FeatureSet { id, block } in sets {
            let mut instance = self.instance(&block);
            if let Some(at) = instance {
                let kind = self.instances[at].kind;
                if kind != BlockKind::FeatureSet {
                    self.report(report::not_a_set(&block, kind));
                    instance = None;
                }
            }
            self.alias(Alias { id, is_used: false, what: Aliased::Set(instance) }, scope);
        }
    }

    fn alias(&mut self, alias: Alias, scope: &mut Scope) {
        let earlier = scope.aliases.iter().find(|a| a.id.value == alias.id.value);
        if let Some(earlier) = earlier {
            let report = report::declared_twice(&alias.id, Some(&earlier.id));
            self.report(report);
        } else if scope.names.contains(&alias.id.value) {
            self.report(report::declared_twice(&alias.id, None));
        }
        scope.aliases.push(alias);
    }

    /// The setup that holds the condition of a block, as it is meant at this place.
    pub fn condition(&mut self, block: &Use, place: Place) -> Option<Name> {
        let at = self.instance(block)?;
        let kind = self.instances[at].kind;
        let fits = match kind {
            BlockKind::Filter | BlockKind::Entry => true,
            BlockKind::Exit => place.takes == Takes::Any,
            BlockKind::FeatureSet | BlockKind::Risk => false,
        };
        if !fits {
            self.report(report::not_a_condition(block, kind));
            return None;
        }
        let side = self.side(at, block, place)?;
        let id = self.setup(at, side, block)?;
        Some(Name::new(id, block.span))
    }

    /// The side of the block that is meant; `Some(None)` for a block that has none.
    fn side(&mut self, at: usize, block: &Use, place: Place) -> Option<Option<Side>> {
        let Logic::Sides { long, short } = &self.instances[at].logic else {
            if let Some(side) = &block.side {
                let report = report::no_sides(block, side);
                self.report(report);
                return None;
            }
            return Some(None);
        };
        let has = |side: Side| if side == Side::Long { long.is_some() } else { short.is_some() };
        match block.side.as_ref().map(|s| s.value).or(place.side) {
            Some(side) if has(side) => Some(Some(side)),
            Some(side) => {
                let report = report::side_missing(block, side);
                self.report(report);
                None
            }
            None => {
                let report = report::which_side(block);
                self.report(report);
                None
            }
        }
    }

    /// The condition of one side as a setup, made when it is asked for the first time.
    fn setup(&mut self, at: usize, side: Option<Side>, block: &Use) -> Option<String> {
        let instance = &mut self.instances[at];
        if let Some((_, made)) = instance.setups.iter().find(|(of, _)| *of == side) {
            return made.clone();
        }
        let written = match (&instance.logic, side) {
            (Logic::Condition(condition), _) => Some(condition.clone()),
            (Logic::Sides { long, .. }, Some(Side::Long)) => long.clone(),
            (Logic::Sides { short, .. }, _) => short.clone(),
            (Logic::None | Logic::Risk(_), _) => None,
        };
        let id = scope::join(&instance.scope.prefix, side.map_or("logic", Side::name));
        let (head, kind) = (instance.head, instance.kind);
        let made = written.map(|mut condition| {
            let takes = if kind == BlockKind::Exit { Takes::Any } else { Takes::Entry };
            self.inside(at, block, |it, scope| it.expr(&mut condition, scope, Place { side, takes }));
            self.parts.setups.push(Setup { id: Name::new(id.clone(), head), condition });
            id
        });
        self.instances[at].setups.push((side, made.clone()));
        made
    }

    /// The risk rules of a block, with the names of its scope.
    pub fn risk_of(&mut self, block: &Use) -> Option<RiskModel> {
        let at = self.instance(block)?;
        let instance = &self.instances[at];
        let Logic::Risk(model) = &instance.logic else {
            if instance.kind != BlockKind::Risk {
                let report = report::not_risk(block, instance.kind);
                self.report(report);
            }
            return None;
        };
        let mut model = model.clone();
        self.inside(at, block, |it, scope| it.risk_model(&mut model, scope));
        Some(*model)
    }

    /// Goes on with what is written in a block.
    fn inside(&mut self, at: usize, used: &Use, work: impl FnOnce(&mut Self, &mut Scope)) {
        let instance = &mut self.instances[at];
        self.path.push((instance.file, used.name.span));
        let mut scope = std::mem::take(&mut instance.scope);
        work(self, &mut scope);
        self.instances[at].scope = scope;
        self.path.pop();
    }
}
