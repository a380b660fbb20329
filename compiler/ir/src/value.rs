//! One value of the IR and what is known of it.

use std::collections::BTreeMap;

use bars::Timeframe;
use bytecode::Stage;
use bytecode::ops::PositionField;
use diagnostics::Span;
use stdlib::{BuiltinId, Field, Params, Range};

use crate::module::ValueId;

#[derive(Clone, Debug)]
pub struct Value {
    pub op: Op,
    pub ty: Ty,
    /// The bar period that moves it; `None` is a constant, which goes with every clock.
    pub clock: Option<Timeframe>,
    pub stage: Stage,
    pub warmup: Warmup,
    /// Bounds of a number; of a condition `[0,0]` never true, `[1,1]` true whenever it is known, `[0,1]`
    /// open.
    pub range: Range,
    pub span: Span,
}

/// What kind of thing a value is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ty {
    /// A number: float, int, a bool output (0/1) or an enum output (index of its word).
    Number(stdlib::Type),
    /// True, false or unknown.
    Condition,
    /// All outputs of a built-in; only `Output` reads it.
    Call,
}

/// All operands of an op are on the op's clock or constants; only `Align` crosses clocks.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    Number(f64),
    /// `None` is unknown.
    Bool(Option<bool>),
    Field(Field),
    /// `last_price` is `Field(Close)` on the 1-minute clock; these are the series beside the bars.
    Series(String),
    Position(PositionField),
    /// In the order of the catalogue row's inputs.
    Call {
        builtin: BuiltinId,
        params: Params,
        inputs: Vec<Option<ValueId>>,
    },
    /// One output of a call, in the order of the row's outputs for the call's parameters.
    Output {
        call: ValueId,
        index: u16,
    },
    Unary {
        op: UnaryOp,
        a: ValueId,
    },
    Binary {
        op: BinaryOp,
        a: ValueId,
        b: ValueId,
    },
    /// `bars` bars of its own clock ago.
    Shift {
        a: ValueId,
        bars: u32,
    },
    /// The value of the latest bar of a slower clock that has closed by now (L7).
    Align {
        a: ValueId,
    },
    Compare {
        op: CompareOp,
        a: ValueId,
        b: ValueId,
    },
    Near {
        kind: NearKind,
        a: ValueId,
        b: ValueId,
        tolerance: ValueId,
    },
    Cross {
        direction: CrossDirection,
        a: ValueId,
        b: ValueId,
    },
    /// A bool output or 0/1 number as a condition.
    Truthy {
        a: ValueId,
    },
    All(Vec<ValueId>),
    Any(Vec<ValueId>),
    Not {
        a: ValueId,
    },
    Window {
        kind: WindowKind,
        a: ValueId,
        extent: Extent,
        min_true: u32,
    },
    /// Each step holds on a later bar than the one before, no later than its limit; the last one now.
    Sequence {
        steps: Vec<ValueId>,
        /// For each step but the first.
        within: Vec<Option<Reach>>,
        /// From the first step to the last.
        total: Option<Reach>,
    },
    /// The weights of the conditions that hold add up to `min` or more; Kleene. All figures are whole numbers.
    Score {
        parts: Vec<(ValueId, f64)>,
        min: f64,
    },
    /// A setup by name: transparent, kept for explanations.
    Setup {
        name: String,
        a: ValueId,
    },
}

impl Op {
    /// The values it reads, in order.
    pub fn operands(&self, mut visit: impl FnMut(ValueId)) {
        match self {
            Op::Number(_) | Op::Bool(_) | Op::Field(_) | Op::Series(_) | Op::Position(_) => {}
            Op::Call { inputs, .. } => inputs.iter().flatten().for_each(|&v| visit(v)),
            Op::Output { call: a, .. }
            | Op::Unary { a, .. }
            | Op::Shift { a, .. }
            | Op::Align { a }
            | Op::Truthy { a }
            | Op::Not { a }
            | Op::Window { a, .. }
            | Op::Setup { a, .. } => visit(*a),
            Op::Binary { a, b, .. } | Op::Compare { a, b, .. } | Op::Cross { a, b, .. } => {
                visit(*a);
                visit(*b);
            }
            Op::Near { a, b, tolerance, .. } => {
                visit(*a);
                visit(*b);
                visit(*tolerance);
            }
            Op::All(items) | Op::Any(items) | Op::Sequence { steps: items, .. } => {
                items.iter().for_each(|&v| visit(v));
            }
            Op::Score { parts, .. } => parts.iter().for_each(|&(v, _)| visit(v)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    Neg,
    Abs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Min,
    Max,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    Gt,
    Ge,
    Lt,
    Le,
    Eq,
    Ne,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NearKind {
    Abs,
    Pct,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CrossDirection {
    Above,
    Below,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WindowKind {
    HoldsFor,
    OccurredWithin,
    CountTrue,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extent {
    /// `bars` samples, `stride` bars of the op's clock apart, the first one now.
    Bars { bars: u32, stride: u32 },
    /// Bars that closed within this long, up to now.
    TimeMs(i64),
}

/// How far a step of a sequence may come after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Bars of the op's clock.
    Bars(u32),
    TimeMs(i64),
}

impl Reach {
    /// At most so many bars of this clock.
    #[must_use]
    pub fn bars(self, clock: Timeframe) -> u32 {
        match self {
            Reach::Bars(bars) => bars,
            Reach::TimeMs(ms) => u32::try_from(ms / clock.ms()).unwrap_or(u32::MAX),
        }
    }
}

/// How many bars of each clock must have closed before a value is warm to the declared tolerance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Warmup(pub BTreeMap<Timeframe, u32>);

impl Warmup {
    /// `bars` bars of this clock.
    #[must_use]
    pub fn bars(clock: Timeframe, bars: u32) -> Warmup {
        Warmup(BTreeMap::from([(clock, bars)]))
    }

    /// Enough for both.
    #[must_use]
    pub fn max(mut self, other: &Warmup) -> Warmup {
        for (&clock, &bars) in &other.0 {
            let mine = self.0.entry(clock).or_insert(0);
            *mine = (*mine).max(bars);
        }
        self
    }

    /// Enough to have been warm `bars` bars of `clock` earlier: every clock needs as many bars more as fit
    /// into that time.
    #[must_use]
    pub fn earlier(mut self, clock: Timeframe, bars: u32) -> Warmup {
        if bars == 0 {
            return self;
        }
        let span_ms = clock.ms() * i64::from(bars);
        for (&other, need) in &mut self.0 {
            let more = (span_ms + other.ms() - 1) / other.ms();
            *need = need.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
        }
        let mine = self.0.entry(clock).or_insert(1);
        *mine = (*mine).max(bars.saturating_add(1));
        self
    }
}
