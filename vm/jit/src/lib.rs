//! Machine code for what the interpreter would run op by op: chains of ops as one loop, position code as one function.
//!
//! Takes a verified program and how long it will run. Gives the interpreter code to call in the place of ops, with the
//! same bits. Never changes what a program means: what it does not know, or what does not pay, stays interpreted.

mod chain;
mod code;
mod compile;
mod conditions;
mod cost;
mod numbers;
mod position;
mod run;
mod schedule;

use std::sync::Arc;

use bytecode::{Program, Section};
use interpreter::RegSet;
use interpreter::native::{Chain, ChainCode, Native, Plan, PositionCode, Step};

use code::ChainId;
use compile::Builder;
use position::Layout;
use run::Position;
use schedule::{Part, Shape};

pub use compile::is_available;

/// The compiler, in two tempers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jit {
    weighs: bool,
}

/// Compiles what can be compiled.
pub static ALWAYS: Jit = Jit { weighs: false };
/// Compiles what will have paid by the end of the run.
pub static WEIGHED: Jit = Jit { weighs: true };

impl Native for Jit {
    fn name(&self) -> &'static str {
        if self.weighs { "auto" } else { "jit" }
    }

    fn plan(&self, program: &Program, section: &Section, kept: &RegSet, bars: usize) -> Plan {
        self.compiled(program, section, kept, bars).unwrap_or_else(|| Plan::interpreted(section))
    }

    fn position(&self, program: &Program, section: &Section, steps: usize) -> Option<Arc<dyn PositionCode>> {
        if section.ops.is_empty() || (self.weighs && !cost::position_pays(section.ops.len(), steps)) {
            return None;
        }
        let layout = Layout::of(program, section)?;
        let mut builder = Builder::new()?;
        let id = builder.position(program, section, &layout)?;
        let function = builder.finish()?.position(id);
        Some(Arc::new(Position { function, layout }))
    }
}

impl Jit {
    /// `None` when no chain of the section is worth it.
    fn compiled(&self, program: &Program, section: &Section, kept: &RegSet, bars: usize) -> Option<Plan> {
        // No chain is longer than the section: this is told at once for short runs.
        if self.weighs && !cost::chain_pays(section.ops.len(), bars) {
            return None;
        }
        let parts = schedule::parts(section, &program.calls);
        let mut builder = None;
        // Each part with its function, if it has one.
        let mut made: Vec<(Part, Option<(Shape, ChainId)>)> = Vec::new();
        for part in parts {
            let function = match &part {
                Part::Chain(ops) if self.weighs && !cost::chain_pays(ops.len(), bars) => None,
                Part::Chain(ops) => {
                    let shape = schedule::shape(section, &program.calls, ops, kept);
                    self.define(&mut builder, &shape).map(|id| (shape, id))
                }
                Part::Op(_) => None,
            };
            made.push((part, function));
        }
        let library = builder?.finish()?;
        let mut steps = Vec::new();
        for (part, function) in made {
            match (part, function) {
                (_, Some((shape, id))) => {
                    steps.push(Step::Chain(chain_of(shape, Arc::new(library.chain(id)))))
                }
                (Part::Chain(ops), None) => steps.extend(ops.into_iter().map(Step::Op)),
                (Part::Op(op), None) => steps.push(Step::Op(op)),
            }
        }
        Some(Plan { steps })
    }

    /// The library is begun with its first chain.
    fn define(&self, builder: &mut Option<Builder>, shape: &Shape) -> Option<ChainId> {
        if builder.is_none() {
            *builder = Some(Builder::new()?);
        }
        builder.as_mut()?.chain(shape)
    }
}

fn chain_of(shape: Shape, code: Arc<dyn ChainCode>) -> Chain {
    Chain {
        nums: shape.nums,
        conditions: shape.conditions,
        out_nums: shape.out_nums,
        out_conditions: shape.out_conditions,
        edges: shape.edges,
        code,
    }
}
