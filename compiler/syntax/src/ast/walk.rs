//! The parts of an expression, for whoever goes through all of them.

use super::{Expr, ExprKind};

impl Expr {
    /// The expressions directly inside this one, in the order of the text.
    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.kind {
            ExprKind::Negate(a) | ExprKind::Not(a) => vec![&mut **a],
            ExprKind::Arithmetic { left, right, .. }
            | ExprKind::Compare { left, right, .. }
            | ExprKind::Cross { left, right, .. } => vec![&mut **left, &mut **right],
            ExprKind::Between { value, low, high } => vec![&mut **value, &mut **low, &mut **high],
            ExprKind::Near { left, right, tolerance, .. } => {
                vec![&mut **left, &mut **right, &mut **tolerance]
            }
            ExprKind::In { value, items } => std::iter::once(&mut **value).chain(items).collect(),
            ExprKind::Function { args: items, .. } | ExprKind::All(items) | ExprKind::Any(items) => {
                items.iter_mut().collect()
            }
            ExprKind::Window(window) => vec![&mut window.expr],
            ExprKind::Sequence(sequence) => sequence.steps.iter_mut().collect(),
            ExprKind::Score(score) => score.parts.iter_mut().map(|part| &mut part.when).collect(),
            ExprKind::Number { .. }
            | ExprKind::Bool(_)
            | ExprKind::Text(_)
            | ExprKind::Search(_)
            | ExprKind::Path(_)
            | ExprKind::Setup(_)
            | ExprKind::Use(_)
            | ExprKind::Error => Vec::new(),
        }
    }
}
