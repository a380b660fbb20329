//! What every place of a Play or of a block file may hold: the keys of each map with a line about each, the words of
//! each closed set.
//!
//! For editors and schemas. The readers in `play` decide; a test holds both to the same keys and words.

mod rules;
mod sections;

pub use sections::{BLOCK, OPERATORS, PLAY, SIDED_FILTERS, SIDED_LOGIC, USE};

/// One key of a map.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub name: &'static str,
    /// Whether the map is nothing without it.
    pub is_required: bool,
    pub shape: Shape,
    /// One line, no full stop.
    pub doc: &'static str,
}

/// What may stand in a place.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Any text.
    Text,
    Number,
    Flag,
    /// A closed set of words, each with a line about it.
    Words(&'static [(&'static str, &'static str)]),
    /// A timeframe written out, such as `15m`.
    Timeframe,
    /// `low_tf`, `med_tf` or `high_tf`.
    Role,
    /// A role or a timeframe written out.
    Clock,
    /// A map of these keys.
    Map(&'static [Key]),
    /// A map whose keys the author chooses.
    Named(&'static Shape),
    List(&'static Shape),
    /// One of them, told apart by what stands there: a map, a list or a scalar.
    Either(&'static [Shape]),
    /// The id of something that is declared here.
    Id,
    Indicator,
    StructureType,
    /// The parameters of the indicator or structure beside it.
    Params,
    /// What a feature is computed from: a column of the bars or another feature.
    Source,
    /// The id of a structure.
    Structure,
    /// A feature, or one of its outputs.
    Feature,
    Setup,
    /// What an action block may emit.
    Action,
    /// A condition in any of its three spellings.
    Condition,
    /// A condition, or `{when, within}`: one of several that belong together.
    Step,
    /// One side of a condition.
    Operand,
    Operator,
    /// The name of a block.
    Block,
    /// The parameters of the block beside it.
    Arguments,
    /// Anything, or nothing that an editor could say something about.
    Any,
}

/// What stands in a place, as far as shapes are told apart by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Scalar,
    Map,
    List,
}

impl Shape {
    /// Itself, or the first of several that takes this form.
    #[must_use]
    pub fn of_form(self, form: Form) -> Shape {
        let Shape::Either(shapes) = self else { return self };
        shapes.iter().copied().find(|s| s.takes(form)).unwrap_or(Shape::Any)
    }

    /// The keys of a map that stands here; empty where the author chooses them.
    #[must_use]
    pub fn keys(self) -> &'static [Key] {
        match self.of_form(Form::Map) {
            Shape::Map(keys) => keys,
            Shape::Condition => sections::CONDITION,
            Shape::Step => sections::STEP,
            Shape::Operand => sections::REFERENCE,
            Shape::Number => sections::SEARCH,
            _ => &[],
        }
    }

    /// The value of `key` in a map that stands here.
    #[must_use]
    pub fn value_of(self, key: &str) -> Shape {
        match self.of_form(Form::Map) {
            Shape::Named(value) => *value,
            Shape::Condition | Shape::Step | Shape::Operand if !is_word(key) => Shape::List(&Shape::Operand),
            it @ (Shape::Operand | Shape::Step) => it
                .keys()
                .iter()
                .chain(sections::CONDITION)
                .find(|k| k.name == key)
                .map_or(Shape::Any, |k| k.shape),
            it => it.keys().iter().find(|k| k.name == key).map_or(Shape::Any, |k| k.shape),
        }
    }

    /// An item of a list that stands here; the items of a condition depend on their neighbours.
    #[must_use]
    pub fn item(self) -> Shape {
        match self.of_form(Form::List) {
            Shape::List(item) => *item,
            Shape::Condition | Shape::Step => Shape::Condition,
            Shape::Operand => Shape::Operand,
            _ => Shape::Any,
        }
    }

    fn takes(self, form: Form) -> bool {
        match self {
            Shape::Map(_) | Shape::Named(_) | Shape::Params | Shape::Arguments => form == Form::Map,
            Shape::List(_) => form == Form::List,
            Shape::Either(shapes) => shapes.iter().any(|s| s.takes(form)),
            Shape::Condition | Shape::Step | Shape::Operand | Shape::Any => true,
            _ => form == Form::Scalar,
        }
    }
}

/// `{">": [a, b]}` has a sign for its key.
fn is_word(key: &str) -> bool {
    key.starts_with(|c: char| c.is_alphabetic())
}
