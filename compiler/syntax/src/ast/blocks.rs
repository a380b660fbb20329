//! What asks for blocks, and what a block file holds.

use diagnostics::{Span, Spanned};

use super::{Expr, Feature, Name, RiskModel, Structure, Value};
use crate::yaml::Node;

/// `use: NAME`, with what it is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    pub name: Name,
    pub version: Option<Spanned<u32>>,
    pub side: Option<Spanned<Side>>,
    pub with: Vec<Argument>,
    pub span: Span,
}

/// One entry of `with:`.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    pub name: Name,
    pub value: Spanned<Value>,
    /// As written, to be put in where the block names the parameter.
    pub node: Node,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Long,
    Short,
}

impl Side {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Side::Long => "long",
            Side::Short => "short",
        }
    }
}

/// `momentum: {use: momentum_set_v1}` among the features: what the block requires, as `momentum.rsi` and so on.
#[derive(Clone, Debug)]
pub struct FeatureSet {
    pub id: Name,
    pub block: Use,
}

/// A condition that entries need beside their own.
#[derive(Clone, Debug)]
pub struct Filter {
    /// `entry_long` or `entry_short`; without it, both.
    pub action: Option<Name>,
    pub condition: Expr,
}

/// What a block is for, and so where it may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    Filter,
    Entry,
    Exit,
    FeatureSet,
    Risk,
}

impl BlockKind {
    pub const ALL: [BlockKind; 5] =
        [BlockKind::Filter, BlockKind::Entry, BlockKind::Exit, BlockKind::FeatureSet, BlockKind::Risk];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            BlockKind::Filter => "filter",
            BlockKind::Entry => "entry",
            BlockKind::Exit => "exit",
            BlockKind::FeatureSet => "feature_set",
            BlockKind::Risk => "risk",
        }
    }
}

/// What a block file says about itself.
#[derive(Clone, Debug)]
pub struct BlockHead {
    pub id: Option<Name>,
    pub version: Option<Spanned<u32>>,
    pub kind: Option<Spanned<BlockKind>>,
    pub description: Option<Name>,
    pub params: Vec<BlockParam>,
    /// Where the first key stands.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct BlockParam {
    pub name: Name,
    /// `None`: it could not be read, which has been reported.
    pub ty: Option<BlockParamType>,
    pub default: Option<Argument>,
    pub description: Option<Name>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum BlockParamType {
    Int {
        min: Option<f64>,
        max: Option<f64>,
    },
    Number {
        min: Option<f64>,
        max: Option<f64>,
    },
    Bool,
    Choice(Vec<String>),
    /// `1h`, or a role such as `exec` or `high_tf`.
    Timeframe,
}

/// What a block is made of, its parameters put in.
#[derive(Clone, Debug, Default)]
pub struct BlockBody {
    pub features: Vec<Feature>,
    pub structures: Vec<Structure>,
    pub sets: Vec<FeatureSet>,
    /// `requires.blocks`: other blocks by the names that the logic has for them.
    pub blocks: Vec<FeatureSet>,
    pub logic: Logic,
}

#[derive(Clone, Debug, Default)]
pub enum Logic {
    #[default]
    None,
    Condition(Expr),
    /// One condition for each side of the market.
    Sides {
        long: Option<Expr>,
        short: Option<Expr>,
    },
    Risk(Box<RiskModel>),
}
