//! The one place that runs machine code: memory for it, and safe functions around it.
//!
//! What must hold, and why it does:
//! - **Memory.** `cranelift-jit` maps pages writable, fills them, and makes them readable and
//!   executable when a library is finished; no page is ever both writable and executable (a test
//!   reads `/proc/self/maps`). The pages are given back when the last function of the library is
//!   dropped: every function holds the library.
//! - **Addresses.** The code reads and writes only through the pointers that it is given here, within
//!   the lengths that are checked here, for as long as the call lasts: 64 bars a word of every
//!   column, every register of its program.
//! - **Aliasing.** What is written comes from `&mut` slices, so nothing else refers to it during the
//!   call.
//! - **Calls.** Signatures are those that `Library` declares. Functions of ours that the code calls do
//!   not unwind: a panic in an `extern "C"` function ends the process.
#![allow(unsafe_code)] // machine code is called here and nowhere else

use std::ffi::c_void;
use std::sync::{Arc, Mutex, PoisonError};

use cranelift_jit::JITModule;
use cranelift_module::FuncId;
use interpreter::native::{IO_WORDS, Interpret, PositionStep};
use interpreter::{PositionInputs, elementwise};

/// Finished code; its memory is given back with it.
pub struct Library(Mutex<Option<JITModule>>);

/// A function of a module whose body `chain::emit` has written, for this many columns. Only `Builder` makes these.
#[derive(Clone, Copy, Debug)]
pub struct ChainId(pub FuncId, pub Arity);

/// The same for `position::emit`.
#[derive(Clone, Copy, Debug)]
pub struct PositionId(pub FuncId, pub Lengths);

impl Library {
    /// Makes the module's functions ready to run: their memory is not written to from here on.
    pub fn finish(mut module: JITModule) -> Option<Arc<Library>> {
        module.finalize_definitions().ok()?;
        Some(Arc::new(Library(Mutex::new(Some(module)))))
    }

    fn address(&self, id: FuncId) -> *const u8 {
        let module = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let module = module.as_ref().expect("the module is there until the library is dropped");
        module.get_finalized_function(id)
    }

    /// `id` is one of this library.
    pub fn chain(self: &Arc<Library>, id: ChainId) -> ChainFunction {
        // SAFETY: `ChainId` says that the function is one of a chain, and `Builder` declares those with this
        // signature.
        let function = unsafe { std::mem::transmute::<*const u8, ChainFn>(self.address(id.0)) };
        ChainFunction { function, arity: id.1, _library: self.clone() }
    }

    /// `id` is one of this library.
    pub fn position(self: &Arc<Library>, id: PositionId) -> PositionFunction {
        // SAFETY: `PositionId` says that the function is one of position code, and `Builder` declares those so.
        let function = unsafe { std::mem::transmute::<*const u8, PositionFn>(self.address(id.0)) };
        PositionFunction { function, lengths: id.1, _library: self.clone() }
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        let module = match self.0.get_mut() {
            Ok(module) => module.take(),
            Err(poisoned) => poisoned.into_inner().take(),
        };
        if let Some(module) = module {
            // SAFETY: every function of the library holds an `Arc` of it and is called only through that function, so
            // none is left and none is running.
            unsafe { module.free_memory() };
        }
    }
}

/// (words, last bit of a word, pointers)
type ChainFn = unsafe extern "C" fn(u64, u64, *const *mut c_void);
type PositionFn = unsafe extern "C" fn(*mut Frame);

/// How many columns and words a chain reads and writes.
#[derive(Clone, Copy, Debug)]
pub struct Arity {
    pub nums: usize,
    pub conditions: usize,
    pub out_nums: usize,
    pub out_conditions: usize,
    pub edges: usize,
}

/// The columns of a call: words and 64 bars a word of each.
pub struct Columns<'a> {
    pub nums: Vec<&'a [f64]>,
    pub conditions: Vec<(&'a [u64], &'a [u64])>,
    pub out_nums: Vec<&'a mut [f64]>,
    pub out_conditions: Vec<(&'a mut [u64], &'a mut [u64])>,
    pub edges: &'a mut [u64],
}

/// A compiled chain.
pub struct ChainFunction {
    function: ChainFn,
    arity: Arity,
    _library: Arc<Library>,
}

impl ChainFunction {
    /// Runs over the first `words` times 64 bars; the state of crossings is taken from bit `last` of each word.
    ///
    /// # Panics
    /// When a column is shorter, or there are not as many as the chain has.
    pub fn call(&self, words: usize, last: u32, columns: &mut Columns<'_>) {
        let Columns { nums, conditions, out_nums, out_conditions, edges } = columns;
        let arity = self.arity;
        let counts = (nums.len(), conditions.len(), out_nums.len(), out_conditions.len(), edges.len());
        let wanted = (arity.nums, arity.conditions, arity.out_nums, arity.out_conditions, arity.edges);
        assert_eq!(counts, wanted, "columns of another chain");
        let whole = words >= 1
            && last < 64
            && nums.iter().all(|column| column.len() >= words * 64)
            && out_nums.iter().all(|column| column.len() >= words * 64)
            && conditions.iter().all(|(known, truth)| known.len().min(truth.len()) >= words)
            && out_conditions.iter().all(|(known, truth)| known.len().min(truth.len()) >= words);
        assert!(whole, "a column of a chain is shorter than its {words} words");
        let count = nums.len() + 2 * conditions.len() + out_nums.len() + 2 * out_conditions.len() + 1;
        let mut pointers: Vec<*mut c_void> = Vec::with_capacity(count);
        pointers.extend(nums.iter().map(|column| column.as_ptr().cast_mut().cast()));
        for (known, truth) in conditions {
            pointers.extend([known.as_ptr().cast_mut().cast(), truth.as_ptr().cast_mut().cast()]);
        }
        pointers.extend(out_nums.iter_mut().map(|column| column.as_mut_ptr().cast()));
        for (known, truth) in out_conditions {
            pointers.extend([known.as_mut_ptr().cast(), truth.as_mut_ptr().cast()]);
        }
        pointers.push(edges.as_mut_ptr().cast());
        // SAFETY: there are as many pointers as the code loads, in its order; it reads `words * 64` numbers or
        // `words`
        // words behind each, which the slices have, and writes only behind those that came from `&mut` slices. The
        // library is held, so the code is mapped.
        unsafe { (self.function)(words as u64, u64::from(last), pointers.as_ptr()) };
    }
}

/// What position code is given. Pointers to the first of each.
#[repr(C)]
pub struct Frame {
    pub outer_nums: *const f64,
    pub outer_known: *const u64,
    pub outer_truth: *const u64,
    pub position: *const PositionInputs,
    pub visible: *const u64,
    pub nums: *mut f64,
    pub known: *mut u64,
    pub truth: *mut u64,
    pub edges: *mut u64,
    /// For `interpret`: a `&mut dyn Interpret`.
    interpreter: *mut c_void,
}

/// Lengths that position code relies on.
#[derive(Clone, Copy, Debug)]
pub struct Lengths {
    pub outer_nums: usize,
    pub outer_conditions: usize,
    pub clocks: usize,
    pub num_regs: usize,
    pub bool_regs: usize,
    pub edges: usize,
}

/// Compiled position code.
pub struct PositionFunction {
    function: PositionFn,
    lengths: Lengths,
    _library: Arc<Library>,
}

impl PositionFunction {
    /// # Panics
    /// When the step is one of another program.
    pub fn call(&self, step: PositionStep<'_>) {
        let lengths = self.lengths;
        let fits = step.outer_nums.len() == lengths.outer_nums
            && step.outer_known.len() == lengths.outer_conditions
            && step.outer_truth.len() == lengths.outer_conditions
            && step.visible.len() == lengths.clocks
            && step.nums.len() == lengths.num_regs
            && step.known.len() == lengths.bool_regs
            && step.truth.len() == lengths.bool_regs
            && step.edges.len() == lengths.edges;
        assert!(fits, "a step of another program");
        let mut interpreter: &mut dyn Interpret = step.interpreter;
        let mut frame = Frame {
            outer_nums: step.outer_nums.as_ptr(),
            outer_known: step.outer_known.as_ptr(),
            outer_truth: step.outer_truth.as_ptr(),
            position: step.position,
            visible: step.visible.as_ptr(),
            nums: step.nums.as_mut_ptr(),
            known: step.known.as_mut_ptr(),
            truth: step.truth.as_mut_ptr(),
            edges: step.edges.as_mut_ptr(),
            interpreter: (&raw mut interpreter).cast(),
        };
        // SAFETY: the code indexes each pointer by outer registers, clocks, registers and edges of the program
        // that it was
        // made for, and the slices have just been found to be as long; it writes behind those from `&mut`
        // slices only.
        // `frame` and `interpreter` outlive the call, and the library is held, so the code is mapped.
        unsafe { (self.function)(&raw mut frame) };
    }
}

/// Called by position code.
pub extern "C" fn interpret(frame: *mut Frame, op: u64, io: *mut [u64; IO_WORDS]) {
    // SAFETY: position code passes on the frame that `call` has made, whose `interpreter` points to a live
    // reference that
    // nobody else uses meanwhile, and an array of its own stack.
    let (interpreter, io) = unsafe { (&mut *(*frame).interpreter.cast::<&mut dyn Interpret>(), &mut *io) };
    interpreter.op(op as usize, io);
}

/// The remainder of the interpreter, for code to call.
pub extern "C" fn remainder(a: f64, b: f64) -> f64 {
    elementwise::floored_rem(a, b)
}
