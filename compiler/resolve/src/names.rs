//! What may be named in a condition, and what has been.

use bars::Timeframe;
use rustc_hash::FxHashMap;
use stdlib::Field;
use syntax::ast::{self, Name};
use syntax::scope;

use crate::resolved::{Call, CallId, Position, Series, SetupId, Source};

/// Names that no feature or structure may take: every Play of version 3 means the same by them.
pub const RESERVED: [&str; 10] = [
    "open",
    "high",
    "low",
    "close",
    "volume",
    "last_price",
    "mark_price",
    "funding_rate",
    "open_interest",
    "timestamp",
];

/// The names of one Play.
pub struct Names<'p> {
    pub calls: &'p [Call],
    pub exec: Timeframe,
    ids: FxHashMap<&'p str, CallId>,
    pub setups: &'p [ast::Setup],
    setup_ids: FxHashMap<&'p str, SetupId>,
    used: Used,
    /// The setup whose condition is being read.
    within: Option<SetupId>,
}

/// Something that is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Declared {
    Call(usize),
    Setup(usize),
}

/// What conditions, risk and metadata read.
#[derive(Clone, Debug, Default)]
pub struct Used {
    /// In actions, filters, risk and metadata.
    pub by_play: Vec<Declared>,
    /// In the conditions of setups.
    pub by_setups: Vec<(SetupId, Declared)>,
    /// A part of some condition could not be read: what it uses is not known.
    pub unread: bool,
}

impl<'p> Names<'p> {
    pub fn new(calls: &'p [Call], setups: &'p [ast::Setup], exec: Timeframe) -> Names<'p> {
        // The first of several declarations counts; the others have been reported.
        let ids = calls.iter().enumerate().rev().map(|(at, c)| (c.id.value.as_str(), CallId(at))).collect();
        let setup_ids = setups.iter().enumerate().rev().map(|(at, s)| (s.id.value.as_str(), SetupId(at)));
        let setup_ids = setup_ids.collect();
        Names { calls, exec, ids, setups, setup_ids, used: Used::default(), within: None }
    }

    /// A feature or structure; asking counts as use. Reserved names mean the market series, whatever is
    /// declared. A name of a block's means what that block declares, and nothing of the Play.
    pub fn call(&mut self, id: &str) -> Option<CallId> {
        if RESERVED.contains(&scope::bare(id)) {
            return None;
        }
        let found = *self.ids.get(id)?;
        self.use_of(Declared::Call(found.0));
        Some(found)
    }

    pub fn setup(&mut self, id: &str) -> Option<SetupId> {
        let found = *self.setup_ids.get(id)?;
        self.use_of(Declared::Setup(found.0));
        Some(found)
    }

    /// From here on the condition of this setup is read; `None`: something else is.
    pub fn read_within(&mut self, setup: Option<SetupId>) {
        self.within = setup;
    }

    fn use_of(&mut self, declared: Declared) {
        match self.within {
            Some(setup) => self.used.by_setups.push((setup, declared)),
            None => self.used.by_play.push(declared),
        }
    }

    pub fn get(&self, id: CallId) -> &'p Call {
        &self.calls[id.0]
    }

    /// A name that needs no declaration.
    pub fn ambient(name: &str) -> Option<Source> {
        let name = scope::bare(name);
        Field::by_name(name)
            .map(Source::Field)
            .or_else(|| Series::ALL.into_iter().find(|s| s.name() == name).map(Source::Series))
            .or_else(|| Position::ALL.into_iter().find(|p| p.name() == name).map(Source::Position))
    }

    /// Everything that could stand where a number is wanted, as one writes it where `name` stands.
    pub fn candidates(&self, name: &str) -> Vec<&'p str> {
        let mut names: Vec<&str> = self.beside(name).map(|c| scope::bare(&c.id.value)).collect();
        Field::ALL.iter().for_each(|f| names.push(f.name()));
        Series::ALL.iter().for_each(|s| names.push(s.name()));
        Position::ALL.iter().for_each(|p| names.push(p.name()));
        names
    }

    /// What is declared in the scope of this name.
    pub fn beside(&self, name: &str) -> impl Iterator<Item = &'p Call> {
        let scope = scope::of(name).to_owned();
        self.calls.iter().filter(move |c| scope::of(&c.id.value) == scope)
    }

    /// Features of an indicator, for people who write `rsi` and mean `rsi_14`, in the scope of `beside`.
    pub fn of_builtin(&self, builtin: &str, beside: &str) -> Vec<&'p Name> {
        let is = |c: &&Call| c.row().is_some_and(|row| row.name.eq_ignore_ascii_case(builtin));
        self.beside(beside).filter(is).map(|c| &c.id).collect()
    }

    pub fn note_unread(&mut self) {
        self.used.unread = true;
    }

    pub fn into_used(self) -> Used {
        self.used
    }
}
