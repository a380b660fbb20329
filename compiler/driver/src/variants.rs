//! One Play, to be compiled with many sets of values.
//!
//! A number that enters a program only as a parameter of a built-in changes nothing else but the warm-up: such
//! variants are made from the program of one of them. Whatever else varies is compiled anew.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytecode::Program;
use diagnostics::{Source, SourceId, Span, render};
use syntax::ast::{self, Value};

use crate::params::{Parameter, are_written_once, parameters};
use crate::template::{Place, Template};
use crate::{Compilation, Options, compile_set};

/// Templates that are kept at the most: one for each set of values that must be compiled.
const TEMPLATES_MAX: usize = 1024;

/// Values that must be compiled: their places and bits.
type OtherValues = Vec<(Span, u64)>;

#[derive(Debug)]
pub struct Variants {
    name: String,
    text: String,
    options: Options,
    /// The open parameters, in the order of the file.
    pub parameters: Vec<Parameter>,
    /// Where those enter that are parameters of one built-in and nothing else, by their places in the text.
    places: BTreeMap<Span, Place>,
    templates: Mutex<BTreeMap<OtherValues, Option<Arc<Template>>>>,
}

impl Variants {
    /// Reads the Play; what is wrong with it any compilation tells.
    #[must_use]
    pub fn new(name: &str, bytes: &[u8], options: Options) -> Variants {
        let (text, _) = syntax::decode(SourceId::default(), bytes);
        let (ast, _) = syntax::parse(SourceId::default(), &text);
        let source = Source::new(name, &*text);
        let places = if are_written_once(&ast, &source) { places(&ast) } else { BTreeMap::new() };
        Variants {
            parameters: parameters(&ast, &source),
            name: name.to_owned(),
            text,
            options,
            places,
            templates: Mutex::default(),
        }
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The program with these candidates; the others have their defaults.
    ///
    /// # Errors
    /// The first error of the Play with these values, in one line.
    pub fn program(&self, values: &[(&Parameter, f64)]) -> Result<Program, String> {
        let (calls, others): (Vec<_>, Vec<_>) =
            values.iter().copied().partition(|(p, _)| self.places.contains_key(&p.span));
        let made = self.template(&others).and_then(|template| {
            let values = calls.iter().map(|(p, value)| (&self.places[&p.span], *value));
            template.program(values)
        });
        made.map_or_else(|| self.compiled(values), Ok)
    }

    /// Compiled in full.
    ///
    /// # Errors
    /// As [`Variants::program`].
    pub fn compiled(&self, values: &[(&Parameter, f64)]) -> Result<Program, String> {
        let compiled = self.compilation(values);
        compiled.program.ok_or_else(|| {
            let error = compiled.diagnostics.iter().find(|d| d.is_error());
            error.map_or_else(String::new, |d| render::short(&compiled.sources, d).trim_end().to_owned())
        })
    }

    fn compilation(&self, values: &[(&Parameter, f64)]) -> Compilation {
        let settings: Vec<syntax::Setting> =
            values.iter().map(|(p, value)| syntax::Setting { place: p.span, value: *value }).collect();
        compile_set(&self.name, &self.text, &self.options, &settings)
    }

    fn template(&self, others: &[(&Parameter, f64)]) -> Option<Arc<Template>> {
        if self.places.is_empty() {
            return None;
        }
        let key: OtherValues = others.iter().map(|(p, value)| (p.span, value.to_bits())).collect();
        // a template is put in whole, so that a thread that ended over it has left nothing half done
        let known = || self.templates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(template) = known().get(&key) {
            return template.clone();
        }
        let template =
            Template::new(self.compilation(others), &self.options, self.places.values()).map(Arc::new);
        let mut known = known();
        if known.len() >= TEMPLATES_MAX {
            known.clear();
        }
        known.insert(key, template.clone());
        template
    }
}

/// Ranges that are written as a parameter of a feature or structure.
fn places(play: &ast::Play) -> BTreeMap<Span, Place> {
    let features = play.features.iter().map(|f| (&f.id, &f.params));
    let structures = play.structures.iter().filter_map(|s| Some((s.key.as_ref()?, &s.params)));
    let mut places = BTreeMap::new();
    for (id, params) in features.chain(structures) {
        for param in params {
            if let Value::Search(search) = &param.value.value {
                let place = Place { call: id.value.clone(), param: param.name.value.clone() };
                places.insert(search.span, place);
            }
        }
    }
    places
}
