//! What the names in a Play or in one block mean, as far as blocks have to do with it.

use std::collections::BTreeSet;

use syntax::ast::{Name, Side, Use};

/// The Play itself, or one use of a block.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Before the names of a block; empty in the Play.
    pub prefix: String,
    /// Ids of the features and structures that are declared here.
    pub names: BTreeSet<String>,
    pub aliases: Vec<Alias>,
}

/// A name for a block that stands under `features` or `requires.blocks`.
#[derive(Clone, Debug)]
pub struct Alias {
    pub id: Name,
    pub is_used: bool,
    pub what: Aliased,
}

#[derive(Clone, Debug)]
pub enum Aliased {
    /// The instance of a feature set; `None`: it could not be made, which has been reported.
    Set(Option<usize>),
    /// A condition, which is made where it is named: it may differ from side to side.
    Condition(Box<Use>),
}

impl Scope {
    pub fn new(prefix: String, names: BTreeSet<String>) -> Scope {
        Scope { prefix, names, aliases: Vec::new() }
    }

    pub fn alias(&mut self, id: &str) -> Option<&mut Alias> {
        self.aliases.iter_mut().find(|a| a.id.value == id)
    }
}

/// Where a condition stands.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The side of the market that is meant here, if one is.
    pub side: Option<Side>,
    pub takes: Takes,
}

/// What a condition may be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Filters, entries and exits.
    Any,
    /// No exits.
    Entry,
}

impl Place {
    pub const ANY: Place = Place { side: None, takes: Takes::Any };
}
