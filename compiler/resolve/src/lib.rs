//! Names bound to declarations: features, structures, outputs, setups, timeframes, parameters.
//!
//! Takes an `ast::Play`. Gives a `resolved::Play` in which no name is text, and diagnostics; it never fails.
//! Never asks whether a condition makes sense: that is `check`.

mod actions;
mod calls;
mod effects;
mod exprs;
mod inputs;
mod names;
mod outvoted;
mod params;
mod paths;
pub mod print;
mod report;
pub mod resolved;
mod risk;
mod setups;
mod timeframes;
mod unused;
mod words;

use diagnostics::{Code, Diagnostic};
use syntax::ast;

use crate::names::Names;

pub use words::{COMMON_EXTRAS, RENAMED};

/// Binds every name of the Play.
#[must_use]
pub fn resolve(play: &ast::Play) -> (resolved::Play, Vec<Diagnostic>) {
    let mut out = Vec::new();
    let timeframes = timeframes::resolve(play, &mut out);
    let (mut calls, wiring) = calls::declare(play, &timeframes, &mut out);
    inputs::bind(&mut calls, &wiring, &mut out);
    effects::report(play, &calls, &mut out);
    outvoted::report(play, &mut out);
    let mut names = Names::new(&calls, &play.setups, timeframes.exec);
    let setups = setups::resolve(&play.setups, &mut names, &mut out);
    let blocks = actions::resolve(&play.actions, &mut names, &mut out);
    let risk = risk::resolve(play, &mut names, &mut out);
    let used = names.into_used();
    unused::report(play, &calls, &used, &mut out);
    if play.broken {
        out.retain(|d| !may_be_unread(d.code));
    }
    out.sort_by_key(|d| d.span().start);
    let failed = out.iter().any(Diagnostic::is_error);
    let text = |name: &Option<ast::Name>| name.as_ref().map_or_else(String::new, |n| n.value.clone());
    let resolved = resolved::Play {
        id: text(&play.id),
        symbol: text(&play.symbol),
        exec: timeframes.exec,
        calls,
        setups,
        blocks,
        account: play.account.clone().unwrap_or_default(),
        backtest: play.backtest.clone().unwrap_or_default(),
        position_policy: play.position_policy.clone(),
        risk,
        entry: play.entry.clone(),
        pattern: play.validation.as_ref().and_then(|v| v.pattern.clone()),
        span: play.span,
        failed,
    };
    (resolved, out)
}

/// What is missing may be declared in the part of the file that could not be read.
fn may_be_unread(code: Code) -> bool {
    matches!(code, Code::E0301 | Code::E0306 | Code::E0310 | Code::E0311)
}
