//! A Play as written: every part with its span, nothing looked up yet.
//!
//! The three spellings of conditions (lists, maps, expression strings) are one tree here. What could not be read is
//! `Expr::Error`, about which a diagnostic has been given already: later phases stay silent on it.

mod blocks;
mod walk;

use diagnostics::{Span, Spanned};

pub use blocks::{
    Argument, BlockBody, BlockHead, BlockKind, BlockParam, BlockParamType, FeatureSet, Filter, Logic, Side,
    Use,
};

/// Text, number or search range as one author wrote it.
pub type Name = Spanned<String>;

/// A whole file. Absent sections are `None` or empty; `missing required key` has been reported by the parser.
#[derive(Clone, Debug)]
pub struct Play {
    /// `id`, else `name`.
    pub id: Option<Name>,
    pub name: Option<Name>,
    pub version: Option<Name>,
    pub description: Option<Name>,
    pub symbol: Option<Name>,
    pub timeframes: Option<Timeframes>,
    pub account: Option<Account>,
    pub backtest: Option<Backtest>,
    pub features: Vec<Feature>,
    /// Features that blocks bring along, under a name of the Play's.
    pub sets: Vec<FeatureSet>,
    pub structures: Vec<Structure>,
    pub setups: Vec<Setup>,
    /// What every entry needs beside its own condition.
    pub filters: Vec<Filter>,
    pub actions: Vec<Block>,
    pub position_policy: PositionPolicy,
    pub risk: Option<Risk>,
    pub risk_model: Option<RiskModel>,
    pub entry: Option<Entry>,
    pub variables: Vec<Variable>,
    pub validation: Option<Validation>,
    /// Some section could not be read (reported already): a name that seems undeclared may be in there.
    pub broken: bool,
    /// The whole document, for labels such as "a key is missing here".
    pub span: Span,
}

/// A number that a search may vary: `{ min, max, step, default }` or `{ choices, default }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    pub candidates: Candidates,
    pub default: Option<f64>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Candidates {
    Steps { min: f64, max: f64, step: f64 },
    Choices(Vec<f64>),
}

/// A number in a place that takes numbers. With `search`, `value` is its default, or the first candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    pub value: f64,
    pub span: Span,
    pub search: Option<Search>,
}

#[derive(Clone, Debug)]
pub struct Timeframes {
    pub low: Option<Name>,
    pub med: Option<Name>,
    pub high: Option<Name>,
    /// `low_tf`, `med_tf` or `high_tf`.
    pub exec: Option<Name>,
    pub span: Span,
}

#[derive(Clone, Debug, Default)]
pub struct Account {
    pub starting_equity_usdt: Option<Number>,
    pub max_leverage: Option<Number>,
    pub max_drawdown_pct: Option<Number>,
    pub margin_mode: Option<Name>,
    pub taker_bps: Option<Number>,
    pub maker_bps: Option<Number>,
    /// Whether `fee_model` is there at all.
    pub fee_model: Option<Span>,
    pub slippage_bps: Option<Number>,
    pub min_trade_notional_usdt: Option<Number>,
    pub maintenance_margin_rate: Option<Number>,
    pub mm_deduction: Option<Number>,
    pub on_sl_beyond_liq: Option<Name>,
    pub risk_per_trade_pct: Option<Number>,
    pub span: Span,
}

#[derive(Clone, Debug, Default)]
pub struct Backtest {
    pub equity: Option<Number>,
    pub slippage_bps: Option<Number>,
    /// `close` (default): an open position is closed at the last close. `mark`: it stays open and is marked.
    pub end_of_data: Option<Name>,
    /// Share of a seed's initial error that may be left in a value when evaluation begins: over 0, at most 1
    /// (default 1e-4). With 1 evaluation begins at the first bar on which everything has a value.
    pub warmup_tolerance: Option<Number>,
    /// `exchange` (default): the symbol's steps from the table. `none`: no rounding of price and quantity.
    pub instrument: Option<Instrument>,
    pub span: Span,
}

#[expect(clippy::large_enum_variant, reason = "there is one in a Play")]
/// `instrument: none`, or a map that overrides the shipped table.
#[derive(Clone, Debug)]
pub enum Instrument {
    Word(Name),
    Custom {
        tick_size: Option<Number>,
        qty_step: Option<Number>,
        min_qty: Option<Number>,
        min_notional: Option<Number>,
        span: Span,
    },
}

#[derive(Clone, Debug)]
pub struct Feature {
    pub id: Name,
    pub indicator: Option<Name>,
    pub params: Vec<Param>,
    pub tf: Option<Name>,
    /// A bar column, or a feature (or `feature.output`) to chain on.
    pub source: Option<Name>,
    /// Structures that an anchored indicator follows: `uses:` or `anchor_structure`.
    pub uses: Vec<Name>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Structure {
    pub key: Option<Name>,
    pub kind: Option<Name>,
    /// `exec`, `low_tf`, `med_tf`, `high_tf`.
    pub role: Name,
    /// The concrete timeframe of the map form, if given.
    pub tf: Option<Name>,
    pub params: Vec<Param>,
    pub source: Option<Name>,
    pub uses: Vec<Name>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Param {
    pub name: Name,
    pub value: Spanned<Value>,
}

/// A scalar or list where its type depends on a name that is not resolved yet.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    /// `is_int`: written without point or exponent.
    Number {
        value: f64,
        is_int: bool,
    },
    Text(String),
    List(Vec<Spanned<Value>>),
    Search(Search),
    /// A map or something else that no parameter takes; reported already.
    Error,
}

#[derive(Clone, Debug)]
pub struct Setup {
    pub id: Name,
    pub condition: Expr,
}

#[derive(Clone, Debug)]
pub struct Variable {
    pub name: Name,
    pub value: Spanned<Value>,
    /// Whether some `${name}` used it.
    pub used: bool,
}

/// One block of `actions`. The map form `entry_long: <cond>` is a block with one case.
#[derive(Clone, Debug)]
pub struct Block {
    pub id: Option<Name>,
    pub cases: Vec<Case>,
    pub otherwise: Vec<Intent>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub when: Expr,
    pub emit: Vec<Intent>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Intent {
    pub action: Name,
    /// Part of the position that an exit closes, in percent.
    pub percent: Option<Number>,
    pub metadata: Vec<Metadata>,
    pub span: Span,
}

/// A value noted with the trade.
#[derive(Clone, Debug)]
pub struct Metadata {
    pub key: Name,
    pub value: MetadataValue,
}

#[derive(Clone, Debug)]
pub enum MetadataValue {
    Constant(Spanned<Value>),
    /// `{feature_id, field, offset}`
    Expr(Expr),
}

#[derive(Clone, Debug, Default)]
pub struct PositionPolicy {
    pub mode: Option<Name>,
    pub exit_mode: Option<Name>,
    pub max_positions_per_symbol: Option<Number>,
    pub allow_flip: Option<Spanned<bool>>,
    pub allow_scale_in: Option<Spanned<bool>>,
    pub allow_scale_out: Option<Spanned<bool>>,
    pub span: Option<Span>,
}

/// The shorthand `risk:`.
#[derive(Clone, Debug, Default)]
pub struct Risk {
    /// Then only what the full form has is given beside it.
    pub block: Option<Use>,
    pub stop_loss_pct: Option<Number>,
    pub stop_loss: Option<StopRule>,
    pub take_profit_pct: Option<Number>,
    pub take_profit: Option<TargetRule>,
    pub max_position_pct: Option<Number>,
    pub risk_per_trade_pct: Option<Number>,
    pub sizing: Option<Sizing>,
    pub trailing: Option<Trailing>,
    pub break_even: Option<BreakEven>,
    pub tp_order_type: Option<Name>,
    pub sl_order_type: Option<Name>,
    pub span: Span,
}

/// The full form `risk_model:`.
#[derive(Clone, Debug, Default)]
pub struct RiskModel {
    /// What is given beside it counts before what the block says.
    pub block: Option<Use>,
    pub stop_loss: Option<StopRule>,
    pub take_profit: Option<TargetRule>,
    pub sizing: Option<Sizing>,
    pub trailing: Option<Trailing>,
    pub break_even: Option<BreakEven>,
    pub tp_order_type: Option<Name>,
    pub sl_order_type: Option<Name>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct StopRule {
    /// percent | atr_multiple | fixed_points | structure | trailing_atr | trailing_pct
    pub kind: Option<Name>,
    pub value: Option<Number>,
    /// `roi` (default: percent of margin) or `price`.
    pub basis: Option<Name>,
    pub atr_feature_id: Option<Name>,
    /// The price level of a structure stop, such as `swing.low_level`; per side where they differ.
    pub level: Option<Expr>,
    pub level_long: Option<Expr>,
    pub level_short: Option<Expr>,
    pub buffer_pct: Option<Number>,
    pub atr_multiplier: Option<Number>,
    pub trail_pct: Option<Number>,
    pub activation_pct: Option<Number>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct TargetRule {
    /// percent | rr_ratio | atr_multiple | fixed_points
    pub kind: Option<Name>,
    pub value: Option<Number>,
    pub basis: Option<Name>,
    pub atr_feature_id: Option<Name>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Sizing {
    /// percent_equity | risk_based | fixed_usdt
    pub model: Option<Name>,
    pub value: Option<Number>,
    pub max_leverage: Option<Number>,
    pub max_position_pct: Option<Number>,
    /// The entry fee is part of the share: notional = share / (1 + taker fee).
    pub include_fees: Option<Spanned<bool>>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Trailing {
    pub atr_multiplier: Option<Number>,
    pub atr_feature_id: Option<Name>,
    pub trail_pct: Option<Number>,
    pub activation_pct: Option<Number>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct BreakEven {
    pub activation_pct: Option<Number>,
    pub offset_pct: Option<Number>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Entry {
    pub order_type: Option<Name>,
    pub limit_offset_pct: Option<Number>,
    pub time_in_force: Option<Name>,
    pub expire_after_bars: Option<Number>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Validation {
    pub pattern: Option<Name>,
    pub seed: Option<Number>,
    pub bars: Option<Number>,
    pub span: Span,
}

// ---------------------------------------------------------------- expressions

/// A number or a condition; which of them, the checker finds.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `is_percent`: written `3%` (value 3).
    Number {
        value: f64,
        is_int: bool,
        is_percent: bool,
    },
    Bool(bool),
    /// A quoted word inside an expression, or a list element that cannot be a name: an enum word.
    Text(String),
    Search(Search),
    /// A name, an output, a member of a family, history; or an enum word on the right of `==`.
    Path(Path),
    Negate(Box<Expr>),
    Arithmetic {
        op: ArithmeticOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `abs(x)`, `min(a, b)`, `max(a, b)` and so on; the checker knows the names.
    Function {
        name: Name,
        args: Vec<Expr>,
    },
    Compare {
        op: CompareOp,
        op_span: Span,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Between {
        value: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
    },
    In {
        value: Box<Expr>,
        items: Vec<Expr>,
    },
    Near {
        kind: NearKind,
        left: Box<Expr>,
        right: Box<Expr>,
        tolerance: Box<Expr>,
    },
    Cross {
        direction: CrossDirection,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>),
    Window(Box<Window>),
    Sequence(Box<Sequence>),
    Score(Box<Score>),
    Setup(Name),
    /// The condition that a block is.
    Use(Box<Use>),
    /// Reported already.
    Error,
}

/// `base.segment[index].segment`, as written. Whether an index is a member of a family or history is a matter of names.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    pub base: Name,
    pub segments: Vec<Segment>,
    /// From the map form `{feature_id, field, offset}`: bars ago.
    pub offset: Option<Spanned<u32>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Segment {
    Field(Name),
    /// `[0.618]`, `[3]`: the text between the brackets.
    Index(Name),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithmeticOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    Gt,
    Ge,
    Lt,
    Le,
    Eq,
    Ne,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NearKind {
    /// `|l - r| <= tolerance`
    Abs,
    /// `|l - r| / |r| <= tolerance / 100`
    Pct,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrossDirection {
    Above,
    Below,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    pub kind: WindowKind,
    pub extent: Extent,
    /// `count_true` only.
    pub min_true: Option<Number>,
    pub anchor_tf: Option<Name>,
    pub expr: Expr,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowKind {
    HoldsFor,
    OccurredWithin,
    CountTrue,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Extent {
    Bars(Number),
    Duration { ms: i64, span: Span },
}

/// `then`: each step follows the one before it, strictly later and near enough.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// Two or more.
    pub steps: Vec<Expr>,
    /// For each step but the first, how long it may come after the one before it. One limit that stands for all
    /// steps is here once for each.
    pub within: Vec<Option<Extent>>,
    /// How long the last step may come after the first. It is given when some step has no limit.
    pub total: Option<Extent>,
    pub anchor_tf: Option<Name>,
    pub span: Span,
}

/// Conditions that count or weigh together: `at_least: 3, of: [..]`, or `score: [{when, weight}, ..]` with `min`.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    pub parts: Vec<ScorePart>,
    pub min: Number,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ScorePart {
    pub when: Expr,
    /// In `at_least` every condition weighs 1, unwritten.
    pub weight: Option<Number>,
}
