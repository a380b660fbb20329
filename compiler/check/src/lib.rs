//! Types, units, clocks, stages and warm-up of a Play, and what can be proven about it.
//!
//! Takes a `resolved::Play`. Gives an `ir::Module` that its verifier accepts, and diagnostics; it never
//! fails. Never looks a name up, and never asks for data.

mod actions;
mod arena;
mod calls;
mod clocks;
mod compare;
mod conditions;
mod describe;
mod facts;
mod joined;
mod logic;
mod numbers;
mod policy;
mod ranges;
mod report;
mod units;
pub mod warmup;
mod windows;

use diagnostics::Diagnostic;
use resolve::resolved;

use crate::arena::Arena;
use crate::clocks::Reads;

#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The share of a seed's initial error that may be left in a value called warm.
    pub tolerance: f64,
}

impl Default for Options {
    fn default() -> Options {
        Options { tolerance: 1e-4 }
    }
}

/// The module is `None` only when an error was reported, here or by an earlier phase.
#[must_use]
pub fn check(play: &resolved::Play, options: &Options) -> (Option<ir::Module>, Vec<Diagnostic>) {
    let arena = Arena::new(play, warmup::tolerance(play, options));
    let mut checker = Checker { play, setup_reads: clocks::of_setups(play), arena, out: Vec::new() };
    let named = checker.named();
    let actions = checker.actions();
    let policy = checker.policy(actions.as_deref().unwrap_or_default());
    let mut out = checker.out;
    out.sort_by_key(|d| d.span().start);
    once(&mut out);
    let (Some(named), Some(actions), Some(policy)) = (named, actions, policy) else { return (None, out) };
    if play.failed || out.iter().any(Diagnostic::is_error) {
        return (None, out);
    }
    let module = ir::Module {
        play: play.id.clone(),
        symbol: play.symbol.clone(),
        exec: play.exec,
        values: checker.arena.into_values(),
        named,
        actions,
        policy,
        pattern: play.pattern.as_ref().map(|p| p.value.clone()),
    };
    debug_assert_eq!(ir::verify(&module), Ok(()), "Invariant: a checked module is well-formed");
    (Some(module), out)
}

/// Builds the module. A method that gives `None` has reported why, or an earlier phase has.
struct Checker<'p> {
    play: &'p resolved::Play,
    /// What each setup reads.
    setup_reads: Vec<Reads>,
    arena: Arena,
    out: Vec<Diagnostic>,
}

/// A setup is built once for each clock it is asked on; what is said about it is said once.
fn once(out: &mut Vec<Diagnostic>) {
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(out.len());
    for diagnostic in out.drain(..) {
        let start = diagnostic.span().start;
        let here = kept.iter().rev().take_while(|k| k.span().start == start);
        if !here.into_iter().any(|k| *k == diagnostic) {
            kept.push(diagnostic);
        }
    }
    *out = kept;
}
