//! Setups: named conditions that may refer to each other, without circles.

use diagnostics::Diagnostic;
use syntax::ast;

use crate::names::Names;
use crate::resolved::{Expr, ExprKind, Setup, SetupId};
use crate::{exprs, report};

/// Setups within setups, at most: what nobody writes by hand must not exhaust the stack either.
const MAX_DEPTH: usize = 64;

pub fn resolve(setups: &[ast::Setup], names: &mut Names<'_>, out: &mut Vec<Diagnostic>) -> Vec<Setup> {
    for (at, setup) in setups.iter().enumerate() {
        if let Some(first) = setups[..at].iter().find(|s| s.id.value == setup.id.value) {
            out.push(report::duplicate(&setup.id, &first.id));
        }
    }
    let mut resolved = Vec::with_capacity(setups.len());
    for (at, setup) in setups.iter().enumerate() {
        names.read_within(Some(SetupId(at)));
        let condition = exprs::condition(&setup.condition, names, out);
        resolved.push(Setup { id: setup.id.clone(), condition });
    }
    names.read_within(None);
    let mut path = Vec::new();
    let mut depths = vec![None; resolved.len()];
    for at in 0..resolved.len() {
        visit(SetupId(at), &mut resolved, &mut path, &mut depths, out);
    }
    resolved
}

/// Depth first, giving how deep the setup goes. One that leads back to itself, or goes too deep, is reported
/// once and becomes an error node.
fn visit(
    id: SetupId,
    setups: &mut [Setup],
    path: &mut Vec<SetupId>,
    depths: &mut [Option<usize>],
    out: &mut Vec<Diagnostic>,
) -> usize {
    if let Some(depth) = depths[id.0] {
        return depth;
    }
    if let Some(from) = path.iter().position(|&p| p == id) {
        let circle: Vec<&Setup> = path[from..].iter().map(|p| &setups[p.0]).collect();
        out.push(report::setup_cycle(&circle));
        for &member in &path[from..] {
            setups[member.0].condition.kind = ExprKind::Error;
            depths[member.0] = Some(1);
        }
        return 1;
    }
    let mut depth = 1;
    if path.len() < MAX_DEPTH {
        path.push(id);
        let mut inner = Vec::new();
        references(&setups[id.0].condition, &mut inner);
        for next in inner {
            depth = depth.max(1 + visit(next, setups, path, depths, out));
        }
        path.pop();
    } else {
        depth = MAX_DEPTH + 1;
    }
    if depth > MAX_DEPTH {
        out.push(report::setup_depth(&setups[id.0], MAX_DEPTH));
        setups[id.0].condition.kind = ExprKind::Error;
        depth = 1;
    }
    depths[id.0] = Some(depth);
    depth
}

/// The setups that a condition names.
fn references(expr: &Expr, found: &mut Vec<SetupId>) {
    match &expr.kind {
        ExprKind::Setup(id) => found.push(*id),
        ExprKind::All(items) | ExprKind::Any(items) => items.iter().for_each(|e| references(e, found)),
        ExprKind::Not(a) | ExprKind::Negate(a) => references(a, found),
        ExprKind::Window(window) => references(&window.expr, found),
        ExprKind::Sequence(sequence) => sequence.steps.iter().for_each(|e| references(e, found)),
        ExprKind::Score(score) => score.parts.iter().for_each(|(e, _)| references(e, found)),
        ExprKind::Compare { left, right, .. }
        | ExprKind::Arithmetic { left, right, .. }
        | ExprKind::Cross { left, right, .. } => {
            references(left, found);
            references(right, found);
        }
        ExprKind::Between { value, low, high } => {
            [value, low, high].iter().for_each(|e| references(e, found))
        }
        ExprKind::Near { left, right, tolerance, .. } => {
            [left, right, tolerance].iter().for_each(|e| references(e, found));
        }
        ExprKind::In { value, items } => {
            references(value, found);
            items.iter().for_each(|e| references(e, found));
        }
        ExprKind::Function { args, .. } => args.iter().for_each(|e| references(e, found)),
        ExprKind::Error
        | ExprKind::Number { .. }
        | ExprKind::Bool(_)
        | ExprKind::Word { .. }
        | ExprKind::Read(_) => {}
    }
}
