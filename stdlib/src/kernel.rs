//! What runs: a state that goes from block to block of bars.

use serde::{Serialize, de::DeserializeOwned};

use crate::wide::{self, Vector, Work};

/// A running built-in.
///
/// `run` takes n bars (`inputs[k].len() == n`, absent optional inputs have length 0), writes every output
/// (`outputs[k].len() == n`) and carries its state on, so that any split of the bars into blocks gives the same bits.
/// A bar on which a required input is not finite is skipped: the state stays, the outputs of that bar are missing.
/// `run` does not allocate.
pub trait Kernel: Send + Sync {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]);
    /// Which outputs anything reads: what is written to the others does not matter from now on, and what only they are
    /// made of need not be followed. Until told otherwise, or after `load`, all are read; a state goes to a kernel with
    /// the needs of the one that saved it.
    fn needs(&mut self, outputs: &[bool]);
    /// Appends the state to `out`, so that `load` goes on with the same bits.
    fn save(&self, out: &mut Vec<u8>);
    /// Restores what `save` wrote on a kernel made with the same parameters.
    ///
    /// # Errors
    /// When the bytes are not such a state; the kernel is then unchanged.
    fn load(&mut self, bytes: &[u8]) -> Result<(), StateError>;
    fn fork(&self) -> Box<dyn Kernel>;
}

/// The bytes are not a state of this kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateError;

impl std::fmt::Display for StateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the bytes are not a saved state of this kernel")
    }
}

impl std::error::Error for StateError {}

/// What a kernel's author writes; `Kernel` follows from it.
pub trait State: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// See [`Kernel::run`].
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]);
    /// See [`Kernel::needs`]; for kernels with outputs that cost much beside the others.
    fn needs(&mut self, _outputs: &[bool]) {}
}

/// A kernel whose whole block is wide work: `State::run` hands it to [`run_wide`].
pub trait Wide {
    /// As `State::run`; `#[inline(always)]`. Windows and averages are wide work by themselves; this is for the loops
    /// around them. A closure in it is inlined, because each `V` has one of its own.
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]);
}

pub fn run_wide<K: Wide>(kernel: &mut K, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
    wide::run(Block { kernel, inputs, outputs });
}

struct Block<'a, 'b, K> {
    kernel: &'a mut K,
    inputs: &'a [&'a [f64]],
    outputs: &'a mut [&'b mut [f64]],
}

impl<K: Wide> Work for Block<'_, '_, K> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        self.kernel.run_wide::<V>(self.inputs, self.outputs);
    }
}

impl<T: State> Kernel for T {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        State::run(self, inputs, outputs);
    }

    fn needs(&mut self, outputs: &[bool]) {
        State::needs(self, outputs);
    }

    fn save(&self, out: &mut Vec<u8>) {
        let bytes =
            postcard::to_stdvec(self).expect("states are plain data, which postcard always writes to memory");
        out.extend_from_slice(&bytes);
    }

    fn load(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        match postcard::take_from_bytes::<T>(bytes) {
            Ok((state, [])) => {
                *self = state;
                Ok(())
            }
            _ => Err(StateError),
        }
    }

    fn fork(&self) -> Box<dyn Kernel> {
        Box::new(self.clone())
    }
}
