//! Parameters of built-ins: their declaration, their checked values.

use serde::{Deserialize, Serialize};

/// The declaration of one parameter.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    pub name: &'static str,
    pub ty: ParamType,
    pub default: Default,
    pub doc: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParamType {
    /// A whole number, bounds inclusive.
    Int {
        min: i64,
        max: i64,
    },
    /// A real number, bounds inclusive. For "greater than 0" declare a small positive minimum.
    Float {
        min: f64,
        max: f64,
    },
    Bool,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// One or more real numbers, each within the bounds.
    List {
        min: f64,
        max: f64,
    },
    /// The id of a feature of the Play on the same timeframe, such as `atr_key: atr_14`; its column becomes an input.
    Feature,
}

impl ParamType {
    /// What a number means as a value of this type; `None` where it is none.
    #[must_use]
    pub fn value(self, number: f64) -> Option<Value> {
        match self {
            ParamType::Int { min, max } => {
                let fits = number.fract() == 0.0 && (min as f64..=max as f64).contains(&number);
                fits.then_some(Value::Int(number as i64))
            }
            ParamType::Float { min, max } => (min..=max).contains(&number).then_some(Value::Float(number)),
            ParamType::List { min, max } => (min..=max).contains(&number).then(|| Value::List(vec![number])),
            ParamType::Bool | ParamType::Choice(_) | ParamType::Feature => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Default {
    Int(i64),
    Float(f64),
    Bool(bool),
    /// The word.
    Choice(&'static str),
    List(&'static [f64]),
    /// A feature that may be left out; the input is then absent.
    Absent,
    /// The author must give it.
    Required,
}

/// One checked value. `Choice` holds the index of the word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    Int(i64),
    Float(f64),
    Bool(bool),
    Choice(u16),
    List(Vec<f64>),
    /// A feature reference (the input carries the column), or its absence.
    Feature(bool),
}

/// Checked values, one for each declared parameter, in the order of the declaration.
#[derive(Clone, Debug, PartialEq, std::default::Default, Serialize, Deserialize)]
pub struct Params(pub Vec<Value>);

/// Why a set of parameters is refused, beyond the range of each: `fast` must be below `slow`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamError {
    /// The parameter to blame (a declared name).
    pub param: &'static str,
    /// A sentence without full stop: "`fast` (26) must be less than `slow` (12)".
    pub message: String,
}

/// Accessors by position. The compiler only builds `Params` whose values match the declaration,
/// so a mismatch is a bug of the catalogue row, found by its own test.
impl Params {
    #[must_use]
    pub fn int(&self, index: usize) -> i64 {
        match &self.0[index] {
            Value::Int(v) => *v,
            other => panic!("parameter {index} is {other:?}, not an int: catalogue row and kernel disagree"),
        }
    }

    /// An int that is known to be at least 0, as a length.
    #[must_use]
    pub fn length(&self, index: usize) -> usize {
        usize::try_from(self.int(index)).unwrap_or(0)
    }

    #[must_use]
    pub fn float(&self, index: usize) -> f64 {
        match &self.0[index] {
            Value::Float(v) => *v,
            Value::Int(v) => *v as f64,
            other => panic!("parameter {index} is {other:?}, not a float: catalogue row and kernel disagree"),
        }
    }

    #[must_use]
    pub fn bool(&self, index: usize) -> bool {
        match &self.0[index] {
            Value::Bool(v) => *v,
            other => panic!("parameter {index} is {other:?}, not a bool: catalogue row and kernel disagree"),
        }
    }

    /// The index of the chosen word.
    #[must_use]
    pub fn choice(&self, index: usize) -> usize {
        match &self.0[index] {
            Value::Choice(v) => usize::from(*v),
            other => {
                panic!("parameter {index} is {other:?}, not a choice: catalogue row and kernel disagree")
            }
        }
    }

    #[must_use]
    pub fn list(&self, index: usize) -> &[f64] {
        match &self.0[index] {
            Value::List(v) => v,
            other => panic!("parameter {index} is {other:?}, not a list: catalogue row and kernel disagree"),
        }
    }

    /// Whether the feature parameter was given.
    #[must_use]
    pub fn given(&self, index: usize) -> bool {
        matches!(&self.0[index], Value::Feature(true))
    }

    /// The declared defaults; a required parameter gets the least value of its range (tests and docs only).
    #[must_use]
    pub fn defaults(declared: &[Param]) -> Params {
        Params(declared.iter().map(Param::default_value).collect())
    }
}

/// Declarations, one line each.
impl Param {
    #[must_use]
    pub const fn int(name: &'static str, min: i64, max: i64, default: i64, doc: &'static str) -> Param {
        Param { name, ty: ParamType::Int { min, max }, default: Default::Int(default), doc }
    }

    #[must_use]
    pub const fn float(name: &'static str, min: f64, max: f64, default: f64, doc: &'static str) -> Param {
        Param { name, ty: ParamType::Float { min, max }, default: Default::Float(default), doc }
    }

    #[must_use]
    pub const fn bool(name: &'static str, default: bool, doc: &'static str) -> Param {
        Param { name, ty: ParamType::Bool, default: Default::Bool(default), doc }
    }

    /// The first word is the default.
    #[must_use]
    pub const fn choice(name: &'static str, words: &'static [&'static str], doc: &'static str) -> Param {
        Param { name, ty: ParamType::Choice(words), default: Default::Choice(words[0]), doc }
    }
}

impl Param {
    #[must_use]
    pub fn default_value(&self) -> Value {
        match (self.default, self.ty) {
            (Default::Int(v), _) => Value::Int(v),
            (Default::Float(v), _) => Value::Float(v),
            (Default::Bool(v), _) => Value::Bool(v),
            (Default::Choice(word), ParamType::Choice(words)) => {
                Value::Choice(words.iter().position(|w| *w == word).unwrap_or(0) as u16)
            }
            (Default::Choice(_), _) | (Default::Absent, _) => Value::Feature(false),
            (Default::List(v), _) => Value::List(v.to_vec()),
            (Default::Required, ParamType::Int { min, .. }) => Value::Int(min),
            (Default::Required, ParamType::Float { min, .. }) => Value::Float(min),
            (Default::Required, ParamType::Bool) => Value::Bool(false),
            (Default::Required, ParamType::Choice(_)) => Value::Choice(0),
            (Default::Required, ParamType::List { min, .. }) => Value::List(vec![min]),
            (Default::Required, ParamType::Feature) => Value::Feature(false),
        }
    }
}
