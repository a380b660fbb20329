//! From bodies of functions to a library of them: the compiler's settings, declarations, and what is called.

use std::sync::{Arc, OnceLock};

use bytecode::{Program, Section};
use cranelift_codegen::Context;
use cranelift_codegen::ir::{AbiParam, Signature, types};
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Linkage, Module, default_libcall_names};

use crate::chain;
use crate::code::{self, Arity, ChainId, Lengths, Library, PositionId};
use crate::position::{self, Calls, Layout};
use crate::schedule::Shape;

/// The machine at hand; `None` where there is no compiler for it.
fn machine() -> Option<OwnedTargetIsa> {
    static MACHINE: OnceLock<Option<OwnedTargetIsa>> = OnceLock::new();
    let find = || {
        let mut flags = settings::builder();
        let debug = if cfg!(debug_assertions) { "true" } else { "false" };
        let wanted = [
            ("opt_level", "speed"),
            ("enable_verifier", debug),
            ("is_pic", "false"),
            ("use_colocated_libcalls", "false"),
            ("probestack_strategy", "inline"),
            ("enable_probestack", "true"),
            ("unwind_info", "false"),
        ];
        wanted.iter().try_for_each(|(name, value)| flags.set(name, value)).ok()?;
        cranelift_native::builder().ok()?.finish(settings::Flags::new(flags)).ok()
    };
    MACHINE.get_or_init(find).clone()
}

/// Whether this machine has a compiler.
#[must_use]
pub fn is_available() -> bool {
    machine().is_some()
}

/// A library under construction.
pub struct Builder {
    module: JITModule,
    context: Context,
    functions: FunctionBuilderContext,
}

impl Builder {
    pub fn new() -> Option<Builder> {
        let mut builder = JITBuilder::with_isa(machine()?, default_libcall_names());
        builder.symbol("interpret", code::interpret as *const u8);
        builder.symbol("remainder", code::remainder as *const u8);
        let module = JITModule::new(builder);
        Some(Builder { context: module.make_context(), module, functions: FunctionBuilderContext::new() })
    }

    /// `None` when the machine cannot do it, say for lack of vectors.
    pub fn chain(&mut self, shape: &Shape) -> Option<ChainId> {
        let signature = self.signature(&[types::I64, types::I64, types::I64]);
        let id = self.define(signature, |_, b| {
            chain::emit(b, shape);
            Some(())
        })?;
        let arity = Arity {
            nums: shape.nums.len(),
            conditions: shape.conditions.len(),
            out_nums: shape.out_nums.len(),
            out_conditions: shape.out_conditions.len(),
            edges: shape.edges.len(),
        };
        Some(ChainId(id, arity))
    }

    pub fn position(&mut self, program: &Program, section: &Section, layout: &Layout) -> Option<PositionId> {
        let signature = self.signature(&[types::I64]);
        let interpret = self.signature(&[types::I64, types::I64, types::I64]);
        let mut remainder = self.signature(&[types::F64, types::F64]);
        remainder.returns.push(AbiParam::new(types::F64));
        let id = self.define(signature, |module, b| {
            let interpret = module.declare_function("interpret", Linkage::Import, &interpret).ok()?;
            let remainder = module.declare_function("remainder", Linkage::Import, &remainder).ok()?;
            let calls = Calls {
                interpret: module.declare_func_in_func(interpret, b.func),
                remainder: module.declare_func_in_func(remainder, b.func),
            };
            position::emit(b, program, section, layout, calls);
            Some(())
        })?;
        let lengths = Lengths {
            outer_nums: layout.outer_nums.len(),
            outer_conditions: layout.outer_conditions.len(),
            clocks: program.clocks.len(),
            num_regs: program.num_regs.len(),
            bool_regs: program.bool_regs.len(),
            edges: layout.edges.len(),
        };
        Some(PositionId(id, lengths))
    }

    /// Parameters as C passes them on this machine.
    fn signature(&self, parameters: &[types::Type]) -> Signature {
        let mut signature = self.module.make_signature();
        signature.params.extend(parameters.iter().map(|&ty| AbiParam::new(ty)));
        signature
    }

    fn define(
        &mut self,
        signature: Signature,
        body: impl FnOnce(&mut JITModule, &mut FunctionBuilder<'_>) -> Option<()>,
    ) -> Option<FuncId> {
        self.context.func.signature = signature;
        let mut builder = FunctionBuilder::new(&mut self.context.func, &mut self.functions);
        let written = body(&mut self.module, &mut builder);
        builder.seal_all_blocks();
        builder.finalize(self.module.target_config());
        let id = written.and_then(|()| {
            let id = self.module.declare_anonymous_function(&self.context.func.signature).ok()?;
            self.module.define_function(id, &mut self.context).ok()?;
            Some(id)
        });
        self.module.clear_context(&mut self.context);
        id
    }

    /// `None` when the system gives no memory for code.
    pub fn finish(self) -> Option<Arc<Library>> {
        Library::finish(self.module)
    }
}
