//! The state of one expansion: files read, instances made, what they brought along.

use std::collections::BTreeMap;
use std::sync::Arc;

use diagnostics::{Diagnostic, Source, SourceId, Span};
use syntax::ast::{Feature, Setup, Structure};

use crate::instance::Instance;
use crate::library::Library;
use crate::registry::{FileId, Registry};
use crate::report;
use crate::scope::Scope;

pub struct Expander<'l> {
    pub registry: Registry<'l>,
    pub instances: Vec<Instance>,
    /// A block with the same parameters is one instance, however often it is used; `None`: it could not be made.
    pub known: BTreeMap<(FileId, String), Option<usize>>,
    /// The blocks inside which the expansion is, with the places that name them.
    pub path: Vec<(FileId, Span)>,
    pub parts: Parts,
}

/// What blocks add to a Play.
#[derive(Default)]
pub struct Parts {
    pub features: Vec<Feature>,
    pub structures: Vec<Structure>,
    pub setups: Vec<Setup>,
    pub sources: Vec<Source>,
    pub used: Vec<(String, Arc<str>)>,
    pub out: Vec<Diagnostic>,
}

impl<'l> Expander<'l> {
    pub fn new(library: &'l Library, play: SourceId) -> Expander<'l> {
        Expander {
            registry: Registry::new(library, play),
            instances: Vec::new(),
            known: BTreeMap::new(),
            path: Vec::new(),
            parts: Parts::default(),
        }
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.parts.out.push(diagnostic);
    }

    /// Says what was not used, and gives all that was made. Each thing is said once, however often a filter was put
    /// before an entry.
    pub fn finish(mut self, play: &Scope) -> Parts {
        let scopes = std::iter::once(play).chain(self.instances.iter().map(|i| &i.scope));
        let unused = scopes.flat_map(|s| &s.aliases).filter(|a| !a.is_used);
        let unused: Vec<Diagnostic> = unused.map(|a| report::unused(&a.id)).collect();
        let mut parts = self.parts;
        for diagnostic in std::mem::take(&mut parts.out).into_iter().chain(unused) {
            if !parts.out.contains(&diagnostic) {
                parts.out.push(diagnostic);
            }
        }
        let mut used: Vec<(String, Arc<str>)> =
            self.instances.iter().map(|i| (i.block.clone(), i.text.clone())).collect();
        used.sort();
        used.dedup();
        parts.used = used;
        parts.sources = std::mem::take(&mut self.registry.sources);
        parts
    }
}
