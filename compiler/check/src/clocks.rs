//! Which clock a condition stands on (L7 to L10).
//!
//! A scope is where truth is asked for: a block of actions, or the inside of a window or sequence. A condition is
//! asked when its clock closes (X1), so a block stands on the finest of what it reads, and at least on the exec
//! clock: with `last_price` it is asked every minute. Values slower than the scope are aligned to it.

use bars::Timeframe;
use resolve::resolved::{Expr, ExprKind, Function, Play, Read, Series, Source};

/// What an expression reads, as far as its clock depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// The fastest clock of the market values.
    finest: Option<Timeframe>,
    /// The own position, which moves with whatever scope asks.
    position: bool,
}

impl Reads {
    fn join(self, other: Reads) -> Reads {
        let finest = match (self.finest, other.finest) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Reads { finest, position: self.position || other.position }
    }

    /// The clock of a block that asks for it.
    pub fn block(self, exec: Timeframe) -> Timeframe {
        match self.finest {
            Some(finest) if finest < exec => common(finest, exec),
            _ => exec,
        }
    }

    /// The clock of a scope that the expression opens inside `scope`: the finest of what it reads, never
    /// finer than `scope`.
    pub fn inner(self, scope: Timeframe) -> Timeframe {
        match self.finest {
            Some(finest) if !self.position => finest.max(scope),
            _ => scope,
        }
    }
}

/// The longest period of which both are multiples, so that every close of either is a close of it.
fn common(a: Timeframe, b: Timeframe) -> Timeframe {
    let (mut a, mut b) = (a.ms(), b.ms());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    Timeframe::from_ms(a).unwrap_or(Timeframe::M1)
}

/// For each setup, what it reads. Setups refer to each other without circles.
pub fn of_setups(play: &Play) -> Vec<Reads> {
    let mut known = vec![None; play.setups.len()];
    for at in 0..known.len() {
        setup(play, at, &mut known);
    }
    known.into_iter().map(Option::unwrap_or_default).collect()
}

fn setup(play: &Play, at: usize, known: &mut Vec<Option<Reads>>) -> Reads {
    if let Some(reads) = known[at] {
        return reads;
    }
    let reads = of(play, &play.setups[at].condition, &mut |inner| setup(play, inner, known));
    known[at] = Some(reads);
    reads
}

/// What `expr` reads, given what each setup does.
pub fn of(play: &Play, expr: &Expr, setup: &mut dyn FnMut(usize) -> Reads) -> Reads {
    let mut all =
        |exprs: &[&Expr]| exprs.iter().fold(Reads::default(), |sum, e| sum.join(of(play, e, setup)));
    match &expr.kind {
        ExprKind::Error | ExprKind::Number { .. } | ExprKind::Bool(_) | ExprKind::Word { .. } => {
            Reads::default()
        }
        ExprKind::Read(read) => one(play, *read),
        ExprKind::Negate(a) | ExprKind::Not(a) => all(&[a]),
        ExprKind::Arithmetic { left, right, .. }
        | ExprKind::Compare { left, right, .. }
        | ExprKind::Cross { left, right, .. } => all(&[left, right]),
        ExprKind::Between { value, low, high } => all(&[value, low, high]),
        ExprKind::Near { left, right, tolerance, .. } => all(&[left, right, tolerance]),
        ExprKind::In { value, items } => {
            let value = all(&[value]);
            all(&items.iter().collect::<Vec<_>>()).join(value)
        }
        ExprKind::Function { function, args } => {
            let args = all(&args.iter().collect::<Vec<_>>());
            match function {
                Function::OiDelta => args.join(Reads { finest: Some(play.exec), ..Reads::default() }),
                Function::Abs | Function::Min | Function::Max => args,
            }
        }
        ExprKind::All(items) | ExprKind::Any(items) => all(&items.iter().collect::<Vec<_>>()),
        ExprKind::Window(window) => all(&[&window.expr]),
        ExprKind::Sequence(sequence) => all(&sequence.steps.iter().collect::<Vec<_>>()),
        ExprKind::Score(score) => all(&score.parts.iter().map(|(when, _)| when).collect::<Vec<_>>()),
        ExprKind::Setup(id) => setup(id.0),
    }
}

fn one(play: &Play, read: Read) -> Reads {
    let market = |finest: Timeframe| Reads { finest: Some(finest), ..Reads::default() };
    match read.source {
        Source::Position(_) => Reads { position: true, ..Reads::default() },
        Source::Series(series) => market(series_clock(play, series)),
        Source::Field(_) => market(play.exec),
        Source::Output(output) => market(play.calls[output.call.0].tf),
    }
}

/// Market prices live on the 1-minute clock, the other series are read at the closes of exec bars.
pub fn series_clock(play: &Play, series: Series) -> Timeframe {
    if series.is_market_price() { Timeframe::M1 } else { play.exec }
}
