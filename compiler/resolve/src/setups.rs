//! Setups: named conditions that may refer to each other, without circles.

use diagnostics::Diagnostic;
use syntax::ast;

use crate::names::Names;
use crate::resolved::{Expr, ExprKind, Setup, SetupId};
use crate::{exprs, report};

pub fn resolve(setups: &[ast::Setup], names: &mut Names<'_>, out: &mut Vec<Diagnostic>) -> Vec<Setup> {
    for (at, setup) in setups.iter().enumerate() {
        if let Some(first) = setups[..at].iter().find(|s| s.id.value == setup.id.value) {
            out.push(report::duplicate(&setup.id, &first.id));
        }
    }
    let resolved = setups
        .iter()
        .map(|s| Setup { id: s.id.clone(), condition: exprs::condition(&s.condition, names, out) });
    let mut resolved: Vec<Setup> = resolved.collect();
    let mut path = Vec::new();
    let mut done = vec![false; resolved.len()];
    for at in 0..resolved.len() {
        visit(SetupId(at), &mut resolved, &mut path, &mut done, out);
    }
    resolved
}

/// Depth first; a setup that leads back to itself is reported once and becomes an error node.
fn visit(
    id: SetupId,
    setups: &mut [Setup],
    path: &mut Vec<SetupId>,
    done: &mut [bool],
    out: &mut Vec<Diagnostic>,
) {
    if done[id.0] {
        return;
    }
    if let Some(from) = path.iter().position(|&p| p == id) {
        let circle: Vec<&Setup> = path[from..].iter().map(|p| &setups[p.0]).collect();
        out.push(report::setup_cycle(&circle));
        for &member in &path[from..] {
            setups[member.0].condition.kind = ExprKind::Error;
            done[member.0] = true;
        }
        return;
    }
    path.push(id);
    let mut inner = Vec::new();
    references(&setups[id.0].condition, &mut inner);
    for next in inner {
        visit(next, setups, path, done, out);
    }
    path.pop();
    done[id.0] = true;
}

/// The setups that a condition names.
fn references(expr: &Expr, found: &mut Vec<SetupId>) {
    match &expr.kind {
        ExprKind::Setup(id) => found.push(*id),
        ExprKind::All(items) | ExprKind::Any(items) => items.iter().for_each(|e| references(e, found)),
        ExprKind::Not(a) => references(a, found),
        ExprKind::Window(window) => references(&window.expr, found),
        ExprKind::Compare { left, right, .. } => {
            references(left, found);
            references(right, found);
        }
        _ => {}
    }
}
