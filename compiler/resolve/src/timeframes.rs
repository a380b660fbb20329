//! The roles `low_tf`, `med_tf`, `high_tf`, the pointer `exec`, and timeframes written out.

use bars::Timeframe;
use diagnostics::Diagnostic;
use syntax::ast::{self, Name};

use crate::report;

/// The names of the roles, as `exec` may point to them.
pub const ROLES: [&str; 3] = ["low_tf", "med_tf", "high_tf"];

/// The timeframes of the Play. A role that could not be read is `None`.
#[derive(Clone, Copy, Debug)]
pub struct Timeframes {
    roles: [Option<Timeframe>; 3],
    /// Some valid timeframe even when `exec` is wrong, so that the rest can be looked at.
    pub exec: Timeframe,
}

pub fn resolve(play: &ast::Play, out: &mut Vec<Diagnostic>) -> Timeframes {
    let Some(written) = &play.timeframes else {
        return Timeframes { roles: [None; 3], exec: Timeframe::M1 };
    };
    let names = [&written.low, &written.med, &written.high];
    let roles = names.map(|name| name.as_ref().and_then(|n| parse(n, out)));
    order(&names, &roles, out);
    let pointed = written.exec.as_ref().and_then(|exec| {
        let role = ROLES.iter().position(|r| *r == exec.value);
        if role.is_none() {
            let equal =
                Timeframe::parse(&exec.value).and_then(|tf| roles.iter().position(|r| *r == Some(tf)));
            out.push(report::bad_exec(exec, equal.map(|at| ROLES[at])));
            return equal.and_then(|at| roles[at]);
        }
        role.and_then(|at| roles[at])
    });
    let exec = pointed.or(roles[0]).or(roles[1]).or(roles[2]).unwrap_or(Timeframe::M1);
    Timeframes { roles, exec }
}

impl Timeframes {
    /// A role's name or a timeframe written out; `None` has been reported.
    pub fn get(&self, name: &Name, out: &mut Vec<Diagnostic>) -> Option<Timeframe> {
        if name.value == "exec" {
            return Some(self.exec);
        }
        match ROLES.iter().position(|r| *r == name.value) {
            Some(at) => self.roles[at],
            None => parse(name, out),
        }
    }
}

fn parse(name: &Name, out: &mut Vec<Diagnostic>) -> Option<Timeframe> {
    let tf = Timeframe::parse(&name.value);
    if tf.is_none() {
        out.push(report::bad_timeframe(name));
    }
    tf
}

fn order(names: &[&Option<Name>; 3], roles: &[Option<Timeframe>; 3], out: &mut Vec<Diagnostic>) {
    for (slow, fast) in [(1, 0), (2, 1)] {
        let (Some(slow_tf), Some(fast_tf)) = (roles[slow], roles[fast]) else { continue };
        let (Some(slow_name), Some(fast_name)) = (names[slow], names[fast]) else { continue };
        if slow_tf < fast_tf {
            out.push(report::timeframe_order(slow_name, ROLES[slow], fast_name, ROLES[fast]));
        }
    }
}
