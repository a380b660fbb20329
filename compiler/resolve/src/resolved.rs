//! A Play whose names are bound.
//!
//! What could not be bound is `Error`, about which a diagnostic has been given: later phases stay silent on
//! it.

use bars::Timeframe;
use diagnostics::{Span, Spanned};
use stdlib::{Builtin, BuiltinId, Field, Kind, Output, Params};
use syntax::ast;
pub use syntax::ast::{ArithmeticOp, CompareOp, CrossDirection, Extent, Name, NearKind, Number, WindowKind};

#[derive(Clone, Debug)]
pub struct Play {
    pub id: String,
    pub symbol: String,
    pub exec: Timeframe,
    /// Features, then structures, in file order.
    pub calls: Vec<Call>,
    pub setups: Vec<Setup>,
    pub blocks: Vec<Block>,
    pub account: ast::Account,
    pub backtest: ast::Backtest,
    pub position_policy: ast::PositionPolicy,
    pub risk: Option<Risk>,
    pub entry: Option<ast::Entry>,
    pub pattern: Option<Name>,
    pub span: Span,
    /// Whether an error was reported on the way here: nothing may be built from it.
    pub failed: bool,
}

/// An index into [`Play::calls`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub usize);

/// An index into [`Play::setups`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SetupId(pub usize);

/// A declared feature or structure.
#[derive(Clone, Debug)]
pub struct Call {
    pub id: Name,
    pub kind: Kind,
    /// `None`: there is no such built-in, and that has been reported.
    pub builtin: Option<BuiltinId>,
    pub tf: Timeframe,
    pub params: Params,
    /// In the order of the row's outputs for these parameters.
    pub outputs: Vec<Output>,
    /// In the order of the row's inputs.
    pub inputs: Vec<Input>,
    pub span: Span,
}

/// What one input of a built-in reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A column of the call's own bars.
    Field(Field),
    Output(OutputRef),
    /// An optional input that was not given; or one that could not be bound, which has been reported.
    Absent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OutputRef {
    pub call: CallId,
    pub index: usize,
}

impl Call {
    #[must_use]
    pub fn row(&self) -> Option<&'static Builtin> {
        self.builtin.map(stdlib::builtin)
    }

    /// What the bare id means: the primary output, or the only one.
    #[must_use]
    pub fn primary(&self) -> Option<usize> {
        match self.outputs.as_slice() {
            [_] => Some(0),
            outputs => outputs.iter().position(|o| o.primary),
        }
    }

    #[must_use]
    pub fn output(&self, name: &str) -> Option<usize> {
        self.outputs.iter().position(|o| o.name == name)
    }

    /// `feature` or `structure`.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        match self.kind {
            Kind::Indicator => "feature",
            Kind::Structure => "structure",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Setup {
    pub id: Name,
    pub condition: Expr,
}

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
    /// `None`: reported.
    pub action: Option<Action>,
    pub percent: Option<Number>,
    pub metadata: Vec<Metadata>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    EntryLong,
    EntryShort,
    ExitLong,
    ExitShort,
    ExitAll,
    NoAction,
}

#[derive(Clone, Debug)]
pub struct Metadata {
    pub key: Name,
    pub value: MetadataValue,
}

#[derive(Clone, Debug)]
pub enum MetadataValue {
    Constant(ast::Value),
    Expr(Expr),
}

/// `risk:` and `risk_model:` in one form.
#[derive(Clone, Debug, Default)]
pub struct Risk {
    /// Whether the full form `risk_model:` was used; defaults differ.
    pub full: bool,
    pub stop: Option<Stop>,
    pub target: Option<Target>,
    pub sizing: Option<ast::Sizing>,
    pub trailing: Option<Trailing>,
    pub break_even: Option<ast::BreakEven>,
    /// The shorthand's share of equity.
    pub max_position_pct: Option<Number>,
    pub risk_per_trade_pct: Option<Number>,
    pub target_order: Option<Name>,
    pub stop_order: Option<Name>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Stop {
    pub kind: Option<Spanned<StopKind>>,
    pub value: Option<Number>,
    /// How the value's key is spelled: `value`, or that of the shorthand.
    pub value_key: &'static str,
    pub basis: Option<Name>,
    pub atr: Option<Expr>,
    pub long: Option<Expr>,
    pub short: Option<Expr>,
    pub buffer_pct: Option<Number>,
    pub atr_multiplier: Option<Number>,
    pub trail_pct: Option<Number>,
    pub activation_pct: Option<Number>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopKind {
    Percent,
    Atr,
    Points,
    Structure,
    TrailingAtr,
    TrailingPct,
}

#[derive(Clone, Debug)]
pub struct Target {
    pub kind: Option<Spanned<TargetKind>>,
    pub value: Option<Number>,
    /// How the value's key is spelled: `value`, or that of the shorthand.
    pub value_key: &'static str,
    pub basis: Option<Name>,
    pub atr: Option<Expr>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    Percent,
    RiskReward,
    Atr,
    Points,
}

#[derive(Clone, Debug)]
pub struct Trailing {
    pub atr: Option<Expr>,
    pub atr_multiplier: Option<Number>,
    pub trail_pct: Option<Number>,
    pub activation_pct: Option<Number>,
    pub span: Span,
}

// ---------------------------------------------------------------- expressions

#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// Reported already.
    Error,
    Number {
        value: f64,
        is_int: bool,
        is_percent: bool,
    },
    Bool(bool),
    /// A word of the set of the value it is compared with.
    Word {
        code: u16,
        word: &'static str,
    },
    Read(Read),
    Negate(Box<Expr>),
    Arithmetic {
        op: ArithmeticOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Function {
        function: Function,
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
    Setup(SetupId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Read {
    pub source: Source,
    /// Bars of the source's own clock.
    pub ago: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// Of the exec bar.
    Field(Field),
    Series(Series),
    Position(Position),
    Output(OutputRef),
}

/// Series beside the exec bars (L10, L16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Series {
    LastPrice,
    MarkPrice,
    FundingRate,
    OpenInterest,
    IndexPrice,
    Liquidations,
}

impl Series {
    pub const ALL: [Series; 6] = [
        Series::LastPrice,
        Series::MarkPrice,
        Series::FundingRate,
        Series::OpenInterest,
        Series::IndexPrice,
        Series::Liquidations,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Series::LastPrice => "last_price",
            Series::MarkPrice => "mark_price",
            Series::FundingRate => "funding_rate",
            Series::OpenInterest => "open_interest",
            Series::IndexPrice => "index_price",
            Series::Liquidations => "liquidations",
        }
    }

    /// Whether it lives on the 1-minute clock and takes the conditions that read it there (L10).
    #[must_use]
    pub fn is_market_price(self) -> bool {
        matches!(self, Series::LastPrice | Series::MarkPrice)
    }
}

/// State of the own position (L15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Position {
    EntryPrice,
    BarsInTrade,
    UnrealizedPnlPct,
    Side,
    StopPrice,
    TargetPrice,
    MfePct,
    MaePct,
}

impl Position {
    pub const ALL: [Position; 8] = [
        Position::EntryPrice,
        Position::BarsInTrade,
        Position::UnrealizedPnlPct,
        Position::Side,
        Position::StopPrice,
        Position::TargetPrice,
        Position::MfePct,
        Position::MaePct,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Position::EntryPrice => "entry_price",
            Position::BarsInTrade => "bars_in_trade",
            Position::UnrealizedPnlPct => "unrealized_pnl_pct",
            Position::Side => "position_side",
            Position::StopPrice => "stop_price",
            Position::TargetPrice => "target_price",
            Position::MfePct => "mfe_pct",
            Position::MaePct => "mae_pct",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    Abs,
    Min,
    Max,
    /// Change of the open interest over so many exec bars.
    OiDelta,
}

impl Function {
    pub const ALL: [Function; 4] = [Function::Abs, Function::Min, Function::Max, Function::OiDelta];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Function::Abs => "abs",
            Function::Min => "min",
            Function::Max => "max",
            Function::OiDelta => "oi_delta",
        }
    }

    #[must_use]
    pub fn arity(self) -> usize {
        match self {
            Function::Abs | Function::OiDelta => 1,
            Function::Min | Function::Max => 2,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    pub kind: WindowKind,
    pub extent: Extent,
    pub min_true: Option<Number>,
    pub anchor: Option<Spanned<Timeframe>>,
    pub expr: Expr,
    pub span: Span,
}

/// See `ast::Sequence`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    pub steps: Vec<Expr>,
    pub within: Vec<Option<Extent>>,
    pub total: Option<Extent>,
    pub anchor: Option<Spanned<Timeframe>>,
}

/// Conditions with their weights, 1 where none is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    pub parts: Vec<(Expr, f64)>,
    pub min: Number,
}
