//! A program whose built-ins take other parameters.
//!
//! What the compiler makes of a parameter of a built-in: it checks it (its range, its relations to others), it asks
//! for the outputs and the warm-up, and it computes two built-ins that are the same only once. All else it makes of
//! outputs and warm-up. So with outputs of the same types, and no two built-ins the same, only parameters and warm-up
//! differ from one program to another; `tests/variants.rs` holds the two ways against each other.

use std::collections::BTreeSet;

use bytecode::{ExportColumn, Program};
use ir::{Module, Op, ValueId, Warmup};
use resolve::resolved::Play;
use stdlib::{Builtin, Outputs};

use crate::{Compilation, Options};

/// A parameter of a feature or structure, as the Play names both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub call: String,
    pub param: String,
}

#[derive(Debug)]
pub struct Template {
    program: Program,
    module: Module,
    tolerance: f64,
    roots: Vec<ValueId>,
    /// In the order of their places.
    open: Vec<(Place, Open)>,
    /// What their warm-up is a part of: operands before their users.
    affected: Vec<ValueId>,
}

/// A parameter in the program and in the module.
#[derive(Clone, Copy, Debug)]
struct Open {
    row: &'static Builtin,
    param: usize,
    /// Index into `Program::calls`.
    call: usize,
    value: ValueId,
}

impl Template {
    /// `None` where not all of these parameters can be found.
    pub fn new<'p>(
        made: Compilation,
        options: &Options,
        places: impl Iterator<Item = &'p Place>,
    ) -> Option<Template> {
        let (program, module) = (made.program?, made.module?);
        let calls = calls(&made.resolved, &module)?;
        let mut open = Vec::new();
        for place in places {
            let at = made.resolved.calls.iter().position(|call| call.id.value == place.call)?;
            let row = made.resolved.calls[at].row()?;
            let (value, named) = calls[at];
            // Features that are the same by chance are one built-in, and two with other values.
            if calls.iter().filter(|(other, _)| *other == value).count() > 1 {
                return None;
            }
            let ExportColumn::Num(output) = program.exports.get(named)?.column else { return None };
            let call = program.calls.iter().position(|call| call.outputs.contains(&output))?;
            open.push((place.clone(), Open { row, param: row.param_index(&place.param)?, call, value }));
        }
        open.sort_by(|a, b| a.0.cmp(&b.0));
        let affected = affected(&module, open.iter().map(|(_, open)| open.value).collect());
        let tolerance = check::warmup::tolerance(&made.resolved, &options.check);
        Some(Template { program, roots: module.roots(), module, tolerance, open, affected })
    }

    /// The program with these parameters; `None` where the compiler must decide.
    pub fn program<'p>(&self, values: impl Iterator<Item = (&'p Place, f64)>) -> Option<Program> {
        let mut program = self.program.clone();
        let mut changed: Vec<&Open> = Vec::new();
        for (place, number) in values {
            let at = self.open.binary_search_by(|(own, _)| own.cmp(place)).ok()?;
            let open = &self.open[at].1;
            program.calls[open.call].params.0[open.param] = open.row.params[open.param].ty.value(number)?;
            changed.push(open);
        }
        let is_alike = |open: &&Open| {
            let (old, new) = (&self.program.calls[open.call].params, &program.calls[open.call].params);
            let outputs_stay = match open.row.outputs {
                Outputs::Fixed(_) => true,
                Outputs::Family { .. } => open.row.outputs(old) == open.row.outputs(new),
            };
            outputs_stay && (open.row.check)(new).is_ok()
        };
        if !changed.iter().all(is_alike) || !are_different(&program, &changed) {
            return None;
        }
        let warmup = self.warmup(&program);
        for clock in &mut program.clocks {
            clock.warmup_bars = warmup.0.get(&clock.timeframe).copied().unwrap_or(0);
        }
        Some(program)
    }

    /// What all that the Play acts on needs, as the compiler reckons it.
    fn warmup(&self, program: &Program) -> Warmup {
        let mut found: Vec<Warmup> = Vec::with_capacity(self.affected.len());
        for id in &self.affected {
            let value = self.module.value(*id);
            let found_or_known = |id: ValueId| match self.affected.binary_search(&id) {
                Ok(at) => &found[at],
                Err(_) => &self.module.value(id).warmup,
            };
            let of = |op: &Op| check::warmup::of(op, value.clock, self.tolerance, found_or_known);
            let warmup = match (&value.op, self.open.iter().find(|(_, open)| open.value == *id)) {
                (Op::Call { builtin, inputs, .. }, Some((_, open))) => {
                    let params = program.calls[open.call].params.clone();
                    of(&Op::Call { builtin: *builtin, params, inputs: inputs.clone() })
                }
                (op, _) => of(op),
            };
            found.push(warmup);
        }
        let warmup = |id: &ValueId| match self.affected.binary_search(id) {
            Ok(at) => &found[at],
            Err(_) => &self.module.value(*id).warmup,
        };
        self.roots.iter().fold(Warmup::default(), |all, id| all.max(warmup(id)))
    }
}

/// For each feature and structure its value, and the number of its first output among those with a name.
fn calls(play: &Play, module: &Module) -> Option<Vec<(ValueId, usize)>> {
    let mut next = 0;
    let mut calls = Vec::with_capacity(play.calls.len());
    for declared in &play.calls {
        let Op::Output { call, .. } = module.value(module.named.get(next)?.value).op else { return None };
        calls.push((call, next));
        next += declared.outputs.len();
    }
    Some(calls)
}

/// These values and all that is computed from them.
fn affected(module: &Module, of: BTreeSet<ValueId>) -> Vec<ValueId> {
    let mut affected = of;
    for (id, value) in (0..).map(ValueId).zip(&module.values) {
        let mut reads = false;
        value.op.operands(|operand| reads |= affected.contains(&operand));
        if reads {
            affected.insert(id);
        }
    }
    affected.into_iter().collect()
}

/// Whether each of these calls is the only one of its kind.
fn are_different(program: &Program, changed: &[&Open]) -> bool {
    let clock =
        |at: usize| program.calls[at].outputs.first().map(|reg| program.num_regs[reg.0 as usize].clock);
    changed.iter().all(|open| {
        let own = &program.calls[open.call];
        program.calls.iter().enumerate().all(|(at, other)| {
            at == open.call
                || own.builtin != other.builtin
                || own.structure != other.structure
                || own.params != other.params
                || own.inputs != other.inputs
                || clock(at) != clock(open.call)
        })
    })
}
